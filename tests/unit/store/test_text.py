"""JSON as the database keeps it: one text for a value, whichever encoder this machine has."""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.store import text
from engine.store.text import digest, dump, fingerprint, load

#: Whole numbers of any size; of others only those that both encoders spell alike.
PLAIN = st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from([0.5, -2.25, 1e15])
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner))


class Colour(enum.StrEnum):
    RED = "red"


class Shape(enum.Enum):
    SQUARE = "square"


@dataclass
class Point:
    x: int


@given(VALUES)
def test_a_value_is_the_same_text_by_either_encoder(value: Any) -> None:
    assert dump(value) == text._exactly(value)


@given(VALUES)
def test_what_was_written_is_read(value: Any) -> None:
    assert dump(load(dump(value))) == dump(value)


@given(VALUES)
def test_a_text_is_the_same_value_by_either_decoder(value: Any) -> None:
    said = dump(value)
    assert repr(load(said)) == repr(json.loads(said))


@pytest.mark.parametrize(
    "said", ["18446744073709551616", "-123456789012345678901", "[9223372036854775808]", '"12345678901234567890"', "-0",
             "-0.0", "1e5", "NaN", '"\\ud800"', '{"a":1,"a":2}', " [1] "],
)  # fmt: skip
def test_what_the_quick_decoder_cannot_be_trusted_with_is_read_all_the_same(
    said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = load(said)
    monkeypatch.setattr(text, "_quick_load", None)
    assert repr(quick) == repr(load(said)) == repr(json.loads(said))


@pytest.mark.parametrize("said", ["", "{", "'a'", "[1,]"])
def test_what_is_no_json_is_refused_alike(said: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        load(said)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [1, {"a": -float("inf")}], {"a": None, "b": float("nan")}])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        dump(value)


@pytest.mark.parametrize("value", [date(2026, 11, 30), Point(1), {1, 2}, b"a", {"a": object()}])
def test_what_is_not_json_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        dump(value)
    assert len(fingerprint(value)) == 64


@pytest.mark.parametrize(
    ("value", "said"),
    [(2**64, "18446744073709551616"), ({1: "a"}, '{"1":"a"}'), (Colour.RED, '"red"'), ({"b": 1, "a": None}, '{"a":null,"b":1}'),
     (Shape.SQUARE, '"square"'), ([Shape.SQUARE, None], '["square",null]'), (UUID(int=1), f'"{UUID(int=1)}"'),
     ({"a": UUID(int=1), "b": None}, f'{{"a":"{UUID(int=1)}","b":null}}'),
     ("\x00\x1f\x7f/\u2028\"\\", '"\\u0000\\u001f\x7f/\u2028\\"\\\\"'), ("a\ud800", '"a\ud800"')],
)  # fmt: skip
def test_what_the_quick_encoder_cannot_be_trusted_with_is_written_all_the_same(
    value: Any, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dump(value) == said
    monkeypatch.setattr(text, "_quick", None)
    assert dump(value) == said


def test_a_machine_without_the_quick_encoder_writes_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    body = {"ev": [{"e": "filled", "values": {"活动": "消夏音乐会", "人数": 120}}], "read": [["seat", "head", "a"]]}
    quick = dump(body)
    monkeypatch.setattr(text, "_quick", None)
    assert dump(body) == quick


PARTS = st.lists(st.none() | st.integers() | st.text())


@given(PARTS, PARTS)
def test_two_lists_of_parts_have_one_digest_only_where_they_are_the_same(one: list[Any], other: list[Any]) -> None:
    assert (digest(*one) == digest(*other)) == (one == other)


@given(PARTS)
def test_a_digest_is_the_same_by_either_encoder(parts: list[Any]) -> None:
    quick = digest(*parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "_quick", None)
        assert digest(*parts) == quick


@pytest.mark.parametrize("damaged", [b"\xff", 2.5, "\ud800", object])
def test_what_a_damaged_row_holds_has_a_digest_all_the_same(damaged: Any) -> None:
    assert digest("a", damaged) != digest("a", "b")
