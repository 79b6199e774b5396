"""What a hint tells people to write is sound when they copy it to where the fault stands."""

from __future__ import annotations

from typing import Any

import pytest

from engine.definition.calendar.sheet import faults_of
from engine.definition.expression import Formula, compile_formula
from engine.definition.problem_codes import CODES
from engine.definition.values.inputs import form_words, parse_input
from engine.definition.values.kinds.table import BUILT_IN
from engine.definition.values.types import ValueType
from engine.errors import Problem
from tests.unit.definition.broken import BROKEN
from tests.unit.definition.expression.worlds import SCOPE
from tests.unit.definition.loading import load

#: A formula, what is wrong in it, and what its hint tells to write instead.
FORMULAS = [
    ("day > 2026-06-01", "2026-06-01", "date('2026-06-01')"),
    ("day > 2026-6-1", "2026-6-1", "date('2026-06-01')"),
    ("day = 2026/6/1", "2026/6/1", "date('2026-06-01')"),
    ("day = 2026.06.01", "2026.06.01", "date('2026-06-01')"),
    ("day = 2026年6月1日", "2026年6月1日", "date('2026-06-01')"),
    ("urgent and day = 2026-06-01", "2026-06-01", "date('2026-06-01')"),
    ("days_between(2026/6/1, day) > 1", "2026/6/1", "date('2026-06-01')"),
    ("at > 2026-06-01 14:00", "2026-06-01 14:00", "'2026-06-01 14:00'"),
    ("at > 2026-6-1 9:00", "2026-6-1 9:00", "'2026-06-01 9:00'"),
    ("title = 007", "007", "'007'"),
    ("day = 'soon'", "'soon'", "'2026-06-16'"),
    ("clock = 'soon'", "'soon'", "'14:00'"),
    ("at = 'soon'", "'soon'", "'2026-06-16 14:00'"),
    ("slot = 'soon'", "'soon'", "'2026-06-16 14:00/16:00'"),
    ("length = 'soon'", "'soon'", "'2 workdays'"),
    ("day + 1 = day", "1", "1天"),
    ("length + 2 > length", "2", "2天"),
    ("people > 5天", "5天", "5"),
    ("not people", "people", "人数 > 5"),
    ("urgent % 2", "urgent % 2", "rate > 50%"),
    ("people ! 5", "!", "<>"),
    ("people 大于 5", "大于", ">"),
    ("at = day", "at", "at.date"),
    ("tags = '甲'", "tags = '甲'", "'甲' in tags"),
    ("people in people", "in people", "in (1, 2)"),
    ("kind = 商企", "商企", "'商企'"),
    ("1 < people < 5", "1 < people < 5", "1 < people and people < 5"),
    ("sum(people) > 1", "people", "lines.amount"),
    ("day + 2 hours > at", "day", "slot.start"),
]
#: What a hint calls by a made-up name, as no file has its names.
NAMES = {"at.date": "名称.date", "'甲' in tags": "'甲' in 名称", "in (1, 2)": "('甲', '乙')", "rate > 50%": "50%",
         "1 < people and people < 5": "1 < 甲 and 甲 < 5", "lines.amount": "明细.金额"}  # fmt: skip
#: By code: what is wrong in the broken sample, what it becomes, and what of that the hint tells to write.
SAMPLES = {
    "bad-duration": ("soon", "2 workdays", "2 workdays"),
    "limits-of-two-kinds": ("1 month", "30天", "天"),
    "one-option": ("of: 病假/事假", "of: [病假, 事假]", "of: [病假, 事假]"),
    "ask-needs-outcomes": ("role leader", "role leader, outcomes: {agree: next}", "agree: next"),
    "bad-reminder": ("一半", "50%", "50%"),
    "rung-needs-after": ("refuse]", "refuse after 2 workdays]", "after 2 workdays"),
    "no-at-most": ("back start", "back start, at_most: 3", "at_most: 3"),
    "person-open": ("person,", "person, among: anyone of start.unit,", "among: anyone of start.unit"),
    "deadline-length": ("99999 workdays", "2 workdays", "2 workdays"),
    "reminder-never": ("30 days", "50%", "50%"),
    "reminder-seldom": ("3 days", "50%", "50%"),
}
#: Hints whose example is a name of somebody's own.
OF_NAMES = {"unknown-base", "district-file", "role-form"}
BY = """process: sample
title: 样例
start: {{who: role staff}}
steps:
- step: review
  ask: role leader
  due: {{by: {by}, late: none}}
  outcomes: {{agree: next, none: {{by: clock, then: end done}}}}
ends: {{done: {{}}}}
"""


@pytest.mark.parametrize(("text", "wrong", "right"), FORMULAS)
def test_a_formula_is_sound_with_what_its_hint_says(text: str, wrong: str, right: str) -> None:
    made = compile_formula(text, SCOPE)
    assert not isinstance(made, Formula), f"{text} was accepted"
    hint = made[0].hint
    assert hint is not None
    assert NAMES.get(right, right) in hint.zh
    assert isinstance(compile_formula(text.replace(wrong, right, 1), SCOPE), Formula)


@pytest.mark.parametrize("written", ["2026-06-01", "'2026-06-01'", "2026/6/1", "2026-6-1", "2026-06-01 14:00"])
def test_a_day_for_a_deadline_is_written_as_its_hint_says(written: str) -> None:
    _, (fault,) = load(BY.format(by=written))
    assert fault.hint is not None
    moment = "\"'2026-06-01 14:00'\"" if "14:00" in written else "date('2026-06-01')"
    for words in fault.hint:
        assert words.endswith(moment)
    assert load(BY.format(by=moment))[1] == ()


@pytest.mark.parametrize("kind", [name for name, kind in BUILT_IN.items() if "例如" in kind.form.zh])
def test_the_example_of_a_form_can_be_typed_into_it(kind: str) -> None:
    words = form_words(ValueType(kind))
    for example in (words.zh.partition("例如")[2], words.en.partition(" such as ")[2] or words.en.partition(": ")[2]):
        assert not isinstance(parse_input(ValueType(kind), example), Problem), example


@pytest.mark.parametrize(("code", "wrong", "right", "example"), [(code, *rest) for code, rest in SAMPLES.items()])
def test_a_broken_sample_is_mended_by_what_the_hint_says(code: str, wrong: str, right: str, example: str) -> None:
    text = (BROKEN / f"{code}.yaml").read_text("utf-8")
    told = [one for one in load(text)[1] if one.code == code]
    assert any(one.hint and example in one.hint.zh for one in told)
    assert len([one for one in load(text.replace(wrong, right, 1))[1] if one.code == code]) == len(told) - 1


def test_every_hint_with_an_example_is_tried() -> None:
    marks = ("例如", "，如", "如 ")
    with_example = {code for code, wording in CODES.items() if any(mark in wording.hint_zh for mark in marks)}
    assert with_example == set(SAMPLES) | OF_NAMES


CALENDARS = [
    ({"holidays": {"端午": ["nie"]}}, {"holidays": {"端午": ["06-19/06-21"]}}, "06-19/06-21"),
    ({"holidays": {"元旦": ["12-30/01-03"]}}, {"holidays": {"元旦": ["12-30/12-31"]}}, "12-30/12-31"),
    ({"holidays": {"端午": ["06-21/06-19"]}}, {"holidays": {"端午": ["06-19/06-21"]}}, "06-19/06-21"),
    ({"workdays": ["nie"]}, {"workdays": ["02-14"]}, "02-14"),
]


@pytest.mark.parametrize(("wrong", "right", "example"), CALENDARS)
def test_a_calendar_is_sound_with_what_its_hint_says(wrong: Any, right: Any, example: str) -> None:
    (fault,) = faults_of({"years": {"2026": wrong}})
    assert fault.hint is not None
    assert all(example in words for words in fault.hint)
    assert faults_of({"years": {"2026": right}}) == ()


def test_a_day_is_either_free_or_worked() -> None:
    days = {"holidays": {"国庆": ["10-01/10-07"]}, "workdays": ["09-27", "10-03", "10-10"]}
    (fault,) = faults_of({"years": {"2026": days}})
    assert fault.path == "years.2026.workdays"
    assert "2026-10-03" in fault.message.zh
    assert "国庆" in fault.message.zh
