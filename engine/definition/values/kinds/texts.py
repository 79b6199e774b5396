"""Kinds that are words: free ones, those of a shape, and those chosen from a list."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from engine.definition.values.extents import MOST_ROWS, MOST_TEXT
from engine.definition.values.kinds.shared import as_shaped, as_text, limits, never_plain, plain_shaped, plain_text
from engine.definition.values.types import Asked, Schema, Unread, ValueKind
from engine.i18n import Text, listed

_APART: Final = re.compile(r"[\s\-()]")
_COMMA: Final = re.compile(r"[\n、,]")
_MOBILE: Final = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
_LANDLINE: Final = re.compile(r"(0[0-9]{2,3})?([0-9]{7,8})(?:转([0-9]{1,6}))?")
_ID_NUMBER: Final = re.compile(r"[0-9]{17}[0-9X]")
_WEIGHTS: Final = tuple(2 ** (17 - place) % 11 for place in range(17))


def match(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    """The match of all of *text*. Raises Unread."""
    found = pattern.fullmatch(text)
    if not found:
        raise Unread
    return found


def _phone(text: str) -> str:
    digits = _APART.sub("", text)
    if mobile := _MOBILE.fullmatch(digits):
        return mobile[1]
    area, number, extension = match(_LANDLINE, digits).groups()
    return (f"{area}-" if area else "") + number + (f"转{extension}" if extension else "")


def _id_number(text: str) -> str:
    digits = text.upper().replace(" ", "")
    match(_ID_NUMBER, digits)
    check = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False)) % 11
    if "10X98765432"[check] != digits[17]:
        raise Unread
    date.fromisoformat(f"{digits[6:10]}-{digits[10:12]}-{digits[12:14]}")
    return digits


def _chosen(text: str) -> list[str]:
    """Choices come one a line or with ``、`` between."""
    return list(dict.fromkeys(part for part in (one.strip() for one in _COMMA.split(text)) if part))


def _choice(_kind: ValueKind, one: Asked) -> Schema:
    return {"type": "string", **_enum(one)}


def _choices(_kind: ValueKind, one: Asked) -> Schema:
    items = {"type": "string", **_enum(one)}
    bounds = limits(one, "minItems", "maxItems", None, MOST_ROWS)
    return {"type": "array", "items": items, "uniqueItems": True, **bounds}


def _enum(one: Asked) -> Schema:
    return {"enum": list(one.options)} if one.options else {}


def _is_option(_kind: ValueKind, one: Asked, value: Any) -> bool:
    return isinstance(value, str) and (not one.options or value in one.options)


KINDS: Final = (
    ValueKind(
        "text", Text("文字", "text"), ("文字", "文本"),
        schema=as_text, plain=plain_text, sample="样例", bounds="count", most=MOST_TEXT,
        is_word=True, widget="words", mask="beginning", typed=True,
    ),
    ValueKind(
        "choice", Text("选项", "an option"), ("单选",),
        schema=_choice, plain=_is_option, sample="样例", is_word=True, widget="choice", chosen=True, options=True,
    ),
    ValueKind(
        "choices", Text("多选", "options"), ("多选",), Text("要从选项里选", "has to be chosen from the options"),
        read=_chosen, written="\n".join, say=lambda stored, _now: listed(stored),
        decode=tuple, encode=list, stored=list, live=(list, tuple), schema=_choices, plain=never_plain, sample=[],
        bounds="count", counted=Text("项", "options"), most=MOST_ROWS,
        widget="choices", chosen=True, options=True, telling=False,
    ),
    ValueKind(
        "phone", Text("电话", "a phone number"), ("电话",),
        Text("要写成手机号或带区号的座机号", "has to be a mobile number or a number with its area code"),
        read=_phone, schema=as_shaped, plain=plain_shaped, sample="13800000000",
        is_word=True, widget="phone", href="tel:", mask="ends", typed=True,
    ),
    ValueKind(
        "id_number", Text("证件号", "an id number"), ("身份证号",),
        Text("不是18位身份证号，核对后重填", "is not an 18-digit identity number: check it"),
        read=_id_number, schema=as_shaped, plain=plain_shaped, sample="11010519491231002X",
        is_word=True, masked=True, mask="ends", typed=True,
    ),
)  # fmt: skip
