"""A bar of progress on a terminal; nothing where standard error is not one."""

import sys
import time
from types import TracebackType

WIDTH = 30
EVERY_SECONDS = 0.1


class Bar:
    """One line on standard error that moves while work goes on: done, total, rate, time left."""

    def __init__(self) -> None:
        """Nothing is drawn before `show`."""
        self._is_terminal = sys.stderr.isatty()
        self._what = ""
        self._started = self._drawn = 0.0

    def __enter__(self) -> "Bar":
        """Use it in a `with`: the line ends with the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Go to the next line."""
        if self._drawn:
            print(file=sys.stderr)

    def show(self, what: str, done: int, total: int, detail: str) -> None:
        """Draw how far `what` is; at most ten times a second."""
        now = time.monotonic()
        if what != self._what:
            self._what, self._started = what, now
        if not self._is_terminal or (now - self._drawn < EVERY_SECONDS and done < total):
            return
        self._drawn = now
        share = min(1.0, done / total) if total else 1.0
        filled = round(WIDTH * share)
        left = _time_left(now - self._started, share)
        line = f"{what:<10} [{'#' * filled}{'.' * (WIDTH - filled)}] {share:4.0%}  {detail}{left}"
        print(f"\r{line[:110]:<110}", end="", file=sys.stderr, flush=True)


def _time_left(passed: float, share: float) -> str:
    if share <= 0 or share >= 1 or passed < 1:
        return ""
    return f", {passed / share - passed:.0f} s left"
