"""What an installation says of its doors, read before anything is opened; what can only be wrong is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine import settings
from engine.edge.names import public_address
from engine.edge.proxies import Proxies, proxies_in
from engine.operations.accounts.signing import given_keys


@dataclass(frozen=True, slots=True)
class Facing:
    """The public address, the proxies before the doors, and the keys that sign cookies, none where none was given."""

    public_url: str
    proxies: Proxies
    keys: tuple[str, ...]


def facing(environment: Mapping[str, str], public_url: str = "") -> Facing:
    """What *environment* says, its public address unless *public_url* does. Raises RongtongError at its setting."""
    return Facing(
        public_address(public_url or settings.value("public_url", environment)),
        proxies_in(settings.value("trusted_proxies", environment)),
        given_keys(settings.value("secret_key", environment)),
    )
