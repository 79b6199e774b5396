"""What JSON or a database cannot hold is told by its part and its kind, never by what it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.extend.calls.faults import AnswerError
from engine.extend.calls.json_values import must_be_json, not_json
from engine.store.text import dump


class Kind(Enum):
    """Values that are told by a name; some of them are JSON."""

    ODD = object()
    DAY = date(2026, 6, 1)
    WORD = "word"
    NUMBER = 7
    NONE = None
    LIST = (1, "2")


DEEP: list[Any] = []
DEEP.append(DEEP)
#: What cannot be held, and what is said of it.
ODD: dict[str, Any] = {
    "it is set": {1, 2},
    "day is date": {"day": date(2026, 6, 1)},
    "rows.1.sum is Decimal": {"rows": [{"sum": 1}, {"sum": Decimal(1)}]},
    "it has a key of int": {1: "x", "y": 2},
    "a has a key of NoneType": {"a": {None: 1}},
    "share is nan": {"share": float("nan")},
    "share is inf": {"share": float("inf")},
    "word has half a character": {"word": "\ud800"},
    "a key of it has half a character": {"\ud800": 1},
    "it is function": lambda: 1,
    "it is object": Kind.ODD,
    "rows.0.sum is date": {"rows": [{"sum": Kind.DAY}]},
    "sum is a whole number with too many digits": {"sum": 10**5000},
    "least is a whole number with too many digits": {"least": -(10**4300)},
}  # fmt: skip


@pytest.mark.parametrize(("said", "value"), ODD.items(), ids=ODD)
def test_what_cannot_be_held_is_told_by_its_part(said: str, value: Any) -> None:
    found = not_json(value)
    assert found is not None and found.en == said
    assert not re.search(r"\b(is|it|has|of|key)\b", found.zh), "all of it is in Chinese"


def test_what_holds_itself_lies_too_deep() -> None:
    found = not_json(DEEP)
    assert found is not None and (found.en[-13:], found.zh[-4:]) == ("lies too deep", "套得太深")


HELD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.decimals()
    | st.sampled_from(Kind) | st.integers(0, 9_000).map(lambda digits: -(10**digits)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.integers(), inner, max_size=3), max_leaves=8,
)  # fmt: skip


@given(HELD)
def test_whatever_is_told_of_nothing_is_written(value: Any) -> None:
    if not_json(value) is None:
        dump(value).encode()


def test_who_answered_it_is_named_with_the_line() -> None:
    answer: Callable[..., Any] = lambda: None  # noqa: E731
    with pytest.raises(AnswerError, match=r"plugin 'odd' \(calls/test_json_values.py:\d+\): send answered .*: it is set"):
        must_be_json("odd", "send", answer, {1})
    must_be_json("odd", "send", answer, {"a": [1, None, "x", 1.5, True]})
