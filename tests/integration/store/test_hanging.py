"""A transaction whose thread hangs in a plugin is ended without it: all others go on, and nothing of it is saved."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from engine.clock import SECOND, SetClock
from engine.extend.calls.entering import entered
from engine.otherwise import otherwise
from engine.store.databases.database import Database, open_database
from engine.store.databases.turnstile import Turnstile
from engine.store.transactions import group
from engine.store.transactions.failures import Bystander
from engine.store.transactions.runner import Runner, Tx
from tests.bounded import until
from tests.hanging import ByHand
from tests.integration.store.hangs import Hangs, keys, started, told
from tests.integration.store.together import led, standing
from tests.integration.store.transactions.test_runner import put

ENDLESS = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n WHERE i <> 5 OR begun() = 1"
)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Threads of their own."""
    with ThreadPoolExecutor(8) as made:
        yield made


@pytest.fixture
def hangs(request: pytest.FixtureRequest) -> Iterator[Hangs]:
    """Work that hangs as the test says, and ends with it."""
    made = Hangs(request.param)
    yield made
    made.free.set()


@pytest.fixture
def runner(db: Database, clock: SetClock, pauses: list[float], pool: ThreadPoolExecutor) -> Iterator[Runner]:
    """A runner on either database that never sleeps."""
    made = Runner(db, clock=clock, pause=pauses.append)
    yield made
    made.release()


@pytest.fixture
def writer(sqlite_url: str, clock: SetClock, pool: ThreadPoolExecutor) -> Iterator[Runner]:
    """A runner on a SQLite file, where those who write share."""
    file = open_database(sqlite_url)
    made = Runner(file, clock=clock)
    yield made
    made.release()
    file.close()


def endless(tx: Tx, begun: Callable[[], Any], by: Any = None) -> Any:
    """A statement without end, *by* the driver's cursor or as a plugin sends it; *begun* is called in the middle of it."""
    tx._cursor.connection.create_function("begun", 0, lambda: begun() and None)
    return (by or tx.connection).execute(str(ENDLESS) if by else ENDLESS).fetchone()


def standing_lead(writer: Runner) -> object:
    """Who leads those that write to a SQLite file."""
    assert writer._group is not None
    return writer._group._leader


@pytest.mark.parametrize("hangs", ["spins"], indirect=True)
def test_a_loop_is_ended_and_the_next_one_writes(
    runner: Runner, dog: ByHand, hangs: Hangs, pool: ThreadPoolExecutor
) -> None:
    future = started(pool, runner, hangs)
    dog.call_back()
    assert told(future) == "HungError"
    assert runner.run(put("next")) == 1
    assert keys(runner) == ["next"]


@pytest.mark.parametrize("hangs", ["swallows", "waits"], indirect=True)
def test_what_cannot_be_called_back_is_ended_from_outside(
    runner: Runner, dog: ByHand, hangs: Hangs, pool: ThreadPoolExecutor
) -> None:
    future = started(pool, runner, hangs)
    dog.call_back()
    dog.give_up()
    assert runner.run(put("next")) == 1, "though the other one hangs on"
    hangs.free.set()
    assert told(future) == "GivenUp", "what was told for it is true: nothing of it goes on"
    assert isinstance(hangs.then, Exception), "it can write nothing any more"
    assert keys(runner) == ["next"]
    assert runner.run(put("later")) == 1


@pytest.mark.parametrize("hangs", ["spins", "swallows", "waits"], indirect=True)
@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_who_writes_with_it_is_saved_without_it(writer: Runner, dog: ByHand, hangs: Hangs, place: int) -> None:
    """Who leads waits with its thread for as long as the other one hangs, and is not saved; all others are."""
    works: list[Callable[[Tx], int]] = [put(name) for name in "abc"]
    works.insert(place, hangs)
    with led(writer, *works) as futures:
        assert hangs.inside.wait(60)
        dog.call_back()
        if hangs._plugin.__name__ != "spins":
            dog.give_up()
        lost = {0} if hangs._plugin.__name__ != "spins" else {place}
        answers = [told(future) for at, future in enumerate(futures) if at not in lost]
        hangs.free.set()
        last = [told(futures[at]) for at in lost]
    if last == ["HungError"]:
        assert answers == ["int"] * 3
        assert keys(writer) == ["a", "b", "c"]
    else:
        assert last == ["GivenUp"]
        assert answers == [*(["int"] * 3)] if place == 0 else sorted(answers) == ["HungError", "int", "int"]
        assert keys(writer) == ["a", "b", "c"][place != 0 :]


@pytest.mark.parametrize("hangs", ["waits"], indirect=True)
def test_who_comes_meanwhile_is_next(writer: Runner, dog: ByHand, hangs: Hangs, pool: ThreadPoolExecutor) -> None:
    future = started(pool, writer, hangs)
    others = [pool.submit(writer.run, put(name)) for name in "abc"]
    until(lambda: standing(writer) == 3)
    dog.call_back()
    dog.give_up()
    assert [other.result(60) for other in others] == [1, 1, 1]
    hangs.free.set()
    assert told(future) == "GivenUp"


@pytest.mark.parametrize("hangs", ["waits"], indirect=True)
def test_another_process_is_let_in(writer: Runner, dog: ByHand, hangs: Hangs, pool: ThreadPoolExecutor) -> None:
    future, file = started(pool, writer, hangs), Path(writer.database.url.database or "")
    outside = Turnstile(file)
    assert not outside.enter(0)
    dog.call_back()
    assert not outside.enter(0)
    dog.give_up()
    assert outside.enter(0)
    outside.leave()
    outside.close()
    hangs.free.set()
    assert told(future) == "GivenUp"
    assert writer.run(put("next")) == 1


def test_a_statement_without_end_is_ended(writer: Runner, dog: ByHand, pool: ThreadPoolExecutor) -> None:
    inside = threading.Event()
    plugin = entered("odd", Path(__file__).parent, lambda tx: endless(tx, inside.set))
    future = pool.submit(writer.run, plugin)
    assert inside.wait(60)
    dog.call_back()
    assert told(future) == "HungError"
    assert writer.run(put("next")) == 1


@pytest.mark.parametrize("by_cursor", [True, False])
def test_who_swallows_that_and_asks_again_is_ended_as_well(
    writer: Runner, dog: ByHand, pool: ThreadPoolExecutor, by_cursor: bool
) -> None:
    """While it is in a statement nobody may touch its connection; and it gets into none any more."""
    asked, ends, swallowed = threading.Semaphore(0), threading.Event(), []

    def asks_on(tx: Tx) -> None:
        while not ends.is_set():
            try:
                endless(tx, asked.release, tx._cursor if by_cursor else None)
            except BaseException as fault:
                swallowed.append(fault)

    def ended() -> bool:
        dog.look()
        return standing_lead(writer) is None

    future = pool.submit(writer.run, entered("odd", Path(__file__).parent, asks_on))
    assert asked.acquire(timeout=60)
    dog.call_back()
    until(lambda: len(swallowed) > 0)
    if by_cursor:
        assert asked.acquire(timeout=60), "it is in the next one"
    dog.give_up()
    until(ended)
    assert writer.run(put("next")) == 1
    ends.set()
    assert told(future) == "GivenUp"


@pytest.mark.parametrize("hangs", ["waits"], indirect=True)
@pytest.mark.parametrize("shares", [False, True])
def test_the_place_of_a_reader_that_hangs_is_lent_to_the_next(
    sqlite_url: str, clock: SetClock, dog: ByHand, hangs: Hangs, pool: ThreadPoolExecutor, shares: bool
) -> None:
    file = open_database(sqlite_url, connections=1)
    runner = Runner(file, clock=clock)

    def read() -> Any:
        plugin = entered("odd", Path(__file__).parent, hangs.waits)
        if not shares:
            return runner.run(plugin, write=False)
        with runner.sharing():
            runner.run(lambda _: None, write=False)
            return runner.run(plugin, write=False)

    future = pool.submit(read)
    assert hangs.inside.wait(60)
    dog.call_back()
    dog.give_up()
    for _ in range(3):
        assert keys(runner) == []
    hangs.free.set()
    assert told(future) == "GivenUp"
    for _ in range(3):
        assert keys(runner) == []
    runner.release()
    file.close()


def test_many_who_hang_use_up_no_connection(
    sqlite_url: str, clock: SetClock, dog: ByHand
) -> None:
    file = open_database(sqlite_url, connections=1)
    runner, lost = Runner(file, clock=clock), []
    with ThreadPoolExecutor(8) as pool:
        for _ in range(8):
            hangs = Hangs("waits")
            lost.append((hangs, started(pool, runner, hangs)))
            dog.call_back()
            dog.give_up()
        assert runner.run(put("next")) == 1
        for hangs, future in lost:
            hangs.free.set()
            assert told(future) == "GivenUp"
    assert keys(runner) == ["next"]
    runner.release()
    file.close()


def test_who_leads_hears_that_nothing_was_saved_of_its_own(
    writer: Runner, dog: ByHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own thread cannot say so: whoever answers in its place does, in the words that fit."""
    monkeypatch.setattr(group, "BUDGET", 3600 * SECOND)  # the other one joins, however slow the machine is
    heard: list[Exception] = []
    hangs = Hangs("waits")

    def lead() -> Any:
        with otherwise(lambda fault: heard.append(fault) or fault):
            return writer.run(led_work)

    def led_work(tx: Tx) -> int:
        leads.set()
        until(lambda: standing(writer) == 1)
        return put("lead")(tx)

    leads = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(lead)
        assert leads.wait(60)
        second = started(pool, writer, hangs)
        dog.call_back()
        dog.give_up()
        assert told(second) == "HungError"
        assert [type(one) for one in heard] == [Bystander]
        assert "nothing was saved" in str(heard[0])
        hangs.free.set()
        assert told(first) == "GivenUp"
    assert keys(writer) == []
