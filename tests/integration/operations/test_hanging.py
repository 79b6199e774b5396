"""A plugin that hangs in a transaction costs its own request or job one clear sentence, and others a moment's wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, ClassVar

import pytest
from sqlalchemy import text

from engine.clock import MINUTE
from engine.errors import Busy
from engine.extend import (
    ActionContext,
    CheckContext,
    Committed,
    JobContext,
    Problem,
    Reaction,
    ReadContext,
    Text,
    action,
    both,
    undo,
)
from engine.extend.calls.faults import HookFailed
from engine.hanging import GivenUp
from engine.operations import cases, incidents
from engine.operations.background.inner import run_jobs
from engine.operations.context import Caller
from engine.otherwise import otherwise
from engine.store.databases.database import Database
from engine.store.failure_words import said_in
from engine.store.schema import tables
from engine.store.transactions import group
from engine.store.transactions.runner import Tx
from tests.bounded import until
from tests.hanging import ByHand, Hanging
from tests.integration.operations.looking import broken, rows
from tests.integration.store.together import standing
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin

ENDLESS = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n WHERE i < 0")
SAID = "did not come back within 10 s; it was stopped, and nothing of it is saved"
SLOW = """
process: slow
title: 慢件
uses: [slow]
fields: {how: {type: text, title: 怎么办}}
start: {who: role staff, fill: [how]}
steps:
- step: ok
  title: 审批
  ask: role head of start.unit
  outcomes: {agree: {title: 同意, then: next}}
- {step: do, title: 办, do: slow.do, with: {how: =how}}
- step: after
  title: 了结
  ask: role head of start.unit
  outcomes: {over: {title: 了结, then: next}, stop: {title: 撤销, then: end undone}}
ends: {done: {title: 办成}, undone: {title: 撤销了, undo: all}}
"""


@dataclass(frozen=True)
class SlowIn:
    """How."""

    how: str


@dataclass(frozen=True)
class Done:
    """It is done."""

    title: ClassVar[Text] = both("done")


@dataclass
class Slow:
    """The town with the plugin *slow*, of which one thing at a time hangs, in one way."""

    town: Town
    code: Hanging
    pool: ThreadPoolExecutor
    what: str = ""
    way: str = "spin"
    ran: int = 0

    def hang(self, what: str, ctx: ReadContext | None = None) -> None:
        """Hang, if that is what hangs."""
        self.ran += 1
        if what == self.what and ctx is not None and self.way == "ask":
            self.code.inside.set()
            ctx.db.execute(ENDLESS).fetchall()
        elif what == self.what:
            getattr(self.code, self.way)()

    def start(self) -> Any:
        """A case before its approval."""
        return cases.start(self.town.ctx, Caller("ann"), "slow", {"how": "so"}, unit="a", key="")

    def meanwhile(self, do: Any, *given: Any, **more: Any) -> Future[Any]:
        """*do* in a thread, once it hangs."""
        future = self.pool.submit(do, *given, **more)
        assert self.code.inside.wait(60)
        return future


@pytest.fixture
def slow(db: Database, code: Hanging) -> Iterator[Slow]:
    made: Slow

    @action("slow.do", title=both("do"), undo="slow.undo")
    def do(ctx: ActionContext, i: SlowIn) -> Done:
        made.hang("action", ctx)
        return Done()

    @undo("slow.undo")
    def take_back(ctx: ActionContext, receipt: Mapping[str, Any]) -> Any:
        made.hang("undo", ctx)
        return "undone"

    def react(ctx: JobContext, body: Mapping[str, Any]) -> None:
        made.hang("reaction", ctx)

    def check_act(ctx: CheckContext) -> list[Problem]:
        made.hang("check", ctx)
        return []

    def on_committed(event: Committed) -> None:
        made.hang("committed")

    hooks = {
        "on_committed": on_committed,
        "register_actions": giving(do, take_back), "check_act": check_act,
        "register_reactions": giving(Reaction("slow.late", "slow.do.done", react)),
    }  # fmt: skip
    town = build(db, beside=[replace(plugin("slow", **hooks), folder=Path(__file__).parents[2])])
    town.publish(SLOW)
    with ThreadPoolExecutor(4) as pool:
        made = Slow(town, code, pool)
        yield made
        code.free.set()
    assert broken(town) == []
    town.system.runner.release()


def agree(slow: Slow, case: Any) -> Any:
    return slow.town.act(case, "ok", "agree", "sun")


def test_an_action_that_loops_is_its_steps_incident_and_the_decision_stands(slow: Slow, dog: ByHand) -> None:
    case = slow.start()
    slow.what, slow.ran = "action", 0
    future = slow.meanwhile(agree, slow, case)
    dog.call_back()
    assert future.result(60).status == "open"
    assert slow.ran == 4, "the check of the two tries, what is told, and the action once: it does not hang again"
    (found,) = incidents.incidents(slow.town.ctx, Caller("cai"))
    assert (found.kind, found.number) == ("step", case.number)
    assert found.cause.en.startswith("plugin 'slow' (tests/hanging.py:"), found.cause
    assert found.cause.en.endswith(SAID)


@pytest.mark.parametrize("times", [0, 1], ids=["at once", "once it has failed"])
def test_an_action_that_hangs_in_a_statement_is_its_steps_incident_however_careful_the_try(
    slow: Slow, dog: ByHand, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """A savepoint stands round it where it has failed before; what undoes it says no more than that it hung."""
    if slow.town.ctx.runner.database.dialect == "postgresql":
        pytest.skip("a statement of its ends with the connection, when its thread is given up")
    case, fails, hang = slow.start(), [ValueError("first")] * times, slow.hang

    def fails_first(what: str, ctx: ReadContext | None = None) -> None:
        if what == "action" and fails:
            raise fails.pop()
        hang(what, ctx)

    monkeypatch.setattr(slow, "hang", fails_first)
    slow.what, slow.way, slow.ran = "action", "ask", 0
    future = slow.meanwhile(agree, slow, case)
    dog.call_back()
    until(lambda: future.done() or (dog.look() and False))
    assert future.result(60).status == "open"
    assert slow.ran == 4 + times, "the check of each try, what is told, and the action once"
    (found,) = incidents.incidents(slow.town.ctx, Caller("cai"))
    assert found.cause.en.endswith(SAID)


@pytest.mark.parametrize("what", ["action", "undo", "check", "reaction"])
def test_whatever_hangs_in_a_statement_is_told_to_hang(slow: Slow, dog: ByHand, what: str) -> None:
    """Not that a statement failed: it was stopped for that."""
    town = slow.town
    if town.ctx.runner.database.dialect == "postgresql":
        pytest.skip("a statement of its ends with the connection, when its thread is given up")
    case = slow.start()
    if what in ("undo", "reaction"):
        agree(slow, case)
    slow.what, slow.way = what, "ask"
    pressed = {"undo": ("after", "stop", "sun")}.get(what, ("ok", "agree", "sun"))
    do = partial(run_jobs, town.ctx) if what == "reaction" else partial(town.act, case, *pressed)
    future = slow.meanwhile(do)
    dog.call_back()
    until(lambda: future.done() or (dog.look() and False))
    fault = future.exception()
    found = incidents.incidents(town.ctx, Caller("cai"))
    (said,) = [one.cause.en for one in found] or [str(fault)]
    assert said.endswith(SAID)
    assert (fault is None) == (what != "check")
    slow.what = ""


def test_an_undoing_that_loops_is_an_incident_as_well(slow: Slow, dog: ByHand) -> None:
    case = slow.start()
    agree(slow, case)
    slow.what = "undo"
    future = slow.meanwhile(slow.town.act, case, "after", "stop", "sun")
    dog.call_back()
    future.result(60)
    (found,) = incidents.incidents(slow.town.ctx, Caller("cai"))
    assert found.cause.en.endswith(SAID)


def test_a_case_is_cancelled_though_its_undoing_loops(slow: Slow, dog: ByHand) -> None:
    case = slow.start()
    agree(slow, case)
    slow.what = "undo"
    future = slow.meanwhile(cases.cancel, slow.town.ctx, Caller("cai"), case.number, "不办了")
    dog.call_back()
    assert future.result(60).end == "cancelled"
    slow.what = ""


def test_a_check_that_loops_refuses_the_command_in_a_clear_sentence(slow: Slow, dog: ByHand) -> None:
    case = slow.start()
    slow.what = "check"
    future = slow.meanwhile(agree, slow, case)
    dog.call_back()
    fault = future.exception(60)
    assert isinstance(fault, HookFailed)
    assert fault.text.zh.startswith("插件“slow”（")
    assert "核对时出错（10秒没有办完，已经停下，没有保存）" in fault.text.zh
    slow.what = ""
    assert agree(slow, case).status == "open"


def test_a_reaction_that_loops_is_its_jobs_failure(slow: Slow, dog: ByHand, caplog: pytest.LogCaptureFixture) -> None:
    agree(slow, slow.start())
    slow.what = "reaction"
    future = slow.meanwhile(run_jobs, slow.town.ctx)
    dog.call_back()
    assert future.result(60) == 1
    (row,) = rows(slow.town, tables.job)
    said = said_in(row["error"])
    assert said.zh.startswith("插件“slow”（tests/hanging.py:")
    assert said.en.endswith(SAID)
    assert row["attempts"] == 1
    (found,) = incidents.incidents(slow.town.ctx, Caller("cai"))
    assert (found.kind, found.cause) == ("job", said)
    assert SAID in caplog.text


@pytest.mark.parametrize("way", ["swallow", "wait"])
def test_a_reaction_that_nothing_ends_is_said_by_who_comes_after(slow: Slow, dog: ByHand, way: str) -> None:
    """Its thread is lost: the loop that takes its place writes what became of the job, and runs what else is due.

    The job takes no second thread; a reaction that hears the call and stays, as it keeps a processor busy, takes none
    for any job.
    """
    town = slow.town
    agree(slow, slow.start())
    slow.what, slow.way = "reaction", way
    lost = slow.meanwhile(run_jobs, town.ctx)
    dog.call_back()
    if way == "swallow":
        until(lambda: slow.code.called == 1)
    dog.give_up()
    assert len(town.system.unsaid) == 1
    slow.what = ""
    agree(slow, slow.start())
    assert run_jobs(town.ctx) == 1, "the second one's; the first one's rests for a while"
    first, *second = rows(town, tables.job)
    assert said_in(first["error"]).en.endswith(SAID)
    closed = "an earlier call of it has not come back; until it has, this process does not call it again"
    assert [said_in(row["error"]).en.endswith(closed) for row in second] == ([True] if way == "swallow" else [])
    town.clock.advance(MINUTE)
    slow.ran = 0
    run_jobs(town.ctx)
    assert slow.ran == 0, "no try while the last one is away"
    first = rows(town, tables.job)[0]
    assert said_in(first["error"]).en == "its last try has not come back; until it has, it is not tried again"
    slow.code.free.set()
    assert isinstance(lost.exception(60), GivenUp)
    assert not town.system.away
    town.clock.advance(MINUTE)
    assert run_jobs(town.ctx) == 1 + len(second)
    assert rows(town, tables.job) == [], "it is tried again, and nothing of the lost one is kept"


def test_a_person_who_writes_with_a_reaction_that_nothing_ends_is_answered(slow: Slow, dog: ByHand) -> None:
    town = slow.town
    agree(slow, slow.start())
    slow.what, slow.way = "reaction", "wait"
    lost = slow.meanwhile(run_jobs, town.ctx)
    others = [slow.pool.submit(slow.start) for _ in range(3)]
    dog.call_back()
    dog.give_up()
    assert {other.result(60).status for other in others} == {"open"}
    slow.code.free.set()
    assert isinstance(lost.exception(60), GivenUp)


def test_a_job_that_failed_is_tried_alone(slow: Slow, dog: ByHand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should it hang again, nobody's work hangs with it."""
    agree(slow, slow.start())
    slow.what = "reaction"
    future = slow.meanwhile(run_jobs, slow.town.ctx)
    dog.call_back()
    future.result(60)
    slow.what, alone = "", []
    run = slow.town.ctx.runner.run
    monkeypatch.setattr(
        slow.town.ctx.runner, "run", lambda work, **more: alone.append(more.get("alone")) or run(work, **more)
    )
    slow.town.clock.advance(MINUTE)
    assert run_jobs(slow.town.ctx) == 1
    assert alone.count(True) == 1


def test_a_command_whose_action_nothing_ends_is_not_saved_and_can_be_done_again(slow: Slow, dog: ByHand) -> None:
    case = slow.start()
    slow.what, slow.way = "action", "wait"
    lost = slow.meanwhile(agree, slow, case)
    dog.call_back()
    dog.give_up()
    slow.what = ""
    assert agree(slow, case).status == "open"
    slow.code.free.set()
    assert isinstance(lost.exception(60), GivenUp)
    assert len([row for row in rows(slow.town, tables.journal) if row["stream"] == case.case]) == 2


def test_where_it_hangs_in_somebody_elses_thread_the_decision_stands_and_that_one_is_told_that_it_is_not_saved(
    slow: Slow, dog: ByHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other thread is lost, and with it who would answer for what it wanted; one's own is there to go on."""
    runner, case, heard = slow.town.ctx.runner, slow.start(), []
    if runner.database.dialect == "postgresql":
        pytest.skip("there each writes in its own thread")
    monkeypatch.setattr(group, "BUDGET", MINUTE)

    def leads(tx: Tx) -> None:
        first.set()
        until(lambda: standing(runner) == 1)

    def lead() -> None:
        with otherwise(lambda fault: heard.append(fault) or fault):
            runner.run(leads)

    first = Event()
    lost = slow.pool.submit(lead)
    assert first.wait(60)
    slow.what, slow.way = "action", "wait"
    acted = slow.meanwhile(agree, slow, case)
    dog.call_back()
    dog.give_up()
    assert acted.result(60).status == "open"
    assert [found.number for found in incidents.incidents(slow.town.ctx, Caller("cai"))] == [case.number]
    assert "nothing was saved" in str(heard[0])
    slow.code.free.set()
    assert isinstance(lost.exception(60), GivenUp)


def test_who_is_given_up_after_the_commit_is_not_told_that_nothing_was_saved(slow: Slow, dog: ByHand) -> None:
    case, heard = slow.start(), []

    def act() -> Any:
        with otherwise(lambda fault: heard.append(fault) or fault):
            return agree(slow, case)

    slow.what, slow.way = "committed", "wait"
    lost = slow.meanwhile(act)
    dog.call_back()
    dog.give_up()
    slow.code.free.set()
    assert isinstance(lost.exception(60), GivenUp)
    (fault,) = heard
    assert isinstance(fault, Busy)
    assert fault.code == "outcome_unknown"
    assert len([row for row in rows(slow.town, tables.journal) if row["stream"] == case.case]) == 2, "it is saved"
