"""An application in JSON, as our own API and the Clust dialect show it (wire/clust.md section 4)."""

from collections.abc import Mapping, Sequence
from typing import Any

from headwater.applications import lifecycle, store, template_store
from headwater.applications.contacts import contacts_of
from headwater.applications.model import Application, Contact, Item, Template, Upload
from headwater.applications.service import Applications
from headwater.db.database import Tx
from headwater.kernel.clock import Clock, rfc3339, to_datetime


class Representation:
    """Turns applications into JSON; reads what hangs on them in the same transaction."""

    def __init__(self, clock: Clock, applications: Applications, team: str = "Headwater") -> None:
        """`team` is the name under which the team shows."""
        self._clock = clock
        self._applications = applications
        self._team = team

    def full(self, tx: Tx, application: Application) -> dict[str, Any]:
        """The application with its items and its history of states."""
        shown = self.summary(tx, application)
        shown["history"] = [
            {"at": rfc3339(at), "actor": actor, "from": old or None, "to": new, "reason": reason}
            for at, actor, old, new, reason in store.list_moves(tx, application.id)
        ]
        return shown

    def summary(self, tx: Tx, application: Application) -> dict[str, Any]:
        """The application with its items."""
        return self.summaries(tx, [application])[0]

    def summaries(self, tx: Tx, applications: Sequence[Application]) -> list[dict[str, Any]]:
        """Applications with their items; what several share is read once."""
        contacts = contacts_of(tx, applications)
        used = {(each.template_id, each.template_version) for each in applications}
        templates = {each: template_store.get_template(tx, *each) for each in used}
        return [
            self._summary(each, contacts[each.contact_id], templates[each.template_id, each.template_version])
            for each in applications
        ]

    def _summary(self, application: Application, contact: Contact, template: Template) -> dict[str, Any]:
        url = self._applications.public_url(application)
        return {
            **self._state(application),
            "id": application.id,
            "title": application.title,
            "public_url": url,
            "secured_list_url": None if url is None else f"{url}/files",
            "contact": contact_json(contact),
            "stakeholders": [],
            "team": {"id": 1, "name": self._team},
            "template": {
                "id": template.id,
                "title": template.title,
                "version": template.version,
                "follows": False,
            },
            "template_id": template.id,
            "dossier_items": [item_json(item) for item in application.items],
            "form_fields": [],
            "external_id": application.external_id,
            "folder_id": None,
            "custom": application.custom,
            "auto_emails": int(application.auto_emails),
            "tags": [],
            "webhook": None,
            "record_id": application.record_id,
            "mirror_record_id": application.mirror_id,
            "link": {
                "created_at": rfc3339(application.link.created_at),
                "expires_at": _time(application.link.expires_at),
                "revoked_at": _time(application.link.revoked_at),
            },
            "due_at": _time(application.due_at),
            "created_at": rfc3339(application.created_at),
            "updated_at": rfc3339(application.updated_at),
        }

    def _state(self, application: Application) -> dict[str, Any]:
        label, colour = lifecycle.LABELS[application.status]
        eligible, missing, percent = lifecycle.progress(application.items)
        late = lifecycle.is_late(application, self._clock.now())
        dates = dict(application.state_dates)
        if late and application.due_at is not None:
            dates["late"] = application.due_at
        return {
            "status": application.status,
            "status_string": label,
            "status_string_full": f"{label}{_due_words(application)}",
            "status_color": colour,
            "reason": application.reason,
            "is_late": late,
            "state_dates": {state: rfc3339(at) for state, at in dates.items()},
            "progress_percentage": percent,
            "count_eligible_items": eligible,
            "count_missing_items": missing,
        }


def contact_json(contact: Contact) -> dict[str, Any]:
    """A recipient."""
    return {
        "id": contact.id,
        "email": contact.email,
        "firstname": contact.firstname,
        "lastname": contact.lastname,
        "full_name": contact.full_name,
        "phone": contact.phone,
        "created_at": rfc3339(contact.created_at),
        "updated_at": rfc3339(contact.updated_at),
    }


def item_json(item: Item) -> dict[str, Any]:
    """One item with what was given for it."""
    return {
        "id": item.id,
        "template_item_id": item.template_item_id,
        "step": item.step_title,
        "kind": item.kind,
        "title": item.title,
        **_definition(item.definition),
        "mandatory": item.mandatory,
        "applies": True,
        "state": item.state,
        "state_string": lifecycle.ITEM_LABELS[item.state],
        "last_rejection": item.last_rejection,
        "uploads": [upload_json(upload) for upload in item.uploads],
        "values": item.values,
        "comment": item.comment,
        "updated_at": rfc3339(item.updated_at),
    }


def upload_json(upload: Upload) -> dict[str, Any]:
    """A file that was given, without its place on disk."""
    return {
        "id": upload.id,
        "dossier_item_id": upload.item_id,
        "file_id": upload.file_id,
        "name": upload.name,
        "size": upload.size,
        "content_type": upload.content_type,
        "sha256": upload.sha256,
        "state": upload.state,
        "uploaded_by": upload.uploaded_by,
        "created_at": rfc3339(upload.created_at),
    }


def _definition(definition: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: definition[name] for name in ("description", "accept", "max_size_mb", "multiple", "statement")
    }


def _due_words(application: Application) -> str:
    if application.due_at is None or application.status not in lifecycle.OPEN:
        return ""
    due = to_datetime(application.due_at)
    return f", due {due.day} {due:%B %Y}"


def _time(moment: int | None) -> str | None:
    return None if moment is None else rfc3339(moment)
