"""What a district sets for its points: kinds and their worth, coefficients, caps, expiry and the till's rule."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from engine.extend import DAY, Micros, Setting, Text, ValueType, day_end, to_micros
from plugins.points_exchange.rules import EarnRule, QuoteRule, hundredths

NEVER: Micros = 253_402_300_800_000_000
_KIND = re.compile("[a-z][a-z0-9_]*")
_TEXT, _DECIMAL, _INTEGER = ValueType("text"), ValueType("decimal"), ValueType("integer")
_MONEY, _CHOICE = ValueType("money"), ValueType("choice")
_KINDS = ValueType("table", columns=(("kind", _TEXT), ("title", _TEXT), ("value", _MONEY)))
_ACTIVITIES = ValueType("table", columns=(("activity", _TEXT), ("coefficient", _DECIMAL), ("kind", _TEXT.maybe())))


def _kinds_fault(rows: Sequence[Mapping[str, Any]]) -> Text | None:
    """What is wrong with the kinds: accounts are named by them."""
    ids = [row["kind"] for row in rows]
    if not ids:
        return Text("至少写一种积分。", "Write at least one kind of points.")
    if wild := [kind for kind in ids if not _KIND.fullmatch(kind)]:
        return Text(f"种类代号“{wild[0]}”用小写字母和数字写，例如grid。", f"Write kind {wild[0]!r} in small letters.")
    if len(set(ids)) < len(ids):
        return Text("种类代号重复了，每种写一个。", "Two kinds have one name; write each once.")
    if any(row["value"] <= 0 for row in rows):
        return Text("每分折合的钱要大于0。", "A point is worth more than 0.")
    return None


def _activities_fault(rows: Sequence[Mapping[str, Any]]) -> Text | None:
    """What is wrong with the coefficients."""
    names = [row["activity"] for row in rows]
    if repeated := [name for name, times in Counter(names).items() if times > 1]:
        twice = repeated[0]
        return Text(f"“{twice}”写了两次系数，留一个。", f"{twice!r} has two coefficients; keep one.")
    if below := next((row["activity"] for row in rows if row["coefficient"] < 0), None):
        return Text(f"“{below}”的系数不能小于0。", f"The coefficient of {below!r} is not below 0.")
    return None


SETTINGS = (
    Setting(
        "kinds",
        _KINDS,
        Text("积分种类，每分折合多少钱", "kinds of points and what one is worth"),
        [{"kind": "grid", "title": "网格积分", "value": 100}],
        check=_kinds_fault,
    ),
    Setting(
        "activities",
        _ACTIVITIES,
        Text("各活动的系数，每小时几分", "points an hour by activity"),
        [],
        check=_activities_fault,
    ),
    Setting("coefficient", _DECIMAL, Text("未列活动的系数", "points an hour for others"), "1", min=0),
    Setting("step_minutes", _INTEGER, Text("满几分钟才计", "count started steps of minutes down"), 1, min=1),
    Setting("cap_hours", _DECIMAL, Text("每次活动最多计几小时，0为不限", "hours at most, 0 = any"), "0", min=0),
    Setting("cap_a_day", _DECIMAL, Text("每天最多记几分，0为不限", "points a day at most"), "0", min=0),
    Setting("lot_year", _CHOICE, Text("积分归入哪一年", "year of a lot"), "service", options=("service", "posting")),
    Setting("expires", _CHOICE, Text("积分何时清零", "expiry"), "never", options=("never", "year_end")),
    Setting("grace_days", _INTEGER, Text("年底后宽限几天", "days of grace after the year"), 0, min=0),
    Setting("discount", _DECIMAL, Text("集中兑换优惠几成", "share off at redemption"), "0.1", min=0, max=1),
    Setting("cap", _MONEY, Text("每分最多抵扣", "worth of a point at most"), 500, min=1),
    Setting("step", _DECIMAL, Text("积分按多少取整", "points in steps of"), "1", min="0.01"),
    Setting("rounding", _CHOICE, Text("优惠额取整", "rounding"), "half_up", options=("half_up", "down", "up")),
    Setting(
        "lookup",
        ValueType("choices"),
        Text("哪些角色可查本单位及以下人员的积分", "roles that may look up accounts of their unit and below"),
        ["staff", "station_admin", "street_admin", "cashier", "district_admin"],
        roles=True,
    ),
    Setting("if_short", _CHOICE, Text("积分不够时", "when short"), "partial", options=("partial", "refuse")),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of points; *rate* is fen a point for clearing."""

    id: str
    title: str
    rate: int


@dataclass(frozen=True, slots=True)
class Policy:
    """A district's settings as the rules want them."""

    settings: Mapping[str, Any]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Every kind, the district's usual one first."""
        return tuple(Kind(row["kind"], row["title"], row["value"]) for row in self.settings["kinds"])

    def kind(self, words: str | None) -> Kind | None:
        """The kind with this id or title; the usual one when nothing is said, None when there is no such kind."""
        if not words:
            return self.kinds[0]
        return next((kind for kind in self.kinds if words in (kind.id, kind.title)), None)

    def rate_of(self, activity: str | None) -> tuple[Decimal, str | None]:
        """Points an hour of *activity* as set today, and the kind it earns."""
        row = next((row for row in self.settings["activities"] if row["activity"] == activity), None)
        return (row["coefficient"], row["kind"]) if row else (self.settings["coefficient"], None)

    @property
    def earning(self) -> EarnRule:
        """How service becomes points."""
        return EarnRule(
            step_minutes=self.settings["step_minutes"],
            cap_minutes=int(self.settings["cap_hours"] * 60),
            cap_points_a_day=hundredths(self.settings["cap_a_day"]),
        )

    @property
    def till(self) -> QuoteRule:
        """How a bill is discounted."""
        return QuoteRule(
            discount=self.settings["discount"],
            cap=self.settings["cap"],
            step=hundredths(self.settings["step"]),
            rounding=self.settings["rounding"],
            if_short=self.settings["if_short"],
        )

    def year(self, served: date, today: date) -> int:
        """The year whose lot takes the points."""
        day = served if self.settings["lot_year"] == "service" else today
        return day.year

    def expiry(self, year: int) -> Micros:
        """When points of *year* expire: at the end of the year and of the days of grace, or never."""
        if self.settings["expires"] == "never":
            return NEVER
        grace: int = self.settings["grace_days"]
        return to_micros(day_end(date(year, 12, 31))) + grace * DAY
