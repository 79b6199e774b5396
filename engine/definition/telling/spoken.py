"""A formula as staff would say it in Chinese: ``出借方的牵头单位与借方的牵头单位相同，并且人数大于100``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.definition.expression.lexer import QUOTED
from engine.definition.values.durations import parse_duration
from engine.definition.values.plain import is_digit

_NUMBER = r"[0-9]+ (?!(?:and|or|in)\b)(?:work ?)?[a-z]+|[0-9][0-9.]*%?"
_NAME = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_TOKEN = re.compile(rf"{QUOTED}|{_NUMBER}|{_NAME}|<>|!=|>=|<=|==|\S")
#: Other ways to write the same.
_ALIKE = {
    "且": "and", "或": "or", "非": "not", "属于": "in", "为空": "empty", "==": "=", "!=": "<>", "≠": "<>",
    "≥": ">=", "≤": "<=",
}  # fmt: skip
_SAID = {
    "and": "，并且", "or": "，或者", "not": "并非", "in": "属于", "empty": "为空", "true": "“是”", "false": "“否”",
    ">": "大于", "<": "小于", ">=": "不小于", "<=": "不大于", ",": "、",
}  # fmt: skip
#: The same between moments, and what tells that there is one.
_OF_TIME = {">": "晚于", "<": "早于", ">=": "不早于", "<=": "不晚于"}
_MOMENT = re.compile(r"(?:.*\.)?(?:today|now|start|end|at|date)|['\"“][0-9]{4}-.*")
_ENDS = ("", "and", "or", ")", ",")
_BEGINS = ("", "and", "or", "(", ",")
#: What stands apart from its neighbours.
_APART = frozenset("+-*/")


def in_chinese(text: str, named: Mapping[str, str]) -> str:
    """The formula *text*; *named* says how the names that it reads are called."""
    tokens = [_ALIKE.get(token, token) for token in _TOKEN.findall(text)]
    said, at = "", 0
    while at < len(tokens):
        words, used = _together(tokens, at, named) or (_one(tokens, at, named), 1)
        said, at = said + words, at + used
    return said


def _together(tokens: list[str], at: int, named: Mapping[str, str]) -> tuple[str, int] | None:
    """The words for several tokens that make one phrase, and how many they are."""
    ahead = [*tokens[at : at + 5], *[""] * 5]
    denied = ahead[0] == "not"
    function, opened, name, closed = ahead[denied : 4 + denied]
    if (function, opened, closed) == ("empty", "(", ")") and name in named:
        return f"{named[name]}{'不' if denied else ''}为空", 4 + denied
    before = tokens[at - 1] if at else ""
    if ahead[0] in named and ahead[1] == "=" and ahead[2] in named and before in _BEGINS and ahead[3] in _ENDS:
        return f"{named[ahead[0]]}与{named[ahead[2]]}相同", 3
    return None


def _one(tokens: list[str], at: int, named: Mapping[str, str]) -> str:
    token, after = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else ""
    if token in ("=", "<>"):
        number = is_digit(after[:1]) and parse_duration(after) is None
        return {"=": "等于" if number else "是", "<>": "不等于" if number else "不是"}[token]
    if token in _OF_TIME and (_MOMENT.fullmatch(after) or (at and _MOMENT.fullmatch(tokens[at - 1]))):
        return _OF_TIME[token]
    if token in named:
        return named[token]
    return f" {token} " if token in _APART else _SAID.get(token) or _constant(token)


def _constant(token: str) -> str:
    if token[0] in "'\"“":
        return f"“{token[1:-1]}”"
    duration = parse_duration(token) if is_digit(token[0]) else None
    return duration.words.zh if duration else token
