"""What a step's input holds is the same whether its field is read as a formula or handed over as it is stored."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from engine.definition.expression import Formula
from engine.definition.expression.scope import fits
from engine.definition.expression.tree import Read
from engine.definition.model import Value
from engine.definition.values.types import ValueType
from engine.runtime import env
from engine.runtime.env import CaseEnv

#: Stored values by kind, and none, which each may be.
STORED: dict[str, list[Any]] = {
    "text": ["茶", ""], "integer": [0, 5], "decimal": ["1.50", "0"], "money": [150, 0], "boolean": [True, False],
    "choice": ["x"], "choices": [["a", "b"], []], "date": ["2026-06-16"], "time": ["09:00"],
    "datetime": ["2026-06-16T09:00"], "duration": ["2 days"], "phone": ["138"], "person": ["p"], "unit": ["u"],
    "tea.pot": ["t1"], "list": [["a"], []],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "wanted"), [(k, w) for k in STORED for w in STORED if fits(ValueType(k), w)])
def test_an_input_that_is_one_field_gets_what_its_formula_would_give(
    kind: str, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = {"of": "text"}
    field = SimpleNamespace(name="x", type=ValueType(kind, **of if kind == "list" else {}))
    target = ValueType(wanted, **of if wanted == "list" else {})
    process: Any = SimpleNamespace(field_named=lambda name: field if name == "x" else None)
    value = Value(formula=Formula("x", Read("x"), field.type, frozenset({"x"})))
    for held in ({}, *({"x": stored} for stored in (*STORED[kind], None))):
        case = CaseEnv(process, {"data": held}, None, None)  # type: ignore[arg-type]
        short = case.stored(value, target)
        with monkeypatch.context() as patch:
            patch.setattr(env, "lives_as_stored", lambda _: False)
            assert repr(case.stored(value, target)) == repr(short)
