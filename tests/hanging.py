"""The watchdog in the hands of a test, and code that hangs until it is freed: no time passes but what is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from engine import hanging
from engine.clock import SECOND
from engine.extend.calls.watched import Watched
from engine.otherwise import otherwise


class ByHand(hanging.Watchdog):
    """A watchdog that looks when it is told to, and until then has kept the time as one does that looks twice a second."""

    def __init__(self) -> None:
        self.now = self.kept = SECOND
        self._moment = threading.Event()
        super().__init__(lambda: self.kept, runs=False)

    def look(self) -> bool:
        """Look now."""
        while self.kept < self.now:
            self.kept = min(self.kept + SECOND // 2, self.now)
            self._now()
        return super().look()

    def stand_still(self, time: int) -> None:
        """Look after a *time* in which nothing ran, nor did it look."""
        self.now += time
        self.kept = self.now
        self.look()

    def call_back(self, patience: int = hanging.LIMIT) -> None:
        """Let the patience with whoever is away end, and call until it has heard or cannot hear."""
        self.look()
        self.now += patience
        self.reach()

    def reach(self) -> None:
        """Look until whoever is called stands where it may be, as the one does that looks by itself."""
        for _ in range(30):
            if not self.look():
                return
            self._moment.wait(0.001)

    def give_up(self) -> None:
        """Let the time end that whoever was called back has to come."""
        self.now += hanging.GRACE
        self.look()


@pytest.fixture(scope="session", autouse=True)
def nobody_watches() -> None:
    """The watchdog that looks by itself would come upon those in the hands of tests."""
    hanging._watchdog = ByHand()


@pytest.fixture
def dog(monkeypatch: pytest.MonkeyPatch) -> Iterator[ByHand]:
    """A watchdog that looks when it is told to, in place of the one that looks by itself."""
    made = ByHand()
    monkeypatch.setattr(hanging, "_watchdog", made)
    monkeypatch.setattr(Watched, "known", ())
    yield made
    assert not hanging.Visit.innermost, "whoever was in a plugin came back"
    assert not otherwise.around


class Hanging:
    """Somebody's code that hangs until ``free``; ``inside`` once it does, ``called`` so often was it called back."""

    def __init__(self) -> None:
        self.inside, self.free = threading.Event(), threading.Event()
        self.called = 0

    def spin(self) -> str:
        """A loop that does nothing."""
        self.inside.set()
        while not self.free.is_set():
            pass
        return "back"

    def swallow(self) -> str:
        """A loop that goes on whatever is raised in it."""
        while not self.free.is_set():
            try:
                self.inside.set()  # not before it may be called
                while not self.free.is_set():
                    pass
            except BaseException:
                self.called += 1
        return "back"

    def wait(self) -> str:
        """A wait outside of Python."""
        self.inside.set()
        assert self.free.wait(60)
        return "back"


@pytest.fixture
def code() -> Iterator[Hanging]:
    """Somebody's code, which comes back at the end of the test."""
    made = Hanging()
    yield made
    made.free.set()
