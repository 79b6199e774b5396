"""Fills of a form: what is read, what is refused and in which words, variants, defaults and derived fields."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from engine.definition.expression import Formula, Scope, compile_formula
from engine.definition.fields.fill import asked, check_fill, derive
from engine.definition.fields.schema import Form, json_schema
from engine.definition.model import Field, Process, Start, Value
from engine.definition.values.types import BOOLEAN, DATE, DECIMAL, DURATION, INTEGER, MONEY, PERIOD, TEXT, ValueType
from engine.i18n import Text, both

TYPES = {
    "venue": ValueType("venue"), "slot": PERIOD, "people": INTEGER, "fee": MONEY, "kind": ValueType("choice"),
    "credit": TEXT, "members": INTEGER, "note": TEXT, "limit": DURATION, "rate": DECIMAL, "day": DATE,
    "tags": ValueType("choices"), "paper": ValueType("file"), "urgent": BOOLEAN, "total": INTEGER, "twice": INTEGER,
    "roll": ValueType("table", (("who", TEXT), ("n", INTEGER))),
}  # fmt: skip
SCOPE = Scope({**TYPES, "third": MONEY, "start.unit": ValueType("unit")}, options={"kind": ("商企", "社群")})


def formula(text: str) -> Formula:
    made = compile_formula(text, SCOPE)
    assert isinstance(made, Formula), made
    return made


def field(name: str, title: str, **more: Any) -> Field:
    return Field(name, TYPES[name], Text(title, name), **more)


ROLL = (Field("who", TEXT, Text("姓名", "name")), Field("n", INTEGER, Text("人数", "people"), min=1))
PROCESS = Process(
    name="p",
    title=both("p"),
    uses=(),
    subject=(),
    settings=(),
    parties=(),
    fields=(
        field("venue", "场地"),
        field("slot", "时段"),
        field("people", "用场人数", min=1, max=80),
        field("fee", "费用", optional=True, max=10000),
        field("kind", "类别", options=("商企", "社群")),
        field("credit", "信用代码", when=formula("kind = '商企'")),
        field("members", "成员数", min=3, when=formula("kind <> '商企' and people > 10")),
        field("note", "备注", optional=True, min=2, max=5),
        field("limit", "期限", min="1 workday", max="5 workdays", default=Value("2 workdays")),
        field("rate", "比例", optional=True, min="0.5", max="1"),
        field("day", "日期", optional=True, min="2026-06-16", max="2026-06-30"),
        field("tags", "标签", optional=True, options=("甲", "乙"), max=1),
        field("paper", "证明", optional=True),
        field("urgent", "加急", optional=True),
        field("roll", "名单", optional=True, key="who", columns=ROLL, max=3),
        field("twice", "两倍", value=formula("total * 2")),
        field("total", "合计", value=formula("sum(roll.n)")),
    ),
    start=Start(),
    steps=(),
    ends=(),
    hash="hash-of-p",
)
NAMES = tuple(one.name for one in PROCESS.fields if one.value is None)
GOOD = {"venue": "v1", "slot": "2026-06-16 14:00/16:00", "people": "50", "kind": "商企", "credit": "91"}


class Nowhere:
    """A world outside the form that knows nothing."""

    def name(self, name: str) -> Any:
        raise KeyError(name)

    def attribute(self, type_name: str, value: Any, attribute: str) -> Any:
        raise KeyError(attribute)

    call = add = attribute


def check(fill: dict[str, Any], data: dict[str, Any] | None = None, names: tuple[str, ...] = NAMES) -> dict[str, Any]:
    stored, problems = check_fill(PROCESS, names, fill, data or {}, Nowhere())
    assert not problems, problems
    return stored


def words(fill: dict[str, Any], data: dict[str, Any] | None = None) -> dict[str, str]:
    stored, problems = check_fill(PROCESS, NAMES, fill, data or {}, Nowhere())
    assert not stored
    return {problem.path: problem.message.zh for problem in problems}


def test_what_people_type_is_stored() -> None:
    fill = {**GOOD, "fee": "12.50", "rate": "0.80", "tags": "甲", "urgent": "是", "roll": [{"who": " 王芳 ", "n": "3"}]}
    assert check(fill) == {
        "venue": "v1",
        "slot": "2026-06-16T14:00/2026-06-16T16:00",
        "people": 50,
        "fee": 1250,
        "kind": "商企",
        "credit": "91",
        "limit": "2 workdays",
        "rate": "0.8",
        "tags": ["甲"],
        "urgent": True,
        "roll": [{"who": "王芳", "n": 3}],
    }


def test_what_programs_send_is_stored_as_it_is() -> None:
    fill = {**GOOD, "people": 50, "fee": 1250, "rate": 0.8, "tags": ["甲"], "urgent": False, "day": "2026-06-16"}
    stored = check(fill)
    assert (stored["people"], stored["fee"], stored["rate"], stored["urgent"]) == (50, 1250, "0.8", False)


def test_an_empty_form_names_everything_that_is_missing_at_once() -> None:
    assert words({}) == {
        "venue": "填写场地。",
        "slot": "填写时段。",
        "people": "填写用场人数，1到80。",
        "kind": "选择类别。",
    }


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("people", "many", "用场人数要写成整数，例如20。"),
        ("people", True, "用场人数要写成整数，例如20。"),
        ("people", 5.0, "用场人数要写成整数，例如20。"),
        ("people", float("nan"), "用场人数要写成整数，例如20。"),
        ("people", [5], "用场人数要写成整数，例如20。"),
        ("people", "0", "用场人数不能少于1。"),
        ("people", 81, "用场人数最多80。"),
        ("people", " ", "填写用场人数，1到80。"),
        ("slot", "2026-06-16 14:00/13:00", "时段的结束时间要晚于14:00。"),
        ("slot", 5, "时段要写明开始和结束，例如2026-06-16 14:00/16:00。"),
        ("fee", "1,000", "费用最多100.00元。"),
        ("fee", 12.5, "费用要写成金额，单位元，最多两位小数，例如12.50。"),
        ("kind", "个体", "类别没有“个体”这个选项。可选：商企、社群。"),
        ("note", "一", "备注至少2字，现有1字。"),
        ("note", "一二三四五六", "备注最多5字，现有6字。"),
        ("note", 5, "备注要写成文字。"),
        ("limit", "9个工作日", "期限最多5个工作日。"),
        ("limit", "3 days", "期限要用工作日来写，才能和1个工作日比较。"),
        ("limit", "900天", "期限要用工作日来写，才能和1个工作日比较。"),
        ("rate", "0.4", "比例不能少于0.5。"),
        ("rate", float("inf"), "比例要写成数字，最多6位小数，例如1.5。"),
        ("day", "2026-06-15", "日期不能早于2026年6月16日 周二。"),
        ("day", "2026-07-01", "日期不能晚于2026年6月30日 周二。"),
        ("tags", ["甲", "乙"], "标签最多1项，现有2项。"),
        ("urgent", "也许", "加急要选“是”或“否”。"),
        ("venue", "v\x00", "场地有不能保存的字符，删去后重填。"),
        ("note", "\ud800", "备注有不能保存的字符，删去后重填。"),
        ("note", "字" * 10_001, "备注最多10000字，现有10001字。"),
    ],
)
def test_a_value_that_cannot_be_kept_is_refused_in_staff_words(name: str, value: Any, sentence: str) -> None:
    assert words({**GOOD, name: value}) == {name: sentence}


def test_a_row_says_which_row_it_is() -> None:
    rows = [{"who": "甲", "n": "x"}, {"n": 0}, "row"]
    assert words({**GOOD, "roll": rows}) == {"roll.0.n": "名单第1行的人数要写成整数，例如20。"}
    assert words({**GOOD, "roll": rows[1:]}) == {
        "roll.0.who": "填写名单第1行的姓名。",
        "roll.0.n": "名单第1行的人数不能少于1。",
        "roll.1": "名单要逐行填写。",
    }
    assert words({**GOOD, "roll": [{"who": "甲", "n": 1, "age": 3}]}) == {
        "roll.0.age": "这里不填“roll.0.age”。删去这一项再提交。"
    }


def test_two_rows_cannot_have_one_key() -> None:
    rows = [{"who": "甲", "n": 1}, {"who": "乙", "n": 1}, {"who": "甲", "n": 2}]
    assert words({**GOOD, "roll": rows}) == {"roll.2": "名单第3行和第1行的姓名相同，改一个或删一行。"}


def test_a_field_that_is_not_asked_is_refused() -> None:
    assert words({**GOOD, "total": 5}) == {"total": "这里不填“total”。删去这一项再提交。"}
    stored, problems = check_fill(PROCESS, ("note",), {"note": "好的", "people": 5}, {}, Nowhere())
    assert not stored and [problem.path for problem in problems] == ["people"]


def test_no_sentence_breaks_the_page_that_shows_it() -> None:
    _, problems = check_fill(PROCESS, NAMES, {**GOOD, "\ud800": 1, "kind": "x" * 500}, {}, Nowhere())
    for problem in problems:
        assert len(problem.message.zh.encode()) < 400


def test_problems_stand_in_the_order_of_the_form() -> None:
    _, problems = check_fill(PROCESS, NAMES, {"note": "一", "people": "x", "kind": "商企"}, {}, Nowhere())
    assert [problem.path for problem in problems] == ["venue", "slot", "people", "credit", "note"]


def test_a_variant_is_asked_only_where_its_condition_holds() -> None:
    social = {**GOOD, "kind": "社群"}
    del social["credit"]
    assert words({**social, "people": 20}) == {"members": "填写成员数。"}
    assert "members" not in check({**social, "people": 5})
    assert "credit" not in check({**GOOD, "kind": "社群", "people": 5})


def test_a_variant_that_no_longer_holds_is_emptied() -> None:
    data = check(GOOD)
    assert check({"kind": "社群", "people": 5}, data) == {"kind": "社群", "people": 5, "credit": None}


def test_only_what_changes_is_stored() -> None:
    data = check(GOOD)
    assert check({"people": "50"}, data) == {}
    assert check({"people": "51"}, data) == {"people": 51}


def test_a_field_can_be_emptied_if_it_is_optional() -> None:
    data = check({**GOOD, "note": "好的"})
    assert check({"note": ""}, data) == {"note": None}
    assert words({"people": ""}, data) == {"people": "填写用场人数，1到80。"}


def test_a_default_fills_what_nobody_answered_and_nothing_else() -> None:
    assert check(GOOD)["limit"] == "2 workdays"
    assert check({**GOOD, "limit": "3 workdays"})["limit"] == "3 workdays"
    assert "limit" not in check({"people": 9}, {**check(GOOD), "limit": "4 workdays"})
    assert "limit" not in check({"note": "好的"}, {}, ("note",))


def test_a_default_may_be_a_formula() -> None:
    members = replace(PROCESS.fields[6], when=None, min=None, default=Value(formula=formula("people * 2")))
    process = replace(PROCESS, fields=(PROCESS.fields[2], members), hash="")
    stored, problems = check_fill(process, ("people", "members"), {"people": 5}, {}, Nowhere())
    assert (stored, problems) == ({"people": 5, "members": 10}, ())


def test_derived_fields_follow_each_other_in_any_order() -> None:
    rows = [{"who": "甲", "n": 2}, {"who": "乙", "n": 3}]
    assert derive(PROCESS, {"roll": rows}, Nowhere()) == {"total": 5, "twice": 10}
    assert derive(PROCESS, {}, Nowhere()) == {"total": 0, "twice": 0}
    assert derive(replace(PROCESS, fields=()), {}, Nowhere()) == {}


def test_a_field_is_rounded_when_it_is_stored_and_what_derives_from_it_goes_on_from_there() -> None:
    derived = (
        field("fee", "费用"),
        Field("third", MONEY, both("third"), value=formula("fee / 3")),
        Field("back", MONEY, both("back"), value=formula("third * 3")),
        Field("whole", MONEY, both("whole"), value=formula("fee / 3 * 3")),
        Field("part", DECIMAL, both("part"), value=formula("fee / third")),
    )
    found = derive(replace(PROCESS, fields=derived), {"fee": 10000}, Nowhere())

    assert found == {"third": 3333, "back": 9999, "whole": 10000, "part": "3.0003"}


def test_what_a_form_asks_leaves_out_derived_fields_and_other_variants() -> None:
    names = [one.name for one in asked(PROCESS, (*NAMES, "total"), {"kind": "商企"}, Nowhere())]
    assert "credit" in names
    assert not {"members", "total"} & set(names)


def test_the_schema_is_valid_and_plain_json() -> None:
    schema = json_schema(PROCESS.fields)
    Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema
    assert schema["properties"]["total"]["readOnly"] is True
    assert schema["properties"]["people"] == {
        "title": "用场人数",
        "x-title-en": "people",
        "x-type": "integer",
        "type": "integer",
        "minimum": 1,
        "maximum": 80,
    }


def test_the_schema_tells_programs_when_a_variant_is_needed() -> None:
    validator = Draft202012Validator(json_schema(PROCESS.fields, ("kind", "credit")))
    assert validator.is_valid({"kind": "商企", "credit": "91"})
    assert validator.is_valid({"kind": "社群"})
    assert not validator.is_valid({"kind": "商企"})


@pytest.mark.parametrize(
    ("condition", "needed", "spared"),
    [
        ("kind in ('商企', '社群')", {"kind": "社群"}, {}),
        ("not (kind = '社群')", {"kind": "商企"}, {"kind": "社群"}),
        ("urgent", {"urgent": True}, {"urgent": False}),
        ("urgent and people = 3", {"urgent": True, "people": 3}, {"urgent": True}),
        ("'商企' = kind or people = 3", {"people": 3}, {"people": 4}),
    ],
)
def test_simple_conditions_become_part_of_the_schema(condition: str, needed: Any, spared: Any) -> None:
    others = [replace(one, optional=True) for one in PROCESS.fields if one.name in ("kind", "people", "urgent")]
    schema = json_schema([*others, field("credit", "信用代码", when=formula(condition))])
    validator = Draft202012Validator(schema)
    assert not validator.is_valid(needed)
    assert validator.is_valid(spared)
    assert validator.is_valid({**needed, "credit": "91"})


def test_a_condition_that_no_schema_can_say_leaves_the_field_free() -> None:
    schema = json_schema([field("credit", "信用代码", when=formula("people > 3"))])
    assert schema["required"] == [] and "allOf" not in schema


def test_a_compiled_form_is_kept_by_the_content_of_its_process() -> None:
    form = Form("hash", ("people",), (PROCESS.fields[2],))
    assert form.validator() is Form("hash", ("people",), ()).validator()
    assert form.validator() is not Form("other", ("people",), (PROCESS.fields[2],)).validator()
    draft = Form("", ("people",), (PROCESS.fields[2],))
    assert draft.validator() is not draft.validator()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), json_values, max_size=6))
def test_any_json_is_stored_or_refused_without_a_traceback(fill: dict[str, Any]) -> None:
    stored, problems = check_fill(PROCESS, NAMES, {**GOOD, **fill}, {}, Nowhere())
    assert bool(stored) != bool(problems)
    json.dumps(stored, allow_nan=False).encode()
    for problem in problems:
        problem.message.zh.encode()


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=20) | st.integers(), max_size=6))
def test_what_was_stored_is_accepted_again_and_changes_nothing(fill: dict[str, Any]) -> None:
    stored, problems = check_fill(PROCESS, NAMES, {**GOOD, **fill}, {}, Nowhere())
    if not problems:
        again, none = check_fill(PROCESS, NAMES, stored, stored, Nowhere())
        assert (again, none) == ({}, ())
