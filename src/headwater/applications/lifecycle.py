"""The life of an application as pure rules: states, moves, what is missing, lateness (clust.md section 6)."""

from collections.abc import Mapping, Sequence

from headwater.applications.model import Application, Item
from headwater.kernel.errors import ConflictError, Fault

LABELS: Mapping[str, tuple[str, str]] = {
    "created": ("Created", "#6b7280"),
    "in_progress": ("In progress", "#2563eb"),
    "pending_submission": ("Pending submission", "#d97706"),
    "submitted": ("Submitted", "#7c3aed"),
    "approved": ("Approved", "#15803d"),
    "returned": ("Returned", "#ea580c"),
    "rejected": ("Rejected", "#dc2626"),
    "withdrawn": ("Withdrawn", "#475569"),
    "archived": ("Archived", "#9ca3af"),
}
STATES = tuple(LABELS)
FINAL = frozenset({"approved", "rejected", "withdrawn"})
OPEN = frozenset({"created", "in_progress", "pending_submission", "returned"})
_SOURCES: Mapping[str, frozenset[str]] = {
    "approved": frozenset({"submitted"}),
    "returned": frozenset({"submitted"}) | FINAL,
    "rejected": OPEN | {"submitted"},
    "withdrawn": OPEN | {"submitted"},
    "archived": FINAL,
}
ITEM_LABELS = {
    "missing": "Missing",
    "pending_review": "Pending review",
    "approved": "Approved",
    "rejected": "Rejected",
}


def conflict(code: str, detail: str, *, about: str = "dossier", **document: object) -> ConflictError:
    """A refusal because of the present state, in the form that every surface can render."""
    return ConflictError(
        code.split(":")[0], detail, faults=[Fault(about, code, detail)], document=document or None
    )


def check_move(application: Application, target: str) -> None:
    """Refuse a move that the state does not allow: ConflictError `invalid_state`."""
    if application.status not in _SOURCES[target]:
        raise _invalid(application, f"cannot become {target}")


def check_open(application: Application) -> None:
    """Refuse what only an open application takes, such as uploads: ConflictError `invalid_state`."""
    if application.status not in OPEN:
        raise _invalid(application, "takes nothing from its recipient")


def check_not_archived(application: Application) -> None:
    """Refuse changes of an archived application (S8)."""
    if application.status == "archived":
        raise _invalid(application, "is read-only")


def check_submit(application: Application, items: Sequence[Item]) -> None:
    """Refuse a submission: `no_items` to give, `missing_items`, or `invalid_state` (S1, S2)."""
    if application.status not in OPEN:
        raise _invalid(application, "cannot be submitted")
    if not items:
        raise conflict("no_items", f"Application {application.id} asks for nothing yet.")
    missing = missing_items(items)
    if missing:
        titles = ", ".join(item.title for item in missing)
        raise conflict("missing_items", f"Still missing: {titles}.", missing=[item.id for item in missing])


def check_approve(application: Application, items: Sequence[Item]) -> None:
    """Refuse an approval unless submitted with every mandatory item approved (S3)."""
    check_move(application, "approved")
    waiting = unapproved_items(items)
    if waiting:
        raise conflict(
            "items_not_approved",
            f"{len(waiting)} mandatory item(s) of application {application.id} are not approved yet.",
            items=waiting,
        )


def unapproved_items(items: Sequence[Item]) -> list[int]:
    """The ids of the mandatory items that nobody has approved yet."""
    return [item.id for item in items if item.mandatory and item.state != "approved"]


def approves_itself(application: Application) -> bool:
    """Whether a template that approves by itself approves it now: submitted, all that is asked approved."""
    is_asked = any(item.mandatory for item in application.items)
    return application.status == "submitted" and is_asked and not unapproved_items(application.items)


def missing_items(items: Sequence[Item]) -> list[Item]:
    """The mandatory items that the recipient still has to give."""
    return [item for item in items if item.mandatory and item.is_missing]


def progress(items: Sequence[Item]) -> tuple[int, int, int]:
    """Eligible (mandatory), missing, and percent done: 100 when none is mandatory, 0 without items."""
    eligible = sum(item.mandatory for item in items)
    missing = len(missing_items(items))
    if not items:
        return 0, 0, 0
    return eligible, missing, 100 if not eligible else 100 * (eligible - missing) // eligible


def state_after_items(status: str, items: Sequence[Item]) -> str:
    """The state of an open application once items were given or changed (S1, S4, S9); others keep theirs."""
    nothing_missing = bool(items) and not missing_items(items)
    if status in OPEN and nothing_missing:
        return "pending_submission"
    if status == "pending_submission":
        return "in_progress"
    has_given = any(not item.is_missing for item in items)
    return "in_progress" if status == "created" and has_given else status


def state_at_creation(items: Sequence[Item]) -> str:
    """`created`, or `pending_submission` when it has items and none is mandatory (S1)."""
    return "pending_submission" if items and not any(item.mandatory for item in items) else "created"


def is_late(application: Application, now: int) -> bool:
    """Whether the due time has passed while the recipient still owes it (S6)."""
    return application.due_at is not None and application.due_at < now and application.status in OPEN


def _invalid(application: Application, what: str) -> ConflictError:
    return conflict(
        f"invalid_state:{application.status}",
        f"Application {application.id} is {application.status} and {what}.",
    )
