"""A scope and a world for the tests of formulas: fields, settings, a table, a reference type of a plugin."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.definition.calendar.working import calendar_from
from engine.definition.catalogue import FunctionSpec
from engine.definition.expression import Formula, Scope, compile_formula, evaluate
from engine.definition.values.durations import Duration
from engine.definition.values.moments import DISTRICT_TIME, Period
from engine.definition.values.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INTEGER,
    MONEY,
    PERIOD,
    PERSON,
    TEXT,
    TIME,
    UNIT,
    ValueType,
)  # fmt: skip

_CALENDAR = calendar_from({"years": {}})
CHOICE = ValueType("choice")
LINES = ValueType("table", (("what", TEXT), ("amount", MONEY), ("ok", BOOLEAN), ("n", INTEGER.maybe())))
NAMES: dict[str, ValueType] = {
    "people": INTEGER, "rate": DECIMAL, "fee": MONEY, "urgent": BOOLEAN, "kind": CHOICE, "tags": ValueType("choices"),
    "title": TEXT, "day": DATE, "at": DATETIME, "clock": TIME, "slot": PERIOD, "length": DURATION, "lines": LINES,
    "venue": ValueType("venue"), "owner": PERSON, "lender": UNIT, "nothing": INTEGER.maybe(), "人数": INTEGER,
    "class": TEXT, "from": TEXT, "in": TEXT, "hold.id": TEXT, "settings.answer_in": DURATION,
    "settings.open_on": ValueType("calendar"), "ok.outcome": TEXT, "stations": ValueType("list", of="unit"),
}  # fmt: skip
SCOPE = Scope(
    NAMES,
    {"venue": {"station": UNIT, "capacity": INTEGER, "site": TEXT.maybe()}},
    {"points.worth": FunctionSpec("points.worth", (DECIMAL,), MONEY, lambda number: int(number * 500))},
    {"kind": ("商企", "个体"), "tags": ("甲", "乙"), "ok.outcome": ("agree", "refuse"), "lines.what": ("桌", "椅")},
)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=DISTRICT_TIME)


VALUES: dict[str, Any] = {
    "people": 5, "rate": Decimal("0.25"), "fee": 1050, "urgent": True, "kind": "商企", "tags": ("甲",),
    "title": "广场舞", "day": date(2026, 6, 16), "at": moment("2026-06-16T14:00"),
    "clock": moment("2026-06-16T21:00").time(), "length": Duration(2, "workdays"),
    "slot": Period(moment("2026-06-16T14:00"), moment("2026-06-16T16:30")),
    "lines": (
        {"what": "桌", "amount": 100, "ok": True, "n": 1},
        {"what": "椅", "amount": 250, "ok": False, "n": None},
        {"what": "桌", "amount": 50, "ok": True, "n": 3},
    ),
    "venue": "v1", "owner": "p1", "lender": "u1", "nothing": None, "人数": 7, "class": "c", "from": "f", "in": "i",
    "hold": {"id": "h1"}, "settings": {"answer_in": Duration(4, "days"), "open_on": "first Saturday of month"},
    "ok": {"outcome": "agree"}, "today": date(2026, 6, 15), "now": moment("2026-06-15T09:10"),
    "stations": ("u1", "u2"),
}  # fmt: skip


class World:
    """Answers names from a dict, attributes as ``value.attribute``, and adds working time as plain days."""

    def __init__(self, **changed: Any) -> None:
        self.values = {**VALUES, **changed}
        self.asked: list[tuple[str, tuple[Any, ...]]] = []

    def name(self, name: str) -> Any:
        return self.values[name]

    def attribute(self, type_name: str, value: Any, attribute: str) -> Any:
        return {"capacity": 80, "site": None}.get(attribute, f"{type_name}:{value}.{attribute}")

    def call(self, function: str, args: tuple[Any, ...]) -> Any:
        self.asked.append((function, args))
        return SCOPE.functions[function].call(*args) if function in SCOPE.functions else True

    def add(self, moment: datetime, duration: Duration) -> datetime:
        assert duration.needs_calendar
        return _CALENDAR.add_to(moment, duration)


def formula(text: str, *expect: str) -> Formula:
    made = compile_formula(text, SCOPE, expect or None)
    assert isinstance(made, Formula), made
    return made


def value(text: str, **changed: Any) -> Any:
    return evaluate(formula(text), World(**changed))


def codes(text: str, *expect: str) -> list[str]:
    made = compile_formula(text, SCOPE, expect or None)
    assert not isinstance(made, Formula), f"{text} was accepted"
    return [fault.code for fault in made]
