"""What a request asks, read strictly: its query, its body, its key; what it cannot mean is refused at its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final, NoReturn

from flask import request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from engine.definition.values.inputs import NUL
from engine.definition.values.moments import decimal_text
from engine.definition.values.plain import readable, repeated, tidy, whole_number
from engine.errors import Invalid, Problem
from engine.i18n import Text, listed
from engine.operations.writing import LONGEST_KEY, is_key
from engine.rest import problems

#: Lists and objects in a body may be this deep.
DEEPEST = 32
#: The most rows that one page of a list has.
MOST_LISTED = 100
_MOST_DIGITS: Final = 60
#: A NUL as JSON writes it, and not a backslash that somebody typed before ``u0000``.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
#: What a type of JSON Schema is here, and what it is called.
_TYPES: Final[dict[str, tuple[type, Text]]] = {
    "string": (str, Text("文字", "text")),
    "integer": (int, Text("整数", "a whole number")),
    "object": (dict, Text("对象", "an object")),
}


def refused(code: str, zh: str, en: str, path: str) -> NoReturn:
    """Refuse the request with one problem at *path*."""
    raise Invalid((Problem(code, Text(zh, en), path=path),))


def query(*names: str) -> dict[str, str]:
    """The request's query: the parameters that were given, each known and given once, without space around it."""
    found: dict[str, str] = {}
    for name, written in request.args.items(multi=True):
        if name not in names:
            known = listed(names, "—")
            zh, en = f"没有参数“{name}”，可用：{known.zh}。", f"There is no parameter {name!r}; use: {known.en}."
            refused("query-unknown", zh, en, name)
        if name in found:
            refused("query-twice", f"参数“{name}”写了两次，留一个。", f"The parameter {name!r} stands twice.", name)
        value = tidy(written)
        if not readable(value):
            refused("query-letters", f"参数“{name}”有不能用的字符。", f"{name!r} holds unusable characters.", name)
        found[name] = value
    return found


def limit(asked: dict[str, str]) -> int:
    """How many rows at most: ``limit``, 20 without one."""
    if "limit" not in asked:
        return 20
    count = whole_number(asked["limit"], MOST_LISTED)
    if not count:
        zh, en = f"limit 写1到{MOST_LISTED}的整数。", f"limit is a number from 1 to {MOST_LISTED}."
        refused("query-limit", zh, en, "limit")
    return count


def one_of(asked: dict[str, str], name: str, allowed: Iterable[str]) -> str:
    """The word that parameter *name* has, the first of *allowed* without one."""
    words = tuple(allowed)
    word = asked.get(name, words[0])
    if word not in words:
        choices = listed(one for one in words if one)
        refused("query-word", f"{name} 没有“{word}”，可用：{choices.zh}。", f"{name} is one of: {choices.en}.", name)
    return word


def key() -> str:
    """The request's Idempotency-Key, which every write needs."""
    sent = request.headers.get("Idempotency-Key", "").strip()
    if not sent or not is_key(sent):
        most = LONGEST_KEY
        zh, en = f"Idempotency-Key 要写1到{most}个字符。", f"Send an Idempotency-Key of 1 to {most} characters."
        refused("idempotency-key", zh, en, "Idempotency-Key")
    return sent


def body(schema: dict[str, Any]) -> dict[str, Any]:
    """The request's JSON object: what *schema* names is all that it may have, each with a value of its type.

    Whatever is unknown, missing or of another type is told at once, with all that there is. Numbers within ``fill``
    come as the text of themselves: they are read as if somebody had typed them.
    """
    if "required" not in schema and not request.get_data():
        return {}
    sent = _read()
    if not isinstance(sent, dict):
        refused("body-object", "内容要是一个JSON对象。", "The body has to be a JSON object.", "")
    takes: dict[str, dict[str, str]] = schema["properties"]
    here = listed(takes)
    wrong = [_unknown(name, here) for name in sent if name not in takes]
    wrong += [_mistyped(name, takes[name]["type"]) for name in sent if name in takes and not _fits(sent, name, takes)]
    wrong += [_missing(name, here) for name in schema.get("required", ()) if name not in sent]
    if wrong:
        raise Invalid(tuple(wrong))
    return sent | ({"fill": _typed(sent["fill"], 0)} if "fill" in sent else {})


def _fits(sent: dict[str, Any], name: str, takes: dict[str, dict[str, str]]) -> bool:
    kind, _ = _TYPES[takes[name]["type"]]
    return isinstance(sent[name], kind) and not (kind is int and isinstance(sent[name], bool))


def _unknown(name: str, here: Text) -> Problem:
    zh, en = f"没有“{name}”这一项，可写：{here.zh}。", f"“{name}” is unknown; there are: {here.en}."
    return Problem("body-key", Text(zh, en), path=name)


def _mistyped(name: str, kind: str) -> Problem:
    called = _TYPES[kind][1]
    return Problem("body-key", Text(f"“{name}”要写成{called.zh}。", f"“{name}” has to be {called.en}."), path=name)


def _missing(name: str, here: Text) -> Problem:
    zh, en = f"缺少“{name}”，可写：{here.zh}。", f"“{name}” is missing; there are: {here.en}."
    return Problem("body-missing", Text(zh, en), path=name)


def nothing() -> None:
    """Refuse a body with anything in it, of a request that says everything by its address."""
    if not request.get_data():
        return
    sent = _read()
    if not isinstance(sent, dict):
        refused("body-object", "内容要是一个JSON对象。", "The body has to be a JSON object.", "")
    if sent:
        name = next(iter(sent))
        refused("body-key", f"这里没有要写的内容，去掉“{name}”。", f"Nothing is asked here; leave out “{name}”.", name)


def _read() -> Any:
    """What the body says; half a character, an endless number or a key written twice is refused."""
    if not request.is_json:
        raise UnsupportedMediaType
    try:
        said = json.loads(request.get_data(), object_pairs_hook=_once, parse_float=_number, parse_constant=_number)
        written = json.dumps(said, ensure_ascii=False, default=str).encode()
    except json.JSONDecodeError:
        raise BadRequest from None
    except (ArithmeticError, RecursionError, ValueError):
        raise Invalid((Problem("body-json", problems.UNREADABLE),)) from None
    if _NUL.search(written):
        raise Invalid((NUL,))
    return said


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = repeated(name for name, _ in pairs)[0]
        refused("body-twice", f"“{twice}”写了两次，留一个。", f"“{twice}” stands twice; keep one.", twice)
    return made


def _number(text: str) -> Decimal:
    """A number with a point or an exponent, exactly. Raises ValueError where it is none or has no end."""
    number = Decimal(text)
    if not number.is_finite() or len(text) > _MOST_DIGITS or abs(number.adjusted()) > _MOST_DIGITS:
        raise ValueError(text)
    return number


def _typed(value: Any, depth: int) -> Any:
    """*value* with its numbers as somebody would type them."""
    if depth > DEEPEST:
        refused("body-deep", f"内容最多嵌套{DEEPEST}层。", f"Lists and objects may be {DEEPEST} deep.", "fill")
    if isinstance(value, dict):
        return {name: _typed(item, depth + 1) for name, item in value.items()}
    if isinstance(value, list):
        return [_typed(item, depth + 1) for item in value]
    if isinstance(value, Decimal):
        return decimal_text(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
