"""A content as clients read it: undeclared values first, then the module's fields (wire/crm.md section 7)."""

from collections.abc import Iterator, Mapping
from typing import Any

from headwater.access.actor import Actor
from headwater.accounts.model import User
from headwater.accounts.person_store import user_of_id
from headwater.db.database import Tx
from headwater.kernel.clock import rfc3339
from headwater.records.model import Field, Module, Record
from headwater.wire.crm.content_form import shown_items
from headwater.wire.crm.envelope import NO_ID, ZERO_TIME, times
from headwater.wire.crm.field_form import FieldForm
from headwater.wire.crm.field_kinds import holds_references, precision, shown_form
from headwater.wire.crm.modules import ordered_fields
from headwater.wire.crm.value_text import day_of, show_value, trimmed


class ContentView:
    """Shows records of one module; each user is looked up once."""

    def __init__(self, tx: Tx, module: Module) -> None:
        """Look at the fields once for all the records."""
        self._tx = tx
        self._module = module
        self._fields = [(each, shown_form(each)) for each in ordered_fields(module)]
        self._users: dict[int, dict[str, Any] | None] = {}

    def document(self, record: Record, values: Mapping[str, Any]) -> dict[str, Any]:
        """The content of a record; `values` are its values in JSON forms."""
        user = self._user(record.created_by)
        return {
            "contentID": str(record.id),
            "moduleID": str(self._module.id),
            **({"user": user} if user else {}),
            "userID": str(record.created_by),
            "fields": [*shown_items(record.extra), *self._items(values)],
            **times(record.created_at, record.updated_at, record.revision),
        }

    def _items(self, values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        for field, form in self._fields:
            for text, related in _texts(field, form, values.get(field.name)):
                yield {"name": form.name, "value": text, "related": related}

    def _user(self, user_id: int) -> dict[str, Any] | None:
        if user_id not in self._users:
            user = user_of_id(self._tx, user_id) if user_id else None
            self._users[user_id] = None if user is None else user_document(user)
        return self._users[user_id]


def user_document(user: User) -> dict[str, Any]:
    """A person; the name to sign in with is what stands before the `@` of the address."""
    handle = user.email.partition("@")[0]
    return {
        "userID": str(user.id),
        "username": handle,
        "email": user.email,
        "name": user.name,
        "handle": handle,
        "kind": "",
        "createdAt": rfc3339(user.created_at),
    }


def actor_document(tx: Tx, actor: Actor) -> dict[str, Any]:
    """The person behind a token; a token of nobody is shown by its own name."""
    user = user_of_id(tx, actor.id) if actor.id else None
    if user is not None:
        return user_document(user)
    nobody = {"userID": NO_ID, "username": actor.name, "email": "", "name": actor.name}
    return {**nobody, "handle": "", "kind": "", "createdAt": ZERO_TIME}


def _texts(field: Field, form: FieldForm, value: Any) -> list[tuple[str, list[str] | None]]:
    """Value and related of each item of a field; one empty item when there is no value."""
    if value is None:
        return [("", None)]
    if holds_references(field):
        ids = [str(each) for each in (value if field.multi else [value])]
        return [("" if field.multi else ids[0], ids)]
    return [(_text(form, show_value(each)), None) for each in (value if field.multi else [value])]


def _text(form: FieldForm, text: str) -> str:
    if form.kind == "Number" and precision(form.options) is None:
        return trimmed(text)
    return day_of(text) if form.kind == "Date" else text
