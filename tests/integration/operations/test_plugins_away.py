"""A plugin that is away: its own steps wait for it, everybody's decisions stand, and it finds all when it is back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.clock import HOUR
from engine.definition.load import load_process
from engine.errors import Invalid, Unanswered
from engine.extend.calls.faults import plugin_error
from engine.extend.loading import away as leaving
from engine.extend.registry import Registry
from engine.operations import cases, incidents
from engine.operations.background.inner import run_jobs
from engine.operations.background.returning import resume
from engine.operations.content.adopt import adopt
from engine.operations.content.pack import Pack
from engine.operations.context import Caller
from engine.operations.districts import context
from engine.operations.reading import pages
from engine.operations.spoken import spoken
from engine.operations.verbs import VERBS
from engine.store import jobs
from engine.store.databases.database import Database
from engine.worker.worker import Worker
from tests.integration.operations.leaving import away
from tests.integration.operations.looking import broken
from tests.oracle import Oracle
from tests.town import CALENDAR, PACK, Town, build

CAI, ANN = Caller("cai"), Caller("ann")
ASKS = """
process: asks
title: 问一问
uses: [oracle]
subject: [thing]
fields: {thing: {type: thing, title: 物}}
start: {who: role staff, fill: [thing]}
steps: [{step: ok, title: 审批, ask: role head of start.unit, outcomes: {yes: {title: 行, then: next}}}]
ends: {done: {title: 办成}}
"""


def test_a_decision_stands_and_the_step_behind_it_waits(town: Town) -> None:
    case = town.start()
    with away(town) as left:
        assert left.act(case, "ok", "agree", by="sun").status == "open"
        (waiting,) = incidents.incidents(left.ctx, CAI)
        assert waiting.cause.en == "plugin desk is away"
        assert "插件“desk”暂时不能用" in waiting.sentence.zh
        assert "desk" in waiting.sentence.en
        assert pages.case(left.ctx, ANN, case.number).status == "open"
        assert resume(left.ctx) == 0
        assert broken(left) == []
    assert resume(town.ctx) == 1
    assert pages.case(town.ctx, ANN, case.number).end == "done"
    assert incidents.incidents(town.ctx, CAI) == ()
    assert broken(town) == []


def test_what_waited_goes_on_by_itself_in_the_first_round_of_a_worker(town: Town) -> None:
    case = town.start()
    with away(town) as left:
        left.act(case, "ok", "agree", by="sun")
    Worker(town.system).once()
    assert pages.case(town.ctx, ANN, case.number).end == "done"


def test_a_case_starts_without_it_and_says_in_its_history_who_let_it_go_on(town: Town) -> None:
    with away(town) as left:
        case = left.start()
        assert [item.process for item in pages.startable(left.ctx, ANN)] == ["hold", "w1"]
    resume(town.ctx)
    said = [line.sentence.zh for line in pages.case(town.ctx, ANN, case.number).timeline]
    assert "系统让系统重新办理" not in said
    assert "系统重新办理" in said
    assert town.act(case, "ok", "agree", by="sun").end == "done"


def test_a_step_that_failed_in_its_own_right_is_not_tried_again_unasked(town: Town) -> None:
    town.start("hold", mood="fail")
    assert resume(town.ctx) == 0
    assert [one.tries for one in incidents.incidents(town.ctx, CAI)] == [1]


def test_a_district_does_not_give_up_a_plugin_that_open_cases_need(town: Town) -> None:
    town.start()
    with away(town) as left, pytest.raises(Invalid) as refused:
        adopt(left.system, Pack(replace(PACK, plugins={}), (CALENDAR,)), CAI)
    assert [problem.code for problem in refused.value.problems] == ["plugin-in-use"]
    assert "desk" in refused.value.problems[0].message.zh


def test_a_plugin_without_the_action_that_a_case_needs_is_told_and_not_tried_for_ever(town: Town) -> None:
    case = town.start()
    empty = replace(town.system.registry.plugin("desk"), hooks=object())
    empty = replace(empty, manifest=replace(empty.manifest, tables=()))
    system = replace(town.system, registry=Registry([empty]), definitions={}, districts={})
    left = replace(town, ctx=context(system, town.ctx.id))
    left.act(case, "ok", "agree", by="sun")
    assert [one.cause.en for one in incidents.incidents(left.ctx, CAI)] == ["desk.note has changed: it is gone"]
    assert resume(left.ctx) == 0
    assert cases.retry(town.ctx, CAI, case.number, incidents.incidents(town.ctx, CAI)[0].n).end == "done"


def test_a_job_that_failed_is_told_also_while_its_plugin_is_away(town: Town) -> None:
    case = town.start()
    town.ctx.runner.run(lambda tx: jobs.enqueue(
        tx, town.ctx.id, id="j1", stream=case.case, n=None, kind="plugin:desk.later", body={}, run_at=0
    ))  # fmt: skip
    run_jobs(town.ctx)  # the desk has no such reaction
    (failed,) = incidents.incidents(town.ctx, CAI)
    assert (failed.tries, failed.again is None) == (1, False)
    with away(town) as left:
        town.clock.at += HOUR
        run_jobs(left.ctx)
        (waits,) = incidents.incidents(left.ctx, CAI)
        assert (waits.tries, waits.again, waits.cause) == (1, None, failed.cause)
        assert "插件“desk”恢复后" in waits.sentence.zh and "once plugin desk is back" in waits.sentence.en
    assert resume(town.ctx) == 1
    (again,) = incidents.incidents(town.ctx, CAI)
    assert again.again is not None


def test_the_job_of_a_plugin_that_is_away_waits_untried_and_is_there_when_it_is_back(town: Town) -> None:
    case = town.start()
    town.ctx.runner.run(lambda tx: jobs.enqueue(
        tx, town.ctx.id, id="j1", stream=case.case, n=None, kind="plugin:desk.later", body={}, run_at=0
    ))  # fmt: skip
    with away(town) as left:
        for _ in range(10):
            town.clock.at += HOUR
            run_jobs(left.ctx)
        assert incidents.incidents(left.ctx, CAI) == ()
        assert broken(left) == []
        assert [row.id for row in town.ctx.runner.run(lambda tx: jobs.parked(tx, town.ctx.id), write=False)] == ["j1"]
    assert resume(town.ctx) == 1
    assert town.ctx.runner.run(lambda tx: jobs.parked(tx, town.ctx.id), write=False) == []


def test_a_type_of_a_plugin_that_is_away_names_the_plugin_and_not_the_type(db: Database) -> None:
    made = build(db, beside=[Oracle().plugin()])
    made.publish(ASKS)
    system = replace(made.system, registry=made.system.registry.lacking(plugin_error("oracle", "坏了", "is broken")),
                     definitions={}, districts={})  # fmt: skip
    ctx = context(system, made.ctx.id)
    with pytest.raises(Unanswered, match="Plugin “oracle” cannot be used"):
        cases.start(ctx, Caller("ann"), "asks", {"thing": "1"}, unit="a")
    with pytest.raises(Invalid, match="Plugin “oracle” cannot be used"):
        spoken(ctx, VERBS["start"], {"process": "asks", "fill": {"thing": "杯子1"}})
    made.system.runner.release()


def test_a_process_that_uses_a_broken_plugin_is_told_that_it_is_broken() -> None:
    registry = Registry.of_sound([], {"odd": leaving.broken(plugin_error("odd", "坏了", "is broken", "odd/hooks.py:3"))})
    (told,) = [
        one for one in load_process(ASKS.replace("oracle", "odd"), "asks.yaml", registry.catalogue([]), find_base=lambda _: None)[1]
        if one.code == "plugin-away"
    ]  # fmt: skip
    assert told.line_of_text("en").startswith("asks.yaml:4:7 plugin-away the plugin `odd` is installed and cannot be used now")
    assert told.hint is not None and "odd/hooks.py:3" in told.hint.zh
