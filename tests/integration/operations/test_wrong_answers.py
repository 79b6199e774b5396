"""What a plugin answers amiss is told where it arises, with the plugin, its file and its line, and nothing is made up."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from engine.errors import Problem, Vetoed
from engine.extend import Message, ReadContext, both
from engine.extend.calls.faults import HookFailed
from engine.operations import cases, incidents
from engine.operations.context import Caller
from engine.operations.reading.views import Receipt
from engine.store.databases.database import Database
from tests.integration.operations.test_fence import RUDELY, own, rude
from tests.integration.operations.test_plugins_silent import OUT, PROCESS, STEPS
from tests.oracle import Oracle
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import plugin

CAI, ANN = Caller("cai"), Caller("ann")
#: A place in this file, with the plugin's name before it.
PLACE = r"plugin '{}' \(operations/test_wrong_answers.py:\d+\)"
#: What no resolver may answer, and what is said of it.
NOBODY: dict[str, tuple[object, str]] = {
    "nothing": (None, "answered None, not a list of str"),
    "a text": ("role:head@s", "answered str, not a list of str"),
    "a mapping": ({"role:head@s": 1}, "answered dict, not a list of str"),
    "what is no text": ([7], "answered int in a list, not str"),
    "a word": (["everybody"], "nobody is asked by this audience"),
    "a role of nowhere": (["role:head@"], "nobody is asked by this audience"),
    "a role that nobody has": (["role:nosuch@s"], "no role 'nosuch'"),
    "a unit that is not there": (["role:head@nounit"], "no such unit"),
    "anybody of such a unit": (["any@nounit"], "no such unit"),
    "a person who is not there": (["user:nobody_at_all"], "no such person"),
    "one of several": (["user:sun", "user:nobody_at_all"], "no such person"),
}  # fmt: skip


class Wrong(Oracle):
    """An oracle that answers what it is told to, of whatever kind."""

    answer: object = None
    records: object = None

    def resolve(self, ctx: ReadContext, given: Any) -> Any:
        return self.answer

    def read(self, ctx: ReadContext, ids: Any) -> Any:
        self.fails(ctx.db)
        return super().read(ctx, ids) if self.records is None else self.records


@pytest.fixture
def oracle() -> Wrong:
    return Wrong()


@pytest.fixture
def town(db: Database, oracle: Wrong) -> Iterator[Town]:
    made = build(db, beside=[oracle.plugin()])
    declare(made, "head", "staff")
    yield made
    made.system.runner.release()


def declare(town: Town, *roles: str) -> None:
    """Let the district have these roles, and no other."""
    town.ctx = replace(town.ctx, district=replace(town.ctx.district, roles={role: both(role) for role in roles}))


def decided(town: Town, step: str) -> Receipt:
    """A case whose first decision is made, so that *step* is entered."""
    town.publish(PROCESS.replace("STEP", step))
    case = cases.start(town.ctx, ANN, "p", {"thing": "1", "why": "想知道"}, unit="a")
    return town.act(case, "ok", "yes", by="sun")


@pytest.mark.parametrize(("answer", "says"), NOBODY.values(), ids=NOBODY)
def test_whom_nobody_can_ask_is_an_incident_that_names_the_resolver(
    town: Town, oracle: Wrong, answer: object, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    oracle.answer = answer
    with caplog.at_level(logging.CRITICAL):
        assert decided(town, STEPS["whom a resolver names"]).status == "open"
    (failed,) = incidents.incidents(town.ctx, CAI)
    assert re.match(PLACE.format("oracle"), failed.cause.en), failed.cause.en
    assert says in failed.cause.en
    oracle.answer = ["role:head@s", "any@", "user:sun"]
    cases.retry(town.ctx, CAI, failed.number, failed.n)
    assert incidents.incidents(town.ctx, CAI) == ()


@pytest.mark.parametrize(
    ("answer", "says"), [({"id": "1"}, "dict"), (["1"], "str in a list"), (7, "int")], ids=["a dict", "ids", "a number"]
)
def test_a_type_that_reads_no_records_is_an_incident_that_names_it(
    town: Town, oracle: Wrong, answer: object, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    town.publish(PROCESS.replace("STEP", f"- {{step: it, title: 它, if: thing.big, ask: role head of start.unit, {OUT}}}"))
    case = cases.start(town.ctx, ANN, "p", {"thing": "1", "why": "想知道"}, unit="a")
    oracle.records = answer
    with caplog.at_level(logging.CRITICAL):
        town.act(case, "ok", "yes", by="sun")
    (failed,) = incidents.incidents(town.ctx, CAI)
    assert re.match(PLACE.format("oracle") + ": FieldType.read answered " + says, failed.cause.en), failed.cause.en


def exits(_ctx: Any) -> Any:
    sys.exit(3)


def swallows(ctx: Any) -> Any:
    try:
        ctx.db.execute(text("SELECT nope"))
    except Exception:
        return []


def swallows_and_answers_nothing(ctx: Any) -> Any:
    swallows(ctx)


#: Checks that go wrong, and what is said of each.
CHECKS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "a text": (lambda ctx: "no", "answered str, not a list of Problem"),
    "texts": (lambda ctx: ["no"], "answered str in a list, not Problem"),
    "one problem": (lambda ctx: Problem("no", both("no")), "answered Problem, not a list of Problem"),
    "a mapping": (lambda ctx: {"no": "no"}, "answered dict, not a list of Problem"),
    "nothing": (lambda ctx: None, "answered None, not a list of Problem"),
    "words in one language": (lambda ctx: [Problem("no", "no")], "answered str as Problem.message, not Text"),
    "an exit": (lambda ctx: exits(ctx), "tried to end the program"),
    "an error": (lambda ctx: 1 / 0, "ZeroDivisionError"),
    "a swallowed error": (lambda ctx: swallows(ctx), "that was swallowed"),
    "a swallowed error and no answer": (lambda ctx: swallows_and_answers_nothing(ctx), "that was swallowed"),
}  # fmt: skip


@pytest.mark.parametrize("hook", ["check_start", "check_act"])
@pytest.mark.parametrize(("check", "says"), CHECKS.values(), ids=CHECKS)
def test_a_check_that_goes_wrong_is_named_and_nothing_is_saved(
    db: Database, hook: str, check: Callable[[Any], Any], says: str, caplog: pytest.LogCaptureFixture
) -> None:
    calm: dict[str, Any] = {hook: lambda ctx: check(ctx) if hook == "check_start" or ctx.outcome else []}
    town = build(db, beside=[plugin("odd", **calm)])
    with caplog.at_level(logging.CRITICAL), pytest.raises(HookFailed) as refused:
        town.act(town.start(), "ok", "agree", by="sun")
    said = refused.value.text
    assert re.match(PLACE.format("odd") + f": {hook} failed: ", said.en), said.en
    assert says in said.en
    assert re.match(r"插件“odd”（operations/test_wrong_answers.py:\d+）：核对时出错（.+），这一步没有保存", said.zh)
    town.system.runner.release()


def test_a_check_that_has_something_against_it_is_a_veto(db: Database) -> None:
    town = build(db, beside=[plugin("odd", check_start=lambda ctx: (Problem("no", both("不行")),))])
    with pytest.raises(Vetoed, match="不行"):
        town.start()
    town.system.runner.release()


@pytest.mark.parametrize(
    ("to", "says"),
    [("user:nobody_at_all", "no such person"), ("role:head@nounit", "no such unit"), ("role:nosuch@s", "'nosuch'")],
)
def test_a_message_to_who_is_not_there_is_an_incident_at_the_line_that_hands_it_over(
    to: str, says: str, db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    own.metadata.create_all(db.engine)
    town = build(db, beside=[rude(lambda ctx: ctx.emit(Message(to, both("x"))))])
    declare(town, "head", "staff")
    town.publish(RUDELY)
    case = cases.start(town.ctx, ANN, "rudely", {"seat": "7"}, unit="a")
    with caplog.at_level(logging.CRITICAL):
        town.act(case, "ok", "agree", by="sun")
    (failed,) = incidents.incidents(town.ctx, CAI)
    assert says in failed.cause.en
    assert re.search(r"\(operations/test_wrong_answers.py:\d+\)", failed.cause.en)
    town.system.runner.release()
