"""Words that people typed never stand in the journal, whichever way they come there, and erasing finds all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from engine.clock import HOUR
from engine.extend import (
    ActionContext,
    FieldType,
    Parameter,
    ReadContext,
    Record,
    Resolver,
    ResolverSpec,
    Sentence,
    Text,
    TypeSpec,
    ValueType,
    action,
    both,
)
from engine.operations import cases
from engine.operations.clockwork import pass_time
from engine.operations.context import Caller
from engine.operations.erasing import erase
from engine.operations.reading import pages
from engine.operations.reading.history import turns
from engine.operations.reading.views import Receipt
from engine.store.databases.database import Database
from engine.store.schema import tables
from engine.store.text import load
from tests.integration.operations.looking import broken, case_of, everything, history, rows
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin

WHY, PHONE, LATER = "家里断粮三天", "13955556666", "还差两袋米"
PROCESS = """
process: need
title: 求助
uses: [echo]
fields:
  why:   {type: text, title: 事由, sensitive: 是}
  nest:  {type: nest, title: 去处}
  heard: {type: text, title: 听到的, optional: 是, sensitive: 是}
start: {who: role staff, fill: [why, nest]}
steps:
- {step: loud, do: echo.say, with: {words: =why}}
- step: ok
  title: 审批
  ask: echo.who(why)
  outcomes:
    agree: {title: 同意, then: next}
    again: {title: 退回, opinion: must, then: back start, again: changed, at_most: 1}
- step: more
  title: 再问
  ask: [{if: nest.phone = '1', who: role staff of start.unit}, {else: true, who: echo.who(why)}]
  outcomes: {fine: {title: 好, set: {heard: =loud.words}, then: next}}
- {step: loud_again, do: echo.say, with: {words: "=coalesce(heard, '')"}}
ends: {done: {title: 办成}}
"""


OPINION = "他家老人住院了"
OF_AN_OPINION = """
process: quoted
title: 照录
uses: [echo]
fields: {said: {type: text, title: 转述, optional: 是}}
start: {who: role staff, fill: []}
steps:
- step: ok
  title: 审批
  ask: role head of start.unit
  outcomes: {agree: {title: 同意, opinion: must, then: next}}
- {step: repeat, do: echo.say, with: {words: =ok.opinion}}
- step: more
  title: 再问
  ask: echo.who(ok.opinion)
  outcomes: {fine: {title: 好, then: next}}
- {step: repeat_again, do: echo.say, with: {words: =repeat.words}}
ends: {done: {title: 办成}}
"""


@dataclass(frozen=True, slots=True)
class SayIn:
    """What to repeat."""

    words: str


@dataclass(frozen=True, slots=True)
class Said:
    """It, with a few words before it."""

    title: ClassVar[Text] = both("said")
    words: str


@action("echo.say", title=both("回声"))
def say(ctx: ActionContext, i: SayIn) -> Said:
    return Said(f"听见：{i.words}")


def _who(ctx: ReadContext, given: Mapping[str, Any]) -> Sequence[str]:
    return ["role:head@s"]


def _nests(ctx: ReadContext, ids: Sequence[str]) -> Sequence[Record]:
    return [Record(one, "鸟巢", {"phone": PHONE}) for one in ids]


WHO = Resolver(ResolverSpec("echo.who", (Parameter("words", ValueType("text")),), both("谁")), _who)
NEST = FieldType(TypeSpec("nest", both("鸟巢"), (("phone", ValueType("phone")),)), _nests, lambda ctx, q, n: [])


@pytest.fixture
def town(db: Database) -> Iterator[Town]:
    echo = plugin(
        "echo", register_actions=giving(say), register_resolvers=giving(WHO), register_types=giving(NEST),
        register_sentences=giving(Sentence("echo.say", "said", Text("回声说{words}", "echoed {words}"))),
    )  # fmt: skip
    made = build(db, beside=[echo])
    made.publish(PROCESS)
    made.publish(OF_AN_OPINION)
    yield made
    made.system.runner.release()


def _case(town: Town) -> Receipt:
    return cases.start(town.ctx, Caller("ann"), "need", {"why": WHY, "nest": "n"}, unit="a")


def _ended(town: Town) -> Receipt:
    """A case that was returned with another form, decided, and decided again."""
    case = _case(town)
    town.act(case, "ok", "again", "sun", opinion="写清楚")
    town.act(case, "start", "submit", "ann", fill={"why": LATER, "nest": "n"})
    town.act(case, "ok", "agree", "sun")
    town.act(case, "more", "fine", "sun")
    pass_time(town.ctx, town.clock, town.clock.at + HOUR)
    return case


def _found(said: object) -> list[str]:
    return [word for word in (WHY, PHONE, LATER) if word in str(said)]


def test_what_a_question_is_asked_with_or_answered_is_not_in_the_journal(town: Town) -> None:
    case = _ended(town)
    assert case_of(town, case).status == "ended"
    assert _found(history(town, case)) == []
    assert set(_found(rows(town, tables.case_data))) == {WHY, PHONE, LATER}, "it is beside the form"
    assert broken(town) == []


def test_the_history_still_says_what_was_asked_and_what_an_action_repeated(town: Town) -> None:
    case = _ended(town)
    lived = town.ctx.runner.run(lambda tx: turns(tx, "town", case.case), write=False)
    asked = [part for turn in lived for part in turn.body["read"]]
    assert ["resolve", 1, "echo.who", ["words", WHY], ["role:head@s"]] in asked
    assert ["record", 0, "nest", "n", {"phone": PHONE}] in asked
    assert {run["out"]["words"] for turn in lived for run in turn.body.get("runs", ())} >= {f"听见：{LATER}"}
    kept = " ".join(line.sentence.zh for line in pages.case(town.ctx, Caller("ann"), case.number).timeline)
    assert "回声说" in kept
    assert _found(kept) == [], "masked in the words of a plugin too"


def test_a_decision_is_taken_back_over_rows_whose_words_lie_beside(town: Town) -> None:
    case = _case(town)
    done = town.act(case, "ok", "agree", "sun")
    cases.take_back(town.ctx, Caller("sun"), case.number, cases.last_decision(town.ctx, Caller("sun"), case.number))
    assert done.version + 1 == case_of(town, case).version
    assert case_of(town, case).state["out"]["loud"]["words"] == f"听见：{WHY}"
    assert broken(town) == []


def test_erasing_leaves_none_of_it_in_any_column_of_any_table(town: Town) -> None:
    case = _ended(town)
    before = history(town, case)
    assert erase(town.ctx, Caller("cai"), case.number, "本人申请")
    assert _found(everything(town)) == []
    assert history(town, case) == before
    assert broken(town) == []
    assert pages.case(town.ctx, Caller("ann"), case.number).timeline


def test_words_beside_the_form_that_were_changed_are_found(town: Town) -> None:
    _ended(town)
    told = next(row for row in rows(town, tables.case_data) if row["told"])
    changed = dict.fromkeys(load(told["told"]), "别的话")
    d = tables.case_data.c
    update = tables.case_data.update().where(d.case_id == told["case_id"], d.seq == told["seq"])
    for value in (str(changed).replace("'", '"'), None):
        town.ctx.runner.run(lambda tx, value=value: tx.connection.execute(update.values(told=value)).rowcount)
        assert {line.split()[0] for line in broken(town)} == {"form"}


def test_a_row_of_its_own_is_written_only_where_something_lies_beside(town: Town) -> None:
    case = _case(town)
    town.act(case, "ok", "agree", "sun")
    assert len(rows(town, tables.case_data)) == 2, "the next step asked with words"
    other = town.start("w1")
    town.act(other, "ok", "agree", "sun")
    assert len([row for row in rows(town, tables.case_data) if row["case_id"] == other.case]) == 1


def test_an_opinion_that_an_action_repeats_lies_beside_and_is_erased(town: Town) -> None:
    case = cases.start(town.ctx, Caller("ann"), "quoted", {}, unit="a")
    town.act(case, "ok", "agree", "sun", opinion=OPINION)
    town.act(case, "more", "fine", "sun")
    pass_time(town.ctx, town.clock, town.clock.at + HOUR)
    assert case_of(town, case).status == "ended"
    assert OPINION not in str(history(town, case))
    lived = town.ctx.runner.run(lambda tx: turns(tx, "town", case.case), write=False)
    repeated = [run["out"]["words"] for turn in lived for run in turn.body.get("runs", ())]
    assert repeated == [f"听见：{OPINION}", f"听见：听见：{OPINION}"]
    assert erase(town.ctx, Caller("cai"), case.number, "本人申请")
    assert OPINION not in str(everything(town))
    assert broken(town) == []
