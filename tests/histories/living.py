"""The story itself: three districts at work under the program as it is, with operations and scenarios alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from engine.clock import DAY, SetClock
from engine.content import shipped_workflows
from engine.definition.district.model import DeputyRow, GrantRow
from engine.definition.load import load_text
from engine.definition.model import Process
from engine.extend.registry import Registry
from engine.ids import SeededIds
from engine.operations.cases import comment
from engine.operations.clockwork import pass_time, seal
from engine.operations.content.adopt import adopt, adopt_process
from engine.operations.content.library import Library
from engine.operations.content.pack import Pack
from engine.operations.content.scenario_text import read_scenario
from engine.operations.context import ENGINE, Caller, Context, System
from engine.operations.erasing import erase
from engine.operations.notices import mark_read
from engine.scenarios import ScenarioRun
from engine.store.databases.database import open_database
from engine.store.schema.migrate import upgrade
from engine.store.transactions.runner import Runner
from tests.histories import rows
from tests.histories.troubles import away, came_back, failing

_ACTS: Final = Path(__file__).parent / "acts"
_DEPUTIES: Final = (DeputyRow("weiyanni", "renzhenyan", date(2026, 6, 17), date(2026, 6, 19), reason="出差"),)
_ADMIN: Final = Caller("tanwanqing")
#: Who loses every role in the course of it.
_NO_LONGER: Final = ("renzhenyan", "fengping")
#: 2026-06-08 09:00 in the districts' time, a Monday.
_MORNING: Final = 1_780_880_400_000_000


def made(folder: Path) -> Path:
    """Live through the story in a database below *folder*, and write its rows there; where they are."""
    folder.mkdir(parents=True)
    registry = Registry.discovered()
    database = open_database(f"sqlite:///{folder / 'story.db'}")
    upgrade(database, registry.migrations())
    clock = SetClock(_MORNING)
    runner = Runner(database, clock=clock)
    try:
        _live(System(database, runner, registry, clock, SeededIds()), clock)
        rows.write(database, registry.migrations(), folder / "rows")
    finally:
        runner.release()
        database.close()
    return folder / "rows"


def _pack(system: System, district: str) -> Pack:
    pack, problems = Library(shipped_workflows(), system.registry).pack(district)
    if pack is None:
        raise ValueError([problem.line_of_text() for problem in problems])
    return pack


def _live(system: System, clock: SetClock) -> None:
    """What happens, in order: in each district from where the clock stands."""
    given = _pack(system, "haicheng")
    given = replace(given, pack=replace(given.pack, deputies=_DEPUTIES, transfer_beyond="consent"))
    haicheng, shangjie, guiding = (
        adopt(system, pack, ENGINE) for pack in (given, _pack(system, "shangjie"), _pack(system, "guiding"))
    )
    adopt_process(haicheng, ENGINE, _rare(haicheng, "council"))
    adopt_process(guiding, ENGINE, _rare(guiding, "year_end"))
    told = play(haicheng, clock, "haicheng_1")
    erase(haicheng, _ADMIN, told["d2"], "本人申请")
    play(haicheng, clock, "haicheng_2", told)
    comment(haicheng, _ADMIN, told["c3"], "请尽快会签", key="once")
    mark_read(haicheng, Caller("jinjiang"))
    _with_trouble(haicheng, clock, told)
    haicheng = _with_changes(haicheng, clock, given)
    play(haicheng, clock, "haicheng_7", told)
    play(shangjie, clock, "shangjie")
    play(guiding, clock, "guiding")
    play(away(haicheng, "venue_sharing"), clock, "haicheng_8_away", told)


def _with_trouble(ctx: Context, clock: SetClock, told: dict[str, str]) -> None:
    """A plugin leaves and comes back, and some of what it does fails."""
    play(ctx, clock, "haicheng_3", told)
    play(away(ctx, "venue_sharing"), clock, "haicheng_3_away", told)
    came_back(ctx)
    with failing(ctx, "venue_sharing.hold") as trouble:
        play(trouble, clock, "haicheng_4_no_hold", told)
    play(ctx, clock, "haicheng_5", told)
    with failing(ctx, "venue_sharing.release") as trouble:
        play(trouble, clock, "haicheng_6_no_release", told)


def _with_changes(ctx: Context, clock: SetClock, given: Pack) -> Context:
    """Two people lose a role, a holiday is put in, and for some days nothing runs."""
    fewer = replace(given, pack=replace(given.pack, grants=_without_some(given)))
    ctx = adopt(ctx.system, fewer, _ADMIN)
    country, region = given.calendar
    mended = {**region, "years": {**region["years"], "2026": _with_days_off(region["years"]["2026"])}}
    ctx = adopt(ctx.system, replace(fewer, calendar=(country, mended)), _ADMIN)
    clock.advance(16 * DAY)
    pass_time(ctx, clock, clock.at)
    return ctx


def _without_some(given: Pack) -> tuple[GrantRow, ...]:
    return tuple(grant for grant in given.pack.grants if grant.person not in _NO_LONGER)


def _with_days_off(year: dict[str, Any]) -> dict[str, Any]:
    return {**year, "holidays": {**year["holidays"], "台风": "07-20/07-21"}}


def _rare(ctx: Context, name: str) -> Process:
    """A process of this story alone."""
    file = _ACTS / f"{name}.yaml"
    return load_text(file.read_text("utf-8"), ctx.authoring, file.name)


def play(ctx: Context, clock: SetClock, act: str, cases: dict[str, str] | None = None) -> dict[str, str]:
    """Let a district do what the scenario *act* says; the numbers of its cases by their names there."""
    file = _ACTS / f"{act}.yaml"
    scenario, problems = read_scenario(file.read_text("utf-8"), file.name)
    run = ScenarioRun(ctx, clock, cases if cases is not None else {})
    if scenario is not None:
        problems = (*problems, *run.play(scenario))
    seal(ctx)
    if problems:
        raise ValueError("\n".join(problem.line_of_text() for problem in problems))
    return run.cases
