"""A field that is asked under a condition says when, in words and as a rule that a page can follow."""

from __future__ import annotations

import pytest

from engine.definition.fields.variants import depends, rule_of, when_words
from tests.unit.definition.loading import loaded

FORM = """
process: form
title: 表
settings: {big: {type: boolean, default: true}}
fields:
  kind:  {{type: choice, of: [个体, 社群, 商企], title: 类别}}
  big:   {{type: boolean, title: 大事}}
  n:     {{type: integer, title: 人数}}
  it:    {{type: text, title: 它, when: "{when}"}}
start: {{who: role staff, fill: [kind, big, n, it]}}
steps:
- {{step: one, ask: role head of start.unit, fill: [it], outcomes: {{agree: next}}}}
ends: {{done: {{title: 办成}}}}
""".replace("settings: {big: {type: boolean, default: true}}\n", "")


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("kind = '商企'", "“类别”是“商企”时"),
        ("kind <> '商企'", "“类别”不是“商企”时"),
        ("kind in ('个体', '社群')", "“类别”是“个体”或“社群”时"),
        ("big", "“大事”是“是”时"),
        ("big and kind = '商企'", "“大事”是“是”，且“类别”是“商企”时"),
        ("big or kind = '商企'", "“大事”是“是”，或“类别”是“商企”时"),
    ],
)
def test_what_compares_with_words_is_said_in_words_and_as_a_rule(when: str, words: str) -> None:
    process = loaded(FORM.format(when=when))
    field = process.named["it"]
    said = when_words(process, field)
    assert said is not None
    assert said.zh == words
    assert rule_of(field)


def test_what_reckons_is_said_as_formulas_are_and_is_no_rule() -> None:
    process = loaded(FORM.format(when="n > 10"))
    field = process.named["it"]
    said = when_words(process, field)
    assert said is not None
    assert "人数" in said.zh
    assert rule_of(field) is None


def test_a_condition_depends_on_a_form_that_asks_what_it_looks_at() -> None:
    process = loaded(FORM.format(when="kind = '商企'"))
    field = process.named["it"]
    assert depends(process, field, ("kind", "it"))
    assert not depends(process, field, ("n", "it"))
