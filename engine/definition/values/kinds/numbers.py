"""Kinds that are numbers, and the one that is yes or no."""

from __future__ import annotations

import re
from decimal import Decimal
from math import isfinite
from typing import Any, Final

from engine.definition.values.extents import MOST_NUMBER, PLACES
from engine.definition.values.kinds.shared import as_number, as_shaped, plain_number, plain_shaped
from engine.definition.values.kinds.texts import match
from engine.definition.values.moments import decimal_text
from engine.definition.values.saying import money_words, number_words, yuan_text
from engine.definition.values.types import Asked, Schema, Unread, ValueKind
from engine.i18n import Text, both

#: An amount as text: yuan, with two decimals at most.
AMOUNT: Final = r"^-?[0-9]+(\.[0-9]{1,2})?$"
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")
_YES: Final = frozenset({"true", "是", "yes", "on", "1"})
_NO: Final = frozenset({"false", "否", "no", "off", "0"})


def _number(text: str) -> Decimal:
    digits = match(_NUMBER, text).group().replace(",", "")
    number = Decimal(digits)
    if abs(number) > MOST_NUMBER or len(digits) > 40:
        raise Unread(Text("太大，核对后重填", "is too large: check it"))
    return number


def _integer(text: str) -> int:
    number = _number(text)
    if number != int(number):
        raise Unread
    return int(number)


def _decimal(text: str) -> str:
    written = decimal_text(_number(text))
    if len(written.partition(".")[2]) > PLACES:
        raise Unread
    return written


def _money(text: str) -> int:
    fen = _number(text.removesuffix("元").removeprefix("¥").strip()) * 100
    if fen != int(fen) or abs(fen) > MOST_NUMBER:
        raise Unread
    return int(fen)


def _yuan(fen: object) -> str:
    """An amount in yuan; what somebody typed instead stays as it is."""
    return yuan_text(fen) if isinstance(fen, int) else str(fen)


def _boolean(text: str) -> bool:
    word = text.lower()
    if word not in _YES | _NO:
        raise Unread
    return word in _YES


def _in_yuan(schema: Schema, one: Asked) -> Schema:
    """Amounts as programs send them: in yuan, as numbers or texts."""
    schema = {**schema, "type": ["string", "number"], "pattern": AMOUNT, "x-unit": "元"}
    for rule, bound in (("minimum", one.min), ("maximum", one.max)):
        schema[rule] = bound / 100 if bound is not None else None
    schema = {name: value for name, value in schema.items() if value is not None}
    return schema | ({"default": yuan_text(schema["default"])} if "default" in schema else {})


def _a_number_too(schema: Schema, _one: Asked) -> Schema:
    return {**schema, "type": ["string", "number"]}


def _from_number(number: float) -> Any:
    return decimal_text(Decimal(str(number))) if isfinite(number) else number


KINDS: Final = (
    ValueKind(
        "integer", Text("整数", "a whole number"), ("整数",),
        Text("要写成整数，例如20", "has to be a whole number, such as 20"),
        read=_integer, say=lambda stored, _now: both(number_words(stored)),
        stored=int, live=(int,), schema=as_number, plain=plain_number, sample=1, bounds="value",
        is_number=True, widget="integer",
    ),
    ValueKind(
        "decimal", Text("数字", "a number"), ("小数",),
        Text("要写成数字，最多6位小数，例如1.5", "has to be a number of at most 6 decimals, such as 1.5"),
        read=_decimal, say=lambda stored, _now: both(number_words(stored)),
        decode=Decimal, encode=decimal_text, live=(Decimal, int),
        schema=as_shaped, plain=plain_shaped, sent=_a_number_too, number=_from_number, sample="1", bounds="value",
        is_number=True, widget="decimal",
    ),
    ValueKind(
        "money", Text("金额", "an amount of money"), ("金额",),
        Text("要写成金额，单位元，最多两位小数，例如12.50", "has to be an amount in yuan, such as 12.50"),
        read=_money, written=_yuan,
        say=lambda stored, _now: money_words(stored), spell=lambda stored: frozenset({yuan_text(stored)}),
        stored=int, live=(int,), schema=as_number, plain=plain_number, sent=_in_yuan, out=_yuan,
        sample=100, bounds="value", is_number=True, widget="money",
    ),
    ValueKind(
        "boolean", Text("是否", "yes or no"), ("是否",), Text("要选“是”或“否”", "has to be yes or no"),
        read=_boolean, written=lambda stored: "true" if stored is True else "false",
        say=lambda stored, _now: Text("是", "Yes") if stored else Text("否", "No"),
        stored=bool, live=(bool,), schema=lambda _kind, _one: {"type": "boolean"},
        plain=lambda _kind, _one, value: isinstance(value, bool), sample=True,
        widget="yes_no", chosen=True, phrase="boolean", telling=False,
    ),
)  # fmt: skip
