"""Modules in this dialect: read as a whole, replaced as a whole (wire/crm.md section 6)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from headwater.access.actor import Actor
from headwater.db.database import Tx
from headwater.expr.folding import fold
from headwater.kernel.errors import ConflictError, Fault, InvalidError, NotFoundError
from headwater.records import module_store
from headwater.records.catalogue import Catalogue
from headwater.records.model import MAX_FIELDS, Field, Module
from headwater.records.modules import Modules
from headwater.records.names import derive
from headwater.wire.crm.body import parsed_text, unreadable
from headwater.wire.crm.envelope import NO_ID, ZERO_PAGE, ZERO_TIME, times
from headwater.wire.crm.field_form import FieldForm, read_forms, shown
from headwater.wire.crm.field_kinds import KEY, definition, kind_definition, original_name, shown_form

_ZERO_TIMES = {"createdAt": ZERO_TIME, "updatedAt": ZERO_TIME, "deletedAt": ZERO_TIME}
ZERO_MODULE = {"moduleID": NO_ID, "name": "", "fields": None, "page": ZERO_PAGE, **_ZERO_TIMES}


@dataclass(frozen=True)
class ModuleForm:
    """A module as a client sends it."""

    name: str
    fields: Sequence[FieldForm]


def read_module(body: dict[str, Any]) -> ModuleForm:
    """Name and fields out of a body. MalformedError when they have another form."""
    name = body.get("name")
    if name is not None and not isinstance(name, str):
        raise unreadable("name is not text")
    try:
        fields = parsed_text(body.get("fields"))
    except InvalidError as error:
        raise unreadable(error.detail) from error
    if fields not in (None, "") and not isinstance(fields, list):
        raise unreadable("fields is not an array")
    return ModuleForm(name or "", read_forms(fields or []))


class CrmModules:
    """Translates calls about modules; each edit is one transaction of the module service."""

    def __init__(self, modules: Modules, catalogue: Catalogue) -> None:
        """`catalogue` finds modules, and the handles that are taken."""
        self._modules = modules
        self._catalogue = catalogue

    def list(self, tx: Tx, actor: Actor, query: str) -> list[dict[str, Any]]:
        """The modules by id, those with `query` in their name, or in a name or label of a field."""
        wanted = fold(query.strip())
        found = self._modules.list(tx, actor)
        return [module_document(each) for each in found if wanted in _searched(each) or not wanted]

    def get(self, tx: Tx, actor: Actor, module_id: int) -> dict[str, Any]:
        """The module with its page; the zero module when there is none."""
        try:
            module = self._modules.get(tx, actor, module_id)
        except NotFoundError:
            return ZERO_MODULE
        return module_document(module, page=ZERO_PAGE)

    def create(self, tx: Tx, actor: Actor, form: ModuleForm) -> dict[str, Any]:
        """A new module under a handle derived from its name."""
        _check(form, "creating")
        # before the handles are looked at, so that none of them is taken meanwhile
        module_store.lock(tx)
        taken = {each.handle for each in self._catalogue.all(tx)}
        handle = derive(form.name, taken, "module")
        names = _derived([each.name for each in form.fields], set())
        document = {
            "handle": handle,
            "name": form.name or handle,
            "fields": [definition(each, name) for each, name in zip(form.fields, names, strict=True)],
            "extra": {KEY: {"is_nameless": not form.name}},
        }
        with _refusing("creating", [each.name for each in form.fields]):
            return module_document(self._modules.create(tx, actor, document))

    def update(self, tx: Tx, actor: Actor, module_id: int, form: ModuleForm) -> dict[str, Any]:
        """The module with name and fields replaced; a field of the same name is the same field."""
        module_store.lock(tx)
        module = self._modules.get(tx, actor, module_id)
        _check(form, "updating")
        self._replace_fields(tx, actor, module, form.fields)
        changed = self._modules.get(tx, actor, module_id)
        ids = {original_name(each): each.id for each in changed.fields}
        own = {"is_nameless": not form.name, "order": [ids[each.name] for each in form.fields]}
        head = {"name": form.name or module.handle, "extra": {**module.options, KEY: own}}
        return module_document(self._modules.update(tx, actor, module_id, head))

    def delete(self, tx: Tx, actor: Actor, module_id: int) -> None:
        """Delete the module, whether others refer to it or not; an unknown one is no fault."""
        try:
            self._modules.delete(tx, actor, module_id, is_forced=True)
        except NotFoundError:
            return

    def _replace_fields(self, tx: Tx, actor: Actor, module: Module, forms: Sequence[FieldForm]) -> None:
        known = {original_name(each): each for each in module.fields}
        for name in set(known) - {each.name for each in forms}:
            self._modules.delete_field(tx, actor, module.id, known.pop(name).name)
        new = [each.name for each in forms if each.name not in known]
        names = dict(zip(new, _derived(new, {each.name for each in known.values()}), strict=True))
        for form in forms:
            with _refusing("updating", [form.name]):
                if form.name in names:
                    self._modules.add_field(tx, actor, module.id, definition(form, names[form.name]))
                elif changes := _changes(known[form.name], form):
                    self._modules.update_field(tx, actor, module.id, known[form.name].name, changes)


def module_document(module: Module, **more: Any) -> dict[str, Any]:
    """The JSON of a module; `more` comes before the times."""
    own = module.options.get(KEY, {})
    is_nameless = own.get("is_nameless") and module.name == module.handle
    return {
        "moduleID": str(module.id),
        "name": "" if is_nameless else module.name,
        "fields": [shown(shown_form(each)) for each in ordered_fields(module)],
        **more,
        **times(module.created_at, module.updated_at, module.revision),
    }


def ordered_fields(module: Module) -> list[Field]:
    """The fields in the order that a client of this dialect gave them; later ones at the end."""
    order = {field_id: index for index, field_id in enumerate(module.options.get(KEY, {}).get("order", []))}
    return sorted(module.fields, key=lambda each: order.get(each.id, len(order)))


def _searched(module: Module) -> str:
    own = [text for each in module.fields for text in (original_name(each), each.label)]
    return fold("\n".join([module.name, *own]))


def _check(form: ModuleForm, verb: str) -> None:
    """Refuse a module without fields or with too many, a field without a name, and two of one name."""
    if not form.fields:
        raise InvalidError("crm_no_fields", f"Error {verb} module: no fields")
    if len(form.fields) > MAX_FIELDS:
        raise InvalidError("too_many_fields", f"Error {verb} module: more than {MAX_FIELDS} fields")
    seen: set[str] = set()
    for each in form.fields:
        if not each.name.strip():
            raise InvalidError("crm_field_without_name", f"Error {verb} module: field without a name")
        if fold(each.name) in seen:
            raise InvalidError(
                "crm_duplicate_field", f"Error {verb} module: duplicate field name {each.name[:200]}"
            )
        seen.add(fold(each.name))


def _derived(labels: Sequence[str], taken: set[str]) -> list[str]:
    """A name of ours for each label, unlike those that are taken and each other."""
    names: list[str] = []
    for label in labels:
        names.append(derive(label, taken | set(names), "field"))
    return names


def _changes(field: Field, form: FieldForm) -> dict[str, Any]:
    """What has to be changed of a field so that it is shown like the form; nothing where it is already."""
    current = shown_form(field)
    if current == form:
        return {}
    wanted = definition(form, field.name)
    wanted["extra"] = {**field.extra, **wanted["extra"]}
    if all(getattr(current, name) == getattr(form, name) for name in ("kind", "options", "maxLength")):
        # the kind of a field that others made may say more than its form does
        for name in kind_definition(form):
            del wanted[name]
        if current.defaultValue == form.defaultValue:
            del wanted["default"]
    return wanted


@contextmanager
def _refusing(verb: str, names: Sequence[str]) -> Iterator[None]:
    """Tell what a service refuses in the words of this dialect; `names` are those of the fields at work."""
    try:
        yield
    except (InvalidError, ConflictError) as error:
        faults = [Fault(_field_of(each, names), each.code, each.detail) for each in error.faults]
        at_work = f"{names[0]}: " if len(names) == 1 else ""
        reason = "; ".join(f"{each.field}: {each.detail}" for each in faults) or f"{at_work}{error.detail}"
        raise type(error)(error.code, f"Error {verb} module: {reason}", faults=faults) from error


def _field_of(fault: Fault, names: Sequence[str]) -> str:
    place = fault.field.split(".")
    if place[0] == "fields" and len(place) > 1 and place[1].isdigit():
        return names[int(place[1])]
    return names[0] if len(names) == 1 else fault.field
