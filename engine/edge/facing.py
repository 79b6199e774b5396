"""What an installation says of its doors, read before anything is opened; what can only be wrong is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine import settings
from engine.edge.names import public_address
from engine.edge.proxies import Proxies, proxies_in
from engine.errors import RongtongError
from engine.i18n import Text
from engine.operations.accounts.signing import SHORTEST, given_keys


@dataclass(frozen=True, slots=True)
class Facing:
    """The public address, the proxies before the doors, the keys that sign cookies, none where none was given, and
    the token that opens the figures, "" where nobody may have them.
    """

    public_url: str
    proxies: Proxies
    keys: tuple[str, ...]
    metrics_token: str


def facing(environment: Mapping[str, str], public_url: str = "") -> Facing:
    """What *environment* says, its public address unless *public_url* does. Raises RongtongError at its setting."""
    return Facing(
        public_address(public_url or settings.value("public_url", environment)),
        proxies_in(settings.value("trusted_proxies", environment)),
        given_keys(settings.value("secret_key", environment)),
        _unguessed(settings.value("metrics_token", environment)),
    )


def _unguessed(token: str) -> str:
    """*token*; RongtongError for one that could be guessed."""
    if token and len(token) < SHORTEST:
        variable = settings.named("metrics_token").variable
        zh, en = f"{variable} 至少{SHORTEST}个字符。", f"{variable} has {SHORTEST} characters or more."
        raise RongtongError(Text(zh, en), code="setting")
    return token
