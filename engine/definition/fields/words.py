"""What a form says about a value that it cannot take: what is wrong and what to do, the field's title first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engine.definition.fields.schema import other_kind
from engine.definition.model import Field
from engine.definition.values.forms import words
from engine.definition.values.inputs import form_words
from engine.definition.values.kinds.table import kind_of
from engine.errors import Problem
from engine.i18n import Text, listed


def missing(field: Field, path: str) -> Problem:
    """A field that has to be filled is empty; a bound is told at once, so that nobody is sent back twice."""
    kind = kind_of(field.type)
    verb = ("选择", "Choose") if kind.chosen else ("填写", "Fill in")
    zh, en = f"{verb[0]}{field.title.zh}。", f"{verb[1]} {field.title.en}."
    if kind.is_number and field.max is not None:
        most = words(field.type, field.max)
        least = words(field.type, field.min) if field.min is not None else None
        span = Text(f"{least.zh}到{most.zh}", f"from {least.en} to {most.en}") if least else None
        zh = f"{zh[:-1]}，{span.zh if span else f'不超过{most.zh}'}。"
        en = f"{en[:-1]}, {span.en if span else f'at most {most.en}'}."
    return Problem("field-missing", Text(zh, en), path=path)


def unknown(name: str) -> Problem:
    """A value for something that this form does not ask."""
    said = _said(name)
    zh, en = f"这里不填“{said}”。删去这一项再提交。", f'"{said}" is not asked here. Leave it out.'
    return Problem("field-unknown", Text(zh, en), path=name)


def repeated(field: Field, column: Field, row: int, earlier: int, path: str) -> Problem:
    """Two rows of a table have the same key. Rows count from 1."""
    zh = f"{field.title.zh}第{row}行和第{earlier}行的{column.title.zh}相同，改一个或删一行。"
    en = f"Rows {earlier} and {row} of {field.title.en} have the same {column.title.en}: change or remove one."
    return Problem("field-repeated", Text(zh, en), path=path)


def not_of_type(field: Field, path: str) -> Problem:
    """The value is not of the field's type."""
    form = form_words(field.type)
    return Problem("field-type", _sentence(field, form.zh, form.en), path=path)


def not_there(field: Field, path: str) -> Problem:
    """The field names a unit, a person or a record that the district does not have."""
    said = _sentence(field, "没有找到，重新选一个", "was not found: choose again")
    return Problem("field-reference", said, path=path)


def not_offered(field: Field, path: str) -> Problem:
    """The field names somebody or something that is there, but not for this field to name."""
    said = _sentence(field, "不能选这一个，从列出的里重新选", "cannot be this one: choose from what is offered")
    return Problem("field-among", said, path=path)


def wrong(field: Field, rule: str, limit: Any, value: Any, path: str) -> Problem:
    """*value* breaks a *rule* (a keyword of JSON Schema) of the field's schema."""
    say = _RULES.get(rule)
    if say is None:
        return not_of_type(field, path)
    code, text = say(field, limit, value)
    return Problem(code, text, path=path)


def _said(value: Any) -> str:
    """What somebody sent, short and fit to be shown: half characters become question marks."""
    return str(value)[:40].encode("utf-8", "replace").decode()


def _sentence(field: Field, zh: str, en: str) -> Text:
    return Text(f"{field.title.zh}{zh}。", f"{field.title.en} {en}.")


def _other_kind(field: Field, limit: Any, value: Any) -> tuple[str, Text] | None:
    """A length of time of another kind than its bound is neither shorter nor longer."""
    units = other_kind(field.type, value, limit)
    if units is None:
        return None
    bound = words(field.type, limit)
    zh, en = f"要用{units.zh}来写，才能和{bound.zh}比较", f"has to be in {units.en} to be held to {bound.en}"
    return "field-range", _sentence(field, zh, en)


def _least(field: Field, limit: Any, value: Any) -> tuple[str, Text]:
    if other := _other_kind(field, limit, value):
        return other
    least = words(field.type, limit)
    days = kind_of(field.type).is_day
    zh, en = ("不能早于", "cannot be before") if days else ("不能少于", "cannot be less than")
    return "field-range", _sentence(field, f"{zh}{least.zh}", f"{en} {least.en}")


def _most(field: Field, limit: Any, value: Any) -> tuple[str, Text]:
    if other := _other_kind(field, limit, value):
        return other
    most = words(field.type, limit)
    days = kind_of(field.type).is_day
    zh, en = ("不能晚于", "cannot be after") if days else ("最多", "cannot be more than")
    return "field-range", _sentence(field, f"{zh}{most.zh}", f"{en} {most.en}")


def _unit(field: Field) -> Text:
    return kind_of(field.type).counted


def _short(field: Field, limit: Any, value: Any) -> tuple[str, Text]:
    zh, en = _unit(field)
    return "field-length", _sentence(field, f"至少{limit}{zh}，现有{len(value)}{zh}", f"needs at least {limit} {en}")


def _long(field: Field, limit: Any, value: Any) -> tuple[str, Text]:
    zh, en = _unit(field)
    return "field-length", _sentence(field, f"最多{limit}{zh}，现有{len(value)}{zh}", f"takes at most {limit} {en}")


def _option(field: Field, limit: Any, value: Any) -> tuple[str, Text]:
    options = listed(limit)
    zh = f"没有“{_said(value)}”这个选项。可选：{options.zh}"
    return "field-option", _sentence(field, zh, f'has no option "{_said(value)}". Options: {options.en}')


def _twice(field: Field, _limit: Any, _value: Any) -> tuple[str, Text]:
    return "field-repeated", _sentence(field, "有重复的选项，留一个", "names an option twice: keep one")


_RULES: Final[dict[str, Callable[[Field, Any, Any], tuple[str, Text]]]] = {
    "minimum": _least,
    "formatMinimum": _least,
    "maximum": _most,
    "formatMaximum": _most,
    "minLength": _short,
    "minItems": _short,
    "maxLength": _long,
    "maxItems": _long,
    "enum": _option,
    "uniqueItems": _twice,
}
