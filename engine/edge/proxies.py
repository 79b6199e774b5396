"""The proxies of an installation: who stands before it, and whose word on who asks is believed."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

from engine.definition.plain import narrow
from engine.errors import Invalid, Problem
from engine.i18n import Text

_VARIABLE: Final = "RONGTONG_TRUSTED_PROXIES"
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Proxies:
    """The *networks* from which trusted proxies come."""

    networks: tuple[_Network, ...] = ()

    def __contains__(self, peer: str) -> bool:
        """Whether the address *peer* is one of them."""
        address = _address(peer) if self.networks else None
        return address is not None and any(address in network for network in self.networks)

    def asker(self, peer: str, forwarded: str) -> str:
        """The address that asks, where *peer* is connected: of a trusted one, the last of its ``X-Forwarded-For``."""
        last = forwarded.rpartition(",")[2].strip()
        return last if peer in self and _address(last) is not None else peer


NOBODY: Final = Proxies()


def proxies_in(words: str) -> Proxies:
    """The proxies that the setting lists: addresses and networks, with commas between them.

    Raises ``Invalid`` for what is neither: it would match nobody, and everybody would have the proxy's address.
    """
    listed = filter(None, narrow(words).replace(" ", "").split(","))
    return Proxies(tuple(map(_network, listed)))


def _network(word: str) -> _Network:
    try:
        return ipaddress.ip_network(word)
    except ValueError:
        said = Text(f"{_VARIABLE} 里的“{word}”不是IP地址，也不是网段（如 10.0.0.0/8）。",
                    f"“{word}” in {_VARIABLE} is neither an IP address nor a network such as 10.0.0.0/8.")  # fmt: skip
        raise Invalid((Problem("trusted-proxies", said, path=_VARIABLE),)) from None


def _address(words: str) -> _Address | None:
    """The address that *words* write; one of IPv4 that stands in one of IPv6 is the former."""
    try:
        address = ipaddress.ip_address(words)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
