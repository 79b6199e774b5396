"""Values: stored forms become live values and come back, and people read words."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definition.values.durations import Duration
from engine.definition.values.forms import decode, encode, words
from engine.definition.values.moments import DISTRICT_TIME, Period, to_datetime, to_micros
from engine.definition.values.types import BOOLEAN, DATE, DATETIME, INTEGER, MONEY, PERIOD, TEXT, ValueType
from engine.errors import Misuse

AFTERNOON = datetime(2026, 6, 16, 14, 0, tzinfo=DISTRICT_TIME)
NOW = to_micros(AFTERNOON)
NAIVE = datetime(2026, 6, 16, 14)  # noqa: DTZ001
ROLL = ValueType("table", (("who", TEXT), ("day", DATE.maybe())))


@pytest.mark.parametrize(
    ("kind", "stored", "live"),
    [
        ("text", "甲", "甲"),
        ("integer", 5, 5),
        ("money", 1250, 1250),
        ("decimal", "1.5", Decimal("1.5")),
        ("boolean", True, True),
        ("choice", "完好", "完好"),
        ("choices", ["a", "b"], ("a", "b")),
        ("date", "2026-06-16", date(2026, 6, 16)),
        ("time", "14:00", time(14)),
        ("datetime", "2026-06-16T14:00", AFTERNOON),
        ("datetime", "2026-06-16T14:00:05", AFTERNOON.replace(second=5)),
        ("period", "2026-06-16T14:00/2026-06-16T16:00", Period(AFTERNOON, AFTERNOON.replace(hour=16))),
        ("duration", "2 workdays", Duration(2, "workdays")),
        ("person", "p1", "p1"),
        ("anything_of_a_plugin", "v1", "v1"),
    ],
)
def test_a_stored_value_becomes_live_and_comes_back(kind: str, stored: Any, live: Any) -> None:
    assert decode(ValueType(kind), stored) == live
    assert encode(ValueType(kind), live) == stored


@pytest.mark.parametrize("kind", ["text", "integer", "decimal", "period", "table", "choices"])
def test_empty_stays_empty(kind: str) -> None:
    assert decode(ValueType(kind), None) is None
    assert encode(ValueType(kind), None) is None


def test_rows_of_a_table_have_live_columns_and_keep_what_is_empty_out_of_store() -> None:
    stored = [{"who": "甲", "day": "2026-06-16"}, {"who": "乙"}]
    live = decode(ROLL, stored)
    assert live == ({"who": "甲", "day": date(2026, 6, 16)}, {"who": "乙", "day": None})
    assert encode(ROLL, live) == stored


def test_lists_and_records_follow_their_parts() -> None:
    assert decode(ValueType("list", of="date"), ["2026-06-16"]) == (date(2026, 6, 16),)
    assert encode(ValueType("list", of="decimal"), (Decimal("1.50"),)) == ["1.5"]
    record = ValueType("record", (("day", DATE),))
    assert encode(record, decode(record, {"day": "2026-06-16"})) == {"day": "2026-06-16"}


def test_a_decimal_is_stored_without_exponent_or_idle_zeros() -> None:
    kind = ValueType("decimal")
    assert [encode(kind, one) for one in (Decimal("1E+2"), Decimal("1.500"), Decimal("-0.0"), 3)] == [
        "100",
        "1.5",
        "0",
        "3",
    ]


@given(st.integers(-(2**53), 2**53))
def test_microseconds_survive_the_way_through_a_datetime(at: int) -> None:
    assert to_micros(to_datetime(at)) == at


def test_a_period_knows_its_minutes() -> None:
    assert Period(AFTERNOON, AFTERNOON.replace(hour=16, minute=30)).minutes == 150


@pytest.mark.parametrize(
    ("kind", "stored", "zh", "en"),
    [
        (PERIOD, "2026-06-16T14:00/2026-06-16T16:00", "6月16日 周二 14:00–16:00", "Tue 16 Jun 14:00–16:00"),
        (
            PERIOD,
            "2026-06-16T14:00/2026-06-17T16:00",
            "6月16日 周二 14:00 – 6月17日 周三 16:00",
            "Tue 16 Jun 14:00 – Wed 17 Jun 16:00",
        ),
        (DATE, "2026-06-16", "6月16日 周二", "Tue 16 Jun"),
        (DATETIME, "2026-06-16T14:00", "6月16日 周二 14:00", "Tue 16 Jun 14:00"),
        (MONEY, 1250, "12.50元", "12.50 yuan"),
        (BOOLEAN, True, "是", "Yes"),
        (BOOLEAN, False, "否", "No"),
        (INTEGER, 50, "50", "50"),
        (ValueType("decimal"), "1.50", "1.5", "1.5"),
        (ValueType("duration"), "2 workdays", "2个工作日", "2 workdays"),
        (ValueType("choices"), ["甲", "乙"], "甲、乙", "甲, 乙"),
        (ROLL, [{}, {}], "2行", "2 rows"),
        (TEXT, None, "", ""),
        (TEXT, "甲", "甲", "甲"),
    ],
)
def test_people_read_words(kind: ValueType, stored: Any, zh: str, en: str) -> None:
    assert words(kind, stored, NOW) == (zh, en)


def test_a_day_says_its_year_unless_it_is_read_in_it() -> None:
    assert words(DATE, "2025-12-31", NOW) == ("2025年12月31日 周三", "Wed 31 Dec 2025")
    assert words(DATE, "2026-12-31", NOW).zh == "12月31日 周四"
    assert words(DATE, "2026-12-31").zh == "2026年12月31日 周四"


@pytest.mark.parametrize(
    ("kind", "live"),
    [
        (DATETIME, NAIVE),
        (PERIOD, Period(NAIVE, AFTERNOON)),
        (PERIOD, Period(AFTERNOON, NAIVE)),
        (ValueType("list", of="datetime"), [AFTERNOON, NAIVE]),
        (ValueType("table", (("at", DATETIME),)), [{"at": NAIVE}]),
        (ValueType("record", (("span", PERIOD),)), {"span": Period(NAIVE, NAIVE)}),
    ],
)
def test_a_moment_without_a_zone_is_refused_and_never_read_in_the_machine_s(kind: ValueType, live: Any) -> None:
    with pytest.raises(Misuse, match="no time zone"):
        encode(kind, live)


def test_a_moment_without_a_zone_has_no_microseconds() -> None:
    with pytest.raises(Misuse, match="no time zone"):
        to_micros(NAIVE)
