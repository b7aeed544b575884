"""Idempotency-Key (N7): the first answer to a POST is kept beside its work, sealed, and given again."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from headwater.db.database import Tx
from headwater.kernel import json
from headwater.kernel.errors import ConflictError, MalformedError
from headwater.kernel.secrets import SecretBox, open_box
from headwater.web.answer import Answer

if TYPE_CHECKING:
    from headwater.web.call import Call

T = TypeVar("T")
DAY = 86_400
_FOREVER = 1 << 62
_MAX_KEY = 255


class Replay(Exception):
    """The work was done before; `answer` is what it answered then."""

    def __init__(self, answer: Answer) -> None:
        """Carry the kept answer to the web edge."""
        super().__init__()
        self.answer = answer


class Form(NamedTuple):
    """An answer in the form in which it is kept; `body` None while it has none that can be sent."""

    status: int
    headers: str
    body: str | None

    @classmethod
    def of(cls, answer: Answer, status: int) -> "Form":
        """The form of an answer whose status is `status` unless it has its own."""
        status = answer.status or status
        try:
            body = Answer(answer.value, status).body().decode()
        except TypeError:  # the work gave back something that the handler will still turn into JSON
            body = None
        return cls(status, json.dumps(dict(answer.headers)), body)


@dataclass(slots=True)
class Kept:
    """One key of one caller: where it was used, the hash of the body, the form of the answer once known.

    `box` seals what is kept: an answer may hold a link that is a right, such as that of an application.
    """

    key: str
    caller: str
    target: str
    body_hash: str
    status: int
    now: int
    expires_at: int
    box: SecretBox
    form: Form | None = None

    @classmethod
    def of(cls, call: "Call", key: str, keep_seconds: int | None, body_hash: str) -> "Kept":
        """The key of a call. An empty key, or one above 255 characters, is refused."""
        if not key or len(key) > _MAX_KEY:
            raise MalformedError("invalid_idempotency_key", "Idempotency-Key wants 1 to 255 characters.")
        target = f"{call.method} {call.scope['path']}"
        now = time.time_ns() // 1000
        return cls(
            key=key,
            caller=_caller(call, target),
            target=target,
            body_hash=body_hash or hashlib.sha256(call.raw or b"").hexdigest(),
            status=call.route.status if call.route else 200,
            now=now,
            expires_at=_FOREVER if keep_seconds is None else now + keep_seconds * 1_000_000,
            box=open_box(call.settings),
        )


def _caller(call: "Call", target: str) -> str:
    actor = call.actor
    if actor.kind in ("anonymous", "applicant"):
        return (
            f"{actor.kind}:{target}"  # nobody in particular: the path, which holds a secret, tells them apart
        )
    # each token for itself: the others of its owner may have smaller rights, or other senders behind them
    return f"{actor.kind}:{actor.id}" if actor.token_id is None else f"token:{actor.token_id}"


def once(tx: Tx, kept: Kept, work: Callable[[Tx], T]) -> T:
    """Do the work and keep its answer in the same transaction; raise Replay with the kept one when it was
    done before.

    Two calls at the same time: the second waits for the first one's commit at the insert, then replays. Work
    that raises keeps nothing. Another body or path under a known key is ConflictError
    `idempotency_key_reused`.
    """
    tx.run("delete from idempotency where expires_at < ?", (kept.now,))
    taken = tx.run(
        "insert into idempotency (caller, idempotency_key, target, body_hash, expires_at)"
        " values (?, ?, ?, ?, ?) on conflict (caller, idempotency_key) do nothing",
        (kept.caller, kept.key, kept.target, kept.body_hash, kept.expires_at),
    )
    if not taken:
        raise Replay(_kept_answer(tx, kept))
    result = work(tx)
    kept.form = Form.of(result if isinstance(result, Answer) else Answer(result), kept.status)
    keep(tx, kept, kept.form)
    return result


def keep(tx: Tx, kept: Kept, form: Form) -> None:
    """Keep the answer under its key."""
    sealed = None if form.body is None else kept.box.seal(form.body)
    tx.run(
        "update idempotency set status = ?, headers = ?, answer = ? where caller = ? and idempotency_key = ?",
        (form.status, form.headers, sealed, kept.caller, kept.key),
    )


def _kept_answer(tx: Tx, kept: Kept) -> Answer:
    row: Any = tx.one(
        "select target, body_hash, status, headers, answer from idempotency"
        " where caller = ? and idempotency_key = ?",
        (kept.caller, kept.key),
    )
    target, body_hash, status, headers, body = row
    if (target, body_hash) != (kept.target, kept.body_hash):
        raise ConflictError(
            "idempotency_key_reused",
            f"Idempotency-Key '{kept.key[:40]}' was used before for another call or another body.",
            hint="Use a new key for a new call; repeat a call with exactly the same body.",
        )
    if body is None:
        raise ConflictError(
            "idempotency_unknown",
            "This call was done, and the server ended before its answer was kept.",
            hint="Read the thing that it made.",
        )
    return Answer(
        kept.box.open(body).encode(), status, {**json.loads(headers), "idempotent-replayed": "true"}
    )
