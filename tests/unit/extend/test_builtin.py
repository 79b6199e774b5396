"""The engine's own action: telling somebody."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from engine.extend import ActionContext, Message, Outcome, Text
from engine.extend.builtin import tell


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
        ({"unit": "u1"}, "any@u1"),
    ],
)
def test_a_notice_goes_to_the_person_else_to_the_role_else_to_the_unit(given: dict[str, Any], audience: str) -> None:
    outcome, sent = told(**given)
    assert (outcome.name, outcome.outputs) == ("told", {"to": audience})
    assert sent == [Message(audience, Text("来领通知", "来领通知"))]


@pytest.mark.parametrize("given", [{}, {"role": "staff"}])
def test_without_anybody_to_tell_the_result_says_so(given: dict[str, Any]) -> None:
    outcome, sent = told(**given)
    assert (outcome.name, outcome.refusing, sent) == ("nobody", True, [])
