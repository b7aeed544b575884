"""Secret links of recipients: made, opened, renewed, revoked (wire/clust.md section 8)."""

from headwater.applications.model import Application, Link
from headwater.kernel.clock import DAY
from headwater.kernel.errors import GoneError, NotFoundError
from headwater.kernel.ids import new_secret, secret_hash
from headwater.kernel.secrets import SecretBox


class Links:
    """Makes link tokens and turns a stored link back into its address."""

    def __init__(self, box: SecretBox, address: str, days: int) -> None:
        """`address` is the public one; `days` is how long a link lives, 0 = for ever."""
        self._box = box
        self._address = address
        self._days = days

    def make(self, now: int, expires_at: int | None = None) -> Link:
        """A new link with a fresh token of 32 random bytes."""
        token = new_secret()
        if expires_at is None and self._days:
            expires_at = now + self._days * DAY
        return Link(secret_hash(token), self._box.seal(token), now, expires_at, None)

    def url(self, link: Link) -> str | None:
        """The address of the recipient's page, or None while the link is revoked."""
        if link.revoked_at is not None:
            return None
        return f"{self._address}/portal/{self._box.open(link.sealed)}"


def check_link(application: Application | None, now: int) -> Application:
    """The application behind a link that works. Unknown, revoked: NotFoundError; expired: GoneError."""
    if application is None or application.link.revoked_at is not None:
        raise NotFoundError(
            "link_unknown", "This link does not lead to an application.", hint="Ask the team for a new link."
        )
    expires_at = application.link.expires_at
    if expires_at is not None and expires_at <= now:
        raise GoneError("link_expired", "This link has expired.", hint="Ask the team for a new link.")
    return application
