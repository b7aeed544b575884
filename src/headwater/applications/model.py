"""Data of the applications slice: templates, applications, their items, recipients and uploads."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

ITEM_KINDS = ("document", "task", "statement")
KINDS_NOT_BUILT = ("form", "file_share")
DEFAULT_SIZE_MB = 25


@dataclass(frozen=True, slots=True)
class TemplateItem:
    """One requirement of a template."""

    id: int
    kind: str
    title: str
    description: str = ""
    mandatory: bool = True
    position: int = 0
    accept: tuple[str, ...] = ()
    max_size_mb: int = DEFAULT_SIZE_MB
    multiple: bool = False
    statement: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A titled group of items, shown together."""

    id: int
    title: str
    position: int
    items: tuple[TemplateItem, ...]


@dataclass(frozen=True, slots=True)
class RecordMapping:
    """Which record a state change writes. `key` is a field of the module and the path of its value."""

    module: str
    on: str
    operation: str
    fields: Mapping[str, str]
    key: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """The pattern of applications. An edit makes a new version; applications keep the one they began with."""

    id: int
    title: str
    version: int
    description: str
    is_live: bool
    auto_emails: bool
    auto_approve: bool
    due_after_days: int | None
    language: str
    steps: tuple[Step, ...]
    record_mapping: RecordMapping | None
    created_at: int
    updated_at: int


def new_template(template_id: int, now: int) -> Template:
    """An empty live template in its first version."""
    return Template(
        id=template_id,
        title="",
        version=1,
        description="",
        is_live=True,
        auto_emails=True,
        auto_approve=False,
        due_after_days=None,
        language="en",
        steps=(),
        record_mapping=None,
        created_at=now,
        updated_at=now,
    )


@dataclass(frozen=True, slots=True)
class Contact:
    """The recipient of applications, one for each e-mail address (case-folded)."""

    id: int
    email: str
    firstname: str
    lastname: str
    phone: str
    created_at: int
    updated_at: int

    @property
    def full_name(self) -> str:
        """First and last name, or the address when both are blank."""
        return f"{self.firstname} {self.lastname}".strip() or self.email


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was given for an item. `state` is `current`, or `history` after a reset."""

    id: int
    item_id: int
    file_id: int
    name: str
    size: int
    content_type: str
    sha256: str
    state: str
    uploaded_by: str
    created_at: int


@dataclass(frozen=True, slots=True)
class Item:
    """One requirement of one application and what was given for it."""

    id: int
    application_id: int
    template_item_id: int | None
    step_title: str
    position: int
    kind: str
    title: str
    mandatory: bool
    definition: Mapping[str, Any]
    state: str
    values: Mapping[str, Any]
    comment: str
    last_rejection: Mapping[str, Any] | None
    updated_at: int
    uploads: tuple[Upload, ...] = ()

    @property
    def is_missing(self) -> bool:
        """Whether the recipient still has to give it (wire/clust.md section 6)."""
        return self.state in ("missing", "rejected")


@dataclass(frozen=True, slots=True)
class Link:
    """The secret link of a recipient. `sealed` holds the token encrypted; its hash finds it."""

    token_hash: str
    sealed: str
    created_at: int
    expires_at: int | None
    revoked_at: int | None


@dataclass(frozen=True, slots=True)
class Application:
    """One collection of required documents for one recipient. Times are microseconds."""

    id: int
    template_id: int
    template_version: int
    contact_id: int
    title: str
    status: str
    external_id: str
    custom: Any
    auto_emails: bool
    due_at: int | None
    reason: str
    record_id: int | None
    mirror_id: int | None
    state_before: str
    state_dates: Mapping[str, int]
    link: Link
    created_at: int
    updated_at: int
    deleted_at: int | None = None
    items: tuple[Item, ...] = field(default=())


def with_item(application: Application, item: Item) -> Application:
    """The application with one of its items as it is now."""
    items = tuple(item if each.id == item.id else each for each in application.items)
    return replace(application, items=items)
