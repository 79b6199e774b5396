"""What becomes of a thread that does not come back from somebody else's code: it is called back, and then given up.

Whoever is called back gets an exception wherever it stands in Python. What waits outside of Python (for a socket, a
lock, a sleep) hears nothing of that: it is given up, which means that what it holds is ended without it, and its place
is taken by another. When such a thread comes back after all, it finds nothing to go on with and unwinds.
"""

from __future__ import annotations

import ctypes
import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from threading import get_ident
from types import FrameType
from typing import Any, ClassVar, Final, Protocol

from engine.clock import SECOND, Micros, SystemClock

#: How long somebody's code may take; and how long after that it has, to come back when it is called.
LIMIT: Final[Micros] = 10 * SECOND
GRACE: Final[Micros] = 2 * SECOND
#: The same where little else is done meanwhile, as when a pack is adopted.
LONG: Final[Micros] = 30 * SECOND
#: Who swallows a call is called again after so long.
_AGAIN: Final[Micros] = SECOND // 2
#: How often somebody looks, in seconds; and how much of the time between two looks counts at most.
_EVERY: Final = 0.5
_COUNTS: Final[Micros] = SECOND + SECOND // 2
_LOG: Final = logging.getLogger("rongtong.plugins")

#: What is done about a thread that is given up: it gets the fault, and answers the one that its own caller is told.
Then = Callable[[Exception], Exception]


class CalledBack(BaseException):
    """Raised in the middle of what takes too long. No ``except Exception`` holds it up."""


class GivenUp(BaseException):
    """Raised where a thread comes back that was given up: nothing of what it was doing is to be gone on with."""


class Host(Protocol):
    """Whose code it is."""

    patience: Micros

    def late(self, frame: FrameType | None) -> Exception:
        """The fault of not having come back; *frame* is where it stands now."""
        ...


class Visit:
    """A call into the code of *host*, in ``with``; raises its fault where it took too long, or GivenUp.

    It costs two entries of a dictionary: who watches takes the time.
    """

    __slots__ = ("again", "called", "fault", "given_up", "host", "outer", "seen", "thread")
    #: The innermost visit of each thread that is on one.
    innermost: ClassVar[dict[int, Visit]] = {}

    def __init__(self, host: Host) -> None:
        self.host = host
        #: When it was first seen by who watches, and first called back; when it may be called again.
        self.seen: Micros | None = None
        self.called: Micros | None = None
        self.again: Micros | None = None
        self.fault: Exception | None = None
        self.given_up = False

    def __enter__(self) -> None:
        """Go in."""
        self.thread = thread = get_ident()
        self.outer = self.innermost.get(thread)
        self.innermost[thread] = self
        if _watchdog.asleep:
            _watchdog.wake()

    def __exit__(self, *_how: object) -> None:
        """Come out. Who watches names the fault first and looks then whether anybody is inside, and here it is the
        other way round: so nobody is called back who has left.
        """
        if self.outer is None:
            self.innermost.pop(self.thread, None)
        else:
            self.innermost[self.thread] = self.outer
        if self.fault is not None:
            self.back()

    def back(self) -> None:
        """Come out late: raise the fault, or GivenUp. Nothing more is raised in this thread after it."""
        with _LOCK:
            _raise_in(self.thread, None)
        if self.given_up:
            raise GivenUp
        if self.fault is not None:
            raise self.fault


class Held(Protocol):
    """What a thread holds that another one cannot end while it is just being used. Both are called by another one."""

    def stop(self) -> None:
        """Bring its thread back from there, if it is there."""
        ...

    def shut(self) -> bool:
        """The same, and let it in no more; whether it is out."""
        ...


class otherwise:  # noqa: N801 - reads as the statement that it is
    """In ``with``: what is to be done where this thread is given up inside. The innermost is asked first.

    Nobody is given up before *held* is out of use.
    """

    __slots__ = ("held", "then")
    #: What each thread is inside of, outermost first.
    around: ClassVar[dict[int, list[otherwise]]] = {}

    def __init__(self, then: Then, held: Held | None = None) -> None:
        self.then, self.held = then, held

    def __enter__(self) -> None:
        """From here on."""
        self.around.setdefault(get_ident(), []).append(self)

    def __exit__(self, *_how: object) -> None:
        """Until here."""
        thread = get_ident()
        left = self.around.get(thread)
        while left and left.pop() is not self:  # who was called back while it began this has left it here
            pass
        if not left:
            self.around.pop(thread, None)


#: Held while somebody is called back or given up, and to come out late: one happens before the other.
_LOCK = threading.Lock()


class Watchdog:
    """Looks at every visit now and then. *steady* is a clock that nobody can set; where it does not *run* by itself,
    somebody else has it ``look``.
    """

    def __init__(self, steady: Callable[[], Micros], *, runs: bool = True) -> None:
        self._steady = steady
        self._looked, self._time = steady(), 0
        self.asleep = runs

    def wake(self) -> None:
        """Look from now on, in a thread of its own."""
        self.asleep = False
        with suppress(RuntimeError):  # the program is ending
            threading.Thread(target=self._run, name="rongtong-watchdog", daemon=True).start()

    def _run(self) -> None:
        rests = threading.Event()
        while not rests.wait(_EVERY) and _watchdog is self:
            try:
                self.look()
            except Exception:
                _LOG.exception("the watchdog of the plugins stumbled")
        self.asleep = True

    def _now(self) -> Micros:
        """The time that was everybody's; that in which somebody held the interpreter, or nothing ran, was not."""
        steady = self._steady()
        self._time += min(steady - self._looked, _COUNTS)
        self._looked = steady
        return self._time

    def look(self) -> None:
        """Call back, or give up, whoever has been away for too long."""
        now = self._now()
        for thread, innermost in Visit.innermost.copy().items():
            visits = _chain(innermost)
            for visit in visits:
                visit.seen = now if visit.seen is None else visit.seen
            first = visits[-1]
            if first.seen is not None and now - first.seen >= first.host.patience:
                self._late(thread, visits, now)

    def _late(self, thread: int, visits: list[Visit], now: Micros) -> None:
        first = visits[-1]
        blamed = next((one for one in visits if one.seen != now), first)  # of several the one that stays
        with _LOCK:
            if blamed.given_up:
                return
            if blamed.fault is None:
                blamed.fault = blamed.host.late(sys._current_frames().get(thread))
                _LOG.error("%s", blamed.fault)
            if blamed not in _chain(Visit.innermost.get(thread)):
                return
            first.called = now if first.called is None else first.called
            if now - first.called >= GRACE:
                if _is_out(thread):
                    _give_up(thread, blamed.fault)
            elif first.again is None or now >= first.again:  # never twice while it comes home
                first.again = now + _AGAIN
                _raise_in(thread, CalledBack)
                _stop(thread)


def _chain(visit: Visit | None) -> list[Visit]:
    """*visit* and those that it came from, innermost first."""
    found = []
    while visit is not None:
        found.append(visit)
        visit = visit.outer
    return found


def _stop(thread: int) -> None:
    for one in otherwise.around.get(thread, ()):
        if one.held is not None:
            one.held.stop()


def _is_out(thread: int) -> bool:
    """Whether *thread* is out of all that it holds; it comes into none of it again."""
    used = [one.held for one in otherwise.around.get(thread, ()) if one.held is not None and not one.held.shut()]
    return not used


def _give_up(thread: int, fault: Exception) -> None:
    for visit in _chain(Visit.innermost.get(thread)):
        visit.fault, visit.given_up = visit.fault or fault, True
    for one in reversed(otherwise.around.pop(thread, [])):
        try:
            fault = one.then(fault)
        except Exception:
            _LOG.exception("what a lost thread held could not be taken from it")


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
