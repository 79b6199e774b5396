"""What is as much as may be is taken, and one more is refused, at each bound that no other test of this folder meets."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.definition.district.people import LAST_YEAR, ROTA_MONTHS
from engine.definition.fields.fill import Field
from engine.definition.fields.sound import plainly_sound
from engine.definition.parse.exits import MOST_RETURNS
from engine.definition.parse.grouping import MOST_BRANCHES
from engine.definition.values.durations import MOST, parse_duration
from engine.definition.values.extents import FIRST_YEAR, MOST_ID, MOST_NUMBER, PLACES
from engine.definition.values.extents import LAST_YEAR as LAST_TYPED
from engine.definition.values.inputs import parse_input
from engine.definition.values.types import ValueType
from engine.errors import Problem
from engine.i18n import both
from tests.unit.definition.district.test_load import load as load_district
from tests.unit.definition.loading import codes, with_steps


def takes(kind: str, text: str) -> bool:
    """Whether a field of *kind* takes what was typed."""
    return not isinstance(parse_input(ValueType(kind), text), Problem)


def returns(count: int) -> bool:
    """Whether a step may be gone back to *count* times."""
    step = f"""
- {{step: one, ask: anyone, outcomes: {{agree: next}}}}
- step: two
  ask: anyone
  outcomes: {{again: {{then: back one, at_most: {count}}}, agree: next}}
"""
    return not codes(with_steps(step))


def joins(need: int) -> bool:
    """Whether *need* can be written for a join, however many branches it has."""
    branches = "".join(f"  - {{branch: b{n}, steps: [{{step: s{n}, ask: anyone, outcomes: {{agree: next}}}}]}}\n" for n in (1, 2))
    return "bad-need" not in codes(with_steps(f"- step: all\n  need: {need}\n  parallel:\n{branches}  unmet: end refused\n"))


def rota(year: int) -> bool:
    """Whether a rota may begin in *year*."""
    return not load_district(more=f"rotas: [{{rota: host, unit: a1, from: {year}-01-01, order: [lin]}}]")[1]


#: The limit → what takes it, the most, and one more.
LIMITS: dict[str, tuple[Callable[[object], bool], object, object]] = {
    "returns": (returns, MOST_RETURNS, MOST_RETURNS + 1),  # type: ignore[dict-item]
    "branches of a join": (joins, MOST_BRANCHES, MOST_BRANCHES + 1),  # type: ignore[dict-item]
    "length of a reference": (lambda n: plainly_sound(Field("who", ValueType("person"), both("谁")), "x" * n), MOST_ID, MOST_ID + 1),
    "first year of a rota": (rota, LAST_YEAR, LAST_YEAR + 1),  # type: ignore[dict-item]
    "an amount of time": (lambda n: parse_duration(f"{n} days") is not None, MOST, MOST + 1),
    "earliest year of a day": (lambda year: takes("date", f"{year}-06-01"), FIRST_YEAR, FIRST_YEAR - 1),
    "latest year of a day": (lambda year: takes("date", f"{year}-06-01"), LAST_TYPED, LAST_TYPED + 1),
    "a whole number": (lambda n: takes("integer", str(n)), MOST_NUMBER, MOST_NUMBER + 1),
    "decimals": (lambda n: takes("decimal", f"0.{'1' * n}"), PLACES, PLACES + 1),
}


@pytest.mark.parametrize("name", LIMITS)
def test_as_much_as_may_be_is_taken_and_one_more_is_refused(name: str) -> None:
    tried, most, more = LIMITS[name]
    assert tried(most)
    assert not tried(more)


def test_a_rota_is_written_out_so_far_and_no_further() -> None:
    pack, _ = load_district(more="rotas: [{rota: host, unit: a1, from: 2026-01-01, order: [lin, wei]}]")
    assert pack is not None
    assert len(pack.rotas) == ROTA_MONTHS
