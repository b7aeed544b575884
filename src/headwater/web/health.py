"""Whether the process answers and whether it can work: `/healthz` and `/readyz`."""

from typing import Any

from headwater.web.call import Call
from headwater.web.route import Route


def routes() -> list[Route]:
    """The two routes; both are open."""
    return [
        Route("GET", "/healthz", _healthz, "Whether the process answers", is_open=True, tag="operations"),
    ]


async def _healthz(call: Call) -> dict[str, Any]:
    return {"status": "ok"}
