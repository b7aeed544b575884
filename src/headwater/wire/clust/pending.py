"""Calls and parameters of clust.md that this version does not have yet: 501, never a wrong answer."""

from collections.abc import Mapping

from headwater.kernel.errors import Fault, NotBuiltError
from headwater.web.pending import Pending

_ALL = ("GET", "POST", "PUT", "PATCH", "DELETE")
_RESOURCES = (
    *("companies", "contacts", "data-fields", "folders", "forms"),
    *("portals", "tags", "teams", "uploads", "webhooks"),
)
_DOSSIER, _ITEM = "/dossiers/{dossier}", "/dossiers/{dossier}/items/{item}"
TABLE: tuple[Pending, ...] = (
    *((method, f"/{name}{one}") for name in _RESOURCES for one in ("", "/{id}") for method in _ALL),
    *((method, f"{_DOSSIER}/{part}") for part in ("mails", "messages") for method in ("GET", "POST")),
    *(("POST", f"{_DOSSIER}/{part}") for part in ("remind", "link", "link/revoke", "items")),
    ("GET", f"{_DOSSIER}/receipt"),
    *((method, _ITEM) for method in ("GET", "PUT", "PATCH", "DELETE")),
    *(("POST", f"{_ITEM}/{part}") for part in ("uploads", "form", "complete")),
    ("POST", "/templates/{template}/duplicate"),
    ("GET", "/users/{user}"),
)
_FILTERS = frozenset(
    {"folder_id", "tag", "is_late", "item_status", "language", "q", "event", "since", "after_id"}
)


def refuse_filters(query: Mapping[str, str]) -> None:
    """Refuse a list that asks for a filter of section 4 that is not built: NotBuiltError `not_built`."""
    asked = sorted(_FILTERS & query.keys())
    if asked:
        faults = [Fault(name, "not_built", f"'{name}' is not built yet.") for name in asked]
        raise NotBuiltError(
            "not_built",
            f"Dossiers cannot be listed by {', '.join(asked)} yet.",
            hint="Filters are status, template_id, contact_id, external_id, updated_since.",
            faults=faults,
        )
