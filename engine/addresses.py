"""Network addresses: how they are read, and which of them count as one."""

from __future__ import annotations

import ipaddress
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: Whoever has one machine on IPv6 has all addresses that begin with as many bits.
_OF_ONE: Final = 64


def address_in(words: str) -> Address | None:
    """The address that *words* write, or None; one of IPv4 that stands in one of IPv6 is the former."""
    try:
        address = ipaddress.ip_address(words)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def counted_as(words: str) -> str:
    """Under what name the address *words* is counted, wherever there is a bound of an address.

    One of IPv6 is its network of 64 bits, since nobody is given less; what is no address is counted as it is.
    """
    address = address_in(words)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(address), _OF_ONE), strict=False))
    return words if address is None else str(address)
