"""`GET /api/settings` and `GET /api/stats`: how this installation is set, and how much it holds."""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from headwater import __version__
from headwater.access.actor import Actor
from headwater.access.permissions import require
from headwater.db.database import Tx
from headwater.kernel.settings import Settings
from headwater.web.call import Call
from headwater.web.route import Route

_SECRET = frozenset({"admin_token", "secret_key", "database_url", "tls_key"})
Counts = Callable[[Tx, Actor], Mapping[str, int]]
"""`(tx, actor) -> {name: count}` of one slice; it leaves out what the actor may not see."""


class About:
    """The handlers."""

    def __init__(self, counts: list[Counts]) -> None:
        """Every slice with something to count has put its function into `counts` before the first request."""
        self._counts = counts

    async def settings(self, call: Call) -> dict[str, Any]:
        """Every setting but secrets; needs `admin`."""
        require(call.actor, "admin")
        return {"version": __version__, "database": call.database.dialect, **public(call.settings)}

    async def stats(self, call: Call) -> dict[str, int]:
        """The counts of the home page."""
        return await call.scan(lambda tx: self._all(tx, call.actor))

    def _all(self, tx: Tx, actor: Actor) -> dict[str, int]:
        found: dict[str, int] = {}
        for counts in self._counts:
            found.update(counts(tx, actor))
        return found


def public(settings: Settings) -> dict[str, Any]:
    """The settings that hold no secret, in JSON forms."""
    values = {
        field.name: getattr(settings, field.name)
        for field in dataclasses.fields(settings)
        if field.name not in _SECRET
    }
    return {name: str(value) if isinstance(value, Path) else value for name, value in values.items()}


def routes(counts: list[Counts]) -> list[Route]:
    """The two routes."""
    about = About(counts)
    return [
        Route(
            "GET",
            "/api/settings",
            about.settings,
            "The settings, without secrets",
            scope="admin",
            tag="about",
        ),
        Route("GET", "/api/stats", about.stats, "Counts for the home page", tag="about"),
    ]
