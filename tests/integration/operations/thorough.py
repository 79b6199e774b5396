"""A town in which something of everything has happened, so that each table of the engine has rows of each kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from engine.clock import DAY, SECOND
from engine.definition.district.model import Alliance, DeputyRow, RotaTurn
from engine.operations import cases, notices
from engine.operations.clockwork import pass_time, seal
from engine.operations.content.adopt import adopt
from engine.operations.content.pack import Pack
from engine.operations.context import Caller
from engine.operations.erasing import erase
from engine.operations.uncovering import uncover
from tests.integration.operations.test_budget import WIDE
from tests.town import CALENDAR, PACK, Town

MASKED = """
process: masked
title: 登记
fields: {phone: {type: phone, title: 电话, sensitive: 是}}
start: {who: role staff, fill: [phone]}
steps:
- {step: ok, ask: role head of start.unit, not: [start], fill: [phone], outcomes: {yes: next}}
ends: {done: {title: 办成}}
"""
ANN, SUN, CAI = Caller("ann"), Caller("sun"), Caller("cai")


def live(town: Town) -> None:
    """Let cases end, wait, be erased, be looked into and be told of; a notice is read and one is still to be sent."""
    pack = replace(
        PACK, file="town.yaml", plugins={"desk": {}}, alliances=(Alliance("s", ("a", "b")),),
        deputies=(DeputyRow("sun", "bo", date(2026, 6, 1), date(2026, 12, 31), reason="出差"),),
        rotas=(RotaTurn("值班", "s", date(2026, 6, 1), "user:sun"),),
    )  # fmt: skip
    town.ctx = adopt(town.system, Pack(pack, (CALENDAR,)), CAI, key="adopted")
    for text in (WIDE, MASKED):
        town.publish(text)
    gone = town.start("hold", seat="9", key="gone")
    town.act(gone, "ok", "refuse", "sun", opinion="没有")
    told = town.start("hold", seat="8")
    town.act(told, "ok", "refuse", "sun", opinion="没有")
    pass_time(town.ctx, town.clock, town.clock.at + DAY)
    erase(town.ctx, CAI, gone.number, "到期", key="erased")
    notices.mark_read(town.ctx, ANN, key="read")
    cases.start(town.ctx, ANN, "wide", {"other": "b"}, unit="a", key="wide")
    masked = cases.start(town.ctx, ANN, "masked", {"phone": "13911112222"}, unit="a")
    uncover(town.ctx, SUN, masked.number, "phone", key="shown")
    failed = town.start("hold", seat="7", mood="fail")
    cases.comment(town.ctx, ANN, failed.number, "怎么了")
    town.start("w1", key="w1")
    seal(town.ctx)
    ended = town.start("hold", seat="6")
    town.act(ended, "ok", "refuse", "sun", opinion="没有")
    pass_time(town.ctx, town.clock, town.clock.at + SECOND)
