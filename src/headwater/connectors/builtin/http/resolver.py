"""Name resolution under the outbound policy: every address that a name leads to is checked."""

import socket

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from headwater.connectors.outbound import OutboundPolicy


class PolicedResolver(AbstractResolver):
    """Resolves a name; refuses it when any of its addresses is refused: two faces are a trick."""

    def __init__(self, policy: OutboundPolicy) -> None:
        """Look names up as the system does."""
        self._policy = policy
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a host; ForbiddenError `outbound_refused`."""
        found = await self._inner.resolve(host, port, family)
        for each in found:
            self._policy.check_address(host, each["host"])
        return found

    async def close(self) -> None:
        """Nothing stays open."""
        await self._inner.close()
