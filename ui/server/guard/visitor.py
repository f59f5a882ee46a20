"""Who is counted: the address of a visitor, as far as one person's addresses can be told apart."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from starlette.types import Scope

_IPV6_PREFIX = 64  # the smallest network that a provider gives to one customer


def visitor(scope: Scope) -> str:
    """The visitor behind a request or a WebSocket, whose client the proxy's headers have named by now."""
    client = scope.get("client")
    return counted(client[0] if client else "")


def counted(address: str) -> str:
    """What an address is counted as: itself, or its network where one person has as many as he likes."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, _IPV6_PREFIX), strict=False))
    return str(ip)


def is_in(address: str, networks: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    """Whether an address lies in one of the networks."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in networks)
