"""The service of templates: create, read, edit as a new version, delete."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from headwater.access.actor import Actor
from headwater.access.permissions import require
from headwater.applications import template_store
from headwater.applications.lifecycle import conflict
from headwater.applications.model import RecordMapping, Template, new_template
from headwater.applications.template_body import Faults, read_mapping, read_steps
from headwater.db.database import Tx
from headwater.kernel.clock import Clock, rfc3339
from headwater.records.catalogue import Catalogue
from headwater.records.model import Module
from headwater.records.visibility import may_see

_TEXTS = frozenset({"title", "description", "language"})
_FLAGS = frozenset({"is_live", "auto_emails", "auto_approve"})
_MEMBERS = _TEXTS | _FLAGS | {"id", "due_after_days", "steps", "record_mapping"}


class Templates:
    """What may be done with templates; each call runs in the caller's transaction."""

    def __init__(self, clock: Clock, catalogue: Catalogue) -> None:
        """`catalogue` knows the modules that record rules name."""
        self._clock = clock
        self._catalogue = catalogue

    def create(self, tx: Tx, actor: Actor, body: Mapping[str, Any]) -> Template:
        """A new live template. Every fault of the body at once, as InvalidError `invalid_template`."""
        require(actor, "templates:write")
        now = self._clock.now()
        template = new_template(tx.next_id(), now)
        template = self._read(tx, actor, template, body)
        template_store.insert_template(tx, template)
        return template

    def update(self, tx: Tx, actor: Actor, template_id: int, body: Mapping[str, Any]) -> Template:
        """Merge the body into a new version. Applications that were made before keep theirs (T1)."""
        require(actor, "templates:write")
        old = template_store.get_template(tx, template_id)
        template = dataclasses.replace(
            self._read(tx, actor, old, body), version=old.version + 1, updated_at=self._clock.now()
        )
        template_store.update_template(tx, template)
        return template

    def get(self, tx: Tx, actor: Actor, template_id: int) -> Template:
        """One template in its newest version."""
        require(actor, "templates:read")
        return template_store.get_template(tx, template_id)

    def list(self, tx: Tx, actor: Actor, limit: int, offset: int) -> tuple[list[Template], int]:
        """A slice of the templates, newest first, and how many there are."""
        require(actor, "templates:read")
        return template_store.list_templates(tx, limit, offset), template_store.count_templates(tx)

    def delete(self, tx: Tx, actor: Actor, template_id: int) -> None:
        """Delete a template that no application uses; else ConflictError `template_in_use` (T4)."""
        require(actor, "templates:write")
        template_store.get_template(tx, template_id)
        if template_store.is_in_use(tx, template_id):
            raise conflict(
                "template_in_use",
                f"Applications use template {template_id}; make it not live instead.",
                about="template",
            )
        template_store.mark_deleted(tx, template_id, self._clock.now())

    def _read(self, tx: Tx, actor: Actor, template: Template, body: Mapping[str, Any]) -> Template:
        faults = Faults()
        for name in sorted(set(body) - _MEMBERS):
            faults.add(name, "unknown_member", f"A template has no member '{name}'.")
        changes: dict[str, Any] = {
            "title": faults.text(body, "title", default=template.title),
            "description": faults.text(body, "description", default=template.description),
            "language": faults.text(body, "language", default=template.language),
            "is_live": faults.flag(body, "is_live", "", template.is_live),
            "auto_emails": faults.flag(body, "auto_emails", "", template.auto_emails),
            "auto_approve": faults.flag(body, "auto_approve", "", template.auto_approve),
            "due_after_days": faults.whole(body, "due_after_days", "", template.due_after_days),
        }
        if not changes["title"]:
            faults.add("title", "required", "'title' is needed.")
        if "steps" in body:
            changes["steps"] = read_steps(body["steps"], faults, tx.next_id)
        if "record_mapping" in body:
            mapping = changes["record_mapping"] = read_mapping(body["record_mapping"], faults)
            if mapping is not None and mapping.module and mapping != template.record_mapping:
                _check_mapping(actor, self._catalogue.all(tx), mapping, faults)
        faults.check("invalid_template", "The template cannot be kept as it is.")
        return dataclasses.replace(template, **changes)


def template_json(template: Template) -> dict[str, Any]:
    """The template as both surfaces show it."""
    shown = dataclasses.asdict(template)
    shown["created_at"] = rfc3339(template.created_at)
    shown["updated_at"] = rfc3339(template.updated_at)
    mapping = template.record_mapping
    if mapping is not None and mapping.key is not None:
        shown["record_mapping"]["key"] = {mapping.key[0]: mapping.key[1]}
    return shown


def _check_mapping(actor: Actor, modules: Sequence[Module], mapping: RecordMapping, faults: Faults) -> None:
    module = next((each for each in modules if mapping.module in (each.handle, str(each.id))), None)
    if module is None or not may_see(actor, module):
        faults.add("record_mapping.module", "module_unknown", f"There is no module '{mapping.module}'.")
        return
    # the rule writes for whoever decides, so whoever makes it must be allowed to write himself
    require(actor, "records:write", module.handle)
    for name in [*mapping.fields, *([mapping.key[0]] if mapping.key else [])]:
        if module.field(name) is None:
            faults.add(
                f"record_mapping.fields.{name}",
                "unknown_field",
                f"Module '{module.handle}' has no field '{name}'.",
            )
    if mapping.key is not None:
        field = module.field(mapping.key[0])
        if field is not None and not field.unique:
            faults.add(
                "record_mapping.key",
                "not_unique_field",
                f"Field '{field.name}' of '{module.handle}' is not unique.",
            )
