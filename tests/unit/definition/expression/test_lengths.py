"""Lengths of time of two kinds: refused where that is known beforehand, else one of <, = and > holds."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import pytest

from engine.definition.expression import Formula, compile_formula
from engine.definition.values.durations import Duration, parse_duration
from engine.definition.values.types import DURATION
from tests.unit.definition.expression.worlds import SCOPE
from tests.unit.definition.loading import codes, loaded

KINDS = ("3 days", "1 month", "8 work hours", "2 workdays")
LENGTHS = [
    Duration(amount, unit)
    for amount, unit in product(
        (-3, 0, 1, 2, 30, 480), ("minutes", "hours", "days", "weeks", "months", "years", "work_minutes", "workdays")
    )
]
ASKED = ("{0} < {1}", "{0} >= {1}", "{0} = {1}", "{0} <> {1}", "{0} + {1} > {0}", "{0} in ({0}, {1})", "-{0} < {1} * 2")
SETTING = "settings: {{wait: {{type: duration, default: 2 workdays{bound}}}}}\n"


def faults(text: str, **lengths: str) -> list[str]:
    names = dict.fromkeys(lengths, DURATION)
    scope = replace(SCOPE.having(names), lengths={name: kind for name, kind in lengths.items() if kind})
    made = compile_formula(text, scope)
    return [] if isinstance(made, Formula) else [fault.code for fault in made]


@pytest.mark.parametrize("asked", ASKED)
def test_lengths_that_are_known_to_be_of_two_kinds_are_never_put_together(asked: str) -> None:
    for a, b in combinations(KINDS, 2):
        assert set(faults(asked.format(a, b))) == {"formula-length"}
        kinds = [parse_duration(word).kind for word in (a, b)]  # type: ignore[union-attr]
        assert set(faults(asked.format("a", "b"), a=kinds[0], b=kinds[1])) == {"formula-length"}
        assert faults(asked.format("a", "b"), a=kinds[0], b="") == []
    for one in KINDS:
        assert faults(asked.format(one, one)) == []


@pytest.mark.parametrize("between", ["day - today", "at - now"])
def test_the_time_between_two_moments_is_no_working_time(between: str) -> None:
    assert faults(f"{between} > 2 workdays") == ["formula-length"]
    assert faults(f"{between} > 2 days") == []


def test_of_any_two_lengths_exactly_one_of_less_equal_and_more_holds() -> None:
    for a, b in product(LENGTHS, repeat=2):
        assert [a.against(b) < 0, a.against(b) == 0, a.against(b) > 0].count(True) == 1
        assert (a.against(b) < 0) == (b.against(a) > 0)
        assert (a.kind != b.kind) or (a.against(b) > 0) == (a.measure > b.measure)


def test_what_is_longer_than_the_longer_is_longer() -> None:
    for a, b, c in product(LENGTHS[::3], repeat=3):
        assert not (a.against(b) > 0 and b.against(c) > 0) or a.against(c) > 0


def test_the_sum_of_lengths_that_may_be_of_two_kinds_may_be_empty() -> None:
    known: dict[str, str] = {"a": "workdays", "b": "workdays"}
    for lengths, kind in (({}, DURATION.maybe()), (known, DURATION)):
        made = compile_formula("a + b", replace(SCOPE.having({"a": DURATION, "b": DURATION}), lengths=lengths))
        assert isinstance(made, Formula)
        assert made.type == kind


SAMPLE = """process: sample
title: 样例
{settings}fields: {{note: {{type: text}}}}
start: {{who: role staff, fill: [note]}}
steps:
- {{step: review, ask: role leader, if: "{condition}", outcomes: {{agree: next}}}}
ends: {{done: {{}}}}
"""


@pytest.mark.parametrize(
    ("bound", "expected"),
    [("", []), (", min: 1 workday", ["formula-length"]), (", max: 9 workdays", ["formula-length"])],
)
def test_a_bound_says_of_which_kind_a_setting_is(bound: str, expected: list[str]) -> None:
    settings = SETTING.format(bound=bound)
    assert codes(SAMPLE.format(settings=settings, condition="settings.wait > 1 day")) == expected
    assert loaded(SAMPLE.format(settings=settings, condition="settings.wait > 1 workday"))
