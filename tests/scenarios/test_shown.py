"""Whoever is asked to call, visit or hand over has before them what it takes: in every process of every district."""

from __future__ import annotations

import pytest

from engine.definition.fields.offering import open_to_anybody
from engine.definition.kinds.ask import Ask
from engine.definition.uses import all_steps
from tests.scenarios.conftest import pack

DISTRICTS = ("haicheng", "shangjie", "guiding")
#: What it takes to find somebody, and what is handed over.
NEEDED = ("phone", "place", "what", "member")
#: Until somebody claims an order the telephone of who ordered it is nobody's business; after that they see all.
BEFORE = {("dispatch_order", "claim", "phone")}
#: Who looks whether somebody is who they say does not look at what they buy.
IDENTITY = {("redemption", "identity", "what")}


@pytest.mark.parametrize("district", DISTRICTS)
def test_a_step_that_shows_some_fields_shows_how_to_reach_people(district: str) -> None:
    hidden = {
        (process.name, step.id, name)
        for process in pack(district).processes
        for step in all_steps(process.steps)
        if isinstance(step, Ask) and step.show and not open_to_anybody(step.who)
        for name in NEEDED
        if process.field_named(name) and name not in step.show
    }
    assert hidden - BEFORE - IDENTITY == set()


@pytest.mark.parametrize("district", DISTRICTS)
def test_who_calls_back_sees_the_telephone_and_who_served(district: str) -> None:
    order = next(process for process in pack(district).processes if process.name == "dispatch_order")
    step = order.index["revisit"][0]
    assert isinstance(step, Ask)
    assert {"phone", "place", "what", "server", "stars"} <= set(step.show)
