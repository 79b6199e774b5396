"""Rules that name days of the month or week, as people write them: ``first Saturday of month``, ``每月15日``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from engine.definition.values.plain import narrow
from engine.definition.values.saying import WEEKDAYS

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CHINESE_DAYS: Final = {day.zh[-1]: number for number, day in enumerate(WEEKDAYS)} | {"天": 6}
_ORDER: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_CHINESE_ORDER: Final = {
    "第一个": 1, "第二个": 2, "第三个": 3, "第四个": 4, "第1个": 1, "第2个": 2, "第3个": 3, "第4个": 4,
    "最后一个": -1, "最后1个": -1,
}  # fmt: skip
_PATTERNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<nth>{'|'.join(_ORDER)}) (?P<day>{'|'.join(_DAYS)})(?: of (?:the |every )?month)?",
        r"(?P<every>every day|每天|每日)",
        rf"(?:every )?(?P<day>{'|'.join(_DAYS)})",
        r"(?:the )?(?P<of_month>[0-9]{1,2})(?:st|nd|rd|th) of (?:the |every )?month",
        r"(?:the )?(?P<last>last) day of (?:the |every )?month",
        rf"每月(?P<nth>{'|'.join(_CHINESE_ORDER)})(?:周|星期)(?P<day>[一二三四五六日天])",
        r"每?(?:周|星期)(?P<day>[一二三四五六日天])",
        r"每月(?P<of_month>[0-9]{1,2})[日号]",
        r"每?月(?P<last>末|底)|每月最后一天",
    )
)


@dataclass(frozen=True, slots=True)
class DayRule:
    """``weekday`` 0 is Monday; ``nth`` counts it in the month, -1 from the end, 0 every one; ``day`` -1 is the last."""

    kind: Literal["every", "weekday", "day"]
    weekday: int = 0
    nth: int = 0
    day: int = 0

    def holds(self, on: date) -> bool:
        """Whether the rule names *on*."""
        if self.kind == "every":
            return True
        if self.kind == "day":
            return on.day == self.day or (self.day == -1 and (on + timedelta(days=1)).day == 1)
        if on.weekday() != self.weekday:
            return False
        if self.nth == -1:
            return (on + timedelta(days=7)).month != on.month
        return self.nth == 0 or (on.day - 1) // 7 + 1 == self.nth


def parse_day_rule(text: str) -> DayRule | None:
    """The rule that *text* says in either language, or None."""
    plain = " ".join(narrow(text).split())
    found = next((m for m in (p.fullmatch(plain) for p in _PATTERNS) if m), None)
    if not found:
        return None
    said = found.groupdict()
    if said.get("every"):
        return DayRule("every")
    if said.get("day"):
        nth = (said.get("nth") or "").lower()
        return DayRule("weekday", _weekday(said["day"]), _ORDER.get(nth) or _CHINESE_ORDER.get(nth, 0))
    day = int(said.get("of_month") or -1)
    return DayRule("day", day=day) if -1 <= day <= 31 and day != 0 else None


def _weekday(name: str) -> int:
    return _CHINESE_DAYS[name] if name in _CHINESE_DAYS else _DAYS.index(name.lower())
