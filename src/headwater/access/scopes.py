"""The scopes of our own API (native.md N1) and the abilities of the Clust dialect (clust.md 2.1)."""

from collections.abc import Iterable

from headwater.kernel.errors import Fault, InvalidError

SCOPES: dict[str, str] = {
    "records:read": "Read modules, records, their history, charts and exports",
    "records:write": "Create, change, delete, restore and import records",
    "schema": "Create and change modules and fields",
    "alerts": "Configure alerts, poll and finish their queues",
    "flows": "Configure and run flows, connections and imports of the integrator",
    "jobs": "See, cancel and retry background jobs",
    "applications": "Everything of applications and their templates",
    "admin": "Everything, people and tokens included",
}
NARROWABLE = frozenset({"records:read", "records:write", "schema", "alerts"})
ABILITIES: dict[str, str] = {
    "dossiers:read": "applications",
    "dossiers:write": "applications",
    "dossiers:delete": "applications",
    "templates:read": "applications",
    "templates:write": "applications",
    "contacts:read": "applications",
    "contacts:write": "applications",
    "files:read": "applications",
    "files:write": "applications",
    "webhooks:write": "applications",
    "team:read": "admin",
}
"""Each ability of a Clust token, and the scope that includes it."""


def is_scope(text: str) -> bool:
    """Whether `text` is a scope, or one narrowed to a module such as `records:read:city`."""
    if text in SCOPES:
        return True
    scope, _, module = text.rpartition(":")
    return scope in NARROWABLE and bool(module)


def checked(scopes: Iterable[str], abilities: Iterable[str] = ()) -> frozenset[str]:
    """Both lists as one set. Anything unknown is InvalidError `unknown_scope`, all of it at once."""
    scopes, abilities = list(scopes), list(abilities)
    faults = [
        Fault("scopes", "unknown_scope", f"'{scope}' is not a scope; scopes are {', '.join(SCOPES)}.")
        for scope in scopes
        if not is_scope(scope)
    ]
    faults += [
        Fault(
            "abilities", "unknown_ability", f"'{ability}' is not an ability; they are {', '.join(ABILITIES)}."
        )
        for ability in abilities
        if ability not in ABILITIES
    ]
    if faults:
        raise InvalidError("unknown_scope", faults[0].detail, faults=faults)
    return frozenset(scopes) | frozenset(abilities)
