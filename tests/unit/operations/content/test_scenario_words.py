"""A word or a key of a scenario that nobody knows is told: skipped, it would make a wrong scenario green."""

from __future__ import annotations

import pytest

from engine.extend.contributions import ScenarioVerb
from engine.operations.content.scenario_text import read_scenario
from engine.operations.content.scenario_words import COMMANDS, EXPECTATIONS, Word
from engine.scenarios import _VERBS

HEAD = "scenario: 试一试\ndistrict: north\n"
VALUES = {"fill": "{people: 20}", "fields": "{people: 20}", "open": "[ok]", "visited": "[ok]", "answer": "agree"}
BOOKED = ScenarioVerb("rooms.booked", "then", lambda _ctx, _words: (), keys=("room", "held"))
GIVEN = ScenarioVerb("rooms.given", "given", lambda _ctx, _words: (), keys=("room",))
FREE = ScenarioVerb("rooms.free", "then", lambda _ctx, _words: ())


def entry(name: str, keys: tuple[str, ...]) -> str:
    return "{" + ", ".join([f"{name}: x", *(f"{key}: {VALUES.get(key, 'x')}" for key in keys)]) + "}"


def told(
    when: str = "{advance: 1 day}", then: str = "{case: c1}", given: str = "{clock: 2026-06-01 09:00}"
) -> list[str]:
    text = f"{HEAD}given:\n- {given}\nwhen:\n- {when}\nthen:\n- {then}\n"
    return [p.line_of_text() for p in read_scenario(text, "s.yaml", (BOOKED, GIVEN, FREE))[1]]


EVERY_WORD = [*(("when", *pair) for pair in COMMANDS.items()), *(("then", *pair) for pair in EXPECTATIONS.items())]


@pytest.mark.parametrize(("part", "name", "word"), EVERY_WORD, ids=[name for _, name, _ in EVERY_WORD])
class TestEveryWord:
    def test_takes_all_its_keys(self, part: str, name: str, word: Word) -> None:
        assert told(**{part: entry(name, word.keys)}) == []

    def test_misses_each_key_that_it_needs(self, part: str, name: str, word: Word) -> None:
        for key in word.needs:
            (problem,) = told(**{part: entry(name, tuple(one for one in word.keys if one != key))})
            assert f"缺{key}" in problem

    def test_refuses_every_misspelt_key_with_its_place_and_the_one_that_was_meant(
        self, part: str, name: str, word: Word
    ) -> None:
        for key in word.may:
            wrong = key + key[-1]
            spelt = entry(name, (*word.needs, key)).replace(f" {key}:", f" {wrong}:")
            line = 6 if part == "when" else 8
            (problem,) = told(**{part: spelt})
            assert problem.startswith(f"s.yaml:{line}:{spelt.index(wrong + ':') + 3} ")
            assert f"不认识“{wrong}”（是不是 {key}？）" in problem

    def test_refuses_a_value_of_another_shape(self, part: str, name: str, word: Word) -> None:
        for key in set(word.keys) & set(VALUES):
            (problem,) = told(**{part: entry(name, word.keys).replace(f"{key}: {VALUES[key]}", f"{key}: ok")})
            assert f"{key}的写法不对" in problem


def test_the_words_that_are_read_are_those_that_are_done() -> None:
    assert set(COMMANDS) == set(_VERBS)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"when": "{strat: lend, by: a}"}, "when里没有“strat”这个词（是不是 start？）"),
        ({"given": "{strat: lend, by: a}"}, "given里没有“strat”这个词（是不是 start？）"),
        ({"then": "{cas: c1}"}, "then里没有“cas”这个词（是不是 case？）"),
        ({"then": "{start: lend}"}, "then里没有“start”这个词"),
        ({"then": "{}"}, "这一行是空的"),
        ({"then": "{rooms.bookd: {room: a}}"}, "then里没有“rooms.bookd”这个词（是不是 rooms.booked？）"),
        ({"then": "{rooms.given: {room: a}}"}, "then里没有“rooms.given”这个词"),
        ({"then": "{rooms.booked: {room: a, heldd: 1}}"}, "不认识“heldd”（是不是 held？）"),
        ({"then": "{rooms.booked: {room: a}, on: c1}"}, "不认识“on”"),
        ({"given": "{rooms.given: {room: a}, refusd: true}"}, "不认识“refusd”（是不是 refused？）"),
    ],
)
def test_what_is_misspelt_is_told(given: dict[str, str], said: str) -> None:
    (problem,) = told(**given)
    assert said in problem


def test_a_word_of_a_plugin_that_says_no_keys_takes_any() -> None:
    assert told(then="{rooms.free: {whatever: 1}}") == []
