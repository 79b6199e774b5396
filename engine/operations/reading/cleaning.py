"""Words that somebody put together, cleaned of values that their reader may not have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from engine.definition.values.plain import is_digit
from engine.definition.values.saying import DAY_OR_TIME
from engine.i18n import Text

_NUMBER: Final = re.compile(r"[0-9]+(\.[0-9]+)?")


class Cleaner:
    """Puts what stands *instead* of each spelling in its place; the numbers of a day or a time stay its own."""

    def __init__(self, instead: Mapping[str, str]) -> None:
        self._instead = instead
        ways = sorted(instead, key=len, reverse=True)
        numbers = [way for way in ways if _NUMBER.fullmatch(way)]
        others = [way for way in ways if not _NUMBER.fullmatch(way)]
        # The order decides: a day that is hidden, then a day that is not, then the numbers that are left.
        days = f"(?<![0-9.])(?:{DAY_OR_TIME})"
        self._found = re.compile("|".join([*map(_whole, others), days, *map(_whole, numbers)])) if ways else None

    def clean(self, text: Text) -> Text:
        """*text* with all of it hidden."""
        if self._found is None:
            return text
        return Text(*(self._found.sub(self._in_place_of, one) for one in text))

    def _in_place_of(self, found: re.Match[str]) -> str:
        return self._instead.get(found[0], found[0])


def _whole(said: str) -> str:
    """*said* as a pattern; a number only where it is not a part of another."""
    before = r"(?<![0-9.])" if is_digit(said[0]) else ""
    after = r"(?![0-9]|\.[0-9])" if is_digit(said[-1]) else ""
    return f"{before}{re.escape(said)}{after}"
