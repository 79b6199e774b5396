"""Publishing and adopting: who may, what the district's own journals keep, and that doing it again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest
from sqlalchemy import select, update

from engine.definition.load import load_text
from engine.errors import Forbidden, Invalid
from engine.extend import ActionContext, Text, Undone, action, both, undo
from engine.extend.registry import Plugin, Registry
from engine.operations import cases
from engine.operations.background.inner import run_jobs
from engine.operations.background.returning import resume
from engine.operations.content.publish import publish
from engine.operations.context import Caller
from engine.operations.districts import context
from engine.operations.verifying.verify import verify
from engine.store import journal
from engine.store.databases.database import Database
from engine.store.journal import Entry
from engine.store.schema.tables import definition
from engine.store.schema.tables import journal as journal_table
from tests import desk
from tests.town import W1, Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin


def changed(town: Town) -> str:
    return W1.replace("2 workdays", "3 workdays")


def entries(town: Town, stream: str) -> tuple[Entry, ...]:
    return town.ctx.runner.run(lambda tx: journal.read(tx, town.ctx.id, stream), write=False)


def test_publishing_is_written_down_once_and_again_changes_nothing(town: Town) -> None:
    before = len(entries(town, "definition"))
    process = town.publish(changed(town))
    town.publish(changed(town))
    after = entries(town, "definition")
    assert len(after) == before + 1
    assert process.hash in after[-1].body
    assert after[-1].actor == "cai"
    assert verify(town.ctx).broken == ()


def test_only_an_administrator_publishes(town: Town) -> None:
    process = load_text(changed(town), town.ctx.catalogue)
    with pytest.raises(Forbidden):
        publish(town.ctx, Caller("ann"), process)
    assert publish(town.ctx, Caller("cai"), process)


def test_running_cases_stay_on_their_version(town: Town) -> None:
    old = town.start(key="a")
    town.publish(changed(town))
    assert town.act(old, "ok", "agree", "sun").end == "done"
    d = definition.c
    statement = select(d.current).where(d.district_id == town.ctx.id, d.process == "w1")
    current = town.ctx.runner.run(lambda tx: tx.connection.execute(statement).scalars().all(), write=False)
    assert sorted(current) == [0, 1]


def test_a_case_goes_on_by_what_was_published_before_the_parser_became_stricter(
    town: Town, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("stricter")
    with pytest.raises(Invalid):
        town.publish(W1)
    town.ctx = context(replace(town.system, definitions={}), town.ctx.id)
    case = town.start()
    assert town.act(case, "ok", "agree", "sun").end == "done"
    assert verify(town.ctx).broken == ()


def test_a_changed_line_of_the_districts_own_journal_is_found(town: Town) -> None:
    j = journal_table.c
    statement = update(journal_table).where(j.district_id == town.ctx.id, j.stream == "definition", j.seq == 1)
    town.ctx.runner.run(lambda tx: tx.connection.execute(statement.values(command="adopt")).rowcount)
    assert [broken.promise for broken in verify(town.ctx).broken] == ["chain"]


# -- what is kept of the plugins ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Nothing:
    """It wants nothing."""


@dataclass(frozen=True, slots=True)
class Booked:
    """It was booked."""

    title: ClassVar[Text] = both("booked")


def hall(undoing: str, undone: list[str]) -> Plugin:
    """A plugin whose one action is undone by *undoing*, which tells *undone* that it ran."""

    @undo(f"hall.{undoing}")
    def back(ctx: ActionContext, receipt: Mapping[str, Any]) -> Undone:
        undone.append(undoing)
        return "undone"

    @action("hall.book", title=both("book"), undo=f"hall.{undoing}")
    def book(ctx: ActionContext, given: Nothing) -> Booked:
        return Booked()

    return plugin("hall", register_actions=giving(book, back))


BOOKING = """
process: booking
title: 订厅
uses: [hall]
fields: {why: {type: text, title: 事由}}
start: {who: role staff, fill: [why]}
steps:
- {step: book, title: 订厅, do: hall.book}
- step: ok
  title: 审批
  ask: role head of start.unit
  outcomes: {agree: {title: 同意, then: next}}
ends: {done: {title: 办成}, cancelled: {title: 取消, undo: all}}
"""


def test_what_a_plugin_renamed_is_undone_by_its_new_name_once_published_again(db: Database) -> None:
    undone: list[str] = []
    town = build(db, beside=[hall("old", undone)])

    def beside(*plugins: Plugin) -> Town:
        registry = Registry([desk.plugin(), *plugins])
        return replace(town, ctx=context(replace(town.system, registry=registry, definitions={}, districts={}), town.ctx.id))

    town.publish(BOOKING)
    newer = beside(hall("new", undone))
    written = len(entries(town, "definition"))
    process = load_text(BOOKING, newer.ctx.catalogue, "town.yaml")
    cai = Caller("cai")
    assert [publish(newer.ctx, cai, process) for _ in range(2)] == [True, False]
    assert len(entries(town, "definition")) == written + 1
    case = cases.start(newer.ctx, Caller("ann"), "booking", {"why": "x"}, unit="a")
    cases.cancel(beside().ctx, cai, case.number, "x")
    resume(newer.ctx)
    run_jobs(newer.ctx)
    assert undone == ["new"]
    assert verify(newer.ctx).broken == ()
    town.system.runner.release()
