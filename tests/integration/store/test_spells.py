"""Who had what on any day is what the pack of that day said: a row for each spell, and none is ever taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from engine.clock import DAY, HOUR, MINUTE, Micros
from engine.definition.district.model import Alliance, DeputyRow, DistrictPack, GrantRow
from engine.definition.values.moments import midnight, to_micros
from engine.i18n import both
from engine.store import people
from engine.store.directory import StoreDirectory
from engine.store.pack_rows import put_pack
from engine.store.schema import tables
from engine.store.schema.columns import NEVER
from engine.store.spells import Row, renewed
from engine.store.transactions.runner import Runner
from tests.integration.store.conftest import NOON
from tests.town import PERSONS, UNITS

_TABLES = (tables.unit, tables.unit_member, tables.person, tables.role_grant, tables.deputy)
_ROLES = ("staff", "head")
_FIRST, _LAST = date(2026, 6, 17), date(2026, 6, 18)
_district = (f"h{n}" for n in count())

_persons = st.lists(st.sampled_from(PERSONS), min_size=1, unique=True)
_alliances = st.lists(st.sampled_from("abd"), unique=True).map(lambda of: (Alliance("s", tuple(of)),) if of else ())


@st.composite
def _packs(draw: Any) -> DistrictPack:
    """A pack of the town with some of its people, and some rights, deputies and members among them."""
    persons = tuple(draw(_persons))
    whom = st.sampled_from([one.id for one in persons])
    grants = draw(st.lists(st.builds(GrantRow, whom, st.sampled_from(_ROLES), st.sampled_from("sab")), max_size=4))
    deputies = draw(st.lists(st.builds(DeputyRow, whom, whom, st.just(_FIRST), st.just(_LAST)), max_size=2))
    return DistrictPack("", both("小城"), both("小城"), units=UNITS, persons=persons, grants=tuple(grants),
                        deputies=tuple(deputies), alliances=draw(_alliances))  # fmt: skip


#: Packs as they are adopted, each so long after the one before; several may come at one moment.
_lives = st.lists(st.tuples(st.sampled_from([0, MINUTE, 10 * HOUR, 2 * DAY]), _packs()), min_size=2, max_size=5)


@dataclass
class Register:
    """The rows of a district to which packs are adopted."""

    runner: Runner
    district: str
    adopted: bool = False

    def adopt(self, pack: DistrictPack, now: Micros) -> None:
        first, self.adopted = not self.adopted, True
        pack = replace(pack, id=self.district)
        self.runner.run(lambda tx: put_pack(tx, pack, '["小城","小城"]', now, first=first))

    def rows(self, table: Any) -> dict[tuple[Any, ...], dict[str, Any]]:
        """What the table holds, by its primary key."""
        found = self.runner.run(lambda tx: tx.read(select(table).where(table.c.district_id == self.district)), write=False)
        return {tuple(row._mapping[c.name] for c in table.primary_key): dict(row._mapping) for row in found}

    def everything(self) -> dict[str, Any]:
        return {table.name: self.rows(table) for table in _TABLES}

    def at(self, moment: Micros) -> tuple[Any, ...]:
        """Who has which role where, and who belongs to the alliance, by the queries that decide it."""
        def ask(tx: Any) -> tuple[Any, ...]:
            directory = StoreDirectory(tx, self.district, moment)
            held = {(g.person, g.role, g.unit_id) for g in people.grants(tx, self.district, moment)}
            holders = {role: set(people.holders(tx, self.district, role, moment)) for role in _ROLES}
            return held, holders, {unit for unit in "abd" if directory.hub(unit) == "s"}

        return self.runner.run(ask, write=False)

    def deputies_at(self, moment: Micros) -> set[tuple[str, str]]:
        def ask(tx: Any) -> set[tuple[str, str]]:
            return {(p.id, by) for p in PERSONS for by in people.stand_ins(tx, self.district, [p.id], "head", moment)}

        return self.runner.run(ask, write=False)


@pytest.fixture
def register(runner: Runner) -> Callable[[], Register]:
    """Makes a district of which nobody has heard."""
    return lambda: Register(runner, next(_district))


def _said(pack: DistrictPack) -> tuple[Any, ...]:
    """What *pack* says of that."""
    held = {(g.person, g.role, g.unit) for g in pack.grants}
    return held, {r: {who for who, role, _ in held if role == r} for r in _ROLES}, {m for a in pack.alliances for m in a.members}


def _in_force(days: list[tuple[Micros, DistrictPack]], moment: Micros) -> DistrictPack:
    return [days[0][1], *(pack for at, pack in days if at <= moment)][-1]


def _pairs(deputies: Iterable[DeputyRow]) -> set[tuple[str, str]]:
    return {(one.person, one.deputy) for one in deputies}


@given(_lives)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_who_had_what_at_any_moment_is_what_the_pack_of_that_moment_said(
    register: Callable[[], Register], life: list[tuple[int, DistrictPack]]
) -> None:
    town, now, days = register(), NOON, list[tuple[Micros, DistrictPack]]()
    for gap, pack in life:
        now += gap
        town.adopt(pack, now)
        days.append((now, pack))
    stands = range(to_micros(midnight(_FIRST)), to_micros(midnight(_LAST)) + DAY)
    for moment in {near for at, _ in days for near in (at - 1, at, at + 1)}:
        pack = _in_force(days, moment)
        assert town.at(moment) == _said(pack)
        told = _pairs(pack.deputies) if moment in stands else set()
        later = {pair for at, one in days if at > moment in stands for pair in _pairs(one.deputies)}
        assert told <= town.deputies_at(moment) <= told | later, "a pack may give a day that has passed"


@given(_lives)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_row_goes_none_that_is_over_changes_and_the_same_pack_again_writes_none(
    register: Callable[[], Register], life: list[tuple[int, DistrictPack]]
) -> None:
    town, now = register(), NOON
    for gap, pack in life:
        now += gap
        before = town.everything()
        town.adopt(pack, now)
        after = town.everything()
        for table in _TABLES:
            assert before[table.name].keys() <= after[table.name].keys()
        for table in (tables.unit_member, tables.role_grant, tables.deputy):
            over = {key: row for key, row in before[table.name].items() if row["since"] < row["until"] < now}
            assert over.items() <= after[table.name].items()
        for again in (now, now + HOUR):
            town.adopt(pack, again)
            assert town.everything() == after


def _grants(town: Register) -> list[tuple[Micros, Micros]]:
    return sorted((row["since"], row["until"]) for row in town.rows(tables.role_grant).values())


_HEAD = DistrictPack("", both("小城"), both("小城"), units=UNITS, persons=PERSONS[:1], grants=(GrantRow("ann", "head", "a"),))
_NOBODY = replace(_HEAD, persons=PERSONS[1:], grants=())


def test_who_comes_back_has_another_spell_and_is_the_same_person(register: Callable[[], Register]) -> None:
    town = register()
    for at, pack in ((NOON, _NOBODY), (NOON + DAY, _HEAD), (NOON + 2 * DAY, _NOBODY), (NOON + 5 * DAY, _HEAD)):
        town.adopt(pack, at)
    assert _grants(town) == [(NOON + DAY, NOON + 2 * DAY), (NOON + 5 * DAY, NEVER)]
    ann = town.rows(tables.person)[town.district, "ann"]
    assert (ann["since"], ann["until"]) == (NOON + DAY, NEVER)


def test_what_the_first_pack_has_was_always_so(register: Callable[[], Register]) -> None:
    """A machine whose clock is set back locks nobody out, and nobody is said to have a role since the installation."""
    town = register()
    town.adopt(_HEAD, NOON)
    assert _grants(town) == [(0, NEVER)]
    assert town.at(NOON - DAY) == _said(_HEAD)


def test_a_unit_without_a_day_begins_when_it_is_new_and_keeps_that_day(register: Callable[[], Register]) -> None:
    town, more = register(), (*UNITS, replace(UNITS[-1], id="e", name="丁社区", short="丁社区"))
    begins = replace(UNITS[-1], id="f", name="戊社区", short="戊社区", since=_FIRST)
    for at, units in ((NOON, UNITS), (NOON + DAY, more), (NOON + 5 * DAY, (*more, begins))):
        town.adopt(replace(_HEAD, units=units), at)
    found = {row["id"]: row["since"] for row in town.rows(tables.unit).values()}
    assert (found["a"], found["e"], found["f"]) == (0, NOON + DAY, to_micros(midnight(_FIRST)))


def test_an_adoption_by_a_clock_that_was_ahead_is_mended_by_the_next(register: Callable[[], Register]) -> None:
    town, ahead = register(), NOON + 300 * DAY
    town.adopt(_NOBODY, NOON)
    town.adopt(_HEAD, ahead)
    assert town.at(NOON + DAY) == _said(_NOBODY)
    for later in (DAY, 2 * DAY):
        town.adopt(_HEAD, NOON + later)
    assert town.at(NOON + DAY) == town.at(NOON + 2 * DAY) == _said(_HEAD)
    assert _grants(town) == [(NOON + DAY, NEVER), (ahead, ahead)]


@pytest.mark.parametrize(
    ("until", "left"),
    [
        (NOON + 9 * DAY, [(0, NOON + 9 * DAY)]),
        (NOON - DAY, [(0, NOON)]),
    ],
    ids=["made longer", "said to be over already"],
)
def test_an_end_may_move_but_not_before_now(until: Micros, left: list[tuple[Micros, Micros]]) -> None:
    held = [{"id": "x", "since": 0, "until": NOON + DAY}]
    put = list(renewed(held, [{"id": "x", "since": 0, "until": until}], ("id",), NOON, NOON))
    assert [(row["since"], row["until"]) for row in put] == left


def test_a_deputy_whose_days_are_made_longer_when_over_begins_anew() -> None:
    held = [{"id": "x", "since": 0, "until": NOON - DAY}]
    put = list(renewed(held, [{"id": "x", "since": 0, "until": NOON + DAY}], ("id",), NOON, NOON))
    assert put == [{"id": "x", "since": NOON, "until": NOON + DAY}]


@given(st.lists(st.tuples(st.integers(1, 5), st.booleans()), min_size=1, max_size=6))
def test_whatever_the_clock_says_only_what_is_wanted_is_so_from_now_on(packs: list[tuple[int, bool]]) -> None:
    rows: dict[int, Row] = {}
    for number, (now, wanted) in enumerate(packs):
        row: Row = {"id": "x", "since": None, "until": NEVER}
        for put in renewed(list(rows.values()), [row] if wanted else [], ("id",), now, 0 if number == 0 else now):
            assert put["until"] >= put["since"]
            rows[put["since"]] = put
        for moment in (now, now + 1, now + 9):
            assert sum(one["since"] <= moment < one["until"] for one in rows.values()) == wanted
        assert not [*renewed(list(rows.values()), [row] if wanted else [], ("id",), now, now)], "twice is once"
