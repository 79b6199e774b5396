"""Whoever does not come back from somebody else's code is called back, then given up; nobody else notices."""

from __future__ import annotations

import io
import logging
import pdb
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engine import hanging
from engine.clock import SECOND
from engine.extend.calls.entering import entered
from engine.extend.calls.faults import HungError
from engine.extend.context import log_of
from engine.hanging import LIMIT, CalledBack, GivenUp
from engine.otherwise import otherwise
from tests.bounded import until
from tests.hanging import ByHand, Hanging

HERE = Path(__file__).parents[1]


@pytest.fixture
def pool(code: Hanging) -> Iterator[ThreadPoolExecutor]:
    """A thread to call it in."""
    with ThreadPoolExecutor(2) as made:
        yield made
        code.free.set()


def call(function: Callable[..., Any], *given: Any) -> Any:
    """What the plugin *odd* answers, as the engine calls it."""
    return entered("odd", HERE, function)(*given)


def hung(future: Future[Any]) -> str:
    """What is said of it, once it is back; it is called until it hears."""
    until(lambda: future.done() or (hanging._watchdog.look() and False))
    fault = future.exception(60)
    assert isinstance(fault, HungError), repr(fault)
    return str(fault)


def test_a_loop_is_ended_and_the_fault_names_plugin_file_and_line(
    dog: ByHand, code: Hanging, pool: ThreadPoolExecutor
) -> None:
    called = pool.submit(call, code.spin)
    assert code.inside.wait(60)
    dog.call_back()
    line = code.spin.__code__.co_firstlineno
    said = hung(called)
    assert said.startswith("plugin 'odd' (tests/hanging.py:"), said
    assert line < int(said.partition(".py:")[2].partition(")")[0]) <= line + 4
    assert said.endswith("did not come back within 10 s; it was stopped, and nothing of it is saved")


def test_who_came_in_time_hears_nothing(dog: ByHand, code: Hanging, pool: ThreadPoolExecutor) -> None:
    called = pool.submit(call, code.spin)
    assert code.inside.wait(60)
    dog.look()
    dog.now += LIMIT - 1
    dog.look()
    code.free.set()
    assert called.result(60) == "back"


def test_who_may_take_longer_does(dog: ByHand, code: Hanging, pool: ThreadPoolExecutor) -> None:
    called = pool.submit(entered("odd", HERE, code.spin, patience=30 * SECOND))
    assert code.inside.wait(60)
    dog.call_back(29 * SECOND)
    dog.now += SECOND
    dog.reach()
    assert "within 30 s" in hung(called)


def test_the_time_in_which_nothing_ran_is_nobodys(dog: ByHand, code: Hanging, pool: ThreadPoolExecutor) -> None:
    """Somebody else held the interpreter, or the process or the machine stood still."""
    called = pool.submit(call, code.spin)
    assert code.inside.wait(60)
    dog.look()
    dog.stand_still(LIMIT)
    dog.stand_still(LIMIT)
    code.free.set()
    assert called.result(60) == "back"


class _Thinking:
    """Somebody at a debugger, who lets the code go on when they have thought for *time*."""

    def __init__(self, dog: ByHand, time: int) -> None:
        self._dog, self._time = dog, time

    def readline(self) -> str:
        """What they type."""
        self._dog.look()
        self._dog.now += self._time
        self._dog.reach()
        return "continue\n"


def stopped(dog: ByHand, time: int) -> str:
    """Code with a breakpoint at which somebody stands for *time*."""
    pdb.Pdb(stdin=_Thinking(dog, time), stdout=io.StringIO(), nosigint=True, readrc=False).set_trace()
    return "back"


def test_who_stands_at_a_breakpoint_is_not_called(dog: ByHand, pool: ThreadPoolExecutor) -> None:
    assert pool.submit(call, stopped, dog, 100 * LIMIT).result(60) == "back"


def test_the_time_after_a_breakpoint_counts(dog: ByHand, code: Hanging, pool: ThreadPoolExecutor) -> None:
    def both() -> str:
        stopped(dog, LIMIT)
        return code.spin()

    called = pool.submit(call, both)
    assert code.inside.wait(60)
    dog.now += LIMIT - 1
    dog.look()
    assert not called.done()
    dog.now += 1
    dog.reach()
    hung(called)


def test_nobody_is_called_where_a_debugger_watches_every_thread(
    dog: ByHand, code: Hanging, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = SimpleNamespace(DEBUGGER_ID=0, get_tool={0: "debugger"}.get)
    monkeypatch.setattr(sys, "monitoring", watched, raising=False)
    called = pool.submit(call, code.spin)
    assert code.inside.wait(60)
    dog.call_back()
    code.free.set()
    assert called.result(60) == "back"


def test_who_is_called_back_has_time_to_come_though_nothing_runs(
    dog: ByHand, code: Hanging, pool: ThreadPoolExecutor
) -> None:
    called = pool.submit(call, code.wait)
    assert code.inside.wait(60)
    dog.call_back()
    dog.stand_still(LIMIT)
    code.free.set()
    hung(called)


def test_however_late_the_looks_are_who_hangs_is_called_back(
    dog: ByHand, code: Hanging, pool: ThreadPoolExecutor
) -> None:
    called = pool.submit(call, code.spin)
    assert code.inside.wait(60)
    dog.look()
    for _ in range(7):
        dog.stand_still(LIMIT)
    dog.reach()
    hung(called)


def test_a_generator_that_never_ends_is_ended(dog: ByHand, code: Hanging, pool: ThreadPoolExecutor) -> None:
    def numbers() -> Iterator[int]:
        code.inside.set()
        while not code.free.is_set():
            yield from ()
        yield 1

    called = pool.submit(call, numbers)
    assert code.inside.wait(60)
    dog.call_back()
    hung(called)


def test_who_swallows_the_call_is_called_again_and_then_given_up(
    dog: ByHand, code: Hanging, pool: ThreadPoolExecutor
) -> None:
    def heard(times: int) -> None:
        until(lambda: code.called >= times or (dog.look() and False))

    called = pool.submit(call, code.swallow)
    assert code.inside.wait(60)
    dog.call_back()
    heard(1)
    dog.now += SECOND
    heard(2)
    assert code.called == 2
    dog.give_up()
    heard(4)  # it may end as long as it lives
    code.free.set()
    assert isinstance(called.exception(60), GivenUp)


@pytest.mark.parametrize("way", ["swallow", "wait"])
def test_an_answer_after_the_call_is_not_taken(
    dog: ByHand, code: Hanging, pool: ThreadPoolExecutor, way: str
) -> None:
    called = pool.submit(call, getattr(code, way))
    assert code.inside.wait(60)
    dog.call_back()
    code.free.set()
    hung(called)


def test_of_who_is_given_up_others_are_told_the_innermost_first(
    dog: ByHand, code: Hanging, pool: ThreadPoolExecutor
) -> None:
    told: list[tuple[str, str]] = []

    def then(name: str) -> Callable[[Exception], Exception]:
        def tell(fault: Exception) -> Exception:
            told.append((name, str(fault)[:12]))
            return fault if name != "inner" else ValueError("other words")

        return tell

    def work() -> None:
        with otherwise(then("outer")), otherwise(then("broken")), otherwise(then("inner")):
            call(code.wait)

    called = pool.submit(work)
    assert code.inside.wait(60)
    dog.call_back()
    assert told == []
    dog.give_up()
    assert told == [("inner", "plugin 'odd'"), ("broken", "other words"), ("outer", "other words")]
    code.free.set()
    assert isinstance(called.exception(60), GivenUp)


def test_what_goes_wrong_with_one_of_them_keeps_no_other_from_it(
    dog: ByHand, code: Hanging, pool: ThreadPoolExecutor
) -> None:
    told: list[Exception] = []

    def work() -> None:
        with otherwise(lambda fault: told.append(fault) or fault), otherwise(lambda _: 1 / 0):
            call(code.wait)

    pool.submit(work)
    assert code.inside.wait(60)
    dog.call_back()
    dog.give_up()
    assert [type(one) for one in told] == [HungError]


def test_who_comes_back_after_it_was_given_up_carries_what_was_told(
    dog: ByHand, code: Hanging, pool: ThreadPoolExecutor
) -> None:
    told = ValueError("the last words")

    def work() -> None:
        with otherwise(lambda _: told):
            call(code.wait)

    called = pool.submit(work)
    assert code.inside.wait(60)
    dog.call_back()
    dog.give_up()
    code.free.set()
    back = called.exception(60)
    assert isinstance(back, GivenUp)
    assert back.fault is told


def test_a_thread_that_came_back_can_be_used_again(dog: ByHand, code: Hanging) -> None:
    with ThreadPoolExecutor(1) as one:
        first = one.submit(call, code.wait)
        assert code.inside.wait(60)
        dog.call_back()
        dog.give_up()
        code.free.set()
        assert isinstance(first.exception(60), GivenUp)
        assert one.submit(call, lambda: "well").result(60) == "well"


def test_of_two_plugins_the_one_that_stays_is_named(dog: ByHand, code: Hanging, pool: ThreadPoolExecutor) -> None:
    """The other one asked it by way of the engine, and takes its fault as any other."""

    def outer() -> str:
        try:
            return str(call(code.spin))
        except HungError as fault:
            return str(fault)

    called = pool.submit(entered("asking", HERE, outer))
    assert code.inside.wait(60)
    dog.call_back()
    assert called.result(60).startswith("plugin 'odd'")


def test_of_two_plugins_the_one_that_stayed_longer_is_named(
    dog: ByHand, code: Hanging, pool: ThreadPoolExecutor
) -> None:
    """The other one had been there for a second when the time was over."""
    asked = Hanging()

    def outer() -> None:
        code.spin()
        call(asked.spin)

    called = pool.submit(entered("asking", HERE, outer))
    assert code.inside.wait(60)
    dog.look()
    dog.now += LIMIT - SECOND
    dog.look()
    code.free.set()
    assert asked.inside.wait(60)
    dog.look()
    dog.now += SECOND
    dog.reach()
    assert hung(called).startswith("plugin 'asking'")


def test_where_nobody_can_be_called_back_the_others_are(
    dog: ByHand, code: Hanging, pool: ThreadPoolExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    class Odd:
        patience = LIMIT

        def late(self, *_: object) -> Exception:
            raise ValueError("no such fault")

        def wrote(self, _frame: object) -> bool:
            return True

    first = threading.Event()

    def stays() -> None:
        with hanging.Visit(Odd()):
            first.set()
            code.free.wait(60)

    odd = pool.submit(stays)
    assert first.wait(60)
    called = pool.submit(call, code.spin)
    assert code.inside.wait(60)
    dog.call_back()
    hung(called)
    assert "no such fault" in caplog.text
    code.free.set()
    odd.result(60)


def test_who_asks_others_again_and_again_is_called_back_all_the_same(
    dog: ByHand, code: Hanging, pool: ThreadPoolExecutor
) -> None:
    def asks() -> None:
        code.inside.set()
        while not code.free.is_set():
            call(lambda: None)

    called = pool.submit(entered("asking", HERE, asks))
    assert code.inside.wait(60)
    dog.call_back()
    assert isinstance(called.exception(60), HungError)


def test_who_logs_in_its_loop_is_called_back_and_everybody_else_can_still_log(
    dog: ByHand, code: Hanging, quiet_log: logging.Handler
) -> None:
    """Called back in the middle of the log, it would keep the log's lock for ever: its thread lives on."""
    log = log_of("odd")

    def logs() -> None:
        while not code.free.is_set():
            log.warning("row")
            code.inside.set()

    with ThreadPoolExecutor(1) as lives_on:
        for _ in range(30):
            code.inside.clear()
            called = lives_on.submit(call, logs)
            assert code.inside.wait(60)
            dog.call_back()
            hung(called)
            assert quiet_log.lock is not None
            assert quiet_log.lock.acquire(timeout=60), "whoever logs next waits for nobody"
            quiet_log.release()


def test_who_logs_what_hangs_as_it_says_what_it_is_keeps_no_lock(
    dog: ByHand, code: Hanging, pool: ThreadPoolExecutor, quiet_log: logging.Handler
) -> None:
    class Asks:
        def __str__(self) -> str:
            return code.wait()

    called = pool.submit(call, lambda: log_of("odd").warning("asks %s", Asks()))
    assert code.inside.wait(60)
    dog.call_back()
    dog.give_up()
    assert quiet_log.lock is not None
    assert quiet_log.lock.acquire(timeout=60)
    quiet_log.release()
    code.free.set()
    assert isinstance(called.exception(60), GivenUp)


def test_who_is_always_in_a_library_when_it_is_looked_at_is_not_called_back_there(
    dog: ByHand, code: Hanging, pool: ThreadPoolExecutor
) -> None:
    """A library takes locks in Python, of which none would be given back."""
    called = pool.submit(call, lambda: code.inside.set() or code.free.wait(60))
    assert code.inside.wait(60)
    dog.look()
    dog.now += LIMIT
    until(lambda: dog.look() and not code.free.is_set())
    code.free.set()
    hung(called)


def test_who_was_given_up_in_a_library_ends_once_it_stands_in_its_own_files(
    dog: ByHand, code: Hanging, pool: ThreadPoolExecutor
) -> None:
    """It would keep a processor busy for nobody as long as the process lives."""
    end = threading.Event()

    def goes_on() -> None:
        code.wait()
        while not end.is_set():
            pass

    called = pool.submit(call, goes_on)
    assert code.inside.wait(60)
    dog.call_back()
    dog.give_up()
    code.free.set()
    try:
        until(lambda: called.done() or (dog.look() and False))
    finally:
        end.set()
    assert isinstance(called.exception(60), GivenUp)


def test_a_lock_that_is_held_by_with_is_given_back(dog: ByHand, code: Hanging) -> None:
    own, condition = threading.Lock(), threading.Condition()

    def locks() -> None:
        while not code.free.is_set():
            with own, condition:
                code.inside.set()

    with ThreadPoolExecutor(1) as lives_on:
        for _ in range(30):
            code.inside.clear()
            called = lives_on.submit(call, locks)
            assert code.inside.wait(60)
            dog.call_back()
            hung(called)
            assert own.acquire(timeout=60)
            own.release()
            assert condition.acquire(timeout=60)
            condition.release()


@pytest.mark.parametrize("then", ["", "waits"])
def test_nothing_is_told_before_it_is_called_back_and_no_lock_is_held_meanwhile(
    dog: ByHand, code: Hanging, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    told: list[bool] = []
    monkeypatch.setattr(hanging._LOG, "error", lambda *_, **__: told.append(hanging._LOCK.locked()))
    called = pool.submit(call, code.wait if then else code.spin)
    assert code.inside.wait(60)
    dog.call_back()
    if then:
        dog.give_up()
        code.free.set()
    assert called.exception(60) is not None
    assert told == [False]


class Falls(dict[int, hanging.Visit]):
    """The innermost visits, where CalledBack falls at the *left*-th time that anybody asks or changes them."""

    left = 0

    def _falls(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise CalledBack

    def get(self, key: int, default: Any = None) -> Any:
        """Ask."""
        self._falls()
        return super().get(key, default)

    def __setitem__(self, key: int, value: hanging.Visit) -> None:
        """Change."""
        self._falls()
        super().__setitem__(key, value)


@pytest.mark.parametrize("time", range(1, 5))
def test_who_is_called_back_at_the_doors_of_another_visit_hears_nothing_else(
    dog: ByHand, monkeypatch: pytest.MonkeyPatch, time: int
) -> None:
    """Twice on the way in, twice on the way out: the visit before is the innermost again."""
    innermost, asks = Falls(), entered("asked", HERE, lambda: "back")
    monkeypatch.setattr(hanging.Visit, "innermost", innermost)

    def outer() -> None:
        before, innermost.left = innermost[threading.get_ident()], time
        with pytest.raises(CalledBack):
            asks()
        assert innermost[threading.get_ident()] is before

    call(outer)
    assert not innermost


def test_a_watchdog_that_could_not_start_tries_again_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    started: list[threading.Thread] = []

    class Full(threading.Thread):
        def start(self) -> None:
            started.append(self)
            if len(started) < 4:
                raise RuntimeError("can't start new thread")

    watches = hanging.Watchdog(lambda: 0)
    monkeypatch.setattr(hanging, "_watchdog", watches)
    monkeypatch.setattr(threading, "Thread", Full)
    for _ in range(3):
        assert call(lambda: "back") == "back"
        assert not watches.begun
    for _ in range(2):
        call(lambda: None)
        assert watches.begun
    assert len(started) == 4
    assert [one.levelname for one in caplog.records] == ["ERROR"]


@pytest.fixture
def quiet_log() -> Iterator[logging.Handler]:
    """A handler of the engine's log that writes nowhere, as the engine's own would write."""
    log, handler = logging.getLogger("rongtong"), logging.StreamHandler(io.StringIO())
    log.addHandler(handler)
    yield handler
    log.removeHandler(handler)


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads take turns after every few steps."""
    meant = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(meant)


@pytest.mark.usefixtures("hasty")
def test_whoever_is_called_back_as_it_comes_home_meets_nothing_later(dog: ByHand, code: Hanging) -> None:
    """The call and the way home meet at every point: each call has an answer or its own fault, and nothing else."""
    called = entered("odd", HERE, lambda: "back", patience=0)
    seen: list[str] = []

    def calls() -> None:
        for _ in range(20_000):
            try:
                seen.append(called())
            except HungError:
                seen.append("hung")
            for _ in range(20):
                pass  # where an exception that comes too late would be raised

    with ThreadPoolExecutor(1) as one:
        running = one.submit(calls)
        while not running.done():
            dog.look()
        assert running.exception() is None
    assert len(seen) == 20_000
    assert set(seen) <= {"back", "hung"}


def test_the_watchdog_wakes_with_the_first_call_and_sleeps_when_it_is_replaced(
    monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = threading.Event()

    class Looks(hanging.Watchdog):
        def look(self) -> None:
            looked.set()
            raise ValueError("that keeps nobody from looking again")

    monkeypatch.setattr(hanging, "_EVERY", 0.001)
    watches = Looks(lambda: 0)
    monkeypatch.setattr(hanging, "_watchdog", watches)
    assert not watches.begun
    call(lambda: None)
    assert looked.wait(60)
    assert watches.begun
    looked.clear()
    assert looked.wait(60)
    monkeypatch.setattr(hanging, "_watchdog", ByHand())
    until(lambda: not watches.begun)


def test_no_except_exception_holds_it_up() -> None:
    assert not issubclass(CalledBack, Exception)
    assert not issubclass(GivenUp, Exception)
