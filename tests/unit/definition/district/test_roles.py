"""Where a district declares its roles, each that is named for it anywhere has to be one of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.definition.district.load import load_district
from engine.definition.district.roles import ANY_ROLE, RoleTable
from engine.definition.load import load_process
from engine.errors import Problem
from engine.extend.contributions import Setting
from engine.extend.settings import read_settings
from engine.i18n import Text, both
from tests.unit.definition.catalogue import CATALOGUE

ROLES = RoleTable("north", {"staff": Text("社工", "worker"), "chief": Text("站长", "head")})
PROCESS = """process: ask_chief
title: 问站长
start:
  who: role {start} of start.unit
  fill: [note, whom]
fields:
  note: {title: 事由, type: text}
  whom: {title: 给谁, type: person, among: role {among} of start.unit}
steps:
- step: ok
  title: 站长审批
  ask: [{if: "has_role(applicant, '{asked}')", who: role {first}}, {else: true, who: role {second}}]
  not: [start]
  due: {within: 2 workdays, late: escalate role {late}}
  outcomes:
    agree: {title: 同意, then: end done, tell: role {told}}
    drop: {title: 撤回, by: role {by}, then: end done}
ends:
  done: {title: 办结, tell: role {at_end}}
"""
PLACES = ("start", "among", "asked", "first", "second", "late", "told", "by", "at_end")
PACK = """
district: north
name: 北区
processes: []
roles: {staff: {zh: 社工, en: worker}, chief: {zh: 站长, en: head}}
units: [{id: a, name: 一站, kind: 站}]
persons: [{id: lin, name: 林一, unit: a, roles: [ONE, TWO@a]}, {id: wei, name: 韦二, unit: a}]
grants: [{person: wei, role: THREE, unit: a}]
deputies: [{person: lin, deputy: wei, since: 2026-06-01, until: 2026-06-05, role: FOUR}]
rotas: [{rota: host, unit: a, from: 2026-06-01, order: [a], role: FIVE}]
"""


def written(**roles: str) -> str:
    text = PROCESS
    for place in PLACES:
        text = text.replace(f"{{{place}}}", roles.get(place, "staff"))
    return text


def faults(text: str, roles: RoleTable = ROLES) -> list[Problem]:
    problems = load_process(text, "p.yaml", replace(CATALOGUE, roles=roles), find_base=lambda _: None)[1]
    return [one for one in problems if not one.warning]


@pytest.mark.parametrize("place", PLACES)
def test_a_misspelt_role_is_told_where_it_stands_wherever_a_process_names_one(place: str) -> None:
    text = written(**{place: "cheif"})
    (fault,) = faults(text)
    line = next(n for n, words in enumerate(text.splitlines(), 1) if "cheif" in words)
    assert (fault.code, fault.file, fault.line) == ("undeclared-role", "p.yaml", line)
    assert fault.hint == Text("是不是 chief？", "did you mean chief?")
    assert "north" in fault.message.en


def test_what_people_call_a_role_hints_at_its_name() -> None:
    (fault,) = faults(written(first="站长"))
    assert fault.hint == Text("是不是 chief？", "did you mean chief?")


def test_a_role_like_no_other_is_to_be_declared() -> None:
    (fault,) = faults(written(first="zookeeper"))
    assert fault.hint and "roles" in fault.hint.zh
    assert "roles" in fault.hint.en


def test_without_a_district_or_its_table_any_name_is_a_role() -> None:
    for table in (ANY_ROLE, RoleTable("north", {})):
        assert faults(written(first="cheif", asked="cheif"), table) == []


def test_the_administrator_of_a_district_need_not_be_declared() -> None:
    assert faults(written(late="district_admin")) == []


@pytest.mark.parametrize(("wrong", "line"), [("ONE", 7), ("TWO", 7), ("THREE", 8), ("FOUR", 9), ("FIVE", 10)])
def test_a_misspelt_role_of_a_pack_is_told_at_its_line(wrong: str, line: int) -> None:
    text = PACK.replace(wrong, "cheif")
    for other in ("ONE", "TWO", "THREE", "FOUR", "FIVE"):
        text = text.replace(other, "chief" if other in ("TWO", "FOUR") else "staff")
    _, problems = load_district(text, "district.yaml", lambda _: None)
    found = [one for one in problems if not one.warning]
    assert [(one.code, one.line, one.hint) for one in found] == [
        ("undeclared-role", line, Text("是不是 chief？", "did you mean chief?"))
    ]


def test_a_setting_of_a_plugin_that_names_roles_is_held_to_them() -> None:
    from engine.definition.values.types import ValueType

    may_look = Setting("may_look", ValueType("choices"), both("谁可看"), ["anybody"], roles=True)
    words = replace(may_look, name="words", roles=False)
    given = {"may_look": ["staff", "cheif"], "words": ["cheif"]}
    _, problems = read_settings("rooms", (may_look, words), given, ROLES)
    assert [(one.code, one.path) for one in problems] == [("undeclared-role", "plugins.rooms.may_look")]
    assert read_settings("rooms", (may_look,), given | {"words": []}, ANY_ROLE)[1][0].code == "setting-unknown"


def test_a_deputy_for_oneself_is_a_fault_and_for_a_role_that_nobody_has_doubtful() -> None:
    text = PACK
    for other in ("ONE", "TWO", "THREE", "FIVE"):
        text = text.replace(other, "staff")
    _, (doubt,) = load_district(text.replace("FOUR", "chief"), "district.yaml", lambda _: None)
    assert (doubt.code, doubt.line, doubt.warning) == ("deputy-without-role", 9, True)
    himself = text.replace("deputy: wei", "deputy: lin").replace("FOUR", "staff")
    _, (fault,) = load_district(himself, "district.yaml", lambda _: None)
    assert (fault.code, fault.line, fault.warning) == ("deputy-of-oneself", 9, False)


@pytest.mark.parametrize(
    ("first", "second", "twice"),
    [
        ("role: staff", "role: chief", False),
        ("role: staff", "reason: 学习", False),
        ("role: staff", "role: staff", True),
        ("reason: 休假", "reason: 学习", True),
    ],
    ids=["another role", "one role and all of them", "the same role", "all roles twice"],
)
def test_the_same_deputy_from_the_same_day_is_written_twice_only_for_different_roles(
    first: str, second: str, twice: bool
) -> None:
    text = PACK
    for other in ("ONE", "TWO", "THREE", "FIVE"):
        text = text.replace(other, "staff")
    one = "{person: lin, deputy: wei, since: 2026-06-01, until: 2026-06-0"
    rows = f"deputies:\n- {one}5, {first}}}\n- {one}7, {second}}}\n"
    text = "".join(rows if line.startswith("deputies:") else line for line in text.splitlines(keepends=True))
    pack, problems = load_district(text, "district.yaml", lambda _: None)
    faults = [(found.code, found.line, "first on line 10" in found.message.en) for found in problems if not found.warning]
    assert faults == ([("deputy-twice", 11, True)] if twice else [])
    assert twice or (pack is not None and len(pack.deputies) == 2)
