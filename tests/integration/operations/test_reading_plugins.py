"""What a plugin is only asked, it reads: a write is refused at the statement, in whatever transaction it is asked."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest
from sqlalchemy import insert, select, text

from engine.errors import Unanswered
from engine.extend import (
    ActionContext,
    FieldType,
    Invariant,
    Job,
    Page,
    Problem,
    Reaction,
    Resolver,
    ResolverSpec,
    Sender,
    StepContext,
    Text,
    TypeSpec,
    Veto,
    action,
    both,
)
from engine.extend.calls.faults import HookFailed
from engine.operations import cases, incidents
from engine.operations.background.inner import run_jobs
from engine.operations.background.outbound import send_jobs
from engine.operations.closings import doubts
from engine.operations.context import Caller
from engine.operations.reading import plugin_parts
from engine.operations.verifying.verify import verify
from engine.store.databases.database import Database
from engine.store.schema import tables
from tests import desk
from tests.integration.operations.looking import broken, rows, watching
from tests.integration.operations.test_senders import Horse
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin

ANN, CAI = Caller("ann"), Caller("cai")
#: Who did it and where, and what.
REFUSED = r"plugin 'reader' \(operations/test_reading_plugins.py:\d+\): (\w+ failed: )?a statement on ctx.db writes, where it may"
own = desk.plugin_table("reader", "thing", desk.Column("name", desk.Words), key=["name"])
PROCESS = """
process: asked
title: 问一问
uses: [desk, reader]
subject: [why]
fields: {why: {type: text, title: 事由}, thing: {type: book, title: 书, optional: 是}}
start: {who: role staff, fill: [why, thing]}
steps:
- {step: ok, title: 审批, ask: role head of start.unit, outcomes: {agree: {title: 同意, then: next}}}
- STEP
ends: {done: {title: 办成}}
"""


@dataclass(frozen=True)
class Nothing:
    """Nothing is given."""


@dataclass(frozen=True)
class Done:
    title: ClassVar[Text] = both("done")


@dataclass(frozen=True)
class NoneLeft:
    title: ClassVar[Text] = both("none left")
    refusing: ClassVar[bool] = True


def writes(ctx: Any, *_: Any) -> Any:
    ctx.db.execute(insert(own), {"district_id": ctx.district, "name": "written"})


def hooks(**more: Any) -> dict[str, Any]:
    books = FieldType(TypeSpec("book", both("书")), lambda ctx, ids: [], lambda ctx, words, limit: [])
    return {"register_tables": giving(own), "register_types": giving(books)} | more


@pytest.fixture
def town_with(db: Database) -> Iterator[Callable[..., Town]]:
    """The town with a plugin beside."""
    made: list[Town] = []
    own.metadata.create_all(db.engine)

    def make(mode: Any = "example", **more: Any) -> Town:
        made.append(build(db, beside=[plugin("reader", tables=("reader_thing",), **hooks(**more))], mode=mode))
        return made[0]

    yield make
    made[0].system.runner.release()
    own.metadata.drop_all(db.engine)


@pytest.mark.parametrize("hook", ["check_start", "check_act"])
def test_a_check_that_writes_is_refused(town_with: Callable[..., Town], hook: str, caplog: pytest.LogCaptureFixture) -> None:
    town = town_with(**{hook: lambda ctx: writes(ctx)})
    with caplog.at_level(logging.CRITICAL), pytest.raises(HookFailed, match=REFUSED):
        town.act(town.start(), "ok", "agree", by="sun")
    assert rows(town, own) == []


def test_a_resolver_that_writes_is_refused(town_with: Callable[..., Town], caplog: pytest.LogCaptureFixture) -> None:
    town = town_with(register_resolvers=giving(Resolver(ResolverSpec("reader.who", (), both("谁")), writes)))
    step = '{step: it, title: 它, ask: "reader.who()", outcomes: {yes: {title: 行, then: next}}}'
    town.publish(PROCESS.replace("STEP", step))
    case = cases.start(town.ctx, ANN, "asked", {"why": "想知道"}, unit="a")
    with caplog.at_level(logging.CRITICAL):
        town.act(case, "ok", "agree", by="sun")
    (failed,) = incidents.incidents(town.ctx, CAI)
    assert re.match(REFUSED, failed.cause.en), failed.cause.en
    assert rows(town, own) == []


def test_a_page_and_an_invariant_that_write_are_refused(
    town_with: Callable[..., Town], caplog: pytest.LogCaptureFixture
) -> None:
    town = town_with(
        register_pages=giving(Page("/reader", both("reader"), writes)),
        register_invariants=giving(Invariant("reader.rows", both("rows"), writes)),
    )
    with caplog.at_level(logging.ERROR), pytest.raises(Unanswered) as silent:
        plugin_parts.page(town.ctx, ANN, 0, {}, {}, "")
    assert re.match(REFUSED, str(silent.value.__cause__))
    assert [each.promise for each in verify(town.ctx).broken] == ["reader.rows"]
    assert rows(town, own) == []


def test_a_prepare_that_writes_is_refused_in_the_same_words(
    town_with: Callable[..., Town], caplog: pytest.LogCaptureFixture
) -> None:
    way = Sender("reader.way", both("way"), writes, "tests.integration.worker.misbehaving:echo")
    begun = Reaction("reader.begun", "started", lambda ctx, body: ctx.emit(Job("reader.way", {})))
    town = town_with("live", register_senders=giving(way), register_reactions=giving(begun))
    town.start("hold")
    assert run_jobs(town.ctx) == 1
    with caplog.at_level(logging.CRITICAL):
        send_jobs(town.ctx, Horse())
    (failed,) = incidents.incidents(town.ctx, CAI)
    assert re.match(f"prepare: {REFUSED}", failed.cause.en), failed.cause.en
    assert rows(town, own) == []


def refuses(_ctx: ActionContext) -> NoneLeft:
    return NoneLeft()


def vetoes(_ctx: ActionContext) -> NoneLeft:
    raise Veto((Problem("no", both("没有了")),))


@pytest.mark.parametrize("after", [refuses, vetoes])
def test_an_action_that_refuses_after_a_statement_that_failed_is_an_incident(
    town_with: Callable[..., Town], after: Callable[[ActionContext], Any], caplog: pytest.LogCaptureFixture
) -> None:
    @action("reader.act", title=both("act"))
    def act(ctx: ActionContext, given: Nothing) -> Done | NoneLeft:
        try:
            ctx.db.execute(text("SELECT nope"))
        except Exception:
            return NoneLeft() if after is refuses else vetoes(ctx)
        return Done()

    town = town_with(register_actions=giving(act))
    town.publish(PROCESS.replace("STEP", "{step: it, do: reader.act, outcomes: {done: next, none_left: next}}"))
    case = cases.start(town.ctx, ANN, "asked", {"why": "想知道"}, unit="a")
    with caplog.at_level(logging.CRITICAL):
        assert town.act(case, "ok", "agree", by="sun").end == ""
    (failed,) = incidents.incidents(town.ctx, CAI)
    assert re.match(r"plugin 'reader' \(operations/test_reading_plugins.py:\d+\): a statement failed", failed.cause.en)
    assert "that was swallowed" in failed.cause.en


def swallows(ctx: Any) -> None:
    with suppress(Exception):
        writes(ctx)


@pytest.mark.parametrize("trespass", [writes, swallows, lambda ctx: ctx.lock(own, ["x"]), lambda ctx: ctx.emit(Job("reader.x", {}))])
def test_an_action_that_says_it_reads_and_writes_is_an_incident_and_has_written_nothing(
    town_with: Callable[..., Town], trespass: Callable[[Any], None]
) -> None:
    @action("reader.act", title=both("act"), reads=True)
    def act(ctx: StepContext, given: Nothing) -> Done:
        trespass(ctx)
        return Done()

    town = town_with(register_actions=giving(act))
    town.publish(PROCESS.replace("STEP", "{step: it, do: reader.act}"))
    case = cases.start(town.ctx, ANN, "asked", {"why": "想知道"}, unit="a")
    assert town.act(case, "ok", "agree", by="sun").end == ""
    (failed,) = incidents.incidents(town.ctx, CAI)
    assert "test_reading_plugins.py" in failed.cause.en
    if trespass is writes:
        assert re.match(REFUSED, failed.cause.en)
    assert rows(town, own) == [] and not [job for job in rows(town, tables.job) if job["kind"] == "reader.x"]


@pytest.mark.parametrize(("reads", "savepoints"), [(True, 0), (False, 1)])
def test_a_refusal_by_what_only_reads_has_nothing_to_take_back(
    town_with: Callable[..., Town], reads: bool, savepoints: int
) -> None:
    """The command is not run a second time, with a savepoint round the action, as it is where it may have written."""
    ran = []

    @action("reader.act", title=both("act"), reads=reads)
    def act(ctx: StepContext, given: Nothing) -> Done | NoneLeft:
        ran.append(ctx.case.step)
        ctx.db.execute(select(own).where(own.c.district_id == ctx.district))
        return NoneLeft()

    town = town_with(register_actions=giving(act))
    town.publish(PROCESS.replace("STEP", "{step: it, do: reader.act, outcomes: {done: next, none_left: next}}"))
    case = cases.start(town.ctx, ANN, "asked", {"why": "想知道"}, unit="a")
    with watching(town) as watch:
        assert town.act(case, "ok", "agree", by="sun").end == "done"
    assert (watch.savepoints, len(ran)) == (savepoints, 1 + savepoints)
    assert broken(town) == []


def test_a_page_for_a_role_that_the_district_has_not_is_told_beside_what_is_closed(town_with: Callable[..., Town]) -> None:
    page = Page("/reader", both("reader"), writes, role="nosuch")
    town = town_with(register_pages=giving(page))
    assert doubts(town.ctx) == ()  # it declares no roles, so any name is one
    declared = replace(town.ctx, district=replace(town.ctx.district, roles={"head": both("head")}))
    (said,) = doubts(declared)
    assert re.fullmatch(r"plugin 'reader' \(operations/test_reading_plugins.py:\d+\): /reader is for role 'nosuch', .*", said.en)
