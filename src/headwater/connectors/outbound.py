"""Where we may connect to: schemes, hosts and addresses, DNS answers and redirects included.

Cloud metadata and other link-local addresses are always refused: whoever may write a flow must not read
the machine's own credentials. Private and loopback addresses are allowed, because the systems to integrate
live there; `outbound_deny` refuses more, and `outbound_allow` makes exceptions to it.
"""

import fnmatch
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from headwater.kernel.errors import ForbiddenError, InvalidError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Metadata services that are not link-local: AWS over IPv6, Alibaba, Oracle.
_METADATA = frozenset(map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200", "192.0.0.192")))


@dataclass(frozen=True, slots=True)
class OutboundPolicy:
    """Entries of the lists are host names with `*`, addresses, or networks such as 10.0.0.0/8."""

    allow: Sequence[str] = ()
    deny: Sequence[str] = ()

    def check_url(self, url: str) -> None:
        """Refuse a URL that is not http(s) or whose host is refused by name or as a literal address."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or not host:
            hint = "Begin it with https://."
            raise InvalidError("invalid_url", f"'{url[:80]}' is not an http or https address.", hint=hint)
        address = _literal(host)
        if address is not None:
            self.check_address(host, address)
        elif host.replace(".", "").isdigit() or self._is_denied(host, None):
            # Digits that are no full address: short forms such as 127.1, which some libraries connect to.
            raise refused(host)

    def check_address(self, host: str, address: Address | str) -> None:
        """Refuse an address that a host name leads to."""
        found = ipaddress.ip_address(address.split("%")[0]) if isinstance(address, str) else address
        found = getattr(found, "ipv4_mapped", None) or found
        if _is_never_meant(found) or self._is_denied(host, found):
            raise refused(host)

    def _is_denied(self, host: str, address: Address | None) -> bool:
        return _matches(self.deny, host, address) and not _matches(self.allow, host, address)


def refused(host: str) -> ForbiddenError:
    """The error for a host that may not be reached."""
    return ForbiddenError(
        "outbound_refused",
        f"Connecting to '{host[:80]}' is not allowed.",
        hint="The settings outbound_allow and outbound_deny say where connections may go.",
    )


def _is_never_meant(address: Address) -> bool:
    return (
        address.is_link_local
        or address.is_unspecified
        or address.is_multicast
        or address in _METADATA
        or (address.is_reserved and not address.is_loopback)
    )


def _matches(entries: Sequence[str], host: str, address: Address | None) -> bool:
    return any(_is_in(entry, host, address) for entry in entries)


def _is_in(entry: str, host: str, address: Address | None) -> bool:
    try:
        network = ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return bool(host) and fnmatch.fnmatchcase(host.lower().rstrip("."), entry.lower())
    return address is not None and address.version == network.version and address in network


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return None
