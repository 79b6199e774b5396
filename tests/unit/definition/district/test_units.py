"""Units of a pack: whom they may name, and that one comes to the top from each, whatever chain one follows."""

from __future__ import annotations

import random
from itertools import permutations

import pytest

from engine.definition.district.load import load_district
from engine.definition.district.model import DistrictPack, UnitRow
from engine.definition.district.units import MOST_LEVELS, in_order
from engine.errors import Problem

PACK = "district: north\nname: 北区\nprocesses: []\npersons: []\nunits: u.yaml\n"
TOP = "- {id: top, name: 北区中心, short: 北区, kind: 中心}\n"
#: How a unit may name another that stands above it, now or once it has ended.
LINKS = ("parent: {0}", "parent: top, until: 2026-06-30, successor: {0}", "until: 2026-06-30, successor: {0}")


def read(units: str) -> tuple[DistrictPack, tuple[Problem, ...]]:
    pack, problems = load_district(PACK, "district.yaml", lambda name: (units, name) if name == "u.yaml" else None)
    assert pack is not None
    return pack, problems


def row(id_: str, more: str) -> str:
    return f"- {{id: {id_}, name: {id_}站, short: {id_}短, kind: 站, {more}}}\n"


def told(units: str) -> list[str]:
    return [f"{problem.line} {problem.code}" for problem in read(units)[1]]


@pytest.mark.parametrize("way", [(one, *others) for one in LINKS for others in ((), (LINKS[0],), LINKS[1:])])
def test_whoever_leads_back_to_itself_by_parents_or_successors_is_told_at_its_line(way: tuple[str, ...]) -> None:
    names = [f"a{i}" for i in range(len(way))]
    onward = (*names[1:], names[0])
    ring = "".join(row(name, link.format(to)) for name, link, to in zip(names, way, onward, strict=True))
    assert told(TOP + ring) == [f"{line} unit-circle" for line in range(2, 2 + len(way))]


def test_what_stands_below_a_circle_is_not_told_for_it() -> None:
    ring = row("a", "parent: b") + row("b", "parent: a")
    assert told(TOP + ring + row("c", "parent: a")) == ["2 unit-circle", "3 unit-circle"]


def test_parents_and_successors_are_named_as_everywhere() -> None:
    for words in ("a", "a短", "a站"):
        pack, problems = read(
            TOP + row("a", "parent: 北区") + row("b", f"parent: {words}, until: 2026-06-30, successor: {words}")
        )
        assert not problems
        assert [(unit.parent, unit.successor) for unit in pack.units] == [("", ""), ("top", ""), ("a", "a")]


def test_a_unit_that_nobody_knows_is_told_where_it_is_named_and_hints_at_a_near_one() -> None:
    _, (problem,) = read(TOP + row("a", "parent: 北区中央"))
    assert (problem.code, problem.line, problem.column) == ("unit-unknown", 2, 49)
    assert problem.hint and "北区" in problem.hint.zh


def test_a_way_up_that_nobody_would_follow_to_its_end_is_told_once() -> None:
    chain = "".join(row(f"a{n}", f"parent: {f'a{n - 1}' if n else 'top'}") for n in range(MOST_LEVELS + 3))
    assert told(TOP + chain) == [f"{MOST_LEVELS + 1} unit-deep"]


def test_a_chain_of_any_length_is_read_and_put_in_order() -> None:
    units = [UnitRow(f"u{n}", "", "", "", parent=f"u{n - 1}" if n else "") for n in range(5000)]
    random.Random(3).shuffle(units)
    assert [unit.id for unit in in_order(units)] == [f"u{n}" for n in range(5000)]


def test_the_topmost_unit_may_end_and_be_succeeded() -> None:
    old = "- {id: old, name: 老中心, kind: 中心, until: 2026-06-30, successor: top}\n"
    assert told(TOP + old) == []
    assert told(TOP + "- {id: other, name: 另一个, kind: 中心}\n") == ["2 unit-top"]


def test_an_end_without_a_successor_is_doubtful_and_a_successor_without_an_end_a_fault() -> None:
    _, (doubt,) = read(TOP + row("a", "parent: top, until: 2026-06-30"))
    assert (doubt.code, doubt.warning) == ("until-without-successor", True)
    _, (fault,) = read(TOP + row("a", "parent: top, successor: top"))
    assert (fault.code, fault.warning) == ("successor-without-until", False)


def test_in_whatever_order_units_are_written_those_above_come_first() -> None:
    rows = [TOP, row("a", "parent: top"), row("b", "parent: a"), row("c", "parent: a, until: 2026-06-30, successor: b")]
    for written in permutations(rows):
        pack, problems = read("".join(written))
        assert not problems
        assert [unit.id for unit in in_order(pack.units)] == ["top", "a", "b", "c"]
