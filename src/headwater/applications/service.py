"""The service of applications: created from a template, given by the recipient, decided by the team."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from headwater.access.actor import SYSTEM, Actor
from headwater.access.permissions import require
from headwater.applications import lifecycle, store, template_store
from headwater.applications.contacts import contact_of
from headwater.applications.creation import new_application, new_items, read_draft
from headwater.applications.links import Links
from headwater.applications.model import Application, Contact, Item, Template, with_item
from headwater.applications.recording import Recording
from headwater.applications.review import reviewed
from headwater.applications.selection import select
from headwater.db.database import Tx
from headwater.db.sql import lock_clause
from headwater.kernel.clock import Clock
from headwater.kernel.errors import Fault, InvalidError, NotFoundError
from headwater.kernel.events import Events


class Applications:
    """What may be done with applications. Each act is one transaction: state, history and record together."""

    def __init__(self, clock: Clock, events: Events, links: Links, recording: Recording) -> None:
        """Take the parts that an act needs."""
        self._clock = clock
        self._events = events
        self._links = links
        self._recording = recording

    def create(self, tx: Tx, actor: Actor, body: Mapping[str, Any]) -> Application:
        """A new application with a secret link. All faults at once, as InvalidError `invalid_application`."""
        require(actor, "dossiers:write")
        self._recording.prepare(tx)
        now = self._clock.now()
        draft = read_draft(tx, body, now)
        items = new_items(tx, draft.template, now)
        application = new_application(tx, draft, items, self._links.make(now), now)
        store.insert_application(tx, application)
        store.insert_move(tx, application, actor.name, "", now)
        application = self._mirror(tx, actor, application, draft.template, draft.contact)
        store.update_application(tx, application)
        return application

    def get(self, tx: Tx, actor: Actor, application_id: int) -> Application:
        """One application with its items."""
        require(actor, "dossiers:read")
        return store.get_application(tx, application_id)

    def list(
        self, tx: Tx, actor: Actor, query: Mapping[str, str], limit: int, offset: int
    ) -> tuple[list[Application], int]:
        """A slice of the applications that match, and how many match."""
        require(actor, "dossiers:read")
        selection = select(query)
        found = store.list_applications(
            tx, selection.condition, selection.parameters, selection.order, (limit, offset)
        )
        return found, store.count_applications(tx, selection.condition, selection.parameters)

    def update(self, tx: Tx, actor: Actor, application_id: int, body: Mapping[str, Any]) -> Application:
        """Merge title, external id, custom, due time and auto mails; absent members stay."""
        require(actor, "dossiers:write")
        application = self._locked(tx, application_id)
        lifecycle.check_not_archived(application)
        draft = read_draft(
            tx,
            {"template_id": application.template_id, "contact_id": application.contact_id, **body},
            self._clock.now(),
            kept=application,
        )
        changed = dataclasses.replace(
            application,
            title=draft.title,
            external_id=draft.external_id,
            custom=draft.custom,
            auto_emails=draft.auto_emails,
            due_at=draft.due_at,
            updated_at=self._clock.now(),
        )
        template = template_store.get_template(tx, application.template_id, application.template_version)
        changed = self._mirror(tx, actor, changed, template, draft.contact)
        store.update_application(tx, changed)
        return changed

    def delete(self, tx: Tx, actor: Actor, application_id: int) -> None:
        """Delete softly, with its record; the link answers 404 from now on."""
        require(actor, "dossiers:delete")
        application = self._locked(tx, application_id)
        now = self._clock.now()
        store.update_application(tx, dataclasses.replace(application, deleted_at=now, updated_at=now))
        self._recording.forget(tx, actor, application)

    def submit(self, tx: Tx, actor: Actor, application_id: int) -> Application:
        """Submit for a decision. Submitting again changes nothing (S2)."""
        require(actor, "dossiers:write")
        application = self._locked(tx, application_id)
        if application.status == "submitted":
            return application
        lifecycle.check_submit(application, application.items)
        return self.move(tx, actor, application, "submitted")

    def approve(self, tx: Tx, actor: Actor, application_id: int, *, force: bool = False) -> Application:
        """Approve a submitted application; `force` approves the items that wait for review with it (S3)."""
        require(actor, "dossiers:write")
        application = self._locked(tx, application_id)
        if force and application.status == "submitted":
            application = self._approve_items(tx, application)
        lifecycle.check_approve(application, application.items)
        return self.move(tx, actor, application, "approved")

    def decide(
        self,
        tx: Tx,
        actor: Actor,
        application_id: int,
        target: str,
        reason: str,
        items: Sequence[int] = (),
    ) -> Application:
        """Move to rejected, returned, withdrawn or archived; the first two want a reason.

        A return may name items that wait for review: they are rejected with the same reason.
        """
        require(actor, "dossiers:write")
        application = self._locked(tx, application_id)
        if not reason and target in ("rejected", "returned"):
            raise InvalidError(
                "reason_required",
                "A reason is needed; the recipient sees it.",
                faults=[Fault("reason", "required", "Say why.")],
            )
        lifecycle.check_move(application, target)
        for item_id in items:
            application = self._reviewed(tx, actor, application, item_id, "reject", reason)
        return self.move(tx, actor, dataclasses.replace(application, reason=reason), target)

    def unarchive(self, tx: Tx, actor: Actor, application_id: int) -> Application:
        """Put the state before archiving back, with its old date (S8)."""
        require(actor, "dossiers:write")
        application = self._locked(tx, application_id)
        if application.status != "archived":
            raise lifecycle.conflict(
                f"invalid_state:{application.status}", f"Application {application_id} is not archived."
            )
        return self._settle(tx, actor, application, application.state_before, application.state_dates)

    def review_item(
        self, tx: Tx, actor: Actor, application_id: int, item_id: int, act: str, reason: str = ""
    ) -> Application:
        """Approve, reject, unapprove or reset one item, then find the application's state anew."""
        require(actor, "dossiers:write")
        application = self._locked(tx, application_id)
        lifecycle.check_not_archived(application)
        application = self._reviewed(tx, actor, application, item_id, act, reason)
        changed = item_of(application, item_id)
        return self.after_item(tx, actor, application, changed, returns=act in ("reject", "reset"))

    def after_item(
        self, tx: Tx, actor: Actor, application: Application, item: Item, *, returns: bool = False
    ) -> Application:
        """Find the state after an item changed; `returns` sends a submitted application back."""
        application = with_item(application, item)
        if application.status == "submitted" and returns:
            return self.move(tx, actor, application, "returned")
        state = lifecycle.state_after_items(application.status, application.items)
        if state != application.status:
            return self.move(tx, actor, application, state)
        changed = dataclasses.replace(application, updated_at=self._clock.now())
        store.update_application(tx, changed)
        return self._approved_by_itself(tx, changed)

    def move(self, tx: Tx, actor: Actor, application: Application, target: str) -> Application:
        """Enter a state that the rules allow: date, history, record and event in this transaction (S5)."""
        now = self._clock.now()
        dates = {**application.state_dates, target: now}
        if target == "returned" and not lifecycle.missing_items(application.items):
            dates["pending_submission"] = now
        return self._approved_by_itself(tx, self._settle(tx, actor, application, target, dates))

    def public_url(self, application: Application) -> str | None:
        """The address of the recipient's page."""
        return self._links.url(application.link)

    def _approved_by_itself(self, tx: Tx, application: Application) -> Application:
        """Approved in the same act when its template wants that (`auto_approve`), else as it is."""
        if not lifecycle.approves_itself(application):
            return application
        template = template_store.get_template(tx, application.template_id, application.template_version)
        return self.move(tx, SYSTEM, application, "approved") if template.auto_approve else application

    def _reviewed(
        self, tx: Tx, actor: Actor, application: Application, item_id: int, act: str, reason: str
    ) -> Application:
        changed = reviewed(item_of(application, item_id), act, reason, actor, self._clock.now())
        store.update_item(tx, changed)
        if act == "reset":
            store.retire_uploads(tx, item_id)
        return with_item(application, changed)

    def _settle(
        self, tx: Tx, actor: Actor, application: Application, target: str, dates: Mapping[str, int]
    ) -> Application:
        now = self._clock.now()
        template = template_store.get_template(tx, application.template_id, application.template_version)
        contact = contact_of(tx, application)
        moved = dataclasses.replace(
            application, status=target, state_before=application.status, state_dates=dates, updated_at=now
        )
        mapping = template.record_mapping
        if mapping is not None and mapping.on == target and application.status != "archived":
            moved = dataclasses.replace(
                moved, record_id=self._recording.apply(tx, actor, moved, contact, mapping)
            )
        moved = self._mirror(tx, actor, moved, template, contact)
        store.update_application(tx, moved)
        store.insert_move(tx, moved, actor.name, application.status, now)
        event = {"type": "application.changed", "id": moved.id}
        tx.after_commit(lambda: self._events.signal(event))
        return moved

    def _mirror(
        self, tx: Tx, actor: Actor, application: Application, template: Template, contact: Contact
    ) -> Application:
        mirror_id = self._recording.mirror(tx, actor, application, template, contact)
        return dataclasses.replace(application, mirror_id=mirror_id)

    def _approve_items(self, tx: Tx, application: Application) -> Application:
        items = []
        for item in application.items:
            if item.state == "pending_review":
                item = dataclasses.replace(item, state="approved", updated_at=self._clock.now())
                store.update_item(tx, item)
            items.append(item)
        return dataclasses.replace(application, items=tuple(items))

    def _locked(self, tx: Tx, application_id: int) -> Application:
        return store.get_application(tx, application_id, lock_clause(tx.dialect))


def item_of(application: Application, item_id: int) -> Item:
    """One item of an application. Raises NotFoundError `item_not_found`."""
    for item in application.items:
        if item.id == item_id:
            return item
    raise NotFoundError("item_not_found", f"Application {application.id} has no item {item_id}.")
