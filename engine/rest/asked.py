"""What a request asks, read strictly: its query, its body, its key; what it cannot mean is refused at its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final, NoReturn

from flask import request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from engine.definition.inputs import NUL
from engine.definition.moments import decimal_text
from engine.definition.plain import readable, repeated, tidy, whole_number
from engine.errors import Invalid, Problem
from engine.i18n import Text
from engine.operations.writing import LONGEST_KEY, is_key
from engine.rest import problems

#: Lists and objects in a body may be this deep.
DEEPEST = 32
#: The most rows that one page of a list has.
MOST_LISTED = 100
_MOST_DIGITS: Final = 60
#: A NUL as JSON writes it, and not a backslash that somebody typed before ``u0000``.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_WHOLE = {
    **dict.fromkeys(("opinion", "process", "unit", "for", "to", "text", "note", "job", "password"), str),
    "fill": dict, "seen": int,
}  # fmt: skip


def refused(code: str, zh: str, en: str, path: str) -> NoReturn:
    """Refuse the request with one problem at *path*."""
    raise Invalid((Problem(code, Text(zh, en), path=path),))


def query(*names: str) -> dict[str, str]:
    """The request's query: the parameters that were given, each known and given once, without space around it."""
    found: dict[str, str] = {}
    for name, written in request.args.items(multi=True):
        if name not in names:
            known = "、".join(names) or "—"
            zh, en = f"没有参数“{name}”，可用：{known}。", f"There is no parameter {name!r}; use: {known}."
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
        choices = "、".join(one for one in words if one)
        refused("query-word", f"{name} 没有“{word}”，可用：{choices}。", f"{name} is one of: {choices}.", name)
    return word


def key() -> str:
    """The request's Idempotency-Key, which every write needs."""
    sent = request.headers.get("Idempotency-Key", "").strip()
    if not sent or not is_key(sent):
        most = LONGEST_KEY
        zh, en = f"Idempotency-Key 要写1到{most}个字符。", f"Send an Idempotency-Key of 1 to {most} characters."
        refused("idempotency-key", zh, en, "Idempotency-Key")
    return sent


def body(*names: str, needed: bool = True) -> dict[str, Any]:
    """The request's JSON object: the keys *names* are all that its operation takes, each with a value of its type.

    Where no body is *needed*, none is an empty one. Numbers within ``fill`` come as the text of themselves: they are
    read as if somebody had typed them.
    """
    if not (needed or request.get_data()):
        return {}
    sent = _read()
    if not isinstance(sent, dict):
        refused("body-object", "内容要是一个JSON对象。", "The body has to be a JSON object.", "")
    wrong = [name for name, value in sent.items() if name not in names or not _fits(value, _WHOLE[name])]
    if wrong:
        refused("body-key", f"没有“{wrong[0]}”这一项，或类型不对。", f"“{wrong[0]}” is unknown or of the wrong type.",
                wrong[0])  # fmt: skip
    return sent | ({"fill": _typed(sent["fill"], 0)} if "fill" in sent else {})


def _fits(value: Any, kind: type) -> bool:
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))


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
