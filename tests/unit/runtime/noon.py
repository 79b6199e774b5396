"""When the cases of these tests begin, and the working days that they count."""

from __future__ import annotations

from engine.definition.calendar.working import calendar_from

NOON = 1_781_582_400_000_000  # 2026-06-16 12:00 in Shanghai, a Tuesday
CALENDAR = calendar_from({"years": {}, "hours": ["09:00-12:00", "14:00-18:00"]})
