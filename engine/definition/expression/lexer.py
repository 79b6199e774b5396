"""Cuts the text of a formula into tokens; full-width signs and Chinese words are read as their plain twins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from engine.definition.expression.faults import stop
from engine.definition.values.durations import unit_at
from engine.definition.values.plain import narrow
from engine.i18n import Text

#: Full-width and typographic signs, one for one, so that offsets stay true.
_PLAIN: Final = str.maketrans(
    "＝＜＞（），、＋－−×÷＊／％．［］【】０１２３４５６７８９\u3000\t\n\r", "=<>(),,+--*/*/%.[][]0123456789    "
)
_SIGNS: Final = re.compile(r"<=|>=|=<|=>|<>|!=|！=|==|&&|\|\||[=<>≤≥≠(),+\-*/.\[\]]")
_SAME_SIGN: Final = {
    "==": "=", "!=": "<>", "！=": "<>", "≠": "<>", "≤": "<=", "=<": "<=", "≥": ">=", "=>": ">=",
    "&&": "and", "||": "or",
}  # fmt: skip
_QUOTES: Final = {"'": "'", '"': '"', "“": "”", "‘": "’", "＂": "＂", "＇": "＇", "「": "」"}
#: The pattern of what stands in quotes, to the end of the text where they are not closed.
QUOTED: Final = r"'[^']*'|\"[^\"]*\"|“[^”]*(?:”|\Z)"
_PERCENT: Final = re.compile(" *%")
_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_NAME: Final = re.compile(r"[^\W\d]\w*")
_EMPTY: Final = re.compile(r"is +(not +)?empty(?!\w)", re.IGNORECASE)
_WORDS: Final = {"且": "and", "或": "or", "或者": "or", "并且": "and", "非": "not", "属于": "in"}
_AFTER: Final = {**_WORDS, "为空": "is empty", "不为空": "is not empty"}
_OPERATORS: Final = frozenset({"and", "or", "not", "in"})
#: After a value these begin a new word even without a space: ``人数 > 5且天数 < 3``.
_GLUED: Final = ("不为空", "为空", "并且", "或者", "且", "或")
_LITERALS: Final = {"true": True, "false": False, "是": True, "否": False, "空": None}
#: More digits than any quantity here needs.
MOST_DIGITS: Final = 24

Kind = Literal["value", "name", "sign", "end"]


@dataclass(frozen=True, slots=True)
class Token:
    """One piece: a constant, a name, a sign (operators included) or the end."""

    kind: Kind
    text: str
    offset: int
    value: Any = None


def tokens(text: str) -> list[Token]:
    """Every token of *text*, the end included. Raises Stop at what cannot be read."""
    plain = text.translate(_PLAIN)
    found: list[Token] = []
    at = 0
    while at < len(plain):
        if plain[at] == " ":
            at += 1
            continue
        token, at = _next(text, plain, at, found)
        found.append(token)
    found.append(Token("end", "", len(text)))
    return found


def _next(text: str, plain: str, at: int, before: list[Token]) -> tuple[Token, int]:
    if text[at] in _QUOTES:
        return _string(text, at)
    if number := _NUMBER.match(plain, at):
        return _number(plain, at, number.group())
    if name := _NAME.match(plain, at):
        if (empty := _EMPTY.match(plain, at)) and _ends_value(before):
            return Token("sign", "is not empty" if empty[1] else "is empty", at), empty.end()
        return _name(at, name.group(), before)
    if sign := _SIGNS.match(plain, at):
        return Token("sign", _SAME_SIGN.get(sign.group(), sign.group()), at), sign.end()
    raise _unreadable(text[at], at)


def _string(text: str, at: int) -> tuple[Token, int]:
    closing = _QUOTES[text[at]]
    end = text.find(closing, at + 1)
    while end != -1 and text[end + 1 : end + 2] == closing:
        end = text.find(closing, end + 2)
    if end == -1:
        raise stop("formula-syntax", at, f"引号 {text[at]} 没有配对的 {closing}", f"The quote {text[at]} is not closed")
    content = text[at + 1 : end].replace(closing * 2, closing)
    return Token("value", text[at : end + 1], at, content), end + 1


def _number(plain: str, at: int, digits: str) -> tuple[Token, int]:
    end = at + len(digits)
    if len(digits) > MOST_DIGITS:
        raise stop("formula-syntax", at, "数字太长", "The number has too many digits")
    if len(digits) > 1 and digits[0] == "0" and digits[1] != ".":
        hint = Text(f"编号要加引号：'{digits}'", f"Put a code in quotes: '{digits}'")
        raise stop("formula-syntax", at, f"数字 {digits} 以0开头", f"The number {digits} starts with 0", hint)
    whole = "." not in digits
    if whole and (read := unit_at(plain, end, int(digits))):
        return Token("value", plain[at : read[1]], at, read[0]), read[1]
    percent = _PERCENT.match(plain, end)
    if percent:
        return Token("value", plain[at : percent.end()], at, Decimal(digits) / 100), percent.end()
    return Token("value", digits, at, int(digits) if whole else Decimal(digits)), end


def _name(at: int, raw: str, before: list[Token]) -> tuple[Token, int]:
    if _ends_value(before):
        glued = next((word for word in _GLUED if raw.startswith(word)), None)
        if glued:
            return Token("sign", _AFTER[glued], at), at + len(glued)
    name = narrow(raw)
    word = _WORDS.get(name, name.lower() if name.lower() in _OPERATORS else "")
    after_dot = bool(before) and before[-1].text == "."
    if word and not after_dot:
        return Token("sign", word, at), at + len(raw)
    literal = name.lower()
    if literal in _LITERALS and not after_dot:
        return Token("value", raw, at, _LITERALS[literal]), at + len(raw)
    return Token("name", name, at), at + len(raw)


def _ends_value(before: list[Token]) -> bool:
    """Whether a value has just ended, so that an operator may follow."""
    return bool(before) and (before[-1].kind in ("value", "name") or before[-1].text in (")", "]"))


def _unreadable(sign: str, at: int) -> Exception:
    hints = {
        "%": Text("百分数写成 50%，本语言没有取余", "Write 50% for a share; there is no remainder operator"),
        "^": Text("本语言没有乘方", "There is no power operator"),
        "！": Text("“不等于”写成 <>，“不”写成 非", "Write <> for unequal and not for negation"),
        "!": Text("“不等于”写成 <>，“不”写成 非", "Write <> for unequal and not for negation"),
        "：": Text("公式里没有冒号", "A formula has no colon"),
        "{": Text("公式里没有花括号", "A formula has no braces"),
    }
    return stop("formula-syntax", at, f"看不懂的符号 {sign}", f"The sign {sign} is not known", hints.get(sign))
