"""What hung for good in a command is not run again when the same is asked once more: its step is an incident."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text

from engine.clock import DAY, HOUR, MINUTE
from engine.definition.specs import ResolverSpec
from engine.extend import Resolver, both
from engine.extend.calls.faults import HungError
from engine.extend.context import ReadContext
from engine.hanging import GivenUp
from engine.operations import cases, incidents
from engine.operations.clockwork import ring
from engine.operations.commands.order import Order
from engine.operations.commands.perform import changed_alone
from engine.operations.context import Caller
from engine.runtime import commands as c
from engine.store.databases.database import Database
from engine.store.schema import tables
from engine.worker.loop import Loop
from engine.worker.pollers import Clocks
from tests.bounded import until
from tests.hanging import ByHand, Hanging
from tests.integration.operations import test_hanging
from tests.integration.operations.looking import broken, case_of, rows
from tests.integration.operations.test_hanging import ENDLESS, SAID, Slow, agree
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin

slow = test_hanging.slow

LATE = """
process: late
title: 过期
uses: [slow]
fields: {how: {type: text, title: 怎么办}}
start: {who: role staff, fill: [how]}
steps:
- {step: do, title: 办, do: slow.do, with: {how: =how}}
- step: ok
  title: 审批
  ask: role head of start.unit
  due: {within: 2 workdays, late: [refuse]}
  outcomes: {agree: {title: 同意, then: next}, refuse: {title: 不同意, then: end undone}}
ends: {done: {title: 办成}, undone: {title: 撤销了, undo: all}}
"""
#: Whom it asks where nobody answers in time, and whom it asks then, a plugin says.
ASKING = """
process: asking
title: 问谁
uses: [asked]
fields: {how: {type: text, title: 怎么办}}
start: {who: role staff, fill: [how]}
steps:
- step: ok
  title: 审批
  ask: role head of start.unit
  due: {within: 2 workdays, late: [escalate asked.who()]}
  outcomes: {agree: {title: 同意, then: next}, refuse: {title: 不同意, then: next}}
- {step: more, title: 复核, ask: asked.who(), outcomes: {yes: {title: 是, then: next}}}
ends: {done: {title: 办成}}
"""


def ended_by_the_server(town: Town) -> None:
    """A PostgreSQL ends by itself what nothing comes from; here it is told to, so that nobody has to wait."""
    database = town.system.database
    if database.dialect == "postgresql":
        with database.connect() as connection:
            connection.execute(text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND state = 'idle in transaction'"
            ))  # fmt: skip


@contextmanager
def lost(town: Town, code: Hanging, dog: ByHand, do: Any, *given: Any) -> Iterator[None]:
    """*do* in a thread that is given up, and comes back in the end."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(do, *given)
        assert code.inside.wait(60)
        dog.call_back()
        dog.give_up()
        ended_by_the_server(town)
        yield
        code.free.set()
        assert isinstance(future.exception(60), GivenUp)


def known(town: Town) -> list[tuple[str, str]]:
    """The incidents of the town: of which case, and why."""
    return [(one.number, one.cause.en) for one in incidents.incidents(town.ctx, Caller("cai"))]


def test_an_action_that_hung_for_good_is_not_run_again_by_who_presses_again(slow: Slow, dog: ByHand) -> None:
    case = slow.start()
    slow.what, slow.way = "action", "wait"
    with lost(slow.town, slow.code, dog, agree, slow, case):
        assert known(slow.town) == [], "who pressed was told that nothing is saved"
        slow.ran = 0
        assert agree(slow, case).status == "open"
        assert slow.ran == 2, "the check, and what is told; not the action"
    ((number, cause),) = known(slow.town)
    assert number == case.number
    assert cause.endswith(SAID)
    assert slow.town.system.lost == {}


def test_it_is_run_again_when_somebody_says_so(slow: Slow, dog: ByHand) -> None:
    case = slow.start()
    slow.what, slow.way = "action", "wait"
    with lost(slow.town, slow.code, dog, agree, slow, case):
        agree(slow, case)
        slow.what = ""
        (found,) = incidents.incidents(slow.town.ctx, Caller("cai"))
        cases.retry(slow.town.ctx, Caller("cai"), case.number, found.n)
    assert known(slow.town) == []


def test_it_is_run_again_where_the_case_has_changed_meanwhile(slow: Slow, dog: ByHand) -> None:
    """Its number may be another step's by now."""
    case = slow.start()
    slow.what, slow.way = "action", "wait"
    with lost(slow.town, slow.code, dog, agree, slow, case):
        cases.comment(slow.town.ctx, Caller("ann"), case.number, "急")
        slow.what = ""
        agree(slow, case)
    assert known(slow.town) == []


def test_a_start_that_hung_for_good_begins_with_an_incident(slow: Slow, dog: ByHand) -> None:
    town = slow.town
    town.publish(LATE)
    slow.what, slow.way = "action", "wait"

    def start() -> Any:
        return cases.start(town.ctx, Caller("ann"), "late", {"how": "so"}, unit="a")

    with lost(town, slow.code, dog, start):
        case = start()
        assert [number for number, _ in known(town)] == [case.number]
        slow.what = ""
        start()
    assert len(known(town)) == 1, "once"


def test_a_check_that_hung_for_good_is_asked_again(slow: Slow, dog: ByHand) -> None:
    case = slow.start()
    slow.what, slow.way = "check", "wait"
    with lost(slow.town, slow.code, dog, agree, slow, case):
        slow.what = ""
        assert agree(slow, case).status == "open"
    assert known(slow.town) == []


# -- clocks ----------------------------------------------------------------------------------------


@contextmanager
def rounds(town: Town, code: Hanging) -> Iterator[None]:
    """The loop of the clocks at work, until all of its threads have ended."""
    stop = threading.Event()
    loop = Loop("clocks", Clocks(town.system), stop, rest=0.001)
    loop.start()
    try:
        yield
    finally:
        stop.set()
        loop.join(60)
        code.free.set()
        for thread in threading.enumerate():
            if thread.name == "rongtong-clocks":
                thread.join(60)


def test_a_clock_that_hung_for_good_is_an_incident_and_all_else_goes_on(
    slow: Slow, dog: ByHand, caplog: pytest.LogCaptureFixture
) -> None:
    town = slow.town
    town.publish(LATE)
    first = cases.start(town.ctx, Caller("ann"), "late", {"how": "so"}, unit="a")
    town.clock.advance(MINUTE)
    second = town.start()
    town.clock.advance(10 * DAY)
    slow.what, slow.way, slow.ran = "undo", "wait", 0
    with rounds(town, slow.code):
        assert slow.code.inside.wait(60)
        assert rows(town, tables.checkpoint), "the journal is sealed before"
        dog.call_back()
        dog.give_up()
        ended_by_the_server(town)
        until(lambda: case_of(town, second).end == "refused")
    ((number, cause),) = known(town)
    assert number == first.number
    assert cause.endswith(SAID)
    assert case_of(town, first).status == "open", "it ends once its effect is released"
    assert len([record for record in caplog.records if "goes on in another thread" in record.message]) == 1


class Asked:
    """The town with the plugin *asked*, which is asked who may."""

    def __init__(self, db: Database, code: Hanging) -> None:
        self.code, self.hangs, self.asked, self.asks = code, False, 0, False
        who = Resolver(ResolverSpec("asked.who", (), both("谁")), self._who)
        self.town = build(db, beside=[plugin("asked", register_resolvers=giving(who))])
        self.town.publish(ASKING)

    def _who(self, ctx: ReadContext, given: Any) -> Sequence[str]:
        self.asked += 1
        if self.hangs and self.asks:
            self.code.inside.set()
            ctx.db.execute(ENDLESS).fetchall()
        elif self.hangs:
            self.code.wait()
        return ["user:sun"]


@pytest.fixture
def asked(db: Database, code: Hanging) -> Iterator[Asked]:
    made = Asked(db, code)
    yield made
    code.free.set()
    assert broken(made.town) == []
    made.town.system.runner.release()


def start(asked: Asked) -> Any:
    return cases.start(asked.town.ctx, Caller("ann"), "asking", {"how": "so"}, unit="a")


def test_who_hangs_in_a_statement_as_it_is_asked_gives_no_answer(asked: Asked, dog: ByHand) -> None:
    town, case = asked.town, start(asked)
    if town.ctx.runner.database.dialect == "postgresql":
        pytest.skip("a statement of its ends with the connection, when its thread is given up")
    asked.hangs = asked.asks = True
    with ThreadPoolExecutor(1) as pool:
        pressed = pool.submit(town.act, case, "ok", "agree", "sun")
        assert asked.code.inside.wait(60)
        asked.asked = 0
        dog.call_back()
        until(lambda: pressed.done() or (dog.look() and False))
        assert pressed.result(60).status == "open"
    ((number, cause),) = known(town)
    assert number == case.number
    assert "did not come back within 10 s" in cause
    assert asked.asked == 0, "once was enough"
    asked.hangs = False


def test_a_clock_that_hung_for_good_elsewhere_rests(asked: Asked, dog: ByHand) -> None:
    town = asked.town
    start(asked)
    town.clock.advance(10 * DAY)
    asked.hangs = True
    with lost(town, asked.code, dog, ring, town.ctx):
        asked.asked = 0
        assert ring(town.ctx) == 1
        assert asked.asked == 0, "it is not asked again at once"
        assert ring(town.ctx) == 0, "it rests"
        asked.hangs = False
        town.clock.advance(HOUR)
        assert ring(town.ctx) == 1
        assert asked.asked == 1
    assert [row["audience"] for row in rows(town, tables.task)] == ["user:sun"]


def test_what_the_engine_asks_of_one_case_among_many_is_left_out_where_it_hung(
    asked: Asked, dog: ByHand, caplog: pytest.LogCaptureFixture
) -> None:
    town = asked.town
    case = start(asked)
    n = cases.open_serial(town.ctx, case.number, "ok")
    order = Order("tick", c.Tick(n), case_id=case.case, asked={"n": n})
    town.clock.advance(10 * DAY)
    asked.hangs = True
    with lost(town, asked.code, dog, changed_alone, town.ctx, order):
        asked.hangs, asked.asked = False, 0
        assert not changed_alone(town.ctx, order)
        assert asked.asked == 0
        (left,) = [record.exc_info for record in caplog.records if "tick of case" in record.message]
        assert left is not None
        assert isinstance(left[1], HungError)
        changed_alone(town.ctx, order)
        assert asked.asked == 1, "the next time it is asked again"
