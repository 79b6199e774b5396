"""The table of widgets beside the table of kinds: each name that a kind says is drawn, and holds what is stored."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from engine.definition.values.inputs import parse_input
from engine.definition.values.kinds.table import BUILT_IN, kind_of
from engine.definition.values.samples import field_sample
from engine.definition.values.types import ValueType
from engine.errors import Problem
from engine.i18n import both
from engine.operations.reading.form_views import FormField, Option
from engine.web.forms import fill, inputs
from tests.architecture.source import ROOT
from tests.unit.definition.values.test_kinds import field_of

WIDGETS = (ROOT / "engine/web/templates/widgets.html").read_text(encoding="utf-8")
MACROS = set(re.findall(r"\{% macro (\w+)\(w,", WIDGETS)) - {"drawn"}


def shown(name: str, value: Any = None, **more: Any) -> FormField:
    columns = tuple(FormField(one.name, one.title, one.type.name) for one in field_of(name).columns)
    options = tuple(Option(one, both(one)) for one in field_of(name).options)
    return FormField("it", both("它"), name, value, options=options, columns=columns, **more)


def test_every_widget_that_a_kind_names_is_in_the_table_and_none_beside() -> None:
    assert {kind.widget for kind in BUILT_IN.values()} == set(inputs.INPUTS)


@pytest.mark.parametrize("cell", [True, False])
@pytest.mark.parametrize("name", BUILT_IN)
def test_every_widget_has_a_macro_that_draws_it(name: str, cell: bool) -> None:
    for more in ({}, {"min": 1, "max": 5}, {"max": 20}):
        macro = inputs.macro_of(shown(name, **more), cell=cell, found=False)
        assert macro in MACROS | {"table"}


def test_every_macro_draws_something() -> None:
    fields = [shown(name, **more) for name in BUILT_IN for more in ({}, {"min": 1, "max": 5}, {"max": 20})]
    drawn = {inputs.macro_of(one, cell=cell, found=False) for one in fields for cell in (True, False)}
    assert drawn | {"picker"} == MACROS | {"table"}


@pytest.mark.parametrize("name", [*BUILT_IN, "tool"])
def test_a_form_that_nobody_touched_sends_what_is_stored(name: str) -> None:
    stored = field_sample(field_of(name))
    one = shown(name, stored)
    sent = MultiDict(fill.sends(fill.widgets([one])))
    typed = fill.read([one], sent)["it"]
    if isinstance(stored, list):
        assert typed == stored
        return
    assert parse_input(ValueType(name), typed) == stored


@pytest.mark.parametrize("name", [*BUILT_IN, "tool"])
def test_an_empty_form_sends_nothing(name: str) -> None:
    assert fill.read([shown(name)], MultiDict(fill.sends(fill.widgets([shown(name)]))))["it"] is None


@pytest.mark.parametrize("name", [name for name, kind in BUILT_IN.items() if not kind.rows])
def test_a_cell_of_a_table_holds_it_as_well(name: str) -> None:
    stored = field_sample(field_of(name))
    table = FormField("t", both("表"), "table", [{"it": stored}], columns=(shown(name),))
    sent = MultiDict([*fill.sends(fill.widgets([table])), ("f-t.count", "1")])
    ((row, *_),) = (fill.read([table], sent)["t"],)
    read = row["it"] if isinstance(row["it"], list) else parse_input(ValueType(name), row["it"])
    assert not isinstance(read, Problem)
    assert read == stored
    assert kind_of(ValueType(name)).well_formed(read)
