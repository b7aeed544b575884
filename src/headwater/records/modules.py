"""Modules and their fields: defined, changed and deleted while records are read and written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from headwater.access.actor import Actor
from headwater.access.permissions import require
from headwater.db.database import Tx
from headwater.db.errors import DuplicateError
from headwater.kernel.clock import Clock, rfc3339
from headwater.kernel.errors import ConflictError, Fault, NotFoundError, PreconditionError
from headwater.records import definition, module_store, tables
from headwater.records.catalogue import Catalogue
from headwater.records.definition import Head, Resolve, invalid_module
from headwater.records.field_changes import FieldChanges
from headwater.records.field_document import field_document
from headwater.records.model import MAX_FIELDS, Field, Module
from headwater.records.visibility import may_see, visible_module

Ref = Module | str | int


class Modules:
    """The service of modules. Documents are those of native.md section 2, `extra` a dialect's own."""

    def __init__(self, clock: Clock, catalogue: Catalogue, field_changes: FieldChanges) -> None:
        """Wire it to what it uses."""
        self._clock = clock
        self._catalogue = catalogue
        self._field_changes = field_changes

    def list(self, tx: Tx, actor: Actor) -> Sequence[Module]:
        """The modules that the actor may see, by id."""
        return [each for each in self._catalogue.all(tx) if may_see(actor, each)]

    def get(self, tx: Tx, actor: Actor, ref: Ref) -> Module:
        """The module; NotFoundError `module_unknown` when it is not there or not visible."""
        module = ref if isinstance(ref, Module) else self._catalogue.get(tx, ref)
        return (
            module
            if may_see(actor, module)
            else visible_module(tx, actor, self._catalogue, ref, "records:read")
        )

    def create(self, tx: Tx, actor: Actor, document: Mapping[str, Any]) -> Module:
        """A new module with its table. InvalidError `invalid_module` tells every fault of it and of
        its fields.

        ConflictError `handle_taken` when another module has the handle.
        """
        require(actor, "schema")
        module_store.lock(tx)
        module_id, now = tx.next_id(), self._clock.now()
        head, faults = definition.read_head(document, Head())
        resolve = self._resolver(tx, {head.handle: module_id})
        fields, more = definition.read_fields(document.get("fields", []), resolve, tx.next_id)
        faults += more
        faults += [] if more else definition.unknown_label_field(head, fields)
        if faults:
            raise invalid_module(faults)
        module = Module(
            module_id,
            head.handle,
            head.name,
            head.label_field,
            fields,
            1,
            now,
            now,
            actor.id,
            None,
            head.extra or {},
        )
        try:
            module_store.insert(tx, module)
        except DuplicateError as error:
            raise _handle_taken(module.handle) from error
        tables.create_table(tx, module)
        tx.bump_catalogue()
        return module

    def update(
        self, tx: Tx, actor: Actor, ref: Ref, document: Mapping[str, Any], *, if_revision: int | None = None
    ) -> Module:
        """The module with its handle, name, label field or `extra` changed; a rename moves no data."""
        module = self._open(tx, actor, ref, if_revision)
        current = Head(module.handle, module.name, module.label_field, module.options)
        head, faults = definition.read_head(document, current)
        if "fields" in document:
            faults.append(Fault("fields", "unknown_key", "Fields are changed one by one, under /fields."))
        faults += definition.unknown_label_field(head, module.fields)
        if faults:
            raise invalid_module(faults)
        changed = replace(
            module, handle=head.handle, name=head.name, label_field=head.label_field, options=head.extra or {}
        )
        return self._store(tx, module, changed)

    def delete(
        self, tx: Tx, actor: Actor, ref: Ref, *, is_forced: bool = False, if_revision: int | None = None
    ) -> None:
        """Delete a module; it and its records are in no answer any more.

        ConflictError `module_in_use` lists the fields of other modules that refer to it, unless it is forced.
        """
        module = self._open(tx, actor, ref, if_revision)
        referring = self.referring(tx, module)
        if referring and not is_forced:
            raise _in_use(module, referring)
        tables.drop_view(tx, module)
        now = self._clock.now()
        module_store.update(tx, replace(module, revision=module.revision + 1, updated_at=now, deleted_at=now))
        tx.bump_catalogue()

    def add_field(self, tx: Tx, actor: Actor, ref: Ref, document: Mapping[str, Any]) -> Field:
        """A new field, empty in every record; at once, however many there are."""
        module = self._open(tx, actor, ref)
        position = max((each.position for each in module.fields), default=-1) + 1
        identity = (tx.next_id(), position)
        field, faults = definition.read_field(document, "", identity, self._resolver(tx))
        if field is not None:
            faults = definition.taken_name([*module.fields], field)
        if len(module.fields) >= MAX_FIELDS:
            faults.append(definition.too_many_fields(""))
        if faults or field is None:
            raise invalid_module(faults)
        self._field_changes.add(tx, module, field)
        self._store(tx, module, replace(module, fields=(*module.fields, field)))
        return field

    def update_field(self, tx: Tx, actor: Actor, ref: Ref, name: str, document: Mapping[str, Any]) -> Field:
        """The field with these keys changed.

        ConflictError `values_cannot_follow` has the number of stored values that a new kind, scale or list
        of options does not suit, and the first ten; `not_unique` when values are there twice.
        """
        module = self._open(tx, actor, ref)
        old = known_field(module, name)
        merged = {**_carried(old, document), **document}
        field, faults = definition.read_field(merged, "", (old.id, old.position), self._resolver(tx))
        others = [each for each in module.fields if each.id != old.id]
        if field is not None:
            faults = definition.taken_name(others, field)
        if faults or field is None:
            raise invalid_module(faults)
        self._field_changes.change(tx, module, old, field)
        fields = tuple(field if each.id == old.id else each for each in module.fields)
        label_field = field.name if module.label_field == old.name else module.label_field
        self._store(tx, module, replace(module, fields=fields, label_field=label_field))
        return field

    def delete_field(self, tx: Tx, actor: Actor, ref: Ref, name: str) -> None:
        """Mark a field dead: it is in no answer any more, and `headwater maintain` reclaims its room."""
        module = self._open(tx, actor, ref)
        field = known_field(module, name)
        self._field_changes.remove(tx, module, field)
        fields = tuple(each for each in module.fields if each.id != field.id)
        label_field = None if module.label_field == field.name else module.label_field
        self._store(tx, module, replace(module, fields=fields, label_field=label_field))

    def referring(self, tx: Tx, module: Module) -> Sequence[tuple[Module, Field]]:
        """The fields of other modules that refer to this one."""
        return [
            (other, field)
            for other in self._catalogue.all(tx)
            if other.id != module.id
            for field in other.fields
            if field.kind == "Record" and field.options["module"] == module.id
        ]

    def to_json(self, tx: Tx, module: Module) -> dict[str, Any]:
        """The module's document as it is shown."""
        return module_document(module, self._handles(tx))

    def field_json(self, tx: Tx, field: Field) -> dict[str, Any]:
        """The field's document as it is shown."""
        return shown_field(field, self._handles(tx))

    def _handles(self, tx: Tx) -> dict[int, str]:
        return {each.id: each.handle for each in self._catalogue.all(tx)}

    def _open(self, tx: Tx, actor: Actor, ref: Ref, if_revision: int | None = None) -> Module:
        module_store.lock(tx)
        module = visible_module(tx, actor, self._catalogue, ref, "schema")
        if if_revision is not None and if_revision != module.revision:
            raise PreconditionError(
                "revision_mismatch",
                f"Module '{module.handle}' is at revision {module.revision}, not {if_revision}.",
                document=self.to_json(tx, module),
                headers={"etag": f'"{module.revision}"'},
            )
        return module

    def _store(self, tx: Tx, old: Module, changed: Module) -> Module:
        module = replace(changed, revision=old.revision + 1, updated_at=self._clock.now())
        try:
            module_store.update(tx, module)
        except DuplicateError as error:
            raise _handle_taken(module.handle) from error
        tables.drop_view(tx, old)
        tables.create_view(tx, module)
        tx.bump_catalogue()
        return module

    def _resolver(self, tx: Tx, own: Mapping[str, int] | None = None) -> Resolve:
        def resolve(ref: str | int) -> int | None:
            if own and ref in own:
                return own[str(ref)]
            module = self._catalogue.find(tx, ref)
            return None if module is None else module.id

        return resolve


def module_document(module: Module, handles: Mapping[int, str]) -> dict[str, Any]:
    """The JSON form of a module; `handles` names the modules that its fields refer to."""
    document: dict[str, Any] = {
        "id": module.id,
        "handle": module.handle,
        "name": module.name,
        "label_field": module.label_field,
        "fields": [shown_field(each, handles) for each in module.fields],
        "revision": module.revision,
        "created_at": rfc3339(module.created_at),
        "updated_at": rfc3339(module.updated_at),
        "created_by": module.created_by,
    }
    if module.options:
        document["extra"] = module.options
    return document


def shown_field(field: Field, handles: Mapping[int, str]) -> dict[str, Any]:
    """The JSON form of a field, a reference by the handle of its module."""
    document = field_document(field)
    if field.kind == "Record":
        target = field.options["module"]
        document["module"] = handles.get(target, target)
    return document


def known_field(module: Module, name: str) -> Field:
    """The field with this name or id; NotFoundError `field_unknown`."""
    for field in module.fields:
        if name in (field.name, str(field.id)):
            return field
    raise NotFoundError("field_unknown", f"Module '{module.handle}' has no field '{name[:80]}'.")


def _carried(old: Field, document: Mapping[str, Any]) -> dict[str, Any]:
    # options of the old kind mean nothing in a new one, and may even be refused there
    kept = field_document(old)
    if document.get("kind", old.kind) != old.kind:
        kept = {key: value for key, value in kept.items() if key not in old.options and key != "default"}
    return kept


def _handle_taken(handle: str) -> ConflictError:
    return ConflictError(
        "handle_taken", f"Another module has the handle '{handle}'.", hint="Choose another handle."
    )


def _in_use(module: Module, referring: Sequence[tuple[Module, Field]]) -> ConflictError:
    faults = [
        Fault(
            f"{other.handle}.{field.name}",
            "refers",
            f"Field '{field.name}' of module '{other.handle}' refers to it.",
        )
        for other, field in referring
    ]
    return ConflictError(
        "module_in_use",
        f"Module '{module.handle}' is referred to by {', '.join(fault.field for fault in faults)}.",
        hint="Delete these fields first, or repeat with force=true.",
        faults=faults,
    )
