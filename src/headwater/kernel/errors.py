"""The errors of Headwater, grouped by what happens next; each has a stable code, a status and a hint."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple


class Fault(NamedTuple):
    """One thing wrong with one field of a body; `field` is a dotted path."""

    field: str
    code: str
    detail: str


class HeadwaterError(Exception):
    """Root of all our errors. `code` is stable and in docs/errors.md; `detail` says what and where."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        hint: str | None = None,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
        document: Any = None,
    ) -> None:
        """`document` is what the caller needs to go on, such as the current record behind a 412."""
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.hint = hint
        self.faults = tuple(faults)
        self.headers = dict(headers or {})
        self.document = document


class InvalidError(HeadwaterError):
    """The caller sent something that cannot be accepted; telling him is all that can be done."""

    status = 422
    title = "Invalid input"


class MalformedError(InvalidError):
    """The request could not be read at all: broken JSON, an unreadable parameter."""

    status = 400
    title = "Malformed request"


class TooLargeError(InvalidError):
    """The body is larger than its limit."""

    status = 413
    title = "Body too large"


class UnsupportedMediaTypeError(InvalidError):
    """The body has a media type that this route does not read."""

    status = 415
    title = "Unsupported media type"


class UnauthenticatedError(InvalidError):
    """Nobody is signed in, or the token is unknown, expired or revoked."""

    status = 401
    title = "Not signed in"


class ForbiddenError(HeadwaterError):
    """The actor is known and may not do this."""

    status = 403
    title = "Not allowed"


class NotFoundError(HeadwaterError):
    """The thing is not there, or the actor may not know that it is."""

    status = 404
    title = "Not found"


class MethodNotAllowedError(HeadwaterError):
    """The path exists and does not answer this method."""

    status = 405
    title = "Method not allowed"


class ConflictError(HeadwaterError):
    """The state of things forbids it now; the caller may look again and decide."""

    status = 409
    title = "Conflict"


class GoneError(HeadwaterError):
    """It was here and has ended, such as an expired link."""

    status = 410
    title = "Gone"


class PreconditionError(ConflictError):
    """`If-Match` named another revision than the current one; `document` holds the current state."""

    status = 412
    title = "Changed meanwhile"


class RateLimitedError(HeadwaterError):
    """Too many calls; `Retry-After` says when to come again."""

    status = 429
    title = "Too many requests"


class RetryError(HeadwaterError):
    """It failed for now: wait and try again. `retry_after_seconds` when the other side named it."""

    status = 503
    title = "Try again"

    def __init__(
        self, code: str, detail: str, *, retry_after_seconds: float | None = None, **rest: Any
    ) -> None:
        """Take what `HeadwaterError` takes, and the wait that the other side asked for."""
        super().__init__(code, detail, **rest)
        self.retry_after_seconds = retry_after_seconds


class SkipError(HeadwaterError):
    """One record cannot be handled: keep it as a Failure and go on with the others."""

    status = 422
    title = "Record skipped"


class FatalError(HeadwaterError):
    """The run cannot go on."""

    status = 500
    title = "Run stopped"


class NotBuiltError(HeadwaterError):
    """A part of a contract that is not built yet."""

    status = 501
    title = "Not built yet"


class UnavailableError(HeadwaterError):
    """The server is starting, stopping, or cannot reach its database."""

    status = 503
    title = "Unavailable"


class StorageFullError(HeadwaterError):
    """The disk or the database has no room; nothing was written and reading goes on."""

    status = 507
    title = "Storage full"
