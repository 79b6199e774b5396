"""What people and the worker do in the tortured districts: each line is one press, or time that passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.clock import SetClock
from engine.definition.values.moments import read_datetime, to_micros
from engine.errors import Invalid
from engine.operations import cases, clockwork
from engine.operations.context import Caller, Context
from engine.operations.naming import person_named
from engine.operations.spoken import spoken
from engine.operations.verbs import VERBS

#: Carries out a line; it may be called again with the same key until it gets through.
Press = Callable[[Context, str], Any]


#: The numbers of a script's cases by their names in it.
Told = dict[str, str]
#: Looks up what the line needs, once, before the first try.
Line = Callable[[Context, Told], Press]


def start(name: str, process: str, by: str, whom: str = "", /, **fill: Any) -> Line:
    """Somebody starts a case, called *name* from then on."""

    def line(ctx: Context, told: Told) -> Press:
        person, unit = person_named(ctx, by)
        heard = spoken(ctx, VERBS["start"], {"process": process, "fill": fill, "for": whom})

        def press(ctx: Context, key: str) -> None:
            receipt = cases.start(ctx, Caller(person), **{"unit": unit, "key": key, **heard})
            told[name] = receipt.number

        return press

    return line


def act(name: str, step: str, by: str, outcome: str, opinion: str = "", /, **fill: Any) -> Line:
    """Somebody takes an outcome."""

    def line(ctx: Context, told: Told) -> Press:
        person, number = person_named(ctx, by)[0], told[name]
        n = cases.open_serial(ctx, number, step, Caller(person))
        more = {"fill": {}, **spoken(ctx, VERBS["act"], {"fill": fill, "opinion": opinion}, number)}
        return lambda ctx, key: cases.act(ctx, Caller(person), number, n, outcome, key=key, **more)

    return line


def claim(name: str, step: str, by: str) -> Line:
    """Somebody takes a task for themselves."""

    def line(ctx: Context, told: Told) -> Press:
        person, number = person_named(ctx, by)[0], told[name]
        n = cases.open_serial(ctx, number, step, Caller(person))
        return lambda ctx, key: cases.claim(ctx, Caller(person), number, n, key=key)

    return line


def take_back(name: str, by: str) -> Line:
    """Somebody takes back what they decided last."""

    def line(ctx: Context, told: Told) -> Press:
        person, number = Caller(person_named(ctx, by)[0]), told[name]
        n = cases.last_decision(ctx, person, number)
        return lambda ctx, key: cases.take_back(ctx, person, number, n, key=key)

    return line


def comment(name: str, by: str, text: str) -> Line:
    """Somebody leaves a word."""

    def line(ctx: Context, told: Told) -> Press:
        person, number = Caller(person_named(ctx, by)[0]), told[name]
        return lambda ctx, key: cases.comment(ctx, person, number, text, key=key)

    return line


def refused(line: Line) -> Line:
    """The form is sent in vain: it stays with whoever filled it in, and nothing happens."""

    def vain(ctx: Context, told: Told) -> Press:
        send = line(ctx, told)

        def press(ctx: Context, key: str) -> None:
            with pytest.raises(Invalid):
                send(ctx, key)

        return press

    return vain


def until(moment: str) -> Line:
    """Time passes until *moment*; the worker lets clocks ring, runs jobs and seals the journal."""

    def line(_ctx: Context, _told: Told) -> Press:
        def press(ctx: Context, _key: str) -> None:
            assert isinstance(ctx.clock, SetClock)
            clockwork.pass_time(ctx, ctx.clock, to_micros(read_datetime(moment)))
            clockwork.seal(ctx)

        return press

    return line


_SLOT = {"venue": "黄海路社区/多功能厅", "people": 50, "purpose": "端午包粽子"}
_ADMIN, _STAFF = "station_admin@黄海路社区", "staff@南珠东社区"
BORROW_VENUE: tuple[Line, ...] = (
    start("c1", "borrow_venue", _STAFF, slot="2026-06-16 14:00/16:00", **_SLOT),
    refused(start("c2", "borrow_venue", "staff@广场西里社区", slot="2026-06-16 15:00/17:00", **_SLOT)),
    claim("c1", "lender_ok", _ADMIN),
    comment("c1", _STAFF, "还要用厨房"),
    act("c1", "lender_ok", _ADMIN, "revise", "下午有课，请改上午"),
    act("c1", "start", _STAFF, "submit", slot="2026-06-16 09:00/11:00", **_SLOT),
    act("c1", "lender_ok", _ADMIN, "agree", "厨房也可以用"),
    take_back("c1", _ADMIN),
    act("c1", "lender_ok", _ADMIN, "agree"),
    until("2026-06-12 09:00"),
    start("c3", "borrow_venue", "staff@广场西里社区", slot="2026-06-24 15:00/17:00", **_SLOT),
    act("c3", "lender_ok", _ADMIN, "agree"),
    act("c3", "in_use", "staff@广场西里社区", "call_off", "人没有凑齐"),
    start("c4", "borrow_venue", _STAFF, slot="2026-06-25 14:00/16:00", **_SLOT),
    until("2026-06-16 11:10"),
    act("c1", "check_out", _STAFF, "out", came=53, condition="完好"),
    act("c1", "rate_lender", _STAFF, "rated", lender_stars=5),
    until("2026-06-30 09:00"),
)
_ORDER = {"class": "健康义诊", "what": "给候鸟老人量血压", "place": "茶亭路社区老年活动室", "channel": "小程序"}
_DESK, _TEAM, _ASKER = "dispatcher@东街街道", "team_leader@东街志愿队", "staff@茶亭路社区"
DISPATCH_ORDER: tuple[Line, ...] = (
    start("o1", "dispatch_order", _ASKER, "崔立秋", **_ORDER),
    act("o1", "dispatch", _DESK, "to_team", team="东街志愿队"),
    act("o1", "team_accept", _TEAM, "decline"),
    act("o1", "dispatch", _DESK, "to_team", team="东街志愿队"),
    act("o1", "team_accept", _TEAM, "accept"),
    start("o2", "dispatch_order", _ASKER, "崔立秋", **_ORDER),
    act("o2", "dispatch", _DESK, "to_all"),
    act("o2", "service", "崔立秋", "cancel"),
    refused(act("o1", "deliver", _TEAM, "delivered", hours="2.5")),
    until("2026-06-10 12:00"),
    act("o1", "deliver", _TEAM, "delivered", hours="2.5"),
    act("o1", "rate", "崔立秋", "rated", stars=2),
    act("o1", "revisit", _DESK, "settled", "电话回访，已说明"),
    start("o3", "dispatch_order", _ASKER, "崔立秋", **_ORDER),
    act("o3", "dispatch", _DESK, "to_team", team="东街志愿队"),
    until("2026-06-11 15:00"),
    act("o3", "dispatch", _DESK, "to_all"),
    act("o3", "claim", "volunteer@东街街道", "take"),
    until("2026-06-11 16:30"),
    act("o3", "deliver", "volunteer@东街街道", "delivered", hours="1"),
    until("2026-06-20 09:00"),
)
_FORM = {"kind": "个体", "name": "曾师傅缝补", "contact": "曾令仪", "phone": "19900770001", "skills": ["维修"],
         "id_number": "11010519491231002X"}  # fmt: skip
_CHECKS, _STREET, _HOME = "station_admin@幸福里社区", "street_admin@中街街道", "staff@幸福里社区"
PARTNER_ENROLLMENT: tuple[Line, ...] = (
    start("p1", "partner_enrollment", _HOME, "曾令仪", **_FORM),
    act("p1", "verify", _CHECKS, "more", missing="从业证明"),
    act("p1", "supply", "曾令仪", "supplied", papers="从业证明复印件一份"),
    act("p1", "verify", _CHECKS, "real"),
    claim("p1", "approve", _STREET),
    act("p1", "approve", _STREET, "agree"),
    until("2026-06-11 09:00"),
    start("p2", "partner_enrollment", _HOME, "曾令仪", **_FORM),
    start("p3", "partner_enrollment", _HOME, "曾令仪", **{**_FORM, "name": "另一家缝补"}),
    act("p3", "verify", _CHECKS, "more", missing="从业证明"),
    until("2026-07-01 09:00"),
)
_TILL = "cashier@赤西村"
REDEMPTION: tuple[Line, ...] = (
    start("r1", "redemption", _TILL, member=_TEAM, what="五常大米一袋", bill="3.50"),
    act("r1", "hand_over", _TILL, "handed"),
    start("r2", "redemption", _TILL, member=_TEAM, what="纸巾一提", bill="1.00"),
    act("r2", "hand_over", _TILL, "part", returned="0.50"),
    start("r3", "redemption", _TILL, member=_TEAM, what="肥皂两块", bill="0.50"),
    refused(start("r4", "redemption", _TILL, member=_ASKER, what="肥皂两块", bill="0.50")),
    until("2026-06-30 09:00"),
)
#: Where somebody first has to earn points.
EARNED: tuple[Line, ...] = (
    start("o1", "dispatch_order", _ASKER, "崔立秋", **_ORDER),
    act("o1", "dispatch", _DESK, "to_team", team="东街志愿队"),
    act("o1", "team_accept", _TEAM, "accept"),
    until("2026-06-10 12:00"),
    act("o1", "deliver", _TEAM, "delivered", hours="2.5"),
    act("o1", "rate", "崔立秋", "rated", stars=5),
)
#: By process: what happens beforehand in peace, and what is tortured.
SCRIPTS: dict[str, tuple[tuple[Line, ...], tuple[Line, ...]]] = {
    "borrow_venue": ((), BORROW_VENUE),
    "dispatch_order": ((), DISPATCH_ORDER),
    "partner_enrollment": ((), PARTNER_ENROLLMENT),
    "redemption": (EARNED, REDEMPTION),
}
