"""How often a wrong password may be tried: counts of failures per address and per account, in memory."""

from headwater.kernel.clock import SECOND, Clock
from headwater.kernel.errors import RateLimitedError

WINDOW_SECONDS = 900
MAX_KEYS = 20_000


class FailureLimit:
    """Refuses a key after `limit` failures within 15 minutes, until the first of them is that old."""

    def __init__(self, clock: Clock, limit: int) -> None:
        """Start with no failures; they are forgotten when the process ends."""
        self._clock = clock
        self._limit = limit
        self._failures: dict[str, list[int]] = {}

    def require(self, key: str) -> None:
        """Go on, or raise RateLimitedError `too_many_attempts` with `Retry-After`."""
        recent = self._recent(key)
        if len(recent) < self._limit:
            return
        wait = (recent[0] - self._clock.now()) // SECOND + WINDOW_SECONDS + 1
        raise RateLimitedError(
            "too_many_attempts",
            "Too many failed attempts; this address or account must wait.",
            hint=f"Try again in {wait} seconds.",
            headers={"retry-after": str(wait)},
        )

    def count(self, key: str) -> None:
        """Remember one more failure. Count before the check, so that attempts at the same time are seen."""
        if len(self._failures) >= MAX_KEYS:
            self._forget_old()
        self._failures[key] = [*self._recent(key), self._clock.now()][-self._limit :]

    def forgive(self, key: str) -> None:
        """Forget the last one: it was no failure after all."""
        self._failures[key] = self._failures.get(key, [])[:-1]

    def _recent(self, key: str) -> list[int]:
        # A clock that is set back leaves failures of times to come; nobody waits for those.
        now = self._clock.now()
        return [each for each in self._failures.get(key, ()) if now - WINDOW_SECONDS * SECOND < each <= now]

    def _forget_old(self) -> None:
        self._failures = {key: recent for key in self._failures if (recent := self._recent(key))}
        while len(self._failures) >= MAX_KEYS:  # an attack from everywhere: the oldest keys go first
            del self._failures[next(iter(self._failures))]
