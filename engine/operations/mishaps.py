"""What of plugins failed where nothing else keeps it: as it showed something, or answered somebody who reads.

A step or a job that fails is a row, and stands under 异常 until somebody has dealt with it. A reading request writes
nothing, so this is kept in the process that served it, once for each part: a fault, since when, and when last.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from engine.clock import HOUR, Micros
from engine.definition.values.moments import to_datetime
from engine.definition.values.saying import moment_words
from engine.i18n import Text
from engine.store.bounded import Bounded

#: So many parts are kept, of all districts together.
_MOST: Final = 500
#: A part may fail for one reader and answer another: until so long after its last fault an answer proves nothing.
_PROVES: Final[Micros] = HOUR


@dataclass(frozen=True, slots=True)
class Mishap:
    """That *what* of a plugin failed for *cause*, which names the plugin and its line: since when, and when last."""

    what: Text
    cause: Text
    since: Micros
    last: Micros


class Mishaps(Bounded[tuple[str, str, Text], Mishap]):
    """The parts of plugins that failed last time they were asked, or not long ago, by district and plugin."""

    def __init__(self) -> None:
        super().__init__(_MOST)

    def failed(self, district: str, plugin: str, what: Text, cause: Text, now: Micros) -> None:
        """Keep that *what* of *plugin* failed; the same fault again stays one."""
        before = self.get((district, plugin, what))
        since = before.since if before is not None and before.cause == cause else now
        self[district, plugin, what] = Mishap(what, cause, since, now)

    def answered(self, district: str, plugin: str, what: Text, now: Micros) -> None:
        """Forget what failed of it, unless that was not long ago."""
        before = self.get((district, plugin, what))
        if before is not None and now - before.last >= _PROVES:
            self.pop((district, plugin, what), None)

    def told(self, district: str, plugins: Collection[str], now: Micros) -> Iterator[Text]:
        """A sentence for each that failed of *plugins* in *district*, the oldest first."""
        known = list(self.items())
        here = (one for (place, plugin, _), one in known if place == district and plugin in plugins)
        for one in sorted(here, key=lambda each: each.since):
            since, last = (moment_words(to_datetime(at), now) for at in (one.since, one.last))
            yield Text(f"{one.what.zh}出错：{one.cause.zh}；{since.zh}起，最近一次{last.zh}",
                       f"{one.what.en} failed: {one.cause.en}; since {since.en}, last {last.en}")  # fmt: skip
