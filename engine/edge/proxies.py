"""The proxies of an installation: who stands before it, and whose word on who asks is believed."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

from engine.addresses import address_in
from engine.definition.values.plain import narrow
from engine.errors import RongtongError
from engine.i18n import Text

_VARIABLE: Final = "RONGTONG_TRUSTED_PROXIES"
#: So many bits of an address of IPv6 stand before one of IPv4 that it holds.
_MAPPED: Final = 96
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Proxies:
    """The *networks* from which trusted proxies come."""

    networks: tuple[_Network, ...] = ()

    def __contains__(self, peer: str) -> bool:
        """Whether the address *peer* is one of them."""
        address = address_in(peer) if self.networks else None
        return address is not None and any(address in network for network in self.networks)

    def asker(self, peer: str, forwarded: str) -> str:
        """The address that asks, where *peer* is connected: of a trusted one, the last of its ``X-Forwarded-For``.

        A scope, which may be any words, is none of an address that is forwarded.
        """
        last = forwarded.rpartition(",")[2].strip()
        return last if "%" not in last and peer in self and address_in(last) is not None else peer


NOBODY: Final = Proxies()


def proxies_in(words: str) -> Proxies:
    """The proxies that the setting lists: addresses and networks, with commas between them.

    Raises RongtongError for what is neither: it would match nobody, and everybody would have the proxy's address.
    """
    listed = filter(None, narrow(words).replace(" ", "").split(","))
    return Proxies(tuple(map(_network, listed)))


def _network(word: str) -> _Network:
    try:
        network = ipaddress.ip_network(word)
    except ValueError:
        raise RongtongError(_refused(word), code="setting") from None
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    return network if mapped is None else ipaddress.ip_network((int(mapped), max(0, network.prefixlen - _MAPPED)))


def _refused(word: str) -> Text:
    try:
        meant = ipaddress.ip_network(word, strict=False)
    except ValueError:
        return Text(f"{_VARIABLE} 里的“{word}”不是IP地址，也不是网段（如 10.0.0.0/8）。",
                    f"“{word}” in {_VARIABLE} is neither an IP address nor a network such as 10.0.0.0/8.")  # fmt: skip
    return Text(f"{_VARIABLE} 里的“{word}”在网段之后还有数字。整个网段写成 {meant}。",
                f"“{word}” in {_VARIABLE} has bits set behind its mask. The whole network is {meant}.")  # fmt: skip
