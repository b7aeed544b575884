"""Records of applications: the mirror that alerts and flows see, and the record rule of a template."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from headwater.access.actor import Actor
from headwater.applications import store
from headwater.applications.lifecycle import LABELS, conflict
from headwater.applications.model import Application, Contact, RecordMapping, Template
from headwater.db.database import Tx
from headwater.db.sql import take_turn
from headwater.kernel.clock import rfc3339
from headwater.kernel.errors import Fault, InvalidError, NotFoundError
from headwater.records.bulk import Operation
from headwater.records.catalogue import Catalogue
from headwater.records.model import Module
from headwater.records.modules import Modules
from headwater.records.service import Records

MIRROR_HANDLE = "application"
_MIRROR: Mapping[str, Any] = {
    "name": "Application",
    "label_field": "title",
    "fields": [
        {"name": "title", "kind": "String", "label": "Title", "required": True},
        {
            "name": "status",
            "kind": "State",
            "label": "Status",
            "indexed": True,
            "states": [{"value": state, "label": label} for state, (label, _) in LABELS.items()],
            "initial": "created",
        },
        {"name": "template", "kind": "String", "label": "Template", "indexed": True},
        {"name": "recipient", "kind": "String", "label": "Recipient"},
        {"name": "email", "kind": "String", "label": "E-mail", "indexed": True},
        {"name": "external_id", "kind": "String", "label": "External id", "indexed": True},
        {"name": "application_id", "kind": "Number", "label": "Application", "scale": 0, "unique": True},
        {"name": "submitted_at", "kind": "DateTime", "label": "Submitted"},
        {"name": "record_id", "kind": "Number", "label": "Record written", "scale": 0},
    ],
}


_OPERATIONS: Mapping[str, Operation] = {"create": "insert", "update": "update", "upsert": "upsert"}


class Recording:
    """Writes records in the transaction of an application's state change: never half of it."""

    def __init__(self, modules: Modules, catalogue: Catalogue, records: Records) -> None:
        """Use the services of records, with the rights of the template's author."""
        self._modules = modules
        self._catalogue = catalogue
        self._records = records

    def prepare(self, tx: Tx) -> None:
        """Let one transaction at a time make the module of applications; before the catalogue is asked."""
        if store.mirror_module_id(tx) is None:
            take_turn(tx, "module of applications")

    def mirror(
        self, tx: Tx, actor: Actor, application: Application, template: Template, contact: Contact
    ) -> int:
        """Write the application's record in the module of applications; the record's id."""
        module = self._mirror_module(tx, actor)
        dates = application.state_dates
        values = {
            "title": application.title[:1000],
            "status": application.status,
            "template": template.title,
            "recipient": contact.full_name,
            "email": contact.email,
            "external_id": application.external_id or None,
            "application_id": application.id,
            "submitted_at": rfc3339(dates["submitted"]) if "submitted" in dates else None,
            "record_id": application.record_id,
        }
        writer = _empowered(actor)
        if application.mirror_id is not None:
            try:
                return self._records.update(tx, writer, module, application.mirror_id, values).id
            except NotFoundError:
                pass  # somebody deleted the mirrored record: it comes back as a new one
        return self._records.create(tx, writer, module, values).id

    def forget(self, tx: Tx, actor: Actor, application: Application) -> None:
        """Delete the application's record; no fault when somebody did so before."""
        module_id = store.mirror_module_id(tx)
        module = None if module_id is None else self._catalogue.find(tx, module_id)
        if module is None or application.mirror_id is None:
            return
        try:
            self._records.delete(tx, _empowered(actor), module, application.mirror_id)
        except NotFoundError:
            return

    def apply(
        self, tx: Tx, actor: Actor, application: Application, contact: Contact, mapping: RecordMapping
    ) -> int:
        """Write the record that the template's rule asks for; its id. Faults refuse the state change (T3)."""
        values = {name: _value(path, application, contact) for name, path in mapping.fields.items()}
        module = self._catalogue.get(tx, mapping.module)
        key = None
        if mapping.key is not None:
            key, path = mapping.key
            values[key] = _value(path, application, contact)
        outcome = self._records.write_many(
            tx, _empowered(actor), module, _OPERATIONS[mapping.operation], [values], key
        )[0]
        if any(fault.code == "record_unknown" for fault in outcome.faults):
            raise conflict("record_not_found", outcome.faults[0].detail)
        if outcome.faults or outcome.id is None:
            raise _refused(module, outcome.faults)
        return int(outcome.id)

    def _mirror_module(self, tx: Tx, actor: Actor) -> Module:
        module_id = store.mirror_module_id(tx)
        if module_id is not None:
            try:
                return self._catalogue.get(tx, module_id)
            except NotFoundError:
                pass  # the module was deleted: a new one takes its place
        taken = {module.handle for module in self._catalogue.all(tx)}
        handle = next(each for each in _handles() if each not in taken)
        module = self._modules.create(tx, _empowered(actor), {"handle": handle, **_MIRROR})
        store.set_mirror_module_id(tx, module.id)
        return module


def _handles() -> Any:
    yield MIRROR_HANDLE
    number = 2
    while True:
        yield f"{MIRROR_HANDLE}_{number}"
        number += 1


def _empowered(actor: Actor) -> Actor:
    """The same person with the right to write records: the template's author gave it by writing the rule."""
    return dataclasses.replace(actor, scopes=frozenset({"admin"}))


def _value(path: str, application: Application, contact: Contact) -> Any:
    root, *rest = path.split(".")
    if root == "contact":
        return getattr(contact, rest[0], None) if rest else contact.email
    if root == "application":
        return (
            getattr(application, rest[0], None)
            if rest and rest[0] in ("id", "title", "external_id", "status")
            else None
        )
    value = application.custom
    for name in rest:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _refused(module: Module, faults: Sequence[Fault]) -> InvalidError:
    named = [Fault(f"record.{fault.field}", fault.code, fault.detail) for fault in faults]
    return InvalidError(
        "invalid_record", f"The record of module '{module.handle}' cannot be written.", faults=named
    )
