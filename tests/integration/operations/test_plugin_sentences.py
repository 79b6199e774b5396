"""The sentences of a plugin in the timeline, with what an action gave and without what it did not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pytest

from engine.extend import ActionContext, Sentence, Text, action, both
from engine.operations import cases
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.store.databases.database import Database
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin

PROCESS = """
process: moving
title: 改期
uses: [mover]
subject: [seat]
fields:
  seat: {type: text, title: 座位}
start: {who: role staff, fill: [seat]}
steps:
- {step: move, do: mover.move, with: {where: =seat}}
- {step: ok, ask: role head of start.unit, outcomes: {yes: {title: 好, then: next}}}
ends: {done: {title: 办成}}
"""


@dataclass(frozen=True, slots=True)
class MoveIn:
    """Where to."""

    where: str


@dataclass(frozen=True, slots=True)
class Moved:
    """It was moved, perhaps to another room."""

    title: ClassVar[Text] = both("moved")
    count: int
    room: str | None = None


@action("mover.move", title=both("move"))
def move(ctx: ActionContext, i: MoveIn) -> Moved:
    return Moved(2, i.where if i.where != "nowhere" else None)


@pytest.fixture
def town(db: Database) -> Iterator[Town]:
    said = Sentence("mover.move", "moved", Text("移了{count}次，到{room}。", "moved {count} times, to {room}."))
    made = build(db, beside=[plugin("mover", register_actions=giving(move), register_sentences=giving(said))])
    made.publish(PROCESS)
    yield made
    made.system.runner.release()


@pytest.mark.parametrize(("seat", "said"), [("nowhere", "移了2次，到—。"), ("{count}", "移了2次，到{count}。")])
def test_an_empty_output_is_a_dash_and_a_value_is_never_filled_in_itself(town: Town, seat: str, said: str) -> None:
    case = cases.start(town.ctx, Caller("ann"), "moving", {"seat": seat}, unit="a")
    lines = [line.sentence.zh for line in pages.case(town.ctx, Caller("ann"), case.number).timeline]
    assert said in lines
