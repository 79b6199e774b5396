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
from engine.definition.values.extents import MOST_ROWS
from engine.definition.values.forms import decode
from engine.definition.values.kinds.shared import as_shaped, limits
from engine.definition.values.kinds.table import BUILT_IN, kind_of
from engine.definition.values.types import ValueType
from engine.i18n import Text

#: The stored forms that are texts of a shape of their own, by the name of their ``format``.
FORMATS: Final = tuple(name for name, kind in BUILT_IN.items() if kind.schema is as_shaped)


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
    spelled = frozenset(one.name for one in asked if sent and kind_of(one.type).out is not None)
    variants = [rule for one in asked if (rule := _variant(one, spelled))]
    return {**schema, "allOf": variants} if variants else schema


def is_required(one: Field) -> bool:
    """Whether a form that asks this field needs an answer."""
    return not one.optional and one.value is None


def property_schema(one: Field) -> dict[str, Any]:
    """The schema of one field's stored value."""
    schema = {"title": one.title.zh, "x-type": one.type.name, **_shape(one)}
    if one.title.en != one.title.zh:
        schema["x-title-en"] = one.title.en
    if one.default is not None and one.default.formula is None:
        schema["default"] = one.default.constant
    if one.value is not None:
        schema["readOnly"] = True
    return schema


def sent_schema(one: Field) -> dict[str, Any]:
    """The schema of one field's value as programs send it: amounts in yuan, not in fen."""
    schema, sent = property_schema(one), kind_of(one.type).sent
    if one.columns:
        schema["items"]["properties"] = {column.name: sent_schema(column) for column in one.columns}
    return schema if sent is None else sent(schema, one)


def _shape(one: Field) -> dict[str, Any]:
    kind = kind_of(one.type)
    return _table(one) if kind.rows else kind.schema(kind, one)


def _table(one: Field) -> dict[str, Any]:
    row = {
        "type": "object",
        "properties": {column.name: property_schema(column) for column in one.columns},
        "required": [column.name for column in one.columns if is_required(column)],
        "additionalProperties": False,
    }
    return {"type": "array", "items": row, **limits(one, "minItems", "maxItems", None, MOST_ROWS)}


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
    return _Validator(schema, registry=Registry(), format_checker=_checker(form.fields))  # type: ignore[no-any-return]


def _checker(fields: Iterable[Field]) -> FormatChecker:
    """What knows the shapes of texts, those of plugins' kinds among *fields* too."""
    kinds = [kind_of(one.type) for field in fields for one in (field, *field.columns)]
    own = [kind for kind in kinds if kind.settle is not None]
    if not own:
        return _CHECKER
    checker = FormatChecker(formats=())
    checker.checkers = dict(_CHECKER.checkers)
    for kind in own:
        checker.checks(kind.name)(kind.well_formed)
    return checker


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
    scales = kind_of(kind).scales
    if not scales or limit is None:
        return None
    live, bound = _size(kind, stored), _size(kind, limit)
    return None if live[0] == bound[0] else scales[bound[0]]


def _breaks(kind: ValueType, stored: Any, limit: Any, breaks: Callable[[Any, Any], bool]) -> bool:
    size, bound = _size(kind, stored), _size(kind, limit)
    return size[0] != bound[0] or breaks(size[1], bound[1])


def _size(kind: ValueType, stored: Any) -> tuple[str, Any]:
    """The scale of a value and its size on it; most kinds have but one scale."""
    live, scale = decode(kind, stored), kind_of(kind).scale
    return ("", live) if scale is None else scale(live)


def _bound(breaks: Callable[[Any, Any], bool], words: str) -> Callable[..., Any]:
    """A keyword that compares sizes."""

    def check(_validator: Any, limit: Any, value: Any, schema: dict[str, Any]) -> Any:
        kind = ValueType(schema["format"])
        if kind_of(kind).well_formed(value) and _breaks(kind, value, limit, breaks):
            yield ValidationError(f"{value!r} is {words} {limit!r}")

    return check


_CHECKER: Final = FormatChecker(formats=())
for _name in FORMATS:
    _CHECKER.checks(_name)(BUILT_IN[_name].well_formed)
_Validator: Final = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    validators={
        "formatMinimum": _bound(operator.lt, "below"),
        "formatMaximum": _bound(operator.gt, "above"),
    },
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_whole),
)
