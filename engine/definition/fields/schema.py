"""Fields as JSON Schema 2020-12: one document that is the form, the contract of the API and the check."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend
from referencing import Registry

from engine.definition.expression import Formula
from engine.definition.expression.tree import Constant, Core, Lazy, Operation, Read
from engine.definition.model import Field
from engine.definition.values.durations import KINDS, Duration
from engine.definition.values.forms import decode
from engine.definition.values.inputs import MOST_NUMBER, MOST_TEXT, parse_input
from engine.definition.values.saying import yuan_text
from engine.definition.values.types import ValueType
from engine.errors import Problem
from engine.i18n import Text

#: Most rows of a table and most choices of a list.
MOST_ROWS: Final = 1_000
#: Longest reference: an id of a person, a unit or of a plugin's type.
MOST_ID: Final = 200
#: An amount as text: yuan, with two decimals at most.
AMOUNT: Final = r"^-?[0-9]+(\.[0-9]{1,2})?$"
#: The stored forms that are texts of a shape of their own, by the name of their ``format``.
FORMATS: Final = ("decimal", "date", "time", "datetime", "period", "duration", "phone", "id_number", "calendar")


def json_schema(fields: Iterable[Field], names: Iterable[str] | None = None, *, sent: bool = False) -> dict[str, Any]:
    """The schema of a form that asks the *names* among *fields* (None: all), variants as ``if``/``then``.

    Amounts are integers in fen, decimals are strings; or with *sent*, as programs send them, both are numbers or texts,
    and amounts are yuan. Derived fields are read-only and never required.
    """
    asked = [one for one in fields if names is None or one.name in frozenset(names)]
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {one.name: sent_schema(one) if sent else property_schema(one) for one in asked},
        "required": [one.name for one in asked if is_required(one) and one.when is None],
        "additionalProperties": False,
    }
    spelled = frozenset(one.name for one in asked if sent and one.type.name == "money")
    variants = [rule for one in asked if (rule := _variant(one, spelled))]
    return {**schema, "allOf": variants} if variants else schema


def is_required(one: Field) -> bool:
    """Whether a form that asks this field needs an answer."""
    return not one.optional and one.value is None


def property_schema(one: Field) -> dict[str, Any]:
    """The schema of one field's stored value."""
    schema = {"title": one.title.zh, "x-type": one.type.name, **_SHAPES.get(one.type.name, _reference)(one)}
    if one.title.en != one.title.zh:
        schema["x-title-en"] = one.title.en
    if one.default is not None and one.default.formula is None:
        schema["default"] = one.default.constant
    if one.value is not None:
        schema["readOnly"] = True
    return schema


def sent_schema(one: Field) -> dict[str, Any]:
    """The schema of one field's value as programs send it: amounts in yuan, not in fen."""
    schema = property_schema(one)
    if one.type.name == "money":
        schema |= {"type": ["string", "number"], "pattern": AMOUNT, "x-unit": "元"}
        for rule, bound in (("minimum", one.min), ("maximum", one.max)):
            schema[rule] = bound / 100 if bound is not None else None
        schema = {name: value for name, value in schema.items() if value is not None}
        schema |= {"default": yuan_text(schema["default"])} if "default" in schema else {}
    elif one.type.name == "decimal":
        schema["type"] = ["string", "number"]
    elif one.columns:
        schema["items"]["properties"] = {column.name: sent_schema(column) for column in one.columns}
    return schema


def _limits(one: Field, low: str, high: str, least: Any = None, most: Any = None) -> dict[str, Any]:
    limits = {low: one.min if one.min is not None else least, high: one.max if one.max is not None else most}
    return {rule: limit for rule, limit in limits.items() if limit is not None}


def _text(one: Field) -> dict[str, Any]:
    return {"type": "string", **_limits(one, "minLength", "maxLength", 1, MOST_TEXT)}


def _number(one: Field) -> dict[str, Any]:
    return {"type": "integer", **_limits(one, "minimum", "maximum", -MOST_NUMBER, MOST_NUMBER)}


def _shaped(one: Field) -> dict[str, Any]:
    return {"type": "string", "format": one.type.name, **_limits(one, "formatMinimum", "formatMaximum")}


def _choices(one: Field) -> dict[str, Any]:
    items = {"type": "string", **({"enum": list(one.options)} if one.options else {})}
    limits = _limits(one, "minItems", "maxItems", None, MOST_ROWS)
    return {"type": "array", "items": items, "uniqueItems": True, **limits}


def _table(one: Field) -> dict[str, Any]:
    row = {
        "type": "object",
        "properties": {column.name: property_schema(column) for column in one.columns},
        "required": [column.name for column in one.columns if is_required(column)],
        "additionalProperties": False,
    }
    return {"type": "array", "items": row, **_limits(one, "minItems", "maxItems", None, MOST_ROWS)}


def _reference(_one: Field) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": MOST_ID}


_SHAPES: Final[dict[str, Callable[[Field], dict[str, Any]]]] = {
    "text": _text,
    "integer": _number,
    "money": _number,
    "boolean": lambda _one: {"type": "boolean"},
    "choice": lambda one: {"type": "string", **({"enum": list(one.options)} if one.options else {})},
    "choices": _choices,
    "table": _table,
    **dict.fromkeys(FORMATS, _shaped),
}


def _variant(one: Field, spelled: frozenset[str]) -> dict[str, Any] | None:
    """``if``/``then`` for a field that is only asked where its condition holds.

    Nothing about the fields *spelled*, whose values have more than one spelling, which a schema cannot compare.
    """
    if one.when is None or not is_required(one) or one.when.names & spelled:
        return None
    holds = condition(one.when)
    return {"if": holds, "then": {"required": [one.name]}, "x-when": one.when.text} if holds else None


def condition(formula: Formula) -> dict[str, Any] | None:
    """A formula as a schema of the whole form, if it only compares fields with constants."""
    return _holds(formula.tree)


def _holds(part: Core) -> dict[str, Any] | None:
    if isinstance(part, Lazy) and part.kind in ("and", "or"):
        sides = [_holds(arg) for arg in part.args]
        return {"allOf" if part.kind == "and" else "anyOf": sides} if all(sides) else None
    if isinstance(part, Operation) and part.name == "not":
        inner = _holds(part.args[0])
        return {"not": inner} if inner else None
    if isinstance(part, Read):
        return _property(part, {"const": True})
    if isinstance(part, Operation) and part.name in ("=", "<>", "in") and len(part.args) == 2:
        left, right = part.args
        return _compared(part.name, left, right) or (_compared(part.name, right, left) if part.name != "in" else None)
    return None


def _compared(sign: str, left: Core, right: Core) -> dict[str, Any] | None:
    if not isinstance(left, Read) or not isinstance(right, Constant):
        return None
    values = right.value if sign == "in" else (right.value,)
    if not all(isinstance(value, (str, int)) for value in values):
        return None
    allowed = {"enum": list(values)} if sign == "in" else {"const": values[0]}
    return _property(left, {"not": allowed} if sign == "<>" else allowed)


def _property(name: Read, schema: dict[str, Any]) -> dict[str, Any] | None:
    return None if "." in name.name else {"properties": {name.name: schema}, "required": [name.name]}


@dataclass(frozen=True)
class Form:
    """Fields whose values are checked together, as far as they are there; equal by process and names."""

    process_hash: str
    names: tuple[str, ...]
    fields: tuple[Field, ...] = field(compare=False, repr=False)

    def validator(self) -> Draft202012Validator:
        """The compiled schema, kept for a process that has a hash."""
        return _kept(self) if self.process_hash else _compiled(self)


def _compiled(form: Form) -> Draft202012Validator:
    schema = json_schema([replace(one, optional=True) for one in form.fields])
    return _Validator(schema, registry=Registry(), format_checker=_CHECKER)  # type: ignore[no-any-return]


_kept = lru_cache(maxsize=1024)(_compiled)


def _is_whole(_checker: Any, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def outside(kind: ValueType, stored: Any, least: Any = None, most: Any = None) -> bool:
    """Whether a stored value of an ordered type lies below *least* or above *most*, where these are given.

    Lengths of time of different kinds (days, workdays) break every bound.
    """
    below = least is not None and _breaks(kind, stored, least, operator.lt)
    return below or (most is not None and _breaks(kind, stored, most, operator.gt))


def other_kind(kind: ValueType, stored: Any, limit: Any) -> Text | None:
    """The units that a length of time has to be written in to be held to *limit*; None where it is, or is no length."""
    if kind.name != "duration" or limit is None:
        return None
    live, bound = decode(kind, stored), decode(kind, limit)
    return None if live.kind == bound.kind else KINDS[bound.kind]


def _breaks(kind: ValueType, stored: Any, limit: Any, breaks: Callable[[Any, Any], bool]) -> bool:
    size, bound = _size(kind, stored), _size(kind, limit)
    return (kind.name == "duration" and size[0] != bound[0]) or breaks(size, bound)


def _size(kind: ValueType, stored: Any) -> Any:
    live = decode(kind, stored)
    return live.measure if isinstance(live, Duration) else live


def _bound(breaks: Callable[[Any, Any], bool], words: str) -> Callable[..., Any]:
    """A keyword that compares sizes."""

    def check(_validator: Any, limit: Any, value: Any, schema: dict[str, Any]) -> Any:
        kind = ValueType(schema["format"])
        if well_formed(kind)(value) and _breaks(kind, value, limit, breaks):
            yield ValidationError(f"{value!r} is {words} {limit!r}")

    return check


def well_formed(kind: ValueType) -> Callable[[object], bool]:
    """Whether a value is text of the shape that *kind* is stored in."""

    def check(value: object) -> bool:
        return isinstance(value, str) and not isinstance(parse_input(kind, value), Problem)

    return check


_CHECKER: Final = FormatChecker(formats=())
for _name in FORMATS:
    _CHECKER.checks(_name)(well_formed(ValueType(_name)))
_Validator: Final = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    validators={
        "formatMinimum": _bound(operator.lt, "below"),
        "formatMaximum": _bound(operator.gt, "above"),
    },
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_whole),
)
