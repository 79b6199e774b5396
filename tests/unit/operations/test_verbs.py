"""Each verb on a case is one row of one table, which says what its operation is, and every door has it."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import get_args

import pytest

import engine.web
from engine.operations.verbs import DOORS, VERBS, Verb, Who
from engine.rest.bodies import address
from engine.rest.openapi import document
from engine.runtime import commands as c

#: What the engine, not a person, asks of a case.
OWN = {c.Result, c.Undone, c.Failed, c.Tick, c.Recheck, c.Recount}
#: What the places of a verb are called by its operation; a door finds the process's outcome or the district itself.
PLACES = {"district": set(), "case": {"number"}, "task": {"number", "n"}, "decision": {"number", "n"},
          "field": {"number", "field"}}  # fmt: skip
HANDS = Path(__file__).parents[1] / "runtime" / "test_hands_everywhere.py"

each = pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)


@each
def test_a_row_takes_what_its_operation_takes(verb: Verb) -> None:
    parameters = dict(list(inspect.signature(verb.run).parameters.items())[2:])
    fixed = set(getattr(verb.run, "keywords", ()))
    place = PLACES[verb.on] | set(re.findall(r"<(\w+)>", verb.path))
    assert {one.name for one in verb.takes} | place | {"key"} == set(parameters) - fixed
    needed = {name for name, one in parameters.items() if one.default is inspect.Parameter.empty} - place - fixed
    assert needed == {one.name for one in verb.takes if one.must}


@each
def test_a_row_says_itself_in_both_languages(verb: Verb) -> None:
    for text in (verb.words, verb.does, *(one.title for one in verb.takes)):
        assert re.search("[\u4e00-\u9fff]", text.zh)
        assert re.search("[A-Za-z]", text.en)
    assert verb.does.zh.endswith("。")
    assert verb.does.en.endswith(".")
    assert verb.who in get_args(Who)


def test_every_command_that_people_give_is_a_verb() -> None:
    assert {verb.command for verb in VERBS.values()} - {None} == set(get_args(c.Command)) - OWN


@each
def test_every_command_of_a_verb_is_tried_wherever_a_step_may_stand(verb: Verb) -> None:
    apart = {c.Retry: "tests/unit/runtime tries incidents apart", c.Consent: "so it does requests", c.Start: "a step has none"}
    if verb.command not in (None, *apart):
        assert f"c.{verb.command.__name__}(" in HANDS.read_text("utf-8")


@each
def test_a_verb_is_in_the_contract_with_what_it_takes(verb: Verb) -> None:
    path = address(verb).replace("<int:", "<").replace("<", "{").replace(">", "}")
    operation = document()["paths"][path]["post"]
    sent = operation.get("requestBody", {"content": {"application/json": {"schema": {}}}})["content"]["application/json"]
    assert set(sent["schema"].get("properties", ())) == {one.key for one in verb.takes}
    assert ("as an administrator" in operation["summary"]) is (verb.who == "admin")


@each
def test_a_door_that_does_not_follow_the_table_says_why(verb: Verb) -> None:
    assert set(verb.by_hand) <= set(DOORS)
    assert all(len(why) > 15 for why in verb.by_hand.values())
    assert verb.task or verb.case or "web" in verb.by_hand, "no page has it"


def test_every_icon_is_drawn() -> None:
    drawn = set(re.findall(r'id="([a-z-]+)"', (Path(engine.web.__file__).parent / "static/icons.svg").read_text("utf-8")))
    assert {verb.icon for verb in VERBS.values() if verb.task or verb.case} <= drawn
