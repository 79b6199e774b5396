"""Group commit: many commands, one COMMIT, and each hears what it would have heard alone."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text
from sqlalchemy.exc import OperationalError

from engine.clock import SECOND, SetClock
from engine.errors import Busy
from engine.store.databases.database import Database, open_database
from engine.store.schema import tables
from engine.store.transactions import group
from engine.store.transactions.failures import Duplicate
from engine.store.transactions.group import Group
from engine.store.transactions.round import Round, RoundMember
from engine.store.transactions.runner import Runner, Tx
from tests.bounded import until
from tests.integration.store.together import kinds, led, standing, together
from tests.integration.store.transactions.test_runner import Fault, put

REFERRING = text(
    "CREATE TABLE referring (id integer PRIMARY KEY, district_id text, key text, "
    "FOREIGN KEY (district_id, key) REFERENCES district (district_id, key) DEFERRABLE INITIALLY DEFERRED)"
)
ASTRAY = text("INSERT INTO referring (district_id, key) VALUES ('d', 'there is none')")
KEYS = text("SELECT key FROM district WHERE district_id = 'd' ORDER BY key")


@pytest.fixture
def file(sqlite_url: str) -> Iterator[Database]:
    """An open SQLite file."""
    database = open_database(sqlite_url)
    with database.connect() as connection:
        connection.execute(REFERRING)
    yield database
    database.close()


@pytest.fixture
def writer(file: Database, clock: SetClock, pauses: list[float]) -> Iterator[Runner]:
    """A runner on the file that never sleeps."""
    made = Runner(file, clock=clock, pause=pauses.append)
    made.run(lambda tx: None)
    yield made
    made.release()


def keys(runner: Runner) -> list[str]:
    """What is saved."""
    return runner.run(lambda tx: list(tx.connection.execute(KEYS).scalars()), write=False)


def refuse(tx: Tx) -> None:
    """Work that writes and then refuses."""
    put("refused")(tx)
    raise ZeroDivisionError


def go_astray(tx: Tx) -> None:
    """Work that only COMMIT finds at fault."""
    tx.connection.execute(ASTRAY)


def fill_up(tx: Tx) -> None:
    """Work that meets a full disk."""
    pages = tx._cursor.execute("PRAGMA page_count").fetchone()[0]
    tx._cursor.execute(f"PRAGMA max_page_count = {pages}")
    try:
        tx.connection.execute(insert(tables.district).values(district_id="d", key="large", value="x" * 100_000))
    finally:
        tx._cursor.connection.execute("PRAGMA max_page_count = 1073741823")


def swallow(tx: Tx) -> None:
    """Work whose action meets a full disk, says nothing, and goes on."""
    with pytest.raises(OperationalError, match="full"):
        fill_up(tx)
    with pytest.raises(Exception):  # noqa: B017 - whatever it is, the action says nothing of it either
        tx.connection.execute(insert(tables.district).values(district_id="d", key="late", value="v"))


def end_it(tx: Tx) -> None:
    """Work that ends the transaction behind the engine's back."""
    put("ended")(tx)
    tx._cursor.connection.rollback()


def end_and_begin(tx: Tx) -> None:
    """The same, and another is begun in its place."""
    end_it(tx)
    tx._cursor.connection.execute("BEGIN IMMEDIATE")


def leave(tx: Tx) -> None:
    """Work that leaves the program."""
    put("left")(tx)
    raise SystemExit(3)


def interrupted(tx: Tx) -> None:
    """Work that ends as if somebody had pressed Ctrl-C."""
    put("interrupted")(tx)
    raise KeyboardInterrupt


def test_who_writes_alone_sends_no_savepoint(writer: Runner, file: Database) -> None:
    file.hook = seen = Fault("nothing", ValueError())
    writer.run(put("a"))
    assert [sql.split()[0] for sql in seen.seen] == ["BEGIN", "INSERT", "COMMIT"]


def test_who_comes_meanwhile_shares_one_commit_each_behind_a_savepoint(writer: Runner, file: Database) -> None:
    file.hook = seen = Fault("nothing", ValueError())
    assert together(writer, put("a"), *map(put, "bcd")) == [1, 1, 1, 1]
    words = [sql.split()[0] for sql in seen.seen]
    assert words == ["BEGIN", "INSERT", *["SAVEPOINT", "INSERT", "RELEASE"] * 3, "COMMIT"]
    file.hook = None
    assert keys(writer) == list("abcd")


def test_nobody_hears_before_the_commit_whoever_was_refused_included(writer: Runner, file: Database) -> None:
    heard: list[bool] = []

    def listen(futures: list[Future[Any]]) -> None:
        file.points = lambda point: heard.extend(future.done() for future in futures)

    with led(writer, put("a"), put("b"), refuse, put("a"), ready=listen) as futures:
        answers = [future.exception(60) or future.result() for future in futures]
    file.points = None
    assert kinds(answers) == ["saved", "saved", "ZeroDivisionError", "Duplicate"]
    assert heard == [False] * 8, "at commit, and when it had just been answered"
    assert keys(writer) == ["a", "b"]


def test_a_first_who_fails_makes_room_for_those_who_wait(writer: Runner, file: Database) -> None:
    file.hook = seen = Fault("nothing", ValueError())
    assert kinds(together(writer, refuse, put("a"), put("b"))) == ["ZeroDivisionError", "saved", "saved"]
    words = [sql.split()[0] for sql in seen.seen if not sql.startswith("INSERT")]
    assert words == ["BEGIN", "ROLLBACK", "BEGIN", "SAVEPOINT", "RELEASE", "COMMIT"]
    file.hook = None
    assert keys(writer) == ["a", "b"]


#: What one member does, and what it is told for it; all others are saved.
ALONE: list[tuple[Callable[[Tx], Any], str]] = [
    (refuse, "ZeroDivisionError"), (go_astray, "IntegrityError"), (fill_up, "Busy"), (swallow, "Busy"),
    (end_it, "TransactionEnded"), (leave, "SystemExit"), (interrupted, "KeyboardInterrupt"),
]  # fmt: skip


@pytest.mark.parametrize(("work", "told"), ALONE)
@pytest.mark.parametrize("place", range(4))
def test_a_fault_is_told_to_whose_it_is_and_the_others_are_saved(
    writer: Runner, work: Callable[[Tx], Any], told: str, place: int
) -> None:
    works = [put(name) for name in "abc"]
    works.insert(place, work)
    expected = ["saved"] * 3
    expected.insert(place, told)
    assert kinds(together(writer, *works)) == expected
    assert keys(writer) == ["a", "b", "c"]


@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_transaction_put_in_place_of_the_groups_is_found_out(writer: Runner, place: int) -> None:
    works = [put(name) for name in "abc"]
    works.insert(place, end_and_begin)
    assert kinds(together(writer, *works)).count("saved") == 3
    assert keys(writer) == ["a", "b", "c"]


MOVES = {work.__name__: work for work, _ in ALONE}


@given(st.lists(st.sampled_from(["put", "same", *MOVES]), min_size=2, max_size=7))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_hears_in_a_group_what_it_hears_alone(writer: Runner, file: Database, moves: list[str]) -> None:
    works = [MOVES.get(move) or put("same" if move == "same" else str(at)) for at, move in enumerate(moves)]
    alone = []
    for work in works:
        try:
            alone.append(writer.run(work))
        except BaseException as error:
            alone.append(error)
    saved = _emptied(writer)
    assert kinds(together(writer, *works)) == kinds(alone)
    assert _emptied(writer) == saved


def _emptied(runner: Runner) -> list[str]:
    found = keys(runner)
    runner.run(lambda tx: tx.connection.execute(text("DELETE FROM district")).rowcount)
    return found


def test_a_fault_before_the_commit_has_each_run_once_alone(writer: Runner, file: Database) -> None:
    file.hook = fault = Fault("COMMIT", ConnectionResetError())
    assert together(writer, put("a"), put("b"), put("c")) == [1, 1, 1]
    assert [sql.split()[0] for sql in fault.seen].count("COMMIT") == 4
    file.hook = None
    assert keys(writer) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("idempotent", "told"), [(False, ["Busy"] * 3), (True, ["Busy", "Duplicate", "ZeroDivisionError"])]
)
def test_a_commit_without_an_answer_is_unknown_to_all(
    writer: Runner, file: Database, idempotent: bool, told: list[str]
) -> None:
    file.hook = Fault("COMMIT", ConnectionResetError(), after=True)
    answers = together(writer, put("a"), put("b"), refuse, idempotent=idempotent)
    file.hook = None
    assert kinds(answers) == told, "with a key, the second run finds the first"
    assert answers[0].code == "outcome_unknown"
    assert keys(writer) == ["a", "b"]


def test_a_group_that_took_too_long_is_dissolved_and_only_who_takes_long_is_refused(
    writer: Runner, clock: SetClock
) -> None:
    def dawdle(tx: Tx) -> int:
        clock.advance(31 * SECOND)
        return put("slow")(tx)

    answers = together(writer, put("a"), dawdle, put("b"))
    assert kinds(answers) == ["saved", "Busy", "saved"]
    assert answers[1].details["failure"] == "long"
    assert keys(writer) == ["a", "b"]


@pytest.mark.parametrize("how", ["alone", "long"])
def test_work_that_wants_to_be_alone_or_may_last_long_is_alone(writer: Runner, file: Database, how: str) -> None:
    file.hook = seen = Fault("nothing", ValueError())
    assert together(writer, put("a"), put("b"), put("c"), **{how: True}) == [1, 1, 1]
    assert [sql.split()[0] for sql in seen.seen] == ["BEGIN", "INSERT", "COMMIT"] * 3


def test_a_group_takes_in_no_more_than_its_bound(
    writer: Runner, file: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group, "MOST", 3)
    file.hook = seen = Fault("nothing", ValueError())
    together(writer, *map(put, "abcdefg"))
    assert [sql.split()[0] for sql in seen.seen].count("COMMIT") == 3


@pytest.fixture
def stopped() -> Iterator[Callable[[], None]]:
    """Raises SystemExit by a signal, where signals are raised; in another thread it does nothing."""

    def stop(*_: Any) -> None:
        raise SystemExit(3)

    def signalled() -> None:
        if threading.current_thread() is threading.main_thread():
            signal.raise_signal(signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, stop)
    yield signalled
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("hit", ["lead", "b", "c", ""])
def test_what_a_signal_raises_is_told_to_nobody_whose_command_it_does_not_stop(
    writer: Runner, stopped: Callable[[], None], hit: str
) -> None:
    """It hits the main thread while that writes, and while others wait for it."""

    def work(name: str, tx: Tx) -> int:
        if name == hit:
            stopped()
        return put(name)(tx)

    with ThreadPoolExecutor(2) as pool:
        others: list[Future[int]] = []

        def lead(tx: Tx) -> int:
            for place, name in enumerate("bc", 1):
                others.append(pool.submit(writer.run, partial(work, name)))
                until(lambda place=place: standing(writer) >= place)
            return work("lead", tx)

        with pytest.raises(SystemExit) if hit == "lead" else nullcontext():
            writer.run(lead)
        assert [other.result(60) for other in others] == [1, 1]
    assert keys(writer) == ["b", "c", "lead"][: 2 if hit == "lead" else 3]


def test_a_group_takes_in_nobody_once_it_has_lasted_its_time_but_ends_what_it_began(
    writer: Runner, file: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow one was begun in time, so who came before it waits for it; who came after it is not in this group."""
    now = [SECOND]
    monkeypatch.setattr(group, "_CLOCK", SimpleNamespace(steady=lambda: now[0]))
    file.hook = seen = Fault("nothing", ValueError())

    def slow(tx: Tx) -> int:
        now[0] += 2 * group.BUDGET
        return put("slow")(tx)

    assert together(writer, put("a"), put("b"), slow, put("c")) == [1, 1, 1, 1]
    words = [sql.split()[0] for sql in seen.seen]
    behind = ["SAVEPOINT", "INSERT", "RELEASE"]
    assert words == ["BEGIN", "INSERT", *behind, *behind, "COMMIT", "BEGIN", "INSERT", "COMMIT"]


def test_the_main_thread_waits_for_its_turn_to_lead_and_is_run_by_nobody(writer: Runner) -> None:
    ran_in: list[threading.Thread] = []
    with ThreadPoolExecutor(1) as pool:
        inside = threading.Event()

        def lead(tx: Tx) -> int:
            inside.set()
            until(lambda: standing(writer))
            return put("lead")(tx)

        led_by = pool.submit(writer.run, lead)
        assert inside.wait(60)
        writer.run(lambda tx: ran_in.append(threading.current_thread()))
        assert led_by.result(60) == 1
    assert ran_in == [threading.main_thread()]


def test_two_who_wake_one_at_a_time_wake_it_once(writer: Runner) -> None:
    """One of them is between the look and the release when the other has done both."""
    member = RoundMember(put("a"), alone=False)

    class Turn:
        def __init__(self, lock: Any) -> None:
            self.lock = lock

        def locked(self) -> bool:
            self.lock.release()
            return True

        def __getattr__(self, name: str) -> Any:
            return getattr(self.lock, name)

    member.turn = Turn(member.turn)  # type: ignore[assignment]
    member.wake()
    member.wake()
    assert member.turn.acquire(blocking=False), "who waits looks again"


class Interrupt:
    """Raises KeyboardInterrupt the first time that execution comes by."""

    def __init__(self, place: str) -> None:
        self.place, self.left = place, 1

    def __call__(self, place: str) -> None:
        if place == self.place and self.left:
            self.left -= 1
            raise KeyboardInterrupt


def test_an_interrupt_before_the_commit_saves_nothing_of_who_leads(writer: Runner, file: Database) -> None:
    file.points = Interrupt("commit")
    assert kinds(together(writer, put("a"), put("b"), put("c"))) == ["KeyboardInterrupt", "saved", "saved"]
    assert keys(writer) == ["b", "c"]


def test_an_interrupt_after_the_commit_leaves_the_others_to_look(writer: Runner, file: Database) -> None:
    file.points = Interrupt("committed")
    answers = together(writer, put("a"), put("b"), put("c"), idempotent=True)
    assert kinds(answers) == ["KeyboardInterrupt", "Duplicate", "Duplicate"], "by their key they find themselves"
    assert keys(writer) == ["a", "b", "c"]


def broken_off(monkeypatch: pytest.MonkeyPatch, step: str, late: bool) -> Callable[[Any], None]:
    """Has a step of the group interrupted, the first time that somebody takes it: before it, or after."""

    def ready(_: Any) -> None:
        whose = Group if hasattr(Group, step) else Round
        interrupt, meant = Interrupt(step), getattr(whose, step)

        def taken(self: Any, *given: Any, **more: Any) -> Any:
            if not late:
                interrupt(step)
            answer = meant(self, *given, **more)
            interrupt(step)
            return answer

        monkeypatch.setattr(whose, step, taken)

    return ready


@pytest.mark.parametrize("step", ["_hand_on", "_settle", "_answered", "_commit", "join"])
@pytest.mark.parametrize("late", [False, True])
def test_wherever_who_leads_is_interrupted_the_others_are_answered(
    writer: Runner, monkeypatch: pytest.MonkeyPatch, step: str, late: bool
) -> None:
    works, ready = map(put, "abc"), broken_off(monkeypatch, step, late)
    with led(writer, *works, ready=ready, idempotent=True) as futures:
        answers = [future.exception(60) or future.result() for future in futures]
    assert {*kinds(answers[1:])} <= {"saved", "Duplicate"}
    assert {"b", "c"} <= {*keys(writer)}
    assert writer.run(put("later")) == 1


@pytest.mark.parametrize("late", [False, True])
def test_who_is_interrupted_as_it_begins_lets_the_next_lead(
    writer: Runner, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    with led(writer, *map(put, "abc"), ready=broken_off(monkeypatch, "begin", late), alone=True) as futures:
        answers = [future.exception(60) or future.result() for future in futures]
    assert kinds(answers) == ["saved", "KeyboardInterrupt", "saved"]
    assert keys(writer) == ["a", "c"]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_who_is_interrupted_while_it_waits_is_taken_out_and_no_other(
    writer: Runner, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    names, here = iter(range(3)), threading.Event()
    meant = Group._wait

    def wait(self: Group, member: Any) -> None:
        if next(names, -1) == place:
            until(lambda: standing(writer) > place)
            assert here.wait(60)
            raise KeyboardInterrupt
        meant(self, member)

    monkeypatch.setattr(Group, "_wait", wait)

    def lead(tx: Tx) -> int:
        here.set()
        until(lambda: standing(writer) != 3)
        return put("lead")(tx)

    told = kinds(together(writer, lead, *(put(name) for name in "abc")))
    assert sorted(told) == ["KeyboardInterrupt", "saved", "saved", "saved"]
    assert len(keys(writer)) == 3


def test_who_has_waited_too_long_is_refused_and_leaves_the_line(file: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.store.transactions.runner.PATIENCE", 0.01)
    runner, inside, go = Runner(file), threading.Event(), threading.Event()

    def hold(tx: Tx) -> int:
        inside.set()
        assert go.wait(60)
        return put("held")(tx)

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(runner.run, hold)
        assert inside.wait(60)
        with pytest.raises(Busy) as caught:
            runner.run(put("a"))
        assert caught.value.details["failure"] == "locked"
        assert standing(runner) == 0
        go.set()
        assert held.result(60) == 1
    assert keys(runner) == ["held"]
    runner.release()


def test_a_full_disk_that_an_action_keeps_to_itself_saves_nothing_row_by_row(writer: Runner, file: Database) -> None:
    def work(tx: Tx) -> None:
        put("before")(tx)
        with pytest.raises(OperationalError, match="full"):
            fill_up(tx)
        put("after")(tx)

    with pytest.raises(Busy) as caught:
        writer.run(work)
    assert caught.value.details["failure"] == "full"
    assert keys(writer) == []


def test_work_is_still_one_transaction_for_the_thread_that_runs_it(writer: Runner) -> None:
    answers = together(writer, put("a"), lambda tx: writer.run(put("b")), put("c"))
    assert kinds(answers) == ["saved", "RuntimeError", "saved"]


def test_a_duplicate_of_a_colleagues_row_is_one_only_if_the_colleague_is_saved(writer: Runner) -> None:
    """The second finds the row of the first, whom the third then takes down with it: alone, it is the one who saves."""

    def same(tx: Tx) -> int:
        return put("same")(tx)

    answers = together(writer, put("a"), same, same, go_astray)
    assert kinds(answers) == ["saved", "saved", "Duplicate", "IntegrityError"]
    assert isinstance(answers[2], Duplicate)
    assert keys(writer) == ["a", "same"]
