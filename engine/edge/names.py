"""Under which names this system may be asked for, and from whose pages a form may come."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from engine.errors import RongtongError
from engine.i18n import Text

_VARIABLE: Final = "RONGTONG_PUBLIC_URL"
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS: Final = {"http": "80", "https": "443"}
#: A host as the Host header writes it, and a page's origin.
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::([0-9]{1,5}))?")
_ORIGIN: Final = re.compile(r"(https?)://([^/?#@\s]{1,300})")


def _place(host: str, scheme: str) -> tuple[str, str] | None:
    """Name and port of *host*, the port that goes without saying in *scheme* said; None where it is none."""
    found = _HOST.fullmatch(host)
    return (found[1].strip("[]").lower(), found[2] or _PORTS.get(scheme, "")) if found else None


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def public_address(words: str) -> str:
    """The public address that the setting says, or none; ``RongtongError`` for one that nobody could ask for."""
    try:
        found = urlsplit(words)
        right = found.scheme in _PORTS and _place(found.netloc, found.scheme) and not found.query and not found.fragment
    except ValueError:
        right = None
    if words and not right:
        raise RongtongError(
            Text(f"{_VARIABLE} 里的“{words}”不是网址，要写成 https://rongtong.example 这样。",
                 f"“{words}” in {_VARIABLE} is no address; write it like https://rongtong.example."), code="setting",
        )  # fmt: skip
    return words


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one installation: its public address, or where it has none the *host* that it listens on."""

    public_url: str = ""
    host: str = ""

    @property
    def https(self) -> bool:
        """Whether browsers reach it over TLS."""
        return self.public_url.startswith("https://")

    def asked(self, host: str) -> bool:
        """Whether the Host header *host* names this system.

        Without a public address it goes by this machine's own names, whatever the port, because a port may be
        forwarded. Where it listens to other machines it goes by any number too: what has a number for a name was
        looked up in no foreign directory.
        """
        public = urlsplit(self.public_url)
        place = _place(host, public.scheme)
        if place is None or self.public_url:
            return place is not None and place == _place(public.netloc, public.scheme)
        own = place[0].rstrip(".")
        open_to_others = self.host not in ("", *_LOOPBACK)
        return own in _LOOPBACK or own == self.host.lower() or (open_to_others and _is_number(own))

    def sent_from(self, origin: str, host: str) -> bool:
        """Whether a page of *origin* may send forms to this system, which was asked for as *host*."""
        found = _ORIGIN.fullmatch(origin)
        if found is None:
            return False
        scheme, place = found[1], _place(found[2], found[1])
        public = urlsplit(self.public_url)
        if self.public_url:
            return place is not None and (scheme, place) == (public.scheme, _place(public.netloc, scheme))
        return place is not None and place == _place(host, scheme)
