"""Reading a district pack: its rows fit each other, and every fault of every file is told with its place."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from engine.content import shipped_workflows
from engine.definition.district import load as district_load
from engine.definition.district import people
from engine.definition.district import units as district_units
from engine.definition.district.load import load_district
from engine.definition.district.model import DistrictPack, RotaTurn
from engine.definition.yaml.source import data_of, read
from engine.errors import Problem
from engine.i18n import Text

PACK = """
district: north
name: {zh: 北区, en: North}
calendar: [cn, gx]
roles: {staff: {zh: 社工, en: staff}, helper: 帮手, head: 站长, cashier: 兑换员}
plugins:
  rooms: {buffer: 30}
processes: [common/lend, processes/repair]
settings:
  lend: {answer_in: 1 workday}
units: data/units.yaml
persons: data/persons.yaml
"""
UNITS = """
- {id: 450502, name: 北区中心, short: 北区, kind: 中心}
- {id: 450502001, name: 东街街道, kind: 所, parent: 450502}
- {id: a1, name: 一号村委会, short: 一号村, kind: 站, parent: 450502001}
- {id: a2, name: 二号村委会, short: 二号村, kind: 站, parent: 450502001}
"""
PERSONS = """
- {id: lin, name: 林一, unit: 一号村, roles: [staff, helper@东街街道]}
- {id: wei, name: 韦二, unit: a2}
"""


def load(
    pack: str = PACK, units: str = UNITS, persons: str = PERSONS, more: str = ""
) -> tuple[DistrictPack | None, tuple[Problem, ...]]:
    files = {"data/units.yaml": dedent(units), "data/persons.yaml": dedent(persons), "data/rooms.yaml": "[{a: b}]"}
    return load_district(dedent(pack) + dedent(more), "district.yaml", lambda name: _opened(files, name))


def _opened(files: dict[str, str], name: str) -> tuple[str, str] | None:
    return (files[name], name) if name in files else None


def loaded(more: str = "") -> DistrictPack:
    pack, problems = load(more=more)
    assert pack is not None
    assert not problems
    return pack


def codes(*, pack: str = PACK, units: str = UNITS, persons: str = PERSONS, more: str = "") -> list[str]:
    _, problems = load(pack, units, persons, more)
    assert any(not problem.warning for problem in problems)
    return [f"{problem.file}:{problem.line} {problem.code}" for problem in problems]


def test_a_pack_says_its_words_as_they_are_written() -> None:
    pack = loaded()
    assert (pack.id, pack.name.zh, pack.name.en, pack.title.en) == ("north", "北区", "North", "North")
    assert pack.calendars == ("cn", "gx")
    assert pack.roles["staff"] == Text("社工", "staff")
    assert pack.roles["helper"] == Text("帮手", "帮手")
    assert pack.plugins == {"rooms": {"buffer": "30"}}
    assert pack.settings == {"lend": {"answer_in": "1 workday"}}
    assert pack.processes == ("common/lend", "processes/repair")


def test_units_are_named_by_id_short_name_or_name() -> None:
    pack = loaded()
    assert {u.id for words in ("a1", "一号村", "一号村委会") if (u := pack.unit(words))} == {"a1"}
    assert pack.unit("东街街道") is not None
    assert [unit.code for unit in pack.units] == ["450502", "450502001", "", ""]


def test_a_role_counts_for_the_own_unit_or_the_one_behind_the_sign() -> None:
    roles = {(grant.person, grant.role, grant.unit) for grant in loaded().grants}
    assert roles == {("lin", "staff", "a1"), ("lin", "helper", "450502001")}


def test_a_monthly_rota_goes_on_over_the_new_year() -> None:
    more = """
    rotas:
    - {rota: host, unit: 东街街道, role: head, from: 2025-11-01, order: [一号村, 二号村, 北区]}
    """
    turns = loaded(more).rotas[:4]
    assert turns[0] == RotaTurn("host", "450502001", date(2025, 11, 1), "role:head@a1")
    assert [turn.from_day for turn in turns[1:]] == [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
    assert [turn.audience for turn in turns[1:]] == ["role:head@a2", "role:head@450502", "role:head@a1"]


def test_alliances_deputies_and_grants_name_units_and_people() -> None:
    more = """
    alliances: [{unit: 一号村, members: [二号村]}]
    deputies: [{person: lin, deputy: wei, since: 2026-06-01, until: 2026-06-05, reason: 年休假}]
    grants: [{person: wei, role: cashier, unit: 东街街道}]
    data: [rooms.yaml]
    """
    pack = loaded(more)
    assert (pack.alliances[0].unit, pack.alliances[0].members) == ("a1", ("a2",))
    assert (pack.deputies[0].deputy, pack.deputies[0].until) == ("wei", date(2026, 6, 5))
    assert ("wei", "cashier", "450502001") in {(g.person, g.role, g.unit) for g in pack.grants}
    assert pack.data == {"rooms.yaml": [{"a": "b"}]}


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        ("- {id: a1, name: 再来一号, kind: 站, parent: 450502}", "unit-twice"),
        ("- {id: a3, name: 一号村, kind: 站, parent: 450502}", "unit-twice"),
        ("- {id: a3, name: 三号村, kind: 站, parent: a9}", "unit-unknown"),
        ("- {id: a3, name: 三号村, kind: 站}", "unit-top"),
        ("- {id: a3, name: 三号村}", "missing-key"),
        ("- {id: a3, name: 三号村, kind: 站, parent: a1, since: 2026-02-30}", "day-form"),
        ("- {id: a3, name: 三号村, kind: 站, parent: a1, since: 2026-02-03, until: 2026-02-02, successor: a1}", "days-reversed"),
        ("- {id: a3, name: 三号村, kind: 站, parent: a1, level: 3}", "unknown-key"),
    ],
)
def test_a_faulty_unit_is_told_with_its_line(unit: str, code: str) -> None:
    assert codes(units=f"{UNITS}{unit}\n") == [f"data/units.yaml:6 {code}"]


@pytest.mark.parametrize(
    ("person", "code"),
    [
        ("- {id: lin, name: 林三, unit: 一号村}", "person-twice"),
        ("- {id: tan, name: 谭三, unit: 三号村}", "unit-unknown"),
        ("- {id: tan, name: 谭三, unit: 一号村, roles: [helper@三号村]}", "unit-unknown"),
        ("- {id: tan, name: 谭三, unit: 一号村, roles: [helper@]}", "role-form"),
    ],
)
def test_a_faulty_person_is_told_with_its_line(person: str, code: str) -> None:
    assert codes(persons=f"{PERSONS}{person}\n") == [f"data/persons.yaml:4 {code}"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("data: [none.yaml]", "district-file"),
        ("transfer_beyond: perhaps", "transfer-beyond"),
        ("grants: [{person: nobody, role: staff, unit: a1}]", "person-unknown"),
        ("rotas: [{rota: host, unit: a1, from: 2026-01-01, order: []}]", "rota-empty"),
        ("alliances: [{unit: a7, members: [a1]}]", "unit-unknown"),
        ("alliances: [{unit: a1, members: [a2]}, {unit: 450502, members: [a2]}]", "alliance-twice"),
        ("deputies: [{person: lin, deputy: wei, since: 2026-06-05, until: 2026-06-04}]", "days-reversed"),
        ("colour: red", "unknown-key"),
    ],
)
def test_a_faulty_line_of_the_pack_is_told_with_its_line(more: str, code: str) -> None:
    assert codes(more=more) == [f"district.yaml:13 {code}"]


def test_settings_for_a_process_that_the_district_does_not_run_are_a_fault() -> None:
    assert codes(pack=PACK.replace("  lend: {", "  lent: {")) == ["district.yaml:10 settings-without-process"]


@pytest.mark.parametrize("name", ["api", "North", "9th", "a-b"])
def test_a_district_cannot_be_called_what_an_address_needs_for_itself(name: str) -> None:
    assert codes(pack=PACK.replace("district: north", f"district: {name}")) == ["district.yaml:2 district-id"]


def test_all_faults_of_all_files_come_at_once() -> None:
    found = codes(
        pack=PACK.replace("north", "api"),
        units=f"{UNITS}- {{id: a3, name: 三号村, kind: 站}}\n",
        persons=f"{PERSONS}- {{id: tan, name: 谭三, unit: 四号村}}\n",
    )
    assert sorted(found) == [
        "data/persons.yaml:4 unit-unknown",
        "data/units.yaml:6 unit-top",
        "district.yaml:2 district-id",
    ]


# -- the schema that editors read ----------------------------------------------------------


def schema() -> dict[str, Any]:
    path = Path(district_load.__file__).with_name("district.schema.json")
    read: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return read


def test_the_schema_has_the_keys_that_the_loader_reads() -> None:
    properties = schema()["properties"]
    assert tuple(properties) == district_load.KEYS
    assert tuple(schema()["required"]) == district_load.REQUIRED
    for key, columns in (
        ("units", district_units.UNIT),
        ("persons", people.PERSON),
        ("grants", people.GRANT),
        ("deputies", people.DEPUTY),
        ("alliances", people.ALLIANCE),
        ("rotas", people.ROTA),
    ):
        assert tuple(properties[key]["items"]["properties"]) == columns, key


@pytest.mark.parametrize("district", ["haicheng", "shangjie", "guiding"])
def test_the_schema_accepts_the_districts_that_come_with_the_package(district: str) -> None:
    folder = shipped_workflows() / "districts" / district
    checker = Draft202012Validator(schema())
    for data in (folder / "district.yaml", *folder.glob("data/[up][ne]*.yaml")):
        node, problems = read(data.read_text("utf-8"))
        assert node and not problems
        part = checker if data.name == "district.yaml" else checker.evolve(schema=schema()["properties"][data.stem])
        assert [error.message for error in part.iter_errors(data_of(node))] == []


def test_a_problem_with_a_setting_is_placed_where_the_setting_stands() -> None:
    pack = loaded()
    wild = Problem("setting-unknown", Text("没有", "none"), path="plugins.rooms.buffer")
    assert (pack.placed(wild).file, pack.placed(wild).line, pack.placed(wild).column) == ("district.yaml", 7, 11)
    elsewhere = Problem("other", Text("别的", "other"), path="units.1")
    assert pack.placed(elsewhere) == elsewhere
