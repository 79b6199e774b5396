"""The secrets that this process handed to plugins, crossed out of whatever it keeps or logs of somebody's words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, quote_plus

#: Stands in place of a secret.
CROSSED: Final = "***"
#: What is shorter stands in many a word, and is no secret.
SHORTEST: Final = 4


@dataclass(slots=True)
class _Known:
    """Every spelling of every secret, the longest first: one may hold another."""

    spellings: tuple[str, ...] = ()


_KNOWN: Final = _Known()


def keep(secrets: Iterable[str]) -> None:
    """Cross *secrets* out from now on; there are as many as an installation has."""
    spellings = {spelt for secret in secrets for spelt in _spellings(secret)}
    if not spellings <= set(_KNOWN.spellings):
        _KNOWN.spellings = tuple(sorted(spellings.union(_KNOWN.spellings), key=lambda spelt: (-len(spelt), spelt)))


def crossed_out(words: str) -> str:
    """*words* without any secret, as it is or as an address, Python or JSON spells it."""
    for spelt in _KNOWN.spellings:
        words = words.replace(spelt, CROSSED)
    return words


def _spellings(secret: str) -> Iterator[str]:
    if len(secret) >= SHORTEST:
        yield from (secret, quote(secret), quote(secret, safe=""), quote_plus(secret))
        yield from (repr(secret)[1:-1], repr(secret.encode())[2:-1], json.dumps(secret)[1:-1])
