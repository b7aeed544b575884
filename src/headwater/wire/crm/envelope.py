"""The envelope of every answer (wire/crm.md sections 1 and 3): values, acknowledgements, ids, times."""

from typing import Any

from headwater.kernel.clock import rfc3339
from headwater.web.call import Call

OK = {"success": {"message": "OK"}}
ZERO_TIME = "0001-01-01T00:00:00Z"
NO_ID = "0"
ZERO_PAGE = {
    "pageID": NO_ID,
    "selfID": NO_ID,
    "moduleID": NO_ID,
    "title": "",
    "description": "",
    "blocks": {},
    "visible": False,
}
MAX_ID = 2**53
# Stands for a number that is no id of ours: it finds nothing, and unlike 0 it does not mean "none".
NOWHERE = -1


def response(value: Any) -> dict[str, Any]:
    """The envelope of a value."""
    return {"response": value}


def path_id(call: Call, name: str) -> int:
    """The id in the path; what is not a number reads as 0, and a number beyond all ids finds nothing."""
    text = call.path[name]
    if not (text.isascii() and text.isdigit()):
        return 0
    return int(text) if len(text) <= 16 and int(text) <= MAX_ID else NOWHERE


def times(created_at: int, updated_at: int, revision: int) -> dict[str, str]:
    """`createdAt`, and `updatedAt` of what was changed after it was made."""
    shown = {"createdAt": rfc3339(created_at)}
    return shown if revision == 1 else {**shown, "updatedAt": rfc3339(updated_at)}
