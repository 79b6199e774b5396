"""The loops of a worker do not wait for each other: a message that hangs holds up neither clocks nor jobs."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.clock import DAY
from engine.extend import JobContext, Reaction, Sender, both
from engine.extend.calls.entering import entered
from engine.operations.background.letters import Letter
from engine.store.databases.database import Database
from engine.worker.loop import Loop
from engine.worker.pollers import Inner, Outbound
from engine.worker.worker import Worker
from tests.bounded import until
from tests.hanging import ByHand, Hanging
from tests.integration.worker import misbehaving
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin

#: Longer than any of this takes; a test that waits so long has failed.
_PATIENCE = 120.0


class Wall:
    """Carries nothing until it is let go; ``reached`` says that a message stands before it."""

    starting = 0

    def __init__(self) -> None:
        self.reached, self.open = threading.Event(), threading.Event()

    def warm(self, plugin: str) -> None:
        """Nothing to get ready."""

    def carry(self, letter: Letter) -> Any:
        self.reached.set()
        self.open.wait(_PATIENCE)

    def rest(self) -> None:
        """It rests anyway."""

    def close(self) -> None:
        """It holds nothing."""


def test_a_message_that_hangs_holds_up_neither_a_clock_nor_a_job(db: Database) -> None:
    rang = threading.Event()

    def told(ctx: JobContext, body: Mapping[str, Any]) -> None:
        rang.set()

    sender = Sender("post.wall", both("wall"), lambda ctx, body: body, f"{misbehaving.__name__}:echo", notices=True)
    hooks = {"register_senders": giving(sender), "register_reactions": giving(Reaction("post.rang", "escalated", told))}
    town: Town = build(db, beside=[plugin("post", **hooks)], mode="live")
    case, _ = town.start("hold"), town.start("hold", seat="2")
    town.act(case, "ok", "refuse", "sun", opinion="没有")
    town.clock.advance(DAY // 2)
    wall = Wall()
    worker = Worker(town.system, rest=0.01, carrier=lambda: wall)
    worker.start()
    try:
        assert wall.reached.wait(_PATIENCE), "the notice of the refusal is on its way and stays there"
        town.clock.advance(3 * DAY)
        assert rang.wait(_PATIENCE), "a clock rang, and the job that follows from it was done"
    finally:
        wall.open.set()
        worker.stop()
        worker.join(_PATIENCE)
    town.system.runner.release()


class Horse(Wall):
    """Carries what it is given, and counts."""

    carried = 0

    def carry(self, letter: Letter) -> Any:
        self.carried += 1


def test_a_round_carries_one_message_so_that_a_worker_stops_after_the_one_on_its_way(db: Database) -> None:
    sender = Sender("post.wall", both("wall"), lambda ctx, body: body, f"{misbehaving.__name__}:echo", notices=True)
    town = build(db, beside=[plugin("post", register_senders=giving(sender))], mode="live")
    for seat in "123":
        town.act(town.start("hold", seat=seat), "ok", "refuse", "sun", opinion="没有")
    town.clock.advance(DAY)
    Inner(town.system).once()
    horse = Horse()
    out = Outbound(town.system, horse)
    assert [(out.once(), horse.carried) for _ in range(4)] == [(1, 1), (1, 2), (1, 3), (0, 3)]
    town.system.runner.release()


class Exits:
    """A round in which somebody's code asks the interpreter to end."""

    def __init__(self, stop: threading.Event) -> None:
        self.stop, self.rounds, self.closed = stop, 0, False

    def once(self) -> int:
        self.rounds += 1
        if self.rounds == 3:
            self.stop.set()
        raise SystemExit(1)

    def close(self) -> None:
        self.closed = True


def test_a_loop_goes_on_whatever_ends_a_round(caplog: pytest.LogCaptureFixture) -> None:
    stop = threading.Event()
    poller = Exits(stop)
    loop = Loop("exits", poller, stop, rest=0.0)
    loop.start()
    loop.join(_PATIENCE)
    assert (poller.rounds, poller.closed) == (3, True)
    assert len([record for record in caplog.records if "was left" in record.message]) == 3


class Hangs:
    """A round that hangs in a plugin the first time."""

    def __init__(self, code: Hanging) -> None:
        self.hang = entered("odd", Path(__file__).parent, code.wait)
        self.threads: list[threading.Thread] = []
        self.closed = 0

    def once(self) -> int:
        self.threads.append(threading.current_thread())
        if len(self.threads) == 1:
            self.hang()
        return 0

    def close(self) -> None:
        self.closed += 1


def test_a_loop_whose_thread_is_lost_goes_on_in_another_and_ends_when_it_is_told_to(dog: ByHand, code: Hanging) -> None:
    stop, poller = threading.Event(), Hangs(code)
    loop = Loop("hangs", poller, stop, rest=0.001)
    loop.start()
    assert code.inside.wait(60)
    dog.call_back()
    dog.give_up()
    until(lambda: len(poller.threads) > 2)
    stop.set()
    loop.join(_PATIENCE)
    assert poller.closed == 1
    first, *later = poller.threads
    assert first.is_alive(), "nobody waits for it"
    assert first not in later
    code.free.set()
    first.join(_PATIENCE)
    assert not first.is_alive(), "it has come back, and ends"
    assert poller.closed == 1


def test_a_loop_for_which_no_other_thread_can_be_had_goes_on_when_its_own_is_back(
    dog: ByHand, code: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, round_ = threading.Event(), Hangs(code)
    loop = Loop("hangs", round_, stop, rest=0.001)
    loop.start()
    assert code.inside.wait(60)

    def full(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", full)
        dog.call_back()
        dog.give_up()
    code.free.set()
    until(lambda: len(round_.threads) > 2)
    assert len({*round_.threads}) == 1
    stop.set()
    loop.join(_PATIENCE)
    assert round_.closed == 1


class Told(threading.Event):
    """Told to stop; how long others would have waited for it is noted, and nobody waits."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        return self.is_set()


class HangsOften:
    """A round that hangs in a plugin but for one of them, each time in another function."""

    def __init__(self, code: Hanging, well: int) -> None:
        self.code, self.well, self.rounds = code, well, 0
        self.threads: list[threading.Thread] = []

    def once(self) -> int:
        self.threads.append(threading.current_thread())
        self.rounds += 1
        if self.rounds != self.well:
            entered("odd", Path(__file__).parent, self.code.wait)()
        return 1

    def close(self) -> None:
        pass


def test_a_loop_that_loses_thread_after_thread_rests_longer_and_longer_until_a_round_is_done(
    dog: ByHand, code: Hanging
) -> None:
    """What they held is others' meanwhile."""
    stop, poller = Told(), HangsOften(code, well=10)
    loop = Loop("hangs", poller, stop, rest=1.0)
    loop.start()
    for lost in range(10):
        assert code.inside.wait(60)
        if lost == 9:
            stop.set()
        code.inside.clear()
        dog.call_back()
        dog.give_up()
    loop.join(_PATIENCE)
    assert stop.waits == [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0, 1.0]
    code.free.set()
    for thread in poller.threads:
        thread.join(_PATIENCE)


def test_whoever_waits_for_the_end_of_a_loop_waits_no_longer_than_for_who_hangs(dog: ByHand, code: Hanging) -> None:
    """As a process does that was told to end."""
    stop, poller = threading.Event(), Hangs(code)
    loop = Loop("hangs", poller, stop, rest=0.001)
    loop.start()
    assert code.inside.wait(60)
    stop.set()
    dog.call_back()
    dog.give_up()
    loop.join(_PATIENCE)
    assert poller.closed == 1
    code.free.set()
    poller.threads[0].join(_PATIENCE)
