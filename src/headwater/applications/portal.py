"""The recipient's side: what the secret link shows, and what is given through it."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from headwater.access.actor import Actor
from headwater.applications import store
from headwater.applications.contacts import contact_of
from headwater.applications.lifecycle import (
    check_open,
    check_submit,
    conflict,
    is_late,
    missing_items,
    progress,
)
from headwater.applications.links import check_link
from headwater.applications.model import Application, Item
from headwater.applications.service import Applications, item_of
from headwater.db.database import Tx
from headwater.db.sql import lock_clause
from headwater.files.folder import Content
from headwater.files.model import clean_name, extension
from headwater.files.store import insert_file
from headwater.kernel.clock import Clock, rfc3339
from headwater.kernel.errors import Fault, InvalidError
from headwater.kernel.ids import secret_hash

MEGABYTE = 1024 * 1024


class Portal:
    """Acts of a recipient; the secret link is the only right that he has and needs."""

    def __init__(self, clock: Clock, applications: Applications) -> None:
        """Everything that changes an application goes through its service."""
        self._clock = clock
        self._applications = applications

    def open(self, tx: Tx, token: str) -> Application:
        """The application behind a link. Raises NotFoundError `link_unknown`, GoneError `link_expired`."""
        return check_link(store.find_by_link(tx, secret_hash(token)), self._clock.now())

    def largest_file(self, tx: Tx, token: str, item_id: int) -> int:
        """How many bytes a file for an item may have."""
        item = item_of(self.open(tx, token), item_id)
        return int(item.definition["max_size_mb"]) * MEGABYTE

    def expects(self, tx: Tx, token: str, item_id: int, name: str) -> Item:
        """The document item that a file named `name` may be given for; refused before any byte is stored."""
        application = self.open(tx, token)
        check_open(application)
        item = item_of(application, item_id)
        _check_takes_files(item, name)
        return item

    def give_file(
        self, tx: Tx, token: str, item_id: int, name: str, content_type: str, content: Content
    ) -> Application:
        """Add a stored content to a document item, which then waits for review."""
        application = self._open_to_change(tx, token)
        check_open(application)
        item = item_of(application, item_id)
        _check_takes_files(item, name)
        actor = self._recipient(tx, application)
        now = self._clock.now()
        file = insert_file(tx, clean_name(name), content_type[:200], content, now, 0)
        if not item.definition["multiple"]:
            store.retire_uploads(tx, item.id)
        store.insert_upload(tx, item, file.id, actor.name, now)
        given = dataclasses.replace(item, state="pending_review", updated_at=now)
        store.update_item(tx, given)
        self._applications.after_item(tx, actor, application, given)
        return self.open(tx, token)

    def give_answer(self, tx: Tx, token: str, item_id: int, accepted: bool, comment: str) -> Application:  # noqa: FBT001  a JSON member
        """Tick a task or accept a statement, keeping the accepted text; false takes it back."""
        application = self._open_to_change(tx, token)
        check_open(application)
        item = item_of(application, item_id)
        if item.kind == "document":
            raise InvalidError(
                "wrong_item_kind",
                f"Item '{item.title}' wants a file.",
                faults=[Fault("item", "wants_file", "")],
            )
        _check_not_approved(item)
        actor = self._recipient(tx, application)
        now = self._clock.now()
        values = (
            {"text": item.definition["statement"], "name": actor.name, "at": rfc3339(now)} if accepted else {}
        )
        state = "pending_review" if accepted else "missing"
        given = dataclasses.replace(item, state=state, values=values, comment=comment[:2000], updated_at=now)
        store.update_item(tx, given)
        self._applications.after_item(tx, actor, application, given)
        return self.open(tx, token)

    def submit(self, tx: Tx, token: str) -> Application:
        """I've finished. Submitting again changes nothing."""
        application = self._open_to_change(tx, token)
        if application.status == "submitted":
            return application
        check_submit(application, application.items)
        self._applications.move(tx, self._recipient(tx, application), application, "submitted")
        return self.open(tx, token)

    def withdraw(self, tx: Tx, token: str, reason: str) -> Application:
        """Withdraw the application; the page is read-only from then on."""
        application = self._open_to_change(tx, token)
        if application.status not in (
            "created",
            "in_progress",
            "pending_submission",
            "returned",
            "submitted",
        ):
            raise conflict(
                f"invalid_state:{application.status}", "This application can no longer be withdrawn."
            )
        moved = dataclasses.replace(application, reason=reason[:2000])
        self._applications.move(tx, self._recipient(tx, application), moved, "withdrawn")
        return self.open(tx, token)

    def page(self, tx: Tx, application: Application) -> dict[str, Any]:
        """What the recipient's page shows; never `custom`, other applications or storage paths."""
        contact = contact_of(tx, application)
        eligible, missing, percent = progress(application.items)
        return {
            "title": application.title,
            "status": application.status,
            "reason": application.reason,
            "recipient": contact.full_name,
            "due_at": None if application.due_at is None else rfc3339(application.due_at),
            "is_late": is_late(application, self._clock.now()),
            "progress_percentage": percent,
            "count_eligible_items": eligible,
            "count_missing_items": missing,
            "may_submit": bool(application.items)
            and application.status in ("pending_submission", "returned")
            and not missing_items(application.items),
            "items": [page_item(item) for item in application.items],
            "submitted_at": _date(application.state_dates, "submitted"),
        }

    def _open_to_change(self, tx: Tx, token: str) -> Application:
        # locked: of two files given at the same time the second must see the first
        lock = lock_clause(tx.dialect)
        return check_link(store.find_by_link(tx, secret_hash(token), lock), self._clock.now())

    def _recipient(self, tx: Tx, application: Application) -> Actor:
        contact = contact_of(tx, application)
        return Actor("applicant", contact.id, contact.full_name, frozenset())


def page_item(item: Item) -> dict[str, Any]:
    """One item as the recipient sees it."""
    return {
        "id": item.id,
        "kind": item.kind,
        "step": item.step_title,
        "title": item.title,
        "description": item.definition["description"],
        "mandatory": item.mandatory,
        "accept": item.definition["accept"],
        "max_size_mb": item.definition["max_size_mb"],
        "multiple": item.definition["multiple"],
        "statement": item.definition["statement"],
        "state": item.state,
        "last_rejection": item.last_rejection,
        "comment": item.comment,
        "uploads": [{"id": each.id, "name": each.name, "size": each.size} for each in item.uploads],
    }


def _date(dates: Mapping[str, int], state: str) -> str | None:
    return rfc3339(dates[state]) if state in dates else None


def _check_takes_files(item: Item, name: str) -> None:
    if item.kind != "document":
        fault = Fault("item", "wants_answer", f"Item '{item.title}' takes no file.")
        raise InvalidError("wrong_item_kind", fault.detail, faults=[fault])
    _check_not_approved(item)
    accepted = item.definition["accept"]
    if accepted and extension(clean_name(name)) not in accepted:
        fault = Fault(
            "file",
            "wrong_file_type",
            f"'{item.title}' takes {', '.join(accepted)}; got '{clean_name(name)}'.",
        )
        raise InvalidError("wrong_file_type", fault.detail, faults=[fault])


def _check_not_approved(item: Item) -> None:
    if item.state == "approved":
        raise conflict("item_approved", f"Item '{item.title}' is approved already.", about="item")
