"""The visitor can play every story of the demo to its good end: the personas are enough, the clock does the rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from engine.app import open_system
from engine.clock import DAY, HOUR, MINUTE, SetClock
from engine.definition.moments import to_datetime
from engine.operations import cases, reading, work
from engine.operations.context import Caller, Context, System
from engine.operations.demo.plan import Plan, Story
from engine.operations.districts import context
from engine.operations.naming import fill_from_words, person_named
from engine.operations.views import FormField, OutcomeView, TaskView
from engine.store import people, tables
from tests.checks import unchecked
from tests.integration.demo.living import NOW

#: What a visitor fills in where the first choice will not do: whom they dispatch to, since when they served.
FILL = {"haicheng": {"team": "东街志愿队"}, "guiding": {"team": "金南支队"}}
#: No story takes longer.
MOST_DAYS = 40


@pytest.fixture
def played(made: System, tmp_path: Path) -> Iterator[tuple[System, SetClock]]:
    """A copy of the demo with a clock of its own."""
    with made.database.connect() as connection:
        connection.execute(text("VACUUM INTO :file"), {"file": str(tmp_path / "played.db")})
    clock = SetClock(NOW)
    system = open_system(f"sqlite:///{tmp_path / 'played.db'}", clock=clock)
    yield system, clock
    system.runner.release()
    system.database.close()


def case_of(ctx: Context, story: Story) -> str:
    """The number of the case that a story began: of those that this person started, the nearest to its time of day."""
    person, _ = person_named(ctx, story.by)
    c = tables.cases.c
    mine = select(c.number, c.started_at).where(
        c.district_id == ctx.id, c.process == story.process, c.started_by == person
    )
    rows = ctx.runner.run(lambda tx: tx.connection.execute(mine.order_by(c.started_at)).all(), write=False)
    at = (story.at.hour * 60 + story.at.minute) * MINUTE
    assert rows, (story.district, story.process, story.by)
    return str(
        min(
            rows,
            key=lambda row: abs(
                to_datetime(row.started_at).hour * HOUR + to_datetime(row.started_at).minute * MINUTE - at
            ),
        ).number
    )


def personas(plan: Plan, ctx: Context) -> list[Caller]:
    return [Caller(person_named(ctx, one.person)[0]) for one in plan.personas if one.district == ctx.id]


def admins(ctx: Context) -> tuple[str, ...]:
    return ctx.runner.run(lambda tx: people.holders(tx, ctx.id, "district_admin", ctx.now), write=False)


def filled(field: FormField, view: TaskView, words: dict[str, Any]) -> Any:
    """What a visitor puts into a field: what stands there, what was said, or the first that is offered."""
    if field.name in words:
        return words[field.name]
    if field.value not in (None, "", []):
        return field.value
    if field.options:
        return [field.options[0][0]] if field.type == "choices" else field.options[0][0]
    samples = {"integer": (field.max and min(int(field.max), 5)) or 5, "decimal": "0.1", "text": "都好", "date": None}
    return samples.get(field.type)


def pressed(ctx: Context, clock: SetClock, caller: Caller, number: str) -> bool:
    """Whether this person can do something about the case, and does it: the main press, with its form filled in.

    An administrator lets a step that failed run again.
    """
    for holder in reading.case(ctx, None, number).holders:
        if holder.incident and caller.person in admins(ctx):
            cases.retry(ctx, caller, number, holder.n)
            return True
    for row in reading.inbox(ctx, caller, limit=500).rows:
        if row.number != number:
            continue
        if row.step == "deliver":
            work.pass_time(ctx, clock, clock.at + HOUR)  # somebody goes there and does it
        view = reading.task(ctx, caller, number, row.n)
        press = chosen(view)
        words = fill_from_words(ctx, view.case.process, FILL.get(ctx.id, {}) if press.name == "to_team" else {})
        fields = [field for field in (*view.fields, *press.fields) if field.required]
        fill = {field.name: filled(field, view, words) for field in fields}
        cases.act(ctx, caller, number, row.n, press.name, fill=fill, opinion="好")
        return True
    return False


def chosen(view: TaskView) -> OutcomeView:
    return next(press for press in view.outcomes if press.main)


def round_of(ctx: Context, clock: SetClock, plan: Plan, numbers: list[str]) -> None:
    """Let the personas do all that they can about these cases now."""
    while any(pressed(ctx, clock, caller, number) for caller in personas(plan, ctx) for number in numbers):
        pass


def ended(ctx: Context, number: str) -> str:
    """How the case ended, or with which steps it is."""
    view = reading.case(ctx, None, number)
    return view.end or f"open: {[holder.step for holder in view.holders]}"


def test_every_story_is_played_to_its_good_end(played: tuple[System, SetClock], plan: Plan) -> None:
    system, clock = played
    told: dict[str, list[str]] = {}
    for story in plan.stories:
        told.setdefault(story.district, []).append(case_of(context(system, story.district), story))
    contexts = [context(system, district) for district in told]
    for _ in range(MOST_DAYS * 4):
        for ctx in contexts:
            round_of(ctx, clock, plan, told[ctx.id])
            assert [line for number in told[ctx.id] for line in unchecked(ctx, number)] == []
        for ctx in contexts:
            work.pass_time(ctx, clock, clock.at + DAY // 4 // len(contexts))
    ends = {number: ended(ctx, number) for ctx in contexts for number in told[ctx.id]}
    assert {number: end for number, end in ends.items() if end != "done"} == {}
    assert {story.process for story in plan.stories} == {process.process for process in plan.processes}
