"""Every row of the table of kinds: what one row says must agree with itself, whichever kind it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from engine.definition.fields.schema import Form, json_schema
from engine.definition.fields.sound import plainly_sound
from engine.definition.language.words import TYPE_WORDS, english_of
from engine.definition.model import Field
from engine.definition.values.forms import decode, encode, lives_as_stored, spellings, words
from engine.definition.values.inputs import form_words, parse_input
from engine.definition.values.kinds.narrowed import narrowed
from engine.definition.values.kinds.table import BUILT_IN, kind_of
from engine.definition.values.samples import field_sample, sample
from engine.definition.values.types import ValueKind, ValueType
from engine.errors import Problem
from engine.i18n import Text, both

#: What a value of no kind is, as JSON.
WRONG: tuple[Any, ...] = ({"a": 1}, [["x"]], 1.5, [3], "\0", "二十\0")
NOW = 1_780_000_000_000_000


def field_of(name: str, kind: ValueKind | None = None) -> Field:
    """A field of the type called *name*, with what such a field has to have."""
    rows = BUILT_IN[name].rows if name in BUILT_IN else False
    column = Field("who", ValueType("text"), both("谁"))
    type_ = ValueType(name, (("who", ValueType("text")),) if rows else (), kind=kind)
    options = ("甲", "乙") if kind_of(type_).options else ()
    return Field("f", type_, both("它"), options=options, columns=(column,) if rows else ())


def _stars(number: int) -> Text:
    return Text("★" * number, f"{number} stars")


def fields() -> Iterator[Field]:
    yield from (field_of(name) for name in BUILT_IN)
    yield field_of("tool")
    yield field_of("colour", narrowed("text", "colour", Text("颜色", "a colour"), settle=str.lower, sample="#ff0000"))
    yield field_of("stars", narrowed("integer", "stars", Text("星级", "stars"), settle=abs, say=_stars, sample=3))
    yield field_of("fee", narrowed("money", "fee", Text("费用", "a fee"), settle=abs, sample=1250))


FIELDS = pytest.mark.parametrize("field", tuple(fields()), ids=lambda field: field.type.name)


def accepts(field: Field, value: Any) -> bool:
    return bool(Form("", (field.name,), (field,)).validator().is_valid({field.name: value}))


@FIELDS
def test_the_sample_of_a_kind_is_sound_and_stands_in_a_field(field: Field) -> None:
    value = field_sample(field)
    assert accepts(field, value)
    assert kind_of(field.type).well_formed(sample(field.type))


@FIELDS
def test_what_is_of_no_kind_is_refused(field: Field) -> None:
    for wrong in WRONG:
        assert not accepts(field, wrong) or isinstance(wrong, str)
        assert not plainly_sound(field, wrong) or isinstance(wrong, str)


@FIELDS
def test_what_stands_in_an_input_is_read_back_as_it_is_stored(field: Field) -> None:
    kind, value = kind_of(field.type), field_sample(field)
    if not kind.rows:
        assert parse_input(field.type, kind.written(value)) == value


@FIELDS
def test_a_stored_value_lives_and_is_stored_as_it_was(field: Field) -> None:
    value = field_sample(field)
    live = decode(field.type, value)
    assert encode(field.type, live) == value
    assert isinstance(live, kind_of(field.type).live)
    assert (live == value) is lives_as_stored(field.type)


@FIELDS
def test_a_value_is_said_in_both_languages_and_found_in_its_words(field: Field) -> None:
    value = field_sample(field)
    said = words(field.type, value, NOW)
    assert said.zh
    assert said.en
    assert {*said} <= spellings(field.type, value) or not kind_of(field.type).telling or kind_of(field.type).is_day
    assert words(field.type, None) == both("")


@FIELDS
def test_a_kind_has_a_name_and_a_form_in_both_languages(field: Field) -> None:
    kind = kind_of(field.type)
    assert all((*kind.title, *form_words(field.type)))
    assert not kind.title.zh.isascii() or field.type.name not in BUILT_IN


@FIELDS
def test_a_form_of_a_kind_says_its_schema_as_it_is_stored_and_as_it_is_sent(field: Field) -> None:
    stored, sent = (json_schema([field], sent=sent)["properties"]["f"] for sent in (False, True))
    assert stored["x-type"] == sent["x-type"] == field.type.name
    kind = kind_of(field.type)
    assert (stored == sent) is (kind.sent is None)


@FIELDS
def test_a_kind_may_stand_in_a_column(field: Field) -> None:
    if field.columns:
        return
    column = replace(field, name="c")
    table = Field("t", ValueType("table", (("c", field.type),)), both("表"), columns=(column,))
    rows = [{"c": field_sample(field)}]
    assert accepts(table, rows)
    assert encode(table.type, decode(table.type, rows)) == rows
    assert not accepts(table, [{"c": {"a": 1}}])


@FIELDS
def test_a_bound_is_one_of_the_kind_or_of_how_many(field: Field) -> None:
    kind = kind_of(field.type)
    assert (kind.most > 0) is (kind.bounds == "count")
    if kind.bounds == "value":
        assert accepts(replace(field, min=kind.sample, max=kind.sample), kind.sample)


@pytest.mark.parametrize("name", [name for name, kind in BUILT_IN.items() if kind.quoted])
def test_the_constant_that_a_formula_may_quote_can_be_read(name: str) -> None:
    assert not isinstance(parse_input(ValueType(name), BUILT_IN[name].quoted.strip("'")), Problem)


def test_no_word_of_a_document_names_two_types() -> None:
    assert len(english_of(TYPE_WORDS)) == sum(len(words) for words in TYPE_WORDS.values())
    assert all(kind.name == name and kind.words for name, kind in BUILT_IN.items())
