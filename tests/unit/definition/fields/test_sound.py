"""What is told to be sound without a validator is what the schema accepts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definition.fields.schema import FORMATS, Form
from engine.definition.fields.sound import plainly_sound
from engine.definition.model import Field
from engine.definition.values.types import ValueType
from engine.i18n import both

TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["2026-06-16", "14:00", "2026-06-16T14:00", "1.5", "13800138000", "2 workdays", "甲", "0", "true"]),
)
VALUES = st.one_of(TEXTS, st.integers(), st.booleans(), st.floats(), st.none(), st.lists(TEXTS, max_size=2))
LIMITS = st.one_of(st.none(), st.integers(-3, 12))
SIZED = ("text", "integer", "money")
KINDS = (*SIZED, "boolean", "choice", "choices", "table", "unit", "person", "venue", *FORMATS)


def accepts(one: Field, value: Any) -> bool:
    return bool(Form("", (one.name,), (one,)).validator().is_valid({one.name: value}))


@given(st.sampled_from(KINDS), LIMITS, LIMITS, VALUES)
def test_what_is_plainly_sound_the_schema_accepts(kind: str, low: int | None, high: int | None, value: Any) -> None:
    options = ("甲", "乙") if kind in ("choice", "choices") else ()
    limits: dict[str, Any] = {"min": low, "max": high} if kind in SIZED else {}
    one = Field("f", ValueType(kind), both("f"), options=options, **limits)
    assert not plainly_sound(one, value) or accepts(one, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("text", "a"), ("integer", 0), ("money", 1250), ("boolean", False), ("choice", "甲"), ("unit", "450502001"),
     ("date", "2026-06-16"), ("period", "2026-06-16T14:00/2026-06-16T16:00"), ("phone", "13800138000")],
)  # fmt: skip
def test_usual_values_need_no_validator(kind: str, value: Any) -> None:
    assert plainly_sound(Field("f", ValueType(kind), both("f"), options=("甲",) if kind == "choice" else ()), value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("text", ""), ("text", 3), ("integer", True), ("integer", 9), ("money", 1.0), ("boolean", 1), ("choice", "丙"),
     ("unit", ""), ("unit", "u" * 300), ("date", "2026-6-40"), ("table", []), ("choices", ["甲"])],
)  # fmt: skip
def test_the_schema_has_the_word_about_the_rest(kind: str, value: Any) -> None:
    limits: dict[str, Any] = {"max": 8} if kind in SIZED else {}
    options = ("甲", "乙") if kind in ("choice", "choices") else ()
    assert not plainly_sound(Field("f", ValueType(kind), both("f"), options=options, **limits), value)
