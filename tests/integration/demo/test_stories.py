"""The visitor can play every story of the demo to its good end: the personas are enough, the clock does the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from engine.app import open_system
from engine.clock import DAY, HOUR, SetClock
from engine.definition.values.inputs import parse_input
from engine.definition.values.kinds.table import kind_of
from engine.definition.values.moments import read_datetime, to_micros
from engine.demo.plan import Plan, StepPlan, Story
from engine.operations import cases, clockwork, incidents
from engine.operations.content.publish import current
from engine.operations.context import Caller, Context, System
from engine.operations.districts import context
from engine.operations.naming import person_named
from engine.operations.reading import pages
from engine.operations.reading.views import FormField, OutcomeView, TaskView
from engine.operations.spoken import spoken
from engine.operations.verbs import VERBS
from engine.store import cases as store
from engine.store import people
from engine.store.schema import tables
from engine.store.transactions.runner import Tx
from tests.bounded import until_nothing
from tests.checks import unchecked
from tests.integration.demo.living import NOW, lived

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
    """The number of the case that a story began: of those that this person started the last with all that it tells."""
    (person, _), c = person_named(ctx, story.by), tables.cases.c
    texts = {name: words for name, words in story.fill.items() if isinstance(words, str)}
    filled = spoken(ctx, VERBS["start"], {"process": story.process, "fill": texts}).get("fill", {})
    mine = select(c.number).where(c.district_id == ctx.id, c.process == story.process, c.started_by == person)

    def read(tx: Tx) -> list[str]:
        numbers = tx.connection.execute(mine.order_by(c.started_at)).scalars()
        found = [store.load_case(tx, ctx.id, number=number) for number in numbers]
        fields = current(ctx, tx, story.process).process.named
        kinds = {name: fields[name].type for name in filled}
        told = {
            name: words if kind_of(kinds[name]).points else parse_input(kinds[name], words) for name, words in filled.items()
        }.items()
        return [case.number for case in found if case is not None and told <= case.data.items()]

    numbers = ctx.runner.run(read, write=False)
    assert numbers, (story.district, story.process, story.by, texts)
    return numbers[-1]


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
    for holder in pages.case(ctx, None, number).holders:
        if holder.incident and caller.person in admins(ctx):
            cases.retry(ctx, caller, number, holder.n)
            return True
    for row in pages.inbox(ctx, caller, limit=500).rows:
        if row.number != number:
            continue
        if row.step == "deliver":
            clockwork.pass_time(ctx, clock, clock.at + HOUR)  # somebody goes there and does it
        view = pages.task(ctx, caller, number, row.n)
        press = chosen(view)
        said = FILL.get(ctx.id, {}) if press.name == "to_team" else {}
        words = spoken(ctx, VERBS["act"], {"fill": said}, number).get("fill", {})
        fields = [field for field in (*view.fields, *press.fields) if field.required]
        fill = {field.name: filled(field, view, words) for field in fields}
        cases.act(ctx, caller, number, row.n, press.name, fill=fill, opinion="好")
        return True
    return False


def chosen(view: TaskView) -> OutcomeView:
    return next(press for press in view.outcomes if press.main)


def round_of(ctx: Context, clock: SetClock, plan: Plan, numbers: list[str]) -> None:
    """Let the personas do all that they can about these cases now."""
    until_nothing(
        lambda: any(pressed(ctx, clock, caller, number) for caller in personas(plan, ctx) for number in numbers),
        "what the personas can do", most=500,
    )  # fmt: skip


def ended(ctx: Context, number: str) -> str:
    """How the case ended, or with which steps it is."""
    view = pages.case(ctx, None, number)
    return view.end or f"open: {[holder.step for holder in view.holders]}"


def in_hand(ctx: Context, caller: Caller) -> set[str]:
    """The numbers of the cases that this person has something to do with, a failure that they may mend among them."""
    failed = incidents.incidents(ctx, caller) if caller.person in admins(ctx) else ()
    return {row.number for row in (*pages.inbox(ctx, caller, limit=500).rows, *failed)}


def waiting(system: System, plan: Plan) -> dict[str, str]:
    """Where every story is by its case's number: with one of the personas, over, or with nobody whom one may become."""
    found = {}
    for ctx in (context(system, district) for district in {story.district for story in plan.stories}):
        hands = set().union(*(in_hand(ctx, caller) for caller in personas(plan, ctx)))
        for number in (case_of(ctx, story) for story in plan.stories if story.district == ctx.id):
            over = pages.case(ctx, None, number).status == "ended"
            found[number] = "over" if over else "with a persona" if number in hands else ended(ctx, number)
    return found


def nobody(how: StepPlan) -> bool:
    """Whether a step is left to the visitor."""
    return [choice.outcome for choice in how.choices] == [""]


def test_every_story_is_there_at_the_end_and_waits_for_one_of_the_personas(made: System, plan: Plan) -> None:
    places = waiting(made, plan)
    assert len(places) == len(plan.stories)
    assert set(places.values()) <= {"with a persona", "over"}, places
    left_open = [story for story in plan.stories if any(nobody(how) for how in story.steps.values())]
    assert len(left_open) >= len(plan.stories) - 1
    assert list(places.values()).count("with a persona") >= len(left_open)


def test_whoever_opens_the_demo_has_something_to_do(made: System, plan: Plan) -> None:
    contexts = {district: context(made, district) for district in plan.districts}
    callers = {one.key: (contexts[one.district], one.person) for one in plan.personas}
    assert [key for key, (ctx, who) in callers.items() if not in_hand(ctx, Caller(person_named(ctx, who)[0]))] == []


def test_the_cashier_has_something_to_hand_over(made: System, plan: Plan) -> None:
    ctx = context(made, "haicheng")
    leader = next(one for one in plan.personas if one.key == "leader")
    rows = pages.inbox(ctx, Caller(person_named(ctx, leader.person)[0]), limit=500).rows
    assert "hand_over" in {row.step for row in rows}


@pytest.mark.parametrize("end", ["2026-06-15T09:40", "2026-10-08T11:00", "2026-11-27T17:00", "2027-01-04T15:00"])
def test_the_stories_are_told_whatever_day_it_is(end: str, plan: Plan, tmp_path: Path) -> None:
    quiet = tuple(replace(one, share=dict.fromkeys(one.share, 0)) for one in plan.processes)
    told = replace(plan, processes=quiet, faults=())
    system = lived(tmp_path, told, to_micros(read_datetime(end)))
    assert set(waiting(system, told).values()) <= {"with a persona", "over"}
    system.runner.release()
    system.database.close()


def test_every_story_is_played_to_its_good_end(played: tuple[System, SetClock], plan: Plan) -> None:
    system, clock = played
    told: dict[str, list[str]] = {}
    for story in plan.stories:
        told.setdefault(story.district, []).append(case_of(context(system, story.district), story))
    contexts = [context(system, district) for district in told]
    goes_on = {district: list(numbers) for district, numbers in told.items()}
    for _ in range(MOST_DAYS * 4):
        for ctx in contexts:
            round_of(ctx, clock, plan, goes_on[ctx.id])
            assert [line for number in goes_on[ctx.id] for line in unchecked(ctx, number)] == []
            goes_on[ctx.id] = [number for number in goes_on[ctx.id] if not pages.case(ctx, None, number).end]
        if not any(goes_on.values()):
            break
        for ctx in contexts:
            clockwork.pass_time(ctx, clock, clock.at + DAY // 4 // len(contexts))
    ends = {number: ended(ctx, number) for ctx in contexts for number in told[ctx.id]}
    assert {number: end for number, end in ends.items() if end != "done"} == {}
    assert {story.process for story in plan.stories} == {process.process for process in plan.processes}
