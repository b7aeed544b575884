"""What the server adds to a document: defaults, the ids of a flow's generators, and keys that only a patch
may set.
"""

from collections.abc import Mapping
from typing import Any

from headwater.flows.documents_model import Kind
from headwater.kernel.ids import new_hex24

PATCH_ONLY = "debugUntil"


def with_server_defaults(
    kind: Kind, body: dict[str, Any], stored: Mapping[str, Any] | None, *, is_patch: bool = False
) -> dict[str, Any]:
    """The body to store in the place of `stored` (None: a new document)."""
    body = dict(body)
    if not is_patch:
        _keep(body, stored or {}, PATCH_ONLY)
    if kind == "flow":
        if body.get("disabled") is None:
            body["disabled"] = False
        if isinstance(body.get("pageGenerators"), list):
            body["pageGenerators"] = _with_ids(body["pageGenerators"], stored or {})
    return body


def _keep(body: dict[str, Any], stored: Mapping[str, Any], key: str) -> None:
    if key in stored:
        body[key] = stored[key]
    else:
        body.pop(key, None)


def _with_ids(generators: list[Any], stored: Mapping[str, Any]) -> list[Any]:
    """Each generator with its own `_id`, to which its delta state belongs: kept when the flow had it, else
    new.

    An id of another flow, or one sent twice, gets a new one: two places must never share their state.
    """
    known = {each.get("_id") for each in stored.get("pageGenerators") or [] if isinstance(each, Mapping)}
    result: list[Any] = []
    for each in generators:
        if not isinstance(each, Mapping):
            result.append(each)
            continue
        kept = each.get("_id")
        is_kept = isinstance(kept, str) and kept in known
        known -= {kept} if is_kept else set()
        result.append({**each, "_id": kept if is_kept else new_hex24()})
    return result
