"""``among``: which persons, units and records a field offers, in both languages, typed and judged where it is asked."""

from __future__ import annotations

import pytest

from engine.definition.language.canonical import content_hash, document
from engine.definition.language.fmt import formatted
from engine.definition.language.keywords import canonical, chinese
from engine.definition.model import Among, Field
from engine.definition.yaml.source import data_of, read
from tests.unit.definition.loading import codes, load, loaded

FORM = """
process: form
title: 表
fields:
  note:  {{type: text, title: 事由, optional: true}}
  home:  {{type: unit, title: 本站}}
  who:   {{type: person, title: 谁}}
  late:  {{type: text, title: 后填}}
  it:    {field}
start: {{who: {start}, fill: [note, home, it]}}
steps:
- {{step: one, ask: role head of home, fill: [who, late], outcomes: {{agree: next}}}}
ends: {{done: {{title: 办成, tell: applicant}}}}
"""


def form(field: str, start: str = "role staff") -> str:
    return FORM.format(field=field, start=start)


def offered(field: str) -> Among:
    """What the field called ``it`` offers."""
    found = loaded(form(field)).field_named("it")
    assert isinstance(found, Field)
    assert found.among is not None
    return found.among


def test_a_person_is_offered_by_who() -> None:
    among = offered("{type: person, title: 它, among: role helper of home}")
    assert among.row is None
    assert among.who is not None
    assert [who.name for _, several in among.who.cases for who in several] == ["helper"]


def test_several_and_alternatives_are_who_as_everywhere() -> None:
    among = offered("{type: person, among: [{if: note = 'x', who: [applicant, anyone of home]}, {else: true, who: applicant}]}")
    assert among.who is not None
    assert len(among.who.cases) == 2


@pytest.mark.parametrize("field", ["{type: unit, among: row.kind = '队'}", "{type: venue, among: row.station = home}"])
def test_a_unit_and_a_record_are_offered_by_a_condition_over_the_row(field: str) -> None:
    among = offered(field)
    assert among.who is None
    assert among.row is not None
    assert among.row.type.name == "boolean"


def test_a_column_of_a_table_has_its_own() -> None:
    found = loaded(form("{type: table, columns: {unit: {type: unit, among: row.kind = '队'}}}")).field_named("it")
    assert found is not None
    assert found.columns[0].among is not None


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("{type: text, among: row = 'x'}", "key-not-for-type"),
        ("{type: unit, among: row.kind}", "formula-type"),
        ("{type: unit, among: row.colour = 'red'}", "formula-name"),
        ("{type: unit, among: role staff}", "formula-syntax"),
        ("{type: person, among: row.name = 'x'}", "unknown-who"),
        ("{type: unit, among: row.kind = late}", "maybe-empty"),
        ("{type: person, among: role head of one.who.unit}", "maybe-empty"),
    ],
)
def test_what_is_offered_is_typed_and_looks_only_at_what_is_there(field: str, code: str) -> None:
    assert code in codes(form(field))


def test_what_else_the_same_form_asks_is_there() -> None:
    assert codes(form("{type: unit, among: row.hub = home.hub}")) == []


def test_a_form_for_anybody_that_says_nothing_is_warned_of() -> None:
    warned = [one.code for one in load(form("{type: person}", start="[anyone, role staff]"))[1]]
    assert warned == ["person-open"]
    for field, start in (("{type: person, among: applicant}", "[anyone, role staff]"), ("{type: person}", "role staff")):
        assert load(form(field, start))[1] == ()


CHINESE_FORM = """
流程: form
标题: 表
字段:
  home: {类型: 单位, 标题: 本站}
  a: {类型: 单位, 标题: 甲, 范围: 本行.kind = '队'}
  b: {类型: 人员, 标题: 乙, 范围: 角色 帮手 于 home}
  c: {类型: 人员, 标题: 丙, 范围: [申请人, 任何人 于 home]}
发起: {由谁: 角色 staff, 填写: [home, a, b, c]}
环节:
- {环节: one, 办理: 角色 head 于 home, 结果: {agree: 下一步}}
结局: {done: {标题: 办成}}
"""


def test_both_languages_say_the_same() -> None:
    node, problems = read(CHINESE_FORM, "zh.yaml")
    assert node is not None
    assert problems == ()
    english = canonical(node)
    fields = data_of(english)["fields"]
    assert [fields[name]["among"] for name in "abc"] == [
        "row.kind = '队'", "role 帮手 of home", ["applicant", "anyone of home"],
    ]  # fmt: skip
    again = canonical(chinese(english))
    assert content_hash(document(again)) == content_hash(document(english)) == content_hash(document(node))


def test_the_formatter_leaves_the_meaning_alone() -> None:
    text = form("{type: unit, among: row.kind = '队' and not empty(note)}")
    for language in ("en", "zh"):
        made, problems = formatted(text, language=language)
        assert problems == ()
        assert made is not None
        assert loaded(made).hash == loaded(text).hash
