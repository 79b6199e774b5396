"""The three districts are what the real ones are: units of the code table, people for every role, sound processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from engine.content import shipped_workflows
from engine.definition.district.model import DistrictPack, UnitRow
from engine.definition.kinds.ask import Ask
from engine.definition.model import Process, Step, Who
from engine.extend.registry import Registry
from engine.operations.content.library import Library

DISTRICTS = ("guiding", "haicheng", "shangjie")
FOLDER = shipped_workflows()
pytestmark = pytest.mark.parametrize("district", DISTRICTS)


@cache
def library() -> Library:
    return Library(FOLDER, Registry.discovered())


@cache
def read(district: str) -> tuple[DistrictPack, tuple[Process, ...]]:
    pack, problems = library().pack(district)
    assert pack, "\n".join(problem.line_of_text() for problem in problems)
    return pack.pack, pack.processes


def units(district: str, kind: str) -> list[UnitRow]:
    return [unit for unit in read(district)[0].units if unit.kind == kind]


def asks(steps: tuple[Step, ...]) -> Iterator[Ask]:
    """Every ask below *steps*."""
    for step in steps:
        if isinstance(step, Ask):
            yield step
        inner = (getattr(step, "steps", ()), *(b.steps for b in getattr(step, "branches", ())))
        for group in (*inner, *(taken.steps for taken in step.outcomes)):
            yield from asks(group)


def roles(process: Process) -> set[str]:
    """The roles that the process asks or lets start."""
    rules = [ask.who for ask in asks(process.steps)] + ([process.start.who] if process.start.who else [])
    named: list[Who] = [who for rule in rules for _, people in rule.cases for who in people]
    return {who.name for who in named if who.kind == "role"}


def test_the_pack_and_all_its_processes_are_without_problems(district: str) -> None:
    pack, problems = library().pack(district)
    assert [problem.line_of_text() for problem in problems] == []
    assert pack is not None
    assert {p.name for p in pack.processes} == {
        "borrow_venue", "dispatch_order", "partner_enrollment", "redemption",
    }  # fmt: skip


def test_the_units_are_those_of_the_code_table(district: str) -> None:
    streets, stations = {"haicheng": (7, 51), "shangjie": (6, 64), "guiding": (8, 116)}[district]
    assert (len(units(district, "所")), len(units(district, "站"))) == (streets, stations)
    top = units(district, "中心")[0]
    for unit in units(district, "站"):
        assert (unit.parent[:6], unit.code[:9]) == (top.code, unit.parent)


def test_every_role_of_every_process_is_held_by_somebody(district: str) -> None:
    pack, processes = read(district)
    held = {grant.role for grant in pack.grants}
    needed = set().union(*(roles(process) for process in processes))
    assert needed - held == set()


def test_every_station_has_somebody_who_asks_and_somebody_who_answers(district: str) -> None:
    held = {(grant.unit, grant.role) for grant in read(district)[0].grants}
    for unit in units(district, "站"):
        assert {(unit.id, "staff"), (unit.id, "station_admin")} <= held, unit.short


def test_whoever_lends_a_room_has_somebody_to_answer(district: str) -> None:
    pack = read(district)[0]
    heads = {grant.unit for grant in pack.grants if grant.role == "station_admin"}
    for row in pack.data["venues.yaml"]:
        unit = pack.unit(row["station"])
        assert unit and unit.id in heads, row


def test_people_have_names_of_their_own_and_some_have_rare_characters(district: str) -> None:
    names = Counter(person.name for person in read(district)[0].persons)
    assert [name for name, times in names.items() if times > 1] == []
    assert any("䶮" in name for name in names)


def test_a_district_differs_from_the_common_processes_only_by_edits(district: str) -> None:
    for path in (FOLDER / "districts" / district / "processes").glob("*.yaml"):
        words = path.read_text("utf-8")
        assert f"extends: common/{path.stem}\n" in words
        assert "\nsteps:" not in words


def test_the_district_tells_what_it_does_in_at_least_three_scenarios(district: str) -> None:
    found: list[Path] = sorted((FOLDER / "districts" / district / "scenarios").glob("*.yaml"))
    assert len(found) >= 3
