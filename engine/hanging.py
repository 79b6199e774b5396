"""What becomes of a thread that does not come back from somebody else's code: it is called back, and then given up.

Whoever is called back gets an exception where it stands in its own files, or where it next asks the engine: others
take locks in Python, and one that is taken there would never be given back. What stays in a library, or waits outside
of Python (for a socket, a lock, a sleep), is given up, which means that what it holds is ended without it, and its
place is taken by another. When such a thread comes back after all, it finds nothing to go on with and unwinds.
"""

from __future__ import annotations

import ctypes
import logging
import os
import sys
import threading
from collections.abc import Callable
from threading import get_ident
from types import FrameType
from typing import Any, ClassVar, Final, Protocol

from engine.clock import SECOND, Attended, Micros, SystemClock
from engine.debugging import debugged
from engine.otherwise import held_by, otherwise

#: How long somebody's code may take; and how long after that it has, to come back when it is called.
LIMIT: Final[Micros] = 10 * SECOND
GRACE: Final[Micros] = 2 * SECOND
#: The same where little else is done meanwhile, as when a pack is adopted.
LONG_LIMIT: Final[Micros] = 30 * SECOND
#: Who swallows a call is called again after so long.
_AGAIN: Final[Micros] = SECOND // 2
#: How often somebody looks, in seconds, and how often while somebody cannot be called back yet.
_EVERY: Final = 0.5
_SOON: Final = 0.02
#: How much of the time between two looks counts at most.
_COUNTS: Final[Micros] = SECOND + SECOND // 2
_LOG: Final = logging.getLogger("rongtong.plugins")


class CalledBack(BaseException):
    """Raised in the middle of what takes too long. No ``except Exception`` holds it up.

    Python makes it only where somebody handles it, in the very thread: so it is known who heard it and stayed.
    """

    def __init__(self) -> None:
        for visit in _chain(Visit.innermost.get(get_ident())):
            visit.heard = True


class GivenUp(BaseException):
    """Raised where a thread comes back that was given up, and *fault* told: nothing is to be gone on with."""

    def __init__(self, fault: Exception) -> None:
        super().__init__(fault)
        self.fault = fault


class Host(Protocol):
    """Whose code it is."""

    plugin: str
    patience: Micros

    def late(self, visit: Visit, frame: FrameType | None, waited: Micros | None = None) -> Exception:
        """The fault of not having come back from *visit*; *frame* is where it stands now. Others have *waited* for what
        it holds, or it has used up its own patience.
        """
        ...

    def wrote(self, frame: FrameType) -> bool:
        """Whether *frame* is in its own files."""
        ...


class Visit:
    """A call into the code of *host*, in ``with``; raises its fault where it took too long, or GivenUp."""

    __slots__ = ("again", "called", "fault", "given_up", "heard", "host", "outer", "seen", "thread")
    #: The innermost visit of each thread that is on one.
    innermost: ClassVar[dict[int, Visit]] = {}
    #: How often somebody was called back, and given up, since the process began.
    calls_back: ClassVar[int] = 0
    gives_up: ClassVar[int] = 0

    def __init__(self, host: Host) -> None:
        self.host, self.thread = host, get_ident()
        self.outer: Visit | None = None
        #: When it was first seen by who watches, and first called back; when it may be called again.
        self.seen: Micros | None = None
        self.called: Micros | None = None
        self.again: Micros | None = None
        self.fault: Exception | None = None
        self.given_up = self.heard = False

    def __enter__(self) -> None:
        """Go in."""
        self.outer = outer = self.innermost.get(self.thread)
        self.innermost[self.thread] = self
        if not _watchdog.begun:
            _watchdog.begin()
        if outer is not None and outer.fault is not None:
            raise CalledBack

    def __exit__(self, *_how: object) -> None:
        """Come out. Who watches names the fault first and looks then whether anybody is inside, and here it is the
        other way round: so nobody is called back who has left.
        """
        if self.innermost.get(self.thread) is self:  # it is asked twice where it is called back on its way
            if self.outer is None:
                self.innermost.pop(self.thread, None)
            else:
                self.innermost[self.thread] = self.outer
        if self.fault is not None:
            self.back()

    def stays(self) -> bool:
        """Whether its thread is still inside."""
        return self in _chain(self.innermost.get(self.thread))

    def back(self) -> None:
        """Come out late: raise the fault, or GivenUp. Nothing more is raised in this thread after it."""
        with _LOCK:
            _raise_in(self.thread, None)
        if self.fault is not None:
            raise GivenUp(self.fault) if self.given_up else self.fault


def heed(*_given: object) -> bool:
    """Raise CalledBack where this thread is to come back; else True. For where somebody asks the engine, lockless."""
    visit = Visit.innermost.get(get_ident())
    if visit is not None and visit.fault is not None:
        raise CalledBack
    return True


#: Held while somebody is called back or given up, and to come out late: one happens before the other.
_LOCK = threading.Lock()


class Watchdog:
    """Looks at every visit now and then. *steady* is a clock that nobody can set; where it does not *run* by itself,
    somebody else has it ``look``.
    """

    def __init__(self, steady: Callable[[], Micros], *, runs: bool = True) -> None:
        self.steady, self._now = steady, Attended(steady, _COUNTS)
        self.begun, self._complained = not runs, False
        #: What is to be told when no lock is held: who hangs may have stopped in the middle of the log.
        self._faults: list[Exception] = []
        #: Since when what others wait for has been held.
        self._since: dict[otherwise, Micros] = {}

    def begin(self) -> None:
        """Look from now on, in a thread of its own; where there can be none, the next visit tries again."""
        self.begun = True
        try:
            threading.Thread(target=self._run, name="rongtong-watchdog", daemon=True).start()
        except RuntimeError:
            self.begun = False
            if not self._complained and not sys.is_finalizing():
                self._complained = True
                _LOG.exception("nobody watches the plugins until a thread can be had for it")

    def _run(self) -> None:
        rests, soon = threading.Event(), False
        while not rests.wait(_SOON if soon else _EVERY) and _watchdog is self:
            try:
                soon = self.look()
            except Exception:
                _LOG.exception("the watchdog of the plugins stumbled")
        self.begun = False

    def look(self) -> bool:
        """Call back, or give up, whoever has been away for too long; whether somebody could not be called back yet."""
        now, soon = self._now(), False
        around = otherwise.around.copy()
        self._since = {one: self._since.get(one, now) for held in around.values() for one in tuple(held) if one.held}
        for thread, innermost in Visit.innermost.copy().items():
            try:
                soon |= self._looked_at(thread, _chain(innermost), now)
            except Exception as wrong:
                wrong.add_note("nobody can be called back here")
                self._faults.append(wrong)
        told, self._faults = self._faults, []
        for fault in told:
            _LOG.error("%s", fault, exc_info=fault if fault.__traceback__ else None)
        return soon

    def _looked_at(self, thread: int, visits: list[Visit], now: Micros) -> bool:
        stayed, until = {}, now
        for visit in visits:
            visit.seen = now if visit.seen is None else visit.seen
            stayed[visit], until = until - visit.seen, visit.seen
        first, waited = visits[-1], None
        if now - until < first.host.patience and (waited := self._waited(thread, now)) is None:
            return False
        if debugged(thread):
            first.seen = now
            self._since.update(dict.fromkeys(otherwise.around.get(thread, ()), now))
            return False
        blamed = next((visit for visit in visits if visit.fault is not None), max(visits, key=stayed.__getitem__))
        return self._late(thread, first, blamed, now, waited)

    def _waited(self, thread: int, now: Micros) -> Micros | None:
        """The patience with what *thread* holds, where it has come to its end."""
        for one in otherwise.around.get(thread, ()):
            patience = None if one.held is None else one.held.patience
            if patience is not None and now - self._since.get(one, now) >= patience:
                return patience
        return None

    def _late(self, thread: int, first: Visit, blamed: Visit, now: Micros, waited: Micros | None) -> bool:
        with _LOCK:
            if blamed.fault is None:
                blamed.fault = blamed.host.late(blamed, sys._current_frames().get(thread), waited)
                self._faults.append(blamed.fault)
            if blamed not in _chain(Visit.innermost.get(thread)):
                return False
            if blamed.given_up:  # what it still does is for nobody, and ends where it can hear
                _call_back(thread)
                return False
            first.called = now if first.called is None else first.called
            if now - first.called >= GRACE:
                if all([held.shut() for held in held_by(thread)]):  # noqa: C419 - each, and it comes into none again
                    self._faults += _give_up(thread, blamed.fault)
                    Visit.gives_up += 1
                return False
            if first.again is not None and now < first.again:  # never twice while it comes home
                return False
            for held in held_by(thread):
                held.stop()
            called = _call_back(thread)
            Visit.calls_back += called
            first.again = now + _AGAIN if called else first.again
            return not called


def _call_back(thread: int) -> bool:
    """Have CalledBack raised in *thread* if it stands in the files of whom it visits, from where it goes on."""
    visit, frame = Visit.innermost.get(thread), sys._current_frames().get(thread)
    if visit is None or frame is None or not visit.host.wrote(frame):
        return False
    _raise_in(thread, CalledBack)
    return True


def steady() -> Micros:
    """What the clock says that nobody can set."""
    return _watchdog.steady()


def _chain(visit: Visit | None) -> list[Visit]:
    """*visit* and those that it came from, innermost first."""
    found = []
    while visit is not None:
        found.append(visit)
        visit = visit.outer
    return found


def _give_up(thread: int, fault: Exception) -> list[Exception]:
    wrong: list[Exception] = []  # with what *thread* holds, which is ended without it
    visits = _chain(Visit.innermost.get(thread))  # before that brings it back
    for visit in visits:
        visit.fault, visit.given_up = fault, True
    for one in reversed(otherwise.around.pop(thread, [])):
        try:
            fault = one.then(fault)
        except Exception as other:
            other.add_note("what a lost thread held could not be taken from it")
            wrong.append(other)
    for visit in visits:
        visit.fault = fault
    return wrong


def _raise_in(thread: int, kind: type[BaseException] | None) -> None:
    """Have *kind* raised in *thread* as soon as it runs Python; None takes back what it has not met yet."""
    raised: Any = None if kind is None else ctypes.py_object(kind)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)


_watchdog = Watchdog(SystemClock().steady)


def _forked() -> None:
    """No thread but one is here any more."""
    global _LOCK, _watchdog
    _LOCK = threading.Lock()
    for thread in (*Visit.innermost, *otherwise.around):
        if thread != get_ident():
            Visit.innermost.pop(thread, None)
            otherwise.around.pop(thread, None)
    _watchdog = Watchdog(SystemClock().steady)


if (_told := getattr(os, "register_at_fork", None)) is not None:
    _told(after_in_child=_forked)
