"""Bounds and constants of every type: what is accepted some value meets, and what nothing meets is refused."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

import pytest

from engine.definition.fields.fill import fault_of
from engine.definition.model import Field
from engine.definition.values.extents import MOST_ROWS, MOST_TEXT
from engine.definition.values.inputs import parse_input
from engine.definition.values.kinds.table import BUILT_IN, ORDERED
from tests.unit.definition.loading import codes, load, loaded

#: Values of each ordered type as people write them, from the least to the greatest, in each kind that can be compared.
WRITTEN: dict[str, tuple[tuple[str, ...], ...]] = {
    "integer": (("-3", "0", "9", "10", "12345678"),),
    "decimal": (("-0.5", "0", "0.25", "9", "10", "10.5"),),
    "money": (("-1", "0", "0.01", "9.99", "10", "200"),),
    "date": (("2025-12-31", "2026-01-01", "2026-02-28", "2026-11-02"),),
    "time": (("00:00", "09:30", "10:00", "23:59"),),
    "datetime": (("2026-01-01 09:00", "2026-01-01 10:00", "2026-10-01 00:00"),),
    "duration": (("30 minutes", "2 hours", "1 day", "10 days", "2 weeks"), ("2 workdays", "10 workdays"),
                 ("1 month", "1 year"), ("4 work hours", "10 work hours")),
}  # fmt: skip
COUNTS = (-1, 0, 1, 2, 3, MOST_ROWS, MOST_ROWS + 1, MOST_TEXT, MOST_TEXT + 1)
COLUMNS = "columns: {who: {type: choice, of: [甲, 乙]}, n: {type: integer, optional: true}}"
#: How a counted field is written beside its bounds, by what it may come to.
SHAPES = {
    "type: text": MOST_TEXT,
    "type: choices, of: [甲, 乙]": 2,
    f"type: table, {COLUMNS}": MOST_ROWS,
    f"type: table, key: who, {COLUMNS}": 2,
}


def sample(field: str, construct: str = "fields") -> str:
    """A process with one field or setting, which is used."""
    asked = "fill: [x]" if construct == "fields" else "if: not empty(settings.x)"
    return f"""\
process: sample
title: 样例
{construct}:
  x: {{{field}}}
start: {{who: anyone, {asked}}}
steps: [{{step: a, ask: anyone, outcomes: {{ok: next}}}}]
ends: {{done: {{}}}}
"""


def bounded(field: str, least: str | int | None, most: str | int | None) -> str:
    """The field with bounds written behind."""
    limits = (("min", least), ("max", most))
    return sample(", ".join([field, *(f"{key}: {limit}" for key, limit in limits if limit is not None)]))


def pairs() -> Iterator[tuple[str, str, str, str]]:
    for type_, ladders in WRITTEN.items():
        for ladder in ladders:
            for a, b in product(ladder, repeat=2):
                yield type_, a, b, "" if ladder.index(a) <= ladder.index(b) else "limits-cross"
        for one, other in combinations(ladders, 2):
            yield type_, one[0], other[-1], "limits-of-two-kinds"


@pytest.mark.parametrize(("type_", "least", "most", "code"), list(pairs()))
def test_ordered_bounds_are_accepted_if_a_value_lies_between_them(type_: str, least: str, most: str, code: str) -> None:
    assert codes(bounded(f"type: {type_}", least, most)) == ([code] if code else [])
    if not code:
        field = loaded(bounded(f"type: {type_}", least, most)).fields[0]
        assert [fault_of(field, parse_input(field.type, word)) for word in (least, most)] == [None, None]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("least", [None, *COUNTS])
@pytest.mark.parametrize("most", [None, *COUNTS])
def test_counted_bounds_are_accepted_if_a_value_can_be_as_long(shape: str, least: int | None, most: int | None) -> None:
    told = codes(bounded(shape, least, most))
    cap = SHAPES[shape]
    longest = MOST_TEXT if "text" in shape else MOST_ROWS
    impossible = [
        *(["not-whole"] if least is not None and not 0 <= least <= cap else []),
        *(["not-whole"] if most is not None and not 1 <= most <= longest else []),
    ]
    crossing = not impossible and least is not None and most is not None and least > most

    assert told == (impossible or (["limits-cross"] if crossing else []))
    if not told:
        field = loaded(bounded(shape, least, most)).fields[0]
        size = max(1, min(least or 1, cap))
        assert fault_of(field, _of_size(field, size)) is None


def _of_size(field: Field, size: int) -> Any:
    if field.type.name == "text":
        return "字" * size
    names = ["甲", "乙", *map(str, range(size))][:size]
    return [{"who": "甲" if size > 2 else name} for name in names] if field.type.name == "table" else names


@pytest.mark.parametrize("type_", sorted({name for name, kind in BUILT_IN.items() if not kind.bounds} - {"case"}))
@pytest.mark.parametrize("bound", ["min: 1", "max: 1"])
def test_a_type_without_sizes_has_no_bounds(type_: str, bound: str) -> None:
    of = ", of: [甲, 乙]" if type_ == "choice" else ""

    assert codes(sample(f"type: {type_}{of}, {bound}")) == ["key-not-for-type"]


@pytest.mark.parametrize("construct", ["fields", "settings"])
@pytest.mark.parametrize("type_", list(WRITTEN))
def test_a_default_lies_within_the_bounds_of_its_own_field_or_setting(construct: str, type_: str) -> None:
    ladder = WRITTEN[type_][0]
    for place, word in enumerate(ladder):
        inside = 0 < place < len(ladder) - 1
        field = f"type: {type_}, min: {ladder[1]}, max: {ladder[-2]}, default: {word}"
        told = load(sample(field, construct))[1]
        assert [(one.code, one.path) for one in told] == (
            [] if inside else [("cannot-hold", f"{construct}.x.default")]
        ), word


@pytest.mark.parametrize(
    "given",
    [
        "start: {who: anyone, set: {x: 9}}",
        "steps: [{step: b, ask: anyone, outcomes: {ok: {set: {x: 9}, then: next}}}]",
        "examples: [{given: {x: 9}, acts: [a ok], expect: {end: done}}]",
        "examples: [{acts: [{at: a, outcome: ok, fill: {x: 9}}], expect: {end: done}}]",
    ],
)
def test_a_constant_fits_wherever_a_field_is_given_one(given: str) -> None:
    key = given.partition(":")[0]
    lines = [line for line in sample("type: integer, max: 5").splitlines() if not line.startswith(f"{key}:")]
    text = "\n".join([*lines, given])

    assert codes(text.replace("9", "5")) == []
    assert codes(text) == ["cannot-hold"]


def test_a_table_is_given_row_by_row_in_the_types_of_its_columns() -> None:
    field = f"type: table, {COLUMNS}, default: [{{who: 甲, n: '3'}}]"

    assert loaded(sample(field)).fields[0].default is not None
    assert codes(sample(field.replace("'3'", "drei"))) == ["field-type"]
    assert codes(sample(field.replace("n: '3'", "m: 3"))) == ["unknown-column"]
    assert codes(sample(field.replace("who: 甲, ", ""))) == ["cannot-hold"]


@pytest.mark.parametrize(
    ("of", "apart"),
    [("病假/事假", "病假, 事假"), ("病假、事假", "病假, 事假"), ("[病假 事假]", "病假, 事假"), ("病假", "病假")],
)
@pytest.mark.parametrize("type_", ["choice", "choices"])
def test_one_option_is_no_choice_and_the_hint_takes_it_apart(type_: str, of: str, apart: str) -> None:
    (told,) = load(sample(f"type: {type_}, of: {of}"))[1]

    assert told.code == "one-option"
    assert told.hint is not None
    assert f"of: [{apart}" in told.hint.en


@pytest.mark.parametrize("bound", ["min", "max", "default"])
@pytest.mark.parametrize(("type_", "word"), [("money", "0.001"), ("decimal", "1.0000001"), ("integer", "1.5")])
def test_a_bound_has_no_more_decimals_than_its_type_keeps(type_: str, word: str, bound: str) -> None:
    assert codes(sample(f"type: {type_}, {bound}: {word}")) == ["field-type"]


def test_every_ordered_type_is_walked() -> None:
    assert set(WRITTEN) == ORDERED
