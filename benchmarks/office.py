"""The engine at work for a benchmark: the tests' small town with a plugin whose actions write nothing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, ClassVar

from engine.app import open_system
from engine.clock import MINUTE, SetClock, SystemClock
from engine.definition.district.model import DistrictPack, GrantRow
from engine.definition.load import load_text
from engine.extend import Action, ActionContext, Text, Undo, action, both, hookimpl
from engine.extend.loading.discovery import Plugin
from engine.extend.loading.manifest import Manifest
from engine.extend.registry import Registry
from engine.ids import RandomIds
from engine.operations import cases
from engine.operations.content.adopt import Pack, adopt
from engine.operations.content.publish import publish
from engine.operations.context import Caller, Context
from engine.operations.reading.views import Receipt
from tests import town

#: A form of ten fields, an automatic step, a human approval, a second automatic step, an end.
W1 = """
process: w1
title: 借用场地
uses: [bench]
subject: [title]
fields:
  title:    {type: text, title: 活动, max: 120}
  people:   {type: integer, title: 人数, min: 1, max: 5000}
  from:     {type: text, title: 开始}
  to:       {type: text, title: 结束}
  hall:     {type: choice, title: 场地, of: [hall-1, hall-2, hall-3]}
  contact:  {type: text, title: 联系人}
  phone:    {type: text, title: 电话, optional: 是}
  catering: {type: boolean, title: 用餐, optional: 是}
  budget:   {type: money, title: 预算, min: 0}
  note:     {type: text, title: 说明, max: 1000, optional: 是}
start: {who: role staff, fill: [title, people, from, to, hall, contact, phone, catering, budget, note]}
steps:
- {step: check, do: bench.check, with: {hall: =hall, people: =people}}
- step: ok
  title: 审批
  ask: role head of start.unit
  not: [start]
  due: {within: 2 workdays, late: [refuse]}
  outcomes:
    agree:  {title: 同意, then: next}
    refuse: {title: 不同意, then: end refused}
- {step: book, do: bench.check, with: {hall: =hall, people: =people}}
ends: {done: {title: 办成}, refused: {title: 未成}}
"""
FILL = {
    "title": "Summer concert", "people": 120, "from": "2026-07-01T18:00", "to": "2026-07-01T23:00", "hall": "hall-2",
    "contact": "ann@example.org", "phone": "+421900123456", "catering": True, "budget": 150000, "note": "x" * 40,
}  # fmt: skip

#: A case that is handed to and fro. A return is taken 99 times at most, and again as often once its stage is entered
#: anew.
LOOP = """
process: loop
title: 往返
fields: {what: {type: text, title: 事由}}
subject: [what]
start: {who: role staff, fill: [what]}
steps:
- step: round
  title: 往返
  stage:
  - step: there
    title: 去
    ask: role head of start.unit
    outcomes: {leave: {title: 去, then: next}}
  - step: fro
    title: 回
    ask: role head of start.unit
    outcomes: {again: {title: 回, then: back there, at_most: 99}, rest: {title: 歇, then: next}}
- step: more
  title: 再来
  ask: role head of start.unit
  outcomes: {again: {title: 再来, then: back round, at_most: 99}, stop: {title: 结束, then: end done}}
ends: {done: {title: 办结}}
"""


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Which hall for how many people."""

    hall: str
    people: int


@dataclass(frozen=True, slots=True)
class Free:
    """The hall is large enough."""

    title: ClassVar[Text] = both("free")


@action("bench.check", title=both("check"))
def check(_ctx: ActionContext, _given: CheckIn) -> Free:
    return Free()


class Hooks:
    """The hooks of the plugin."""

    @hookimpl
    def register_actions(self) -> Sequence[Action[Any, Any] | Undo]:
        return [check]


class Office:
    """The town on the database at *url*, which is new; each W1 comes a minute after the other."""

    def __init__(self, url: str, grants: Sequence[GrantRow] = ()) -> None:
        self.clock = SetClock(town.MORNING)
        registry = Registry([Plugin(Manifest("bench", "1", both("bench"), both("for benchmarks")), Hooks())])
        self.system = open_system(url, clock=self.clock, ids=RandomIds(SystemClock()), registry=registry)
        pack = DistrictPack(
            "bench", both("小城"), both("小城"), plugins={"bench": {}}, units=town.UNITS, persons=town.PERSONS,
            grants=(*town.GRANTS, *grants), file="bench.yaml",
        )  # fmt: skip
        self.ctx: Context = adopt(self.system, Pack(pack, (town.CALENDAR,)), Caller("cai"))
        for text in (W1, LOOP):
            publish(self.ctx, Caller("cai"), load_text(text, self.ctx.catalogue, "bench.yaml"))
        self._keys = map(f"{os.getpid()}-{{}}".format, count())

    def w1(self) -> None:
        """One W1, a minute after the one before."""
        self.clock.advance(MINUTE)
        self.pair()

    def pair(self) -> None:
        """Started by one person, approved by another, each with a request key of its own."""
        started = self.start("w1", FILL)
        self.act(started, started.opened[0], "agree")

    def start(self, process: str, fill: dict[str, Any]) -> Receipt:
        """Start a case."""
        return cases.start(self.ctx, Caller("ann"), process, fill, unit="a", key=f"start-{next(self._keys)}")

    def act(self, of: Receipt, n: int, outcome: str) -> Receipt:
        """Decide task *n*."""
        return cases.act(self.ctx, Caller("sun"), of.number, n, outcome, key=f"act-{next(self._keys)}")

    def close(self) -> None:
        """Give the connections back."""
        self.system.runner.release()
        self.system.database.close()
