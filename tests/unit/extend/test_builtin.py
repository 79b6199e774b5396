"""The engine's own action: telling somebody."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from engine.definition.load import load_process
from engine.errors import Misuse
from engine.extend import ActionContext, Message, Outcome, Text
from engine.extend.builtin import tell
from engine.extend.registry import Registry


def told(**given: Any) -> tuple[Outcome, list[Message]]:
    sent: list[Message] = []
    assert tell.spec.run is not None
    context = cast(ActionContext, SimpleNamespace(emit=sent.append))
    return tell.spec.run(context, {"words": "来领通知", **given}), sent


@pytest.mark.parametrize(
    ("given", "audience"),
    [
        ({"person": "p1"}, "user:p1"),
        ({"person": "p1", "unit": "u1", "role": "staff"}, "user:p1"),
        ({"unit": "u1", "role": "staff"}, "role:staff@u1"),
    ],
)
def test_a_notice_goes_to_the_person_else_to_the_role(given: dict[str, Any], audience: str) -> None:
    outcome, sent = told(**given)
    assert (outcome.name, outcome.outputs) == ("told", {"to": audience})
    assert sent == [Message(audience, Text("来领通知", "来领通知"))]


@pytest.mark.parametrize("given", [{}, {"role": "staff"}, {"unit": "u1"}])
def test_without_anybody_to_tell_the_result_says_so(given: dict[str, Any]) -> None:
    outcome, sent = told(**given)
    assert (outcome.name, outcome.refusing, sent) == ("nobody", True, [])


@pytest.mark.parametrize("to", ["", "nonsense", "any@u1", "unit@u1", "user:", "role:staff", "role:@u1", "user:a b", "user:p1 "])
def test_a_message_to_nobody_is_refused_where_it_is_made(to: str) -> None:
    with pytest.raises(Misuse, match="user:PERSON or role:ROLE@UNIT"):
        Message(to, Text("来", "come"))


@pytest.mark.parametrize("to", ["user:p1", "role:staff@u1", "role:district_admin@"])
def test_a_message_may_be_for_somebody(to: str) -> None:
    assert Message(to, Text("来", "come")).to == to


def test_a_message_has_words_in_both_languages() -> None:
    with pytest.raises(Misuse, match="Text"):
        Message("user:p1", cast(Text, "来"))


@pytest.mark.parametrize(("given", "codes"), [("", ["missing-input"]), (", role: staff", [])])
def test_a_process_that_tells_a_unit_names_a_role_of_it(given: str, codes: list[str]) -> None:
    text = f"""
process: sample
title: 样例
fields:
  place: {{type: unit, title: 单位}}
start: {{who: role staff, fill: [place]}}
steps:
- step: say
  do: engine.tell
  with: {{words: 来领通知, unit: =place{given}}}
  outcomes: {{told: next, nobody: end done}}
ends: {{done: {{}}}}
"""
    _, problems = load_process(text, "sample.yaml", Registry([]).catalogue([]), find_base=lambda name: None)
    assert [one.code for one in problems if not one.warning] == codes
