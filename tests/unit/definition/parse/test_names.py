"""Words of the language are no names: ``back back`` is a slip, and whoever meant it is told of a better name."""

from __future__ import annotations

import pytest

from engine.definition.language.words import (
    BETTER,
    PHRASE_WORDS,
    RESERVED,
    RESERVED_NAMES,
    RESERVED_OUTCOMES,
    TAKEN_WORDS,
)
from engine.errors import Problem
from tests.unit.definition.loading import load

WHOLE = """\
process: p
title: 例
parties: {{{party}: {{unit: start.unit}}}}
fields: {{{field}: {{type: text}}}}
start: {{who: role staff, fill: all}}
steps:
- step: {step}
  ask: {ask}
  due: {{within: 1 day, late: {late}}}
  outcomes:
    {outcome}: {{by: clock, then: next}}
    again: {{then: back {step}, at_most: 1}}
ends: {{done: {{}}}}
"""
USUAL = {"party": "home", "field": "note", "step": "look", "ask": "role staff", "late": "missed", "outcome": "missed"}


def found(**written: str) -> list[Problem]:
    said = {**USUAL, **written}
    if "outcome" in written and "late" not in written:
        said["late"] = written["outcome"]
    return [one for one in load(WHOLE.format(**said))[1] if not one.warning]


def codes(**written: str) -> set[str]:
    return {one.code for one in found(**written)}


def test_the_example_is_sound() -> None:
    assert codes() == set()


@pytest.mark.parametrize("place", ["party", "field", "step"])
@pytest.mark.parametrize("word", sorted(RESERVED_NAMES))
def test_nothing_that_formulas_name_is_called_by_a_word_of_the_language(place: str, word: str) -> None:
    assert "reserved-name" in codes(**{place: word})


@pytest.mark.parametrize("word", sorted(RESERVED_OUTCOMES))
def test_an_outcome_is_not_called_by_a_word_that_ladders_have(word: str) -> None:
    assert "reserved-name" in codes(outcome=word)


@pytest.mark.parametrize("word", ["silent", "back", "yes", "no", "none", "must", "refuse", "or", "met", "done", "退回"])
def test_other_words_are_free_for_outcomes(word: str) -> None:
    assert codes(outcome=word) == set()


@pytest.mark.parametrize("word", sorted(BETTER))
def test_a_reserved_name_comes_with_one_that_is_free(word: str) -> None:
    assert BETTER[word] not in RESERVED_NAMES | RESERVED_OUTCOMES
    place = {"field": word} if word in RESERVED_NAMES else {"outcome": word}
    told = next(one for one in found(**place) if one.code == "reserved-name")
    assert told.hint
    assert BETTER[word] in told.hint.zh
    assert BETTER[word] in told.hint.en


def test_every_word_of_a_target_or_ladder_has_a_better_name() -> None:
    assert RESERVED | {word for word in TAKEN_WORDS if word in PHRASE_WORDS} <= set(BETTER)


@pytest.mark.parametrize(
    "doubled",
    [
        {"ask": "role role of home"},
        {"ask": "role of of home"},
        {"ask": "role staff of of"},
        {"ask": "role staff of of", "field": "of"},
        {"ask": "rota staff of home on on", "field": "on"},
        {"ask": "role staff of of home"},
        {"ask": "rota staff of home on on"},
        {"ask": "anyone of of"},
        {"ask": "person person"},
        {"ask": "applicant applicant"},
        {"late": "after after 1 day"},
        {"late": "missed after after 1 day"},
        {"late": "escalate"},
        {"late": "escalate escalate"},
        {"late": "escalate escalate role staff"},
        {"step": "back"},
    ],
    ids=repr,
)
def test_a_word_that_stands_twice_is_a_fault(doubled: dict[str, str]) -> None:
    assert codes(**doubled)


def test_the_ladder_of_a_step_without_a_vote_does_not_count() -> None:
    assert codes(late="count")
