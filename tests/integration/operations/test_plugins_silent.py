"""A plugin that does not answer: the step that needs it is an incident, the decision before it stands.

What the database says is no answer of a plugin's: then nothing is saved, and nothing is made up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from engine.errors import Busy, Invalid, Unanswered
from engine.extend.registry import Registry
from engine.operations import cases, incidents
from engine.operations.background.returning import resume
from engine.operations.context import Caller
from engine.operations.districts import context
from engine.operations.reading import pages
from engine.operations.reading.views import Receipt
from engine.operations.verifying.verify import verify
from engine.store.databases.database import Database
from engine.store.databases.drivers import sqlite_module
from engine.store.schema.tables import cases as cases_table
from tests import desk
from tests.oracle import Oracle
from tests.town import Town, build

CAI, ANN = Caller("cai"), Caller("ann")
PROCESS = """
process: p
title: 问一问
uses: [desk, oracle]
subject: [thing]
fields:
  thing: {type: thing, title: 物}
  why: {type: text, title: 事由}
  note: {type: text, title: 备注, optional: 是}
start: {who: role staff, fill: [thing, why]}
steps:
- {step: ok, title: 审批, ask: role head of start.unit, not: [start], outcomes: {yes: {title: 行, then: next}}}
STEP
- {step: last, title: 收尾, ask: role head of start.unit, outcomes: {over: {title: 完了, then: next}}}
ends: {done: {title: 办成}}
"""
OUT = "outcomes: {yes: {title: 行, then: next}}"
#: A step whose entering asks the plugin, each in another way.
STEPS = {
    "if of an attribute": f"- {{step: it, title: 它, if: thing.big, ask: role head of start.unit, {OUT}}}",
    "if of a function": f'- {{step: it, title: 它, if: "oracle.wise(why)", ask: role head of start.unit, {OUT}}}',
    "whom a resolver names": f'- {{step: it, title: 它, ask: "oracle.who(why)", {OUT}}}',
    "what an action is given": '- {step: it, title: 它, do: desk.note, with: {words: "=thing.name"}}',
    "a branch": f"""
- step: it
  title: 它
  choose:
  - if: thing.big
    steps: [{{step: in_it, title: 里, ask: role head of start.unit, {OUT}}}]
  - else: [{{step: else_it, title: 外, ask: role head of start.unit, {OUT}}}]
""",
    "a wait": '- {step: it, title: 它, wait: {until: thing.at}}',
    "inside a stage": f"""
- step: it
  title: 它
  stage:
  - {{step: in_it, title: 里, if: thing.big, ask: role head of start.unit, {OUT}}}
""",
    "what a result sets": """
- step: it
  title: 它
  do: desk.note
  with: {words: =why}
  outcomes: {noted: {then: next, set: {note: =thing.name}}}
""",
}  # fmt: skip


@pytest.fixture
def oracle() -> Oracle:
    return Oracle()


@pytest.fixture
def town(db: Database, oracle: Oracle) -> Iterator[Town]:
    made = build(db, beside=[oracle.plugin()])
    yield made
    made.system.runner.release()


@pytest.fixture(params=STEPS)
def case(request: pytest.FixtureRequest, town: Town) -> Receipt:
    """A case that waits for the decision before each kind of step."""
    town.publish(PROCESS.replace("STEP", STEPS[request.param]))
    return cases.start(town.ctx, ANN, "p", {"thing": "1", "why": "想知道"}, unit="a")


def raises(kind: type[Exception]) -> Callable[[Any], None]:
    def fails(_db: Any) -> None:
        raise kind("手机 13800000000")

    return fails


def causes(town: Town) -> list[str]:
    return [one.cause.en for one in incidents.incidents(town.ctx, CAI)]


def broken(town: Town) -> list[str]:
    return [each.text.zh for each in verify(town.ctx).broken]


def test_a_failing_answer_makes_its_step_an_incident_that_goes_on_when_tried_again(
    town: Town, oracle: Oracle, case: Receipt
) -> None:
    oracle.fails = raises(ValueError)
    assert town.act(case, "ok", "yes", by="sun").status == "open"
    assert pages.case(town.ctx, CAI, case.number).subject == "杯子1"
    (failed,) = incidents.incidents(town.ctx, CAI)
    assert failed.tries == 1
    assert "ValueError" in failed.cause.en
    assert re.search(r"\(operations/test_plugins_silent.py:\d+\)", failed.cause.en)
    assert "13800000000" not in str(failed.cause)
    assert broken(town) == []
    cases.retry(town.ctx, CAI, failed.number, failed.n)
    (again,) = incidents.incidents(town.ctx, CAI)
    assert (again.tries, again.since) == (2, failed.since)
    oracle.fails = lambda _db: None
    cases.retry(town.ctx, CAI, again.number, again.n)
    assert causes(town) == []
    assert broken(town) == []


KEPT = """
process: kept
title: 借物
uses: [desk, oracle]
subject: [why]
fields:
  thing: {type: thing, title: 物}
  why: {type: text, title: 事由}
  label: {type: text, title: 名, value: =thing.name}
parties: {keeper: {title: 保管, unit: thing.where}}
start: {who: role staff, fill: [thing, why]}
steps:
- step: ok
  title: 审批
  ask: role head of start.unit
  outcomes:
    yes: {title: 行, then: next}
    word: {title: 改事由, then: stay, fill: [why]}
    other: {title: 换一件, then: stay, fill: [thing]}
ends: {done: {title: 办成}}
"""


@pytest.mark.parametrize("silent", ["away", "fails"])
def test_what_a_silent_plugin_said_stays_for_who_changes_nothing_of_it(
    town: Town, oracle: Oracle, silent: str
) -> None:
    town.publish(KEPT)
    case = cases.start(town.ctx, ANN, "kept", {"thing": "1", "why": "想知道"}, unit="a")
    left = town
    if silent == "away":
        system = replace(town.system, registry=Registry([desk.plugin()]), definitions={}, districts={})
        left = replace(town, ctx=context(system, town.ctx.id))
    else:
        oracle.fails = raises(ValueError)
    with pytest.raises(Unanswered):
        left.act(case, "ok", "other", by="sun", fill={"thing": "2"})
    assert left.act(case, "ok", "word", by="sun", fill={"why": "别的事"}).status == "open"
    assert left.act(case, "ok", "yes", by="sun").end == "done"
    view = pages.case(left.ctx, CAI, case.number)
    assert {one.name: one.words.zh for one in view.facts}["label"] == "杯子"
    oracle.fails = lambda _db: None
    assert broken(town) == []


def test_a_step_that_needs_the_answer_of_a_plugin_that_is_away_waits_for_it(town: Town, case: Receipt) -> None:
    system = replace(town.system, registry=Registry([desk.plugin()]), definitions={}, districts={})
    left = replace(town, ctx=context(system, town.ctx.id))
    assert left.act(case, "ok", "yes", by="sun").status == "open"
    assert causes(left) == ["plugin oracle is away"]
    assert resume(left.ctx) == 0
    assert resume(town.ctx) == 1
    assert (causes(town), broken(town)) == ([], [])


def test_what_the_database_says_is_no_answer_and_saves_nothing(town: Town, oracle: Oracle) -> None:
    town.publish(PROCESS.replace("STEP", STEPS["if of an attribute"]))
    case = cases.start(town.ctx, ANN, "p", {"thing": "1", "why": "想知道"}, unit="a")
    for fails in (is_locked, is_locked_and_hides_it):
        oracle.fails = fails
        with pytest.raises((Busy, LookupError)):
            town.act(case, "ok", "yes", by="sun")
        oracle.fails = lambda _db: None
        assert causes(town) == []
    assert town.act(case, "ok", "yes", by="sun").status == "open"


@pytest.mark.parametrize("spoils", ["asks_nonsense", "hides_it", "swallows_it_and_raises", "swallows_it"])
def test_a_statement_that_is_wrong_in_itself_is_the_plugin_s_silence_and_spoils_nothing_else(
    town: Town, oracle: Oracle, spoils: str
) -> None:
    town.publish(PROCESS.replace("STEP", STEPS["if of an attribute"]))
    case = cases.start(town.ctx, ANN, "p", {"thing": "1", "why": "想知道"}, unit="a")
    oracle.fails = globals()[spoils]
    assert town.act(case, "ok", "yes", by="sun").status == "open"
    assert len(causes(town)) == 1
    page = pages.case(town.ctx, CAI, case.number)
    assert (page.subject, page.status, broken(town)) == ("杯子1", "open", [])
    oracle.fails = lambda _db: None
    (failed,) = incidents.incidents(town.ctx, CAI)
    cases.retry(town.ctx, CAI, failed.number, failed.n)
    assert (causes(town), broken(town)) == ([], [])


def test_a_name_that_the_database_does_not_give_is_not_made_up_for_the_lists(town: Town, oracle: Oracle) -> None:
    town.publish(PROCESS.replace("STEP", ""))
    reads = iter([None])

    def at_the_subject(db: Any) -> None:
        if next(reads, "over") == "over":  # that the thing is there was asked; now it is its name
            is_locked(db)

    oracle.fails = at_the_subject
    with pytest.raises(Busy):
        cases.start(town.ctx, ANN, "p", {"thing": "1", "why": "想知道"}, unit="a")
    many = select(func.count()).select_from(cases_table)
    assert town.ctx.runner.run(lambda tx: tx.connection.execute(many).scalar(), write=False) == 0


def test_a_name_that_a_plugin_does_not_give_leaves_the_old_one_in_the_lists(town: Town, oracle: Oracle) -> None:
    town.publish(PROCESS.replace("STEP", "").replace("not: [start],", "not: [start], fill: [note],"))
    case = cases.start(town.ctx, ANN, "p", {"thing": "1", "why": "想知道"}, unit="a")
    oracle.fails = raises(KeyError)
    town.act(case, "ok", "yes", by="sun", fill={"note": "好"})
    assert pages.case(town.ctx, CAI, case.number).subject == "杯子1"


def test_what_somebody_chooses_of_a_silent_plugin_is_refused_with_its_name(town: Town, oracle: Oracle) -> None:
    town.publish(PROCESS.replace("STEP", ""))
    oracle.fails = raises(KeyError)
    with pytest.raises((Unanswered, Invalid)) as refused:
        cases.start(town.ctx, ANN, "p", {"thing": "1", "why": "想知道"}, unit="a")
    assert "oracle" in refused.value.text.zh


def asks_nonsense(db: Any) -> None:
    db.execute(text("SELECT no_such_function(1)"))


def hides_it(db: Any) -> None:
    try:
        asks_nonsense(db)
    except Exception as reason:
        raise LookupError("no_such_function") from reason


def is_locked(_db: Any) -> None:
    raise OperationalError("SELECT 1", {}, sqlite_module().OperationalError("database is locked"))


def is_locked_and_hides_it(db: Any) -> None:
    try:
        is_locked(db)
    except Exception:
        raise LookupError("nothing") from None


def swallows_it(db: Any) -> None:
    with suppress(Exception):
        asks_nonsense(db)


def swallows_it_and_raises(db: Any) -> None:
    try:
        asks_nonsense(db)
    except Exception:
        raise LookupError("no_such_function") from None
