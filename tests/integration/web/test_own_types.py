"""A plugin's type with a shape and a widget of its own, from the form through the database to every place that says it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import pytest
from werkzeug.datastructures import MultiDict

from engine.app import Options, create_app
from engine.definition.fields.schema import json_schema
from engine.errors import Invalid
from engine.extend import Of, StoredType, Text, TypeSpec, both
from engine.extend.calls.faults import AnswerError, PluginError
from engine.extend.registry import Registry
from engine.extend.shapes import shape_of
from engine.operations import cases
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.operations.reading.form_views import FormField
from engine.rest.shapes import as_json
from engine.store.databases.database import Database
from engine.testing import said, typed
from engine.web.forms import fill
from engine.web.render import own_input
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin

PROCESS = """
process: paint
title: 刷墙
uses: [paint]
fields:
  hue: {type: colour}
  stars: {type: stars, optional: true}
  walls: {type: table, optional: true, columns: {hue: {type: colour}}}
  red: {type: boolean, value: "=hue = '#ff0000'"}
start: {who: role staff, fill: [hue, stars, walls]}
steps:
- step: ok
  ask: role head of start.unit
  outcomes: {agree: end done}
ends: {done: {}}
"""
WIDGET = "{% macro inputs(w, described, label) %}<input type=color name={{ w.id }} value={{ w.texts[w.id] }}>{% endmacro %}"


def _hue(typed: str) -> str | Text:
    if typed == "boom":
        raise KeyError(typed)
    lower = typed.lower()
    whole = len(lower) == 7 and lower[0] == "#" and all(sign in "0123456789abcdef" for sign in lower[1:])
    return lower if whole else Text("要写成颜色，例如#ff0000", "has to be a colour, such as #ff0000")


def _stars(number: int) -> int | Text:
    return number if 1 <= number <= 5 else Text("要在1到5之间", "has to be from 1 to 5")


def _say(hue: str) -> Text | None:
    if hue == "#00ff00":
        raise ValueError(hue)
    return Text("红", "red") if hue == "#ff0000" else None


HUE = StoredType(TypeSpec("colour", Text("颜色", "colour"), sample="#ff0000", base="text"), _hue, _say)
STARS = StoredType(TypeSpec("stars", Text("星级", "stars"), sample=3, base="integer"), _stars)


@pytest.fixture
def town(db: Database, tmp_path: Path) -> Iterator[Town]:
    (tmp_path / "templates/paint").mkdir(parents=True)
    (tmp_path / "templates/paint/colour.html").write_text(WIDGET, encoding="utf-8")
    drawn = replace(HUE, widget="paint/colour.html")
    made = build(db, beside=[replace(plugin("paint", register_types=giving(drawn, STARS)), folder=tmp_path)])
    made.publish(PROCESS)
    yield made
    made.system.runner.release()


def _start(town: Town, **filled: Any) -> Any:
    return cases.start(town.ctx, Caller("ann"), "paint", filled, unit="a")


def test_what_is_typed_is_settled_stored_and_said(town: Town) -> None:
    case = _start(town, hue=" #FF0000 ", stars="５", walls=[{"hue": "#0000FF"}])
    shown = pages.case(town.ctx, Caller("ann"), case.number)
    facts = {fact.name: fact.words for fact in shown.facts}
    assert facts["hue"] == Text("红", "red")
    assert facts["stars"] == both("5")
    assert "#0000ff" in facts["walls"].zh
    assert facts["red"].en == "Yes"


@pytest.mark.parametrize(
    "filled", [{"hue": "red"}, {"hue": "#ff0000", "stars": "9"}, {"hue": "#ff0000", "walls": [{"hue": "x"}]}]
)
def test_what_does_not_fit_is_refused_in_the_plugin_s_words(town: Town, filled: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        _start(town, **filled)
    assert "要写成颜色" in str(refused.value.problems) or "要在1到5之间" in str(refused.value.problems)


def test_a_settle_that_fails_is_the_plugin_s_fault_and_stores_nothing(town: Town) -> None:
    with pytest.raises(AnswerError, match="paint"):
        _start(town, hue="boom")


def test_a_value_that_the_plugin_cannot_say_reads_as_its_base(town: Town) -> None:
    shown = pages.case(town.ctx, Caller("ann"), _start(town, hue="#00ff00").number)
    assert next(fact.words for fact in shown.facts if fact.name == "hue") == both("#00ff00")


def test_its_form_has_the_plugin_s_widget_and_the_plain_one_where_that_fails(town: Town) -> None:
    app = create_app(town.system, Options(secret_key="only for tests"))
    kind = town.system.registry.catalogue({"paint"}).types["colour"].type.kind
    field = FormField("hue", both("颜色"), "colour", "#ff0000", kind=kind)
    (widget,) = fill.widgets([field])
    with app.test_request_context():
        assert own_input(widget, "", "") == "<input type=color name=f-hue value=#ff0000>"
        broken = replace(field, kind=replace(kind, widget="paint/none.html"))
        page = app.jinja_env.get_template("widgets.html").module
        assert 'type="text"' in page.drawn(fill.widgets([broken])[0])
        assert "type=color" in page.drawn(widget)
    assert fill.read([field], MultiDict(fill.sends([widget]))) == {"hue": "#ff0000"}
    assert "kind" not in as_json(field, "zh")


def test_a_process_reads_and_its_values_stand_while_the_plugin_is_away(town: Town) -> None:
    spec = town.system.registry.catalogue({"paint"}).types["stars"]
    away = replace(spec, kind=None).type.kind
    assert away is not None
    assert (away.points, away.well_formed(3), away.said(3, None)) == (False, True, both("3"))


def test_the_kit_tries_a_type_without_a_database() -> None:
    assert typed(HUE, " #FF0000") == "#ff0000"
    assert typed(STARS, "9").message == Text("星级要在1到5之间。", "stars has to be from 1 to 5.")
    assert said(HUE, "#ff0000") == Text("红", "red")


@dataclass
class Given:
    stars: Annotated[int, Of(STARS.type)]


def test_an_action_takes_it_as_it_is_stored() -> None:
    assert shape_of(Given).encode(Given(4)) == {"stars": 4}
    assert shape_of(Given).members[0].type.name == "stars"


def test_its_schema_is_that_of_its_base_with_a_format(town: Town) -> None:
    schema = json_schema(town.publish(PROCESS).fields)["properties"]
    assert (schema["stars"]["type"], schema["stars"]["format"]) == ("integer", "stars")
    assert (schema["hue"]["type"], schema["hue"]["x-type"]) == ("string", "colour")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (replace(HUE, spec=replace(HUE.spec, base="table")), "base"),
        (replace(HUE, spec=replace(HUE.spec, sample="red")), "sample"),
        (replace(HUE, widget="paint/none.html"), "template"),
        (replace(STARS, spec=replace(STARS.spec, sample="3")), "sample"),
    ],
)
def test_a_type_that_could_never_work_closes_its_plugin_at_the_start(wrong: StoredType, says: str) -> None:
    with pytest.raises(PluginError, match=says):
        Registry([plugin("paint", register_types=giving(wrong))])
