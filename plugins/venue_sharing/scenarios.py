"""The plugin's word for scenario files: how many bookings of a venue there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.extend import Problem, Text, WriteContext
from plugins.venue_sharing.operations import venues

KEYS = ("venue", "held", "confirmed", "used", "released", "expired")


def bookings(ctx: WriteContext, given: Mapping[str, Any]) -> Sequence[Problem]:
    """Check ``{venue: 黄海路社区/多功能厅, confirmed: 1}``: each status named has exactly so many bookings."""
    words = str(given.get("venue", ""))
    found = venues.find_venues(ctx, words, 1)
    if not found:
        return [Problem("venue-unknown", Text(f"没有场地“{words}”", f"there is no venue {words!r}"), path="venue")]
    have = venues.counts(ctx, found[0].id)
    problems = []
    for status, wanted in given.items():
        if status == "venue":
            continue
        if str(have.get(status, 0)) != str(wanted):
            there = have.get(status, 0)
            message = Text(
                f"{words}的{status}预约应为{wanted}，现有{there}", f"{status}: expected {wanted}, got {there}"
            )
            problems.append(Problem("venue-count", message, path=status))
    return problems
