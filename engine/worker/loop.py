"""A loop in a thread of its own: rounds of work until it is told to stop, whatever a round may raise."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final, Protocol

from engine.errors import Busy
from engine.otherwise import otherwise

#: The longest that a loop stands still after its thread was lost, in seconds.
_LONGEST: Final = 60.0
_LOG = logging.getLogger("rongtong.worker")


class Poller(Protocol):
    """What a loop does again and again."""

    def once(self) -> int:
        """Do what is due; how many things were done."""
        ...

    def close(self) -> None:
        """Give back what the rounds held; called in the thread that ran them."""
        ...


def attempt(poller: Poller) -> int:
    """One round; a fault in it is logged and counts as nothing done."""
    try:
        return poller.once()
    except Busy as refusal:
        _LOG.warning("this round is tried again: %s", refusal.text.en)
    except Exception:
        _LOG.exception("a round of work failed")
    return 0


class Loop:
    """Does rounds until *stop* is set; where nothing was done it rests for *rest* seconds.

    Where its thread hangs in a plugin for good, another takes its place; the old one ends should it come back. The
    new one rests first, with each that is lost in the same round twice as long: others wait for what they held.
    """

    def __init__(self, name: str, poller: Poller, stop: threading.Event, rest: float) -> None:
        self._name, self._poller, self._stop, self._rest = name, poller, stop, rest
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._pause = 0.0

    def start(self) -> None:
        """Run in a thread of its own."""
        self._start(self._run)

    def join(self, seconds: float | None = None) -> None:
        """Wait for its end, *seconds* at most."""
        if self._thread is not None:
            self._ended.wait(seconds)

    def _start(self, run: Callable[[], None]) -> None:
        before, self._thread = self._thread, threading.Thread(target=run, name=f"rongtong-{self._name}", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:  # there is none to be had: the one that hangs goes on, should it come back
            self._thread = before
            raise

    def _goes_on(self) -> None:
        _LOG.error("the loop %s goes on in another thread: the one before hangs in a plugin", self._name)
        self._run()

    def _run(self) -> None:
        self._stop.wait(self._pause)
        with otherwise(self._given_up):
            while self._is_this() and not self._stop.is_set():
                if self._round_done() == 0 and self._is_this():
                    self._stop.wait(self._rest)
        if self._is_this():
            self._poller.close()
            self._ended.set()

    def _is_this(self) -> bool:
        return self._thread is threading.current_thread()

    def _given_up(self, fault: Exception) -> Exception:
        self._pause = min(self._pause * 2 or self._rest, _LONGEST)
        self._start(self._goes_on)  # who says so: this one may hang in the middle of the log
        return fault

    def _round_done(self) -> int:
        """One round. Somebody's SystemExit leaves the round and not the loop: the others' work goes on."""
        try:
            done = attempt(self._poller)
            self._pause = 0.0
            return done
        except BaseException:
            _LOG.exception("a round of work was left")
            return 0
