"""A small town for tests and benchmarks: a centre, a street, three stations, a handful of people, one desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.clock import SetClock
from engine.definition.district.model import Beyond, DistrictPack, GrantRow, PersonRow, UnitRow
from engine.definition.load import load_text
from engine.definition.model import Process
from engine.extend.loading.away import Away
from engine.extend.loading.discovery import Plugin
from engine.extend.registry import Registry
from engine.extend.senders import Mode
from engine.i18n import both
from engine.ids import Ids, SeededIds
from engine.operations import cases
from engine.operations.content.adopt import adopt
from engine.operations.content.pack import Pack
from engine.operations.content.publish import publish
from engine.operations.context import Caller, Context, System
from engine.operations.reading.views import Receipt
from engine.store.databases.database import Database
from engine.store.transactions.runner import Runner
from tests import desk

#: 2026-06-10 09:00 in the district's time, a Wednesday.
MORNING = 1_781_053_200_000_000
CALENDAR = {"years": {}, "hours": ["09:00-12:00", "14:00-18:00"]}
UNITS = (
    UnitRow("c", "中心", "中心", "中心"),
    UnitRow("s", "东街", "东街", "所", parent="c"),
    UnitRow("a", "甲社区", "甲社区", "站", parent="s"),
    UnitRow("b", "乙社区", "乙社区", "站", parent="s"),
    UnitRow("d", "丙社区", "丙社区", "站", parent="s"),
)
PERSONS = (
    PersonRow("ann", "安宁", "a"),
    PersonRow("bo", "薄霜", "b"),
    PersonRow("bea", "毕云", "b"),
    PersonRow("sun", "孙立", "s"),
    PersonRow("cai", "蔡𬭎", "c"),
)
GRANTS = (
    GrantRow("ann", "staff", "a"),
    GrantRow("bo", "head", "b"),
    GrantRow("bea", "head", "b"),
    GrantRow("bea", "staff", "b"),
    GrantRow("sun", "head", "s"),
    GrantRow("cai", "district_admin", "c"),
)

PACK = DistrictPack("town", both("小城"), both("小城"), plugins={"desk": {}}, units=UNITS, persons=PERSONS,
                    grants=GRANTS, file="town.yaml")  # fmt: skip

#: A form, an automatic step, a human approval, a second automatic step, an end.
W1 = """
process: w1
title: 借座
uses: [desk]
subject: [seat, people]
fields:
  seat:   {type: text, title: 座位}
  people: {type: integer, title: 人数, min: 1}
  why:    {type: text, title: 事由}
  mood:   {type: text, title: 脾气, optional: 是}
start: {who: role staff, fill: [seat, people, why, mood]}
steps:
- {step: first, do: desk.note, with: {words: =why}}
- step: ok
  title: 审批
  ask: role head of start.unit
  not: [start]
  due: {within: 2 workdays, late: [refuse]}
  outcomes:
    agree:  {title: 同意, then: next}
    refuse: {title: 不同意, then: end refused}
- {step: second, do: desk.note, with: {words: =why}}
ends: {done: {title: 办成}, refused: {title: 未成}}
"""

#: A seat that is held, decided, returned, withdrawn, and released where it did not come about.
HOLD = """
process: hold
title: 占座
uses: [desk]
subject: [seat]
fields:
  seat: {type: text, title: 座位}
  mood: {type: text, title: 脾气, optional: 是}
  after: {type: text, title: 之后, optional: 是}
start: {who: role staff, fill: [seat, mood, after]}
steps:
- step: taking
  do: desk.hold
  with: {name: =seat, mood: =mood}
  outcomes: {held: next, refused: end refused}
- step: whole
  stage:
  - step: ok
    title: 审批
    ask: role head of start.unit
    not: [start]
    due: {within: 2 workdays, remind: 50%, late: [escalate role head of start.unit, refuse after 2 workdays]}
    outcomes:
      agree:  {title: 同意, then: next}
      refuse: {title: 不同意, opinion: must, then: end refused}
      revise: {title: 退回修改, opinion: must, then: back start, again: changed, at_most: 2}
      talk:   {title: 记一笔, then: stay}
  - step: more
    if: after <> ''
    do: desk.hold
    with: {name: "=coalesce(after, '2')"}
    outcomes: {held: next, refused: end refused}
  - step: hand_over
    title: 交接
    ask: role head of start.unit
    outcomes:
      over: {title: 已交接, then: next}
      back: {title: 退回审批, then: back ok, at_most: 2}
  outcomes:
    done: next
    withdraw: {title: 撤回, by: applicant, then: end refused}
ends: {done: {title: 办成}, refused: {title: 未成, undo: all, tell: applicant}}
"""


@dataclass
class Town:
    """The town at work on a database with empty tables."""

    ctx: Context
    clock: SetClock
    started: list[Receipt] = field(default_factory=list)

    @property
    def system(self) -> System:
        return self.ctx.system

    def publish(self, text: str) -> Process:
        """Publish the process that *text* says."""
        process = load_text(text, self.ctx.catalogue, "town.yaml")
        publish(self.ctx, Caller("cai"), process)
        return process

    def start(self, process: str = "w1", by: str = "ann", unit: str = "a", key: str = "", **fill: Any) -> Receipt:
        """Start a case; unset fields have harmless values."""
        usual: dict[str, Any] = {"w1": {"seat": "1", "people": 3, "why": "聚会"}, "hold": {"seat": "1"}}[process]
        return cases.start(self.ctx, Caller(by), process, {**usual, **fill}, unit=unit, key=key)

    def handing(self, beyond: Beyond) -> Context:
        """The town as it would be with another rule for handing on; the next adoption forgets it."""
        return replace(self.ctx, district=replace(self.ctx.district, transfer_beyond=beyond))

    def act(self, of: Receipt, step: str, outcome: str, by: str, **more: Any) -> Receipt:
        """Take *outcome* of the open *step*."""
        n = cases.open_serial(self.ctx, of.number, step)
        return cases.act(self.ctx, Caller(by), of.number, n, outcome, **more)


def build(
    database: Database, *, clock: SetClock | None = None, ids: Ids | None = None,
    wrap: Callable[[Runner], Runner] = lambda runner: runner, beside: Sequence[Plugin] = (), mode: Mode = "example",
    away: Mapping[str, Away] | None = None,
) -> Town:  # fmt: skip
    """The town on *database*, whose engine tables exist; W1 and HOLD are published. It uses the plugins *beside* too.

    Those *away* are installed and cannot be used.
    """
    plugins = [desk.plugin(), *beside]
    registry = Registry(plugins) if away is None else Registry.of_sound(plugins, away)
    desk.seat.metadata.create_all(database.engine)
    clock = clock or SetClock(MORNING)
    system = System(database, wrap(Runner(database, clock=clock)), registry, clock, ids or SeededIds(), mode)
    used: dict[str, dict[str, str]] = {name: {} for name in sorted(registry.names)}
    town = Town(adopt(system, Pack(replace(PACK, plugins=used), (CALENDAR,)), Caller("cai")), clock)
    town.publish(W1)
    town.publish(HOLD)
    return town


class RunningClock(SetClock):
    """A clock that goes on by a millisecond whenever somebody looks at it, as a real one does."""

    def now(self) -> int:
        self.at += 1000
        return self.at


#: A process that only the second district has.
ELSEWHERE = """
process: elsewhere
title: 别处的事
fields: {what: {type: text, title: 事由}}
start: {who: role staff, fill: [what]}
steps: [{step: ok, ask: role head of start.unit, outcomes: {yes: next}}]
ends: {done: {title: 办成}}
"""


def neighbour(town: Town) -> Town:
    """A second district on the same system: units and people of the same ids, and a few of its own."""
    units, persons = (*UNITS, UnitRow("x", "丁社区", "丁社区", "站", parent="s")), (*PERSONS, PersonRow("zoe", "周怡", "x"))
    pack = DistrictPack("next", both("邻城"), both("邻城"), plugins={"desk": {}}, units=units, persons=persons,
                        grants=GRANTS, file="next.yaml")  # fmt: skip
    beside = Town(adopt(town.system, Pack(pack, (CALENDAR,)), Caller("")), town.clock)
    for text in (W1, HOLD, ELSEWHERE):
        beside.publish(text)
    return beside
