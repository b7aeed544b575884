"""What a reviewer does to one item, as a pure rule (wire/clust.md section 6, item states)."""

import dataclasses

from headwater.access.actor import Actor
from headwater.applications.lifecycle import conflict
from headwater.applications.model import Item
from headwater.kernel.clock import rfc3339
from headwater.kernel.errors import Fault, InvalidError

ACTS = ("approve", "reject", "unapprove", "reset")
_FROM = {"approve": "pending_review", "reject": "pending_review", "unapprove": "approved"}
_TO = {"approve": "approved", "reject": "rejected", "unapprove": "pending_review", "reset": "missing"}


def reviewed(item: Item, act: str, reason: str, actor: Actor, now: int) -> Item:
    """The item after the act. A rejection wants a reason; a state that forbids the act is a conflict."""
    wanted = _FROM.get(act, item.state)
    if item.state != wanted:
        raise conflict(
            f"invalid_state:{item.state}", f"Item '{item.title}' is {item.state}, not {wanted}.", about="item"
        )
    if act == "reject" and not reason:
        raise InvalidError(
            "reason_required",
            "A rejection needs a reason; the recipient sees it.",
            faults=[Fault("reason", "required", "Say what is wrong with it.")],
        )
    rejection = item.last_rejection
    if act == "reject":
        rejection = {"reason": reason, "at": rfc3339(now), "by": actor.name}
    values = {} if act == "reset" else item.values
    return dataclasses.replace(item, state=_TO[act], last_rejection=rejection, values=values, updated_at=now)
