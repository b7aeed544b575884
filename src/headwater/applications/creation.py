"""From the body of a create or update to a checked draft of an application (wire/clust.md section 4)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from headwater.applications import template_store
from headwater.applications.contacts import change_contact, find_contact, keep_contact, read_contact
from headwater.applications.lifecycle import state_at_creation
from headwater.applications.model import Application, Contact, Item, Link, Template, TemplateItem
from headwater.applications.template_body import Faults
from headwater.db.database import Tx
from headwater.kernel.clock import DAY, parse
from headwater.kernel.errors import InvalidError, NotFoundError
from headwater.kernel.ids import read_id
from headwater.kernel.json import dumps

MAX_EXTERNAL_ID = 255
MAX_CUSTOM_BYTES = 256 * 1024
CONTACT_MEMBERS = frozenset({"contact", "contact_id", "email", "firstname", "lastname", "phone"})
MEMBERS = CONTACT_MEMBERS | {"template_id", "title", "external_id", "custom", "auto_emails", "due_at"}
HOOK_MEMBERS = frozenset({"webhook", "url", "events", "webhook_secret"})
NOT_BUILT = HOOK_MEMBERS | {"template_title", "folder_id", "tags", "stakeholders", "data_fields", "replace"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A body that holds nothing wrong."""

    template: Template
    contact: Contact
    title: str
    external_id: str
    custom: Any
    auto_emails: bool
    due_at: int | None


def read_draft(tx: Tx, body: Mapping[str, Any], now: int, kept: Application | None = None) -> Draft:
    """Check a body whole; `kept` is the application that an update starts from.

    All faults at once, as InvalidError `invalid_application`; an unknown contact is made.
    """
    faults = Faults()
    _check_members(body, faults)
    template = _template(tx, body, faults, kept)
    given = read_contact(body, faults)
    contact = _known_contact(tx, body, faults)
    if contact is None and "contact_id" not in body and not given["email"]:
        faults.add("contact.email", "required", "'contact.email' is needed, or a 'contact_id'.")
    external_id = faults.text(body, "external_id", default=kept.external_id if kept else "")
    if len(external_id) > MAX_EXTERNAL_ID:
        faults.add("external_id", "too_long", f"'external_id' has at most {MAX_EXTERNAL_ID} characters.")
    custom = body.get("custom", kept.custom if kept else None)
    if len(dumps(custom)) > MAX_CUSTOM_BYTES:
        faults.add("custom", "too_long", f"'custom' has at most {MAX_CUSTOM_BYTES} bytes of JSON.")
    due_at = _due_at(body, faults, kept)
    auto_emails = faults.flag(
        body, "auto_emails", "", kept.auto_emails if kept else template is None or template.auto_emails
    )
    title = faults.text(body, "title", default=kept.title if kept else "")
    faults.check("invalid_application", "The application cannot be kept as it is.")
    contact = contact or keep_contact(tx, given, now)
    if kept is not None:
        change_contact(tx, contact, given, now)
    if template is None:  # a missing template is a fault, and those were raised above
        raise NotFoundError("template_not_found", "There is no such template.")
    return Draft(
        template,
        contact,
        title or f"{template.title}: {contact.full_name}",
        external_id,
        custom,
        auto_emails,
        due_at,
    )


def new_application(tx: Tx, draft: Draft, items: tuple[Item, ...], link: Link, now: int) -> Application:
    """The application of a draft, with these items in it; nothing is stored yet."""
    state, days, application_id = state_at_creation(items), draft.template.due_after_days, tx.next_id()
    return Application(
        id=application_id,
        template_id=draft.template.id,
        template_version=draft.template.version,
        contact_id=draft.contact.id,
        title=draft.title,
        status=state,
        external_id=draft.external_id,
        custom=draft.custom,
        auto_emails=draft.auto_emails,
        due_at=draft.due_at if draft.due_at is not None or days is None else now + days * DAY,
        reason="",
        record_id=None,
        mirror_id=None,
        state_before="",
        state_dates={"created": now, state: now},
        link=link,
        created_at=now,
        updated_at=now,
        items=tuple(replace(item, application_id=application_id) for item in items),
    )


def new_items(tx: Tx, template: Template, now: int) -> tuple[Item, ...]:
    """The items of a new application, in the order of steps and positions."""
    pairs = [(step.title, item) for step in template.steps for item in step.items]
    return tuple(_new_item(tx, title, item, position, now) for position, (title, item) in enumerate(pairs))


def _new_item(tx: Tx, step_title: str, item: TemplateItem, position: int, now: int) -> Item:
    return Item(
        id=tx.next_id(),
        application_id=0,
        template_item_id=item.id,
        step_title=step_title,
        position=position,
        kind=item.kind,
        title=item.title,
        mandatory=item.mandatory,
        definition={
            "description": item.description,
            "accept": list(item.accept),
            "max_size_mb": item.max_size_mb,
            "multiple": item.multiple,
            "statement": item.statement,
        },
        state="missing",
        values={},
        comment="",
        last_rejection=None,
        updated_at=now,
    )


def _check_members(body: Mapping[str, Any], faults: Faults) -> None:
    for name in sorted(set(body) - MEMBERS):
        code = "not_built" if name in NOT_BUILT else "unknown_member"
        what = "is not built yet" if name in NOT_BUILT else "is not a member of an application"
        faults.add(name, code, f"'{name}' {what}.")


def _template(tx: Tx, body: Mapping[str, Any], faults: Faults, kept: Application | None) -> Template | None:
    template_id = body.get("template_id")
    if isinstance(template_id, str):
        template_id = read_id(template_id) or template_id
    if template_id is None:
        faults.add("template_id", "required", "'template_id' is needed.")
        return None
    if not isinstance(template_id, int):
        code = "not_built" if template_id == "new" else "template_not_found"
        faults.add("template_id", code, "'template_id' wants the id of a template.")
        return None
    if kept is not None and template_id != kept.template_id:
        faults.add("template_id", "not_built", "The template of an application cannot be changed yet.")
    version = kept.template_version if kept is not None and template_id == kept.template_id else None
    try:
        template = template_store.get_template(tx, template_id, version)
    except NotFoundError:
        faults.add("template_id", "template_not_found", f"There is no template {template_id}.")
        return None
    if kept is None and not template.is_live:
        faults.add("template_id", "template_not_live", f"Template {template_id} is not live.")
    return template


def _known_contact(tx: Tx, body: Mapping[str, Any], faults: Faults) -> Contact | None:
    contact_id = body.get("contact_id")
    if contact_id is None:
        return None
    contact = find_contact(tx, contact_id) if isinstance(contact_id, int) else None
    if contact is None:
        faults.add("contact", "contact_not_found", f"There is no contact {str(contact_id)[:40]}.")
    return contact


def _due_at(body: Mapping[str, Any], faults: Faults, kept: Application | None) -> int | None:
    if "due_at" not in body:
        return kept.due_at if kept else None
    text = faults.text(body, "due_at")
    if not text:
        return None
    try:
        return parse(text)
    except InvalidError as error:
        faults.add("due_at", error.code, error.detail)
        return None
