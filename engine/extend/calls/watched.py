"""A function of a plugin as who watches it sees it: how long it may take, and when it is not entered any more.

What hung is remembered in this process, with its registry. A thread that does not come back cannot be ended; what can
be had is that no more follow it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from types import FrameType
from typing import ClassVar, Final
from weakref import ref

from engine.clock import HOUR, MINUTE, SECOND, Micros
from engine.extend.calls.faults import HungError, LeftOutError, named, plugin_fault
from engine.extend.calls.places import stands_at, stands_in
from engine.hanging import LIMIT, Visit, steady
from engine.i18n import Text

#: How long a page goes on without what only adds to it, once that hung; each time twice as long, and so long at most.
REST: Final[Micros] = 5 * MINUTE
_LONGEST: Final[Micros] = HOUR
#: So many threads may be away in a function before nobody follows; one that heeds no call keeps a processor busy.
_MOST: Final = 3


class Watched:
    """A function of *plugin* that may take as long as its *patience*.

    Where it is *spared*, whoever asks goes on without it: it rests when it hung.
    """

    #: Those that hung at some time and are still of a registry in use.
    known: ClassVar[tuple[ref[Watched], ...]] = ()

    def __init__(self, plugin: str, folder: Path | None, patience: Micros = LIMIT, *, spared: bool = False) -> None:
        self.plugin, self.patience = plugin, patience
        self._folder, self._spared = folder, spared
        #: The visits that took too long and may still be away.
        self._away: list[Visit] = []
        self._rest, self._until = 0, 0
        self.hung = False
        self.place = ""

    def late(self, visit: Visit, frame: FrameType | None, waited: Micros | None = None) -> HungError:
        """The fault of *visit*, which stands at *frame* and has not come back: in its own time, or in what others
        *waited*.
        """
        if not self.hung:
            Watched.known = (*(one for one in Watched.known if one() is not None), ref(self))
        self._away, self.hung, self.place = [*self._away, visit], True, stands_at(frame, self._folder)
        seconds = (waited or self.patience) // SECOND
        zh, en = f"{seconds}秒没有办完", f"did not come back within {seconds} s"
        if waited:
            zh = f"这次办理一共用了{seconds}秒，还没有办完"
            en = f"was still at work {seconds} s after its transaction had begun"
        zh, en = f"{zh}，已经停下", f"{en}; it was stopped, and"
        if self._spared:
            minutes = self._rests() // MINUTE
            zh, en = f"{zh}，{minutes}分钟内不再调用", f"{en} is left out for {minutes} minutes"
        else:
            zh, en = f"{zh}，没有保存", f"{en} nothing of it is saved"
        return plugin_fault(HungError, self.plugin, zh, en, self.place)

    def _rests(self) -> Micros:
        """Let it rest from now on, and say how long."""
        now = steady()
        if now >= self._until:
            again = self._rest and now - self._until < _LONGEST
            self._rest = min(2 * self._rest, _LONGEST) if again else REST
            self._until = now + self._rest
        return self._rest

    def wrote(self, frame: FrameType) -> bool:
        """Whether *frame* is in its own files."""
        return stands_in(frame, self._folder)

    def must_be_open(self) -> None:
        """Raise LeftOutError while it is not entered."""
        why = self.closed()
        if why is not None:
            raise plugin_fault(LeftOutError, self.plugin, why.zh, why.en, self.place)

    def closed(self) -> Text | None:
        """Why it is not entered now; None where it is."""
        self._away = away = [visit for visit in self._away if visit.stays()]
        if away and (self._spared or len(away) >= _MOST or any(visit.heard for visit in away)):
            return Text(
                "前面的调用还没有停下来，停下以前这个进程不再调用它",
                "an earlier call of it has not come back; until it has, this process does not call it again",
            )
        if steady() < self._until:
            minutes = self._rest // MINUTE
            return Text(f"刚才没有办完，{minutes}分钟内不再调用", f"it hung, and is left out for {minutes} minutes")
        return None


def left_out(plugins: Collection[str]) -> Iterator[Text]:
    """A sentence for each function of *plugins* that this process does not call now."""
    for one in Watched.known:
        found = one()
        if found is not None and found.plugin in plugins and (why := found.closed()) is not None:
            who = named(found.plugin, found.place)
            yield Text(f"{who.zh}：{why.zh}", f"{who.en}: {why.en}")
