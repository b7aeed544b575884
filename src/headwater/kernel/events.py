"""News that travels upward: inside the transaction to subscribers, after the commit to the live feed."""

from collections.abc import Callable, Sequence
from typing import Any

Subscriber = Callable[[Any, Sequence[Any]], None]
Interest = Callable[[Any, int], bool]
Listener = Callable[[dict[str, Any]], None]


class Events:
    """Who hears of committed work. Subscribers run inside the writer's transaction and can still stop it."""

    def __init__(self) -> None:
        """Start with nobody listening."""
        self._subscribers: list[tuple[Subscriber, Interest]] = []
        self._listeners: list[Listener] = []

    def subscribe(self, subscriber: Subscriber, interest: Interest | None = None) -> None:
        """Have `subscriber(tx, changes)` called inside each transaction that changes records, with
        `changes.model.Change`s.

        `interest(tx, module_id)` says whether changes of a module matter to it; without one all of them do.
        """
        self._subscribers.append((subscriber, interest or _everything))

    def is_heard(self, tx: Any, module_id: int) -> bool:
        """Whether any subscriber wants this module's changes; writers of many records ask first."""
        return any(interest(tx, module_id) for _, interest in self._subscribers)

    def publish(self, tx: Any, changes: Sequence[Any]) -> None:
        """Tell the subscribers in the order of subscribing; an exception rolls the write back."""
        for subscriber, _ in self._subscribers:
            subscriber(tx, changes)

    def listen(self, listener: Listener) -> None:
        """Have `listener(event)` called after commits, on the writer's thread, with `signal`'s event."""
        self._listeners.append(listener)

    def signal(self, event: dict[str, Any]) -> None:
        """Tell the listeners that something was committed. Call it from `tx.after_commit`."""
        for listener in self._listeners:
            listener(event)


def _everything(tx: Any, module_id: int) -> bool:
    return True
