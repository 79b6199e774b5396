"""What people say of a verb at a terminal or in a scenario: every name in it is read at once, by the case's own process."""

from __future__ import annotations

import pytest

from engine.errors import Invalid
from engine.operations import cases
from engine.operations.context import Caller
from engine.operations.spoken import spoken
from engine.operations.verbs import VERBS
from tests.town import Town

#: A process that asks for a place once, and is then changed to ask for it by another name.
MOVING = """
process: moving
title: 搬
fields:
  FIELD: {type: unit, title: 搬到哪里, optional: 是}
start: {who: role staff, fill: []}
steps:
- {step: ok, ask: role head of start.unit, fill: [FIELD], outcomes: {agree: next}}
ends: {done: {title: 办成}}
"""


def test_the_names_in_a_form_are_read_by_the_process_that_its_case_runs_on(town: Town) -> None:
    town.publish(MOVING.replace("FIELD", "place"))
    case = cases.start(town.ctx, Caller("ann"), "moving", {}, unit="a")
    town.publish(MOVING.replace("FIELD", "target"))
    heard = spoken(town.ctx, VERBS["act"], {"fill": {"place": "乙社区"}, "opinion": "好"}, case.number)
    assert heard == {"fill": {"place": "b"}, "opinion": "好"}
    town.act(case, "ok", "agree", "sun", **heard)
    other = spoken(town.ctx, VERBS["start"], {"process": "moving", "fill": {"target": "乙社区"}, "for": "蔡𬭎"})
    assert other == {"process": "moving", "fill": {"target": "b"}, "for_person": "cai"}


def test_every_name_that_nobody_has_is_told_at_once_with_what_it_was_said_of(town: Town) -> None:
    town.publish(MOVING.replace("FIELD", "place"))
    said = {"process": "moving", "unit": "丁社区", "fill": {"place": "戊社区"}, "for": "无名"}
    with pytest.raises(Invalid) as refusal:
        spoken(town.ctx, VERBS["start"], said)
    assert {problem.path for problem in refusal.value.problems} == {"unit", "place", "for"}
