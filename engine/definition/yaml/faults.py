"""Says in the writer's words what is wrong with a line that YAML could not read, or would read otherwise."""

from __future__ import annotations

import re
from typing import Any, Literal, NamedTuple

import yaml

from engine.definition.language.words import is_keyword

Role = Literal["key", "value", "flow item", "alone"]


class Fault(NamedTuple):
    """A code, where it is (1-based; 0 = where the scalar starts) and the arguments of its words."""

    code: str
    line: int = 0
    column: int = 0
    args: tuple[tuple[str, Any], ...] = ()


#: Characters of a line that are looked at for what its writer meant; what is wrong further right has no better word.
LOOK = 500
#: Characters of the writer's own text that a problem repeats.
_SHOWN = 60
_VALUE = r"(?:^|: +|- +|[\[{,] *)"
#: What a line may show, most telling first; the group that matters gives the column and ``char``.
_BITES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("yaml-tab", re.compile(r"^ *(\t)")),
    ("yaml-wide-space", re.compile(r"(?:^[ -]*|:)([\u3000\u00a0])")),
    ("yaml-wide-colon", re.compile(r"(?:^[ -]*|[{,，] *)[\w.]+ *(：)")),
    ("yaml-wide-comma", re.compile(r"^[^\[{]*[\[{].*\S([，；])[^\[\]{}:：]*[:：\]}]")),
    ("yaml-dash", re.compile(r"^ *(-(?=[^\W\d_])|[－—–•·●]\s*(?=[\w{'\"]))[^:：]*[:：]")),
    ("yaml-wide-bracket", re.compile(_VALUE + r"([｛［])")),
    ("yaml-first-character", re.compile(_VALUE + r"([@`%*!&])")),
    ("yaml-first-character", re.compile(r": +([-?]) ")),
    ("yaml-first-character", re.compile(r"(?:: +|- +)([>|])(?: +[^\s#]|[^\s#+\-1-9])")),
    ("yaml-bracket-first", re.compile(r": +(\[)[^\]]*\] *[^\s,#\]}]")),
    ("yaml-quote-first", re.compile(r": +([\"'])[^\"']*[\"'] *[^\s,#\]}:]")),
    ("yaml-second-colon", re.compile(r"^[ -]*[\w.]+: +[^\s\"'\[{][^\"']*?(:)(?: |$)")),
    ("yaml-colon-space", re.compile(r"^[ -]*([^\W\d]\w*:[^\s:/]\S*)")),
)
_QUOTED = re.compile(r"(\"[^\"]*\"|'[^']*')|( #.*$)")
_BY_PROBLEM: tuple[tuple[str, str, bool], ...] = (
    ("unexpected end of stream", "yaml-unclosed-quote", True),
    ("expected ',' or", "yaml-unclosed-bracket", True),
    ("could not find expected ':'", "yaml-missing-colon", True),
    ("did not find expected key", "yaml-indent", False),
    ("did not find expected '-'", "yaml-indent", False),
    ("are not allowed", "yaml-indent", False),
    ("expected <block end>", "yaml-indent", False),
)
_LINE_END = re.compile(r"\r\n|\r|\n")
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_GLUED_COMMENT = re.compile(r"[ \t]+(#)[^\s#]")
_WIDE_SPACE = re.compile("^[\u3000\u00a0]|[\u3000\u00a0]$")
_WIDE_SPACE_IN_KEY = re.compile("[\u3000\u00a0]")
_HEAD = re.compile(r"([^\W\d]\w*) *([:：])")
_WIDE_COMMA = re.compile("[，、；]")
_DASH = re.compile(r"[-－—–•·●]")
_WIDE_BRACKETS = re.compile("｛.*｝|［.*］", re.DOTALL)
#: Words, numbers and formulas without brackets: nearly all that is written, and never meant otherwise.
_HARMLESS = re.compile(r"[\w.=<>+*/%][\w.=<>+*/%-]*(?: [\w.=<>+*/%-]+)*")
_APOSTROPHE = re.compile("[A-Za-z]'[A-Za-z]")
_PAIRS = {")": "(", "]": "[", "}": "{"}


def of_syntax(error: yaml.YAMLError, text: str) -> Fault:
    """The fault behind *error*, placed at what the writer has to change."""
    if isinstance(error, yaml.reader.ReaderError):
        return _unreadable(text)
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Fault("yaml-syntax", 1, 1, (("why", str(error)),))
    mark, context = error.problem_mark, error.context_mark or error.problem_mark
    lines, why = text.splitlines(), str(error.problem)
    closing = mark.line < len(lines) and "expected ',' or" not in why
    if closing and lines[mark.line][mark.column : mark.column + 1] in ("]", "}"):
        return Fault("yaml-unopened-bracket", mark.line + 1, mark.column + 1)
    for number in _suspects(context.line, mark.line, lines):
        bite = _bite(lines[number])
        if bite:
            return bite._replace(line=number + 1)
    for words, code, at_context in _BY_PROBLEM:
        if words in why:
            at = context if at_context else mark
            return Fault(code, at.line + 1, at.column + 1)
    return Fault("yaml-syntax", mark.line + 1, mark.column + 1, (("why", why),))


def harmless(text: str) -> bool:
    """Whether neither ``of_any`` nor ``of_plain`` can find anything in *text*: the quick answer for most of a file."""
    return _HARMLESS.fullmatch(text) is not None


def of_plain(text: str, role: Role) -> tuple[Fault, ...]:
    """What is wrong with an unquoted scalar that YAML accepted; *role* is what it stands as."""
    key = role == "key"
    if _WIDE_SPACE.search(text) or (key and _WIDE_SPACE_IN_KEY.search(text)):
        return (Fault("yaml-wide-space"),)
    head = _HEAD.match(text)
    if head and (key or (role != "value" and is_keyword(head[1]))):
        if head[2] == "：":
            return (Fault("yaml-wide-colon"),)
        return (Fault("yaml-colon-space", args=(("text", text[:_SHOWN]),)),)
    wide = _WIDE_COMMA.search(text)
    if wide and role in ("key", "flow item"):
        return (Fault("yaml-wide-comma", args=(("char", wide[0]),)),)
    if key and (dash := _DASH.match(text)):
        return (Fault("yaml-dash", args=(("char", dash[0]),)),)
    if _WIDE_BRACKETS.fullmatch(text):
        return (Fault("yaml-wide-bracket", args=(("char", text[0]),)),)
    if text.startswith("＝"):
        return (Fault("yaml-wide-equals"),)
    if not balanced(text):
        return (Fault("yaml-unbalanced", args=(("text", text[:_SHOWN]),)),)
    return ()


def of_any(text: str) -> tuple[Fault, ...]:
    """What is wrong with a scalar however it is written: characters that nobody can see."""
    hidden = _HIDDEN.search(text)
    return (_hidden(hidden),) if hidden else ()


def of_tail(text: str, end: Any) -> Fault | None:
    """A ``#`` glued to the words after it behind a value: YAML drops them, and the writer may not know."""
    tail = _GLUED_COMMENT.match(text, end.index)
    if not tail:
        return None
    shown = text[tail.start(1) : tail.start(1) + _SHOWN].splitlines()[0]
    return Fault("yaml-comment", end.line + 1, end.column + 1 + tail.start(1) - end.index, (("text", shown),))


def balanced(text: str) -> bool:
    """Whether brackets and quotes of *text* are in pairs; an apostrophe inside a word is neither."""
    open_: list[str] = []
    quote = ""
    for i, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = "" if _APOSTROPHE.match(text, max(i - 1, 0)) else char
        elif char in "([{":
            open_.append(char)
        elif char in _PAIRS and (not open_ or open_.pop() != _PAIRS[char]):
            return False
    return not open_ and not quote


def _suspects(context: int, mark: int, lines: list[str]) -> list[int]:
    """The lines worth a look, in order: where it started, where it was noticed, the written line above."""
    above = [n for n in range(min(mark, len(lines)) - 1, -1, -1) if lines[n].strip()][:1]
    near = [n for n in (context, mark) if mark - n <= 1]
    return [n for n in (*near, *above) if n < len(lines)]


def _bite(line: str) -> Fault | None:
    if hidden := _HIDDEN.search(line.replace("\t", " ")):
        return _hidden(hidden)._replace(column=hidden.start() + 1)
    line = line[:LOOK]
    shown = _QUOTED.sub(lambda m: m[1][0] + "_" * (len(m[1]) - 2) + m[1][0] if m[1] else "", line)
    for code, pattern in _BITES:
        match = pattern.search(shown)
        if match:
            shown_char = line[match.start(1) : match.end(1)]
            return Fault(code, 0, match.start(1) + 1, (("char", shown_char), ("text", shown_char)))
    return None


def _unreadable(text: str) -> Fault:
    """A control character, which YAML refuses before it reads anything."""
    for number, line in enumerate(_LINE_END.split(text), 1):
        hidden = _HIDDEN.search(line.replace("\t", " "))
        if hidden:
            return _hidden(hidden)._replace(line=number, column=hidden.start() + 1)
    return Fault("yaml-syntax", 1, 1, (("why", "a character that YAML does not allow"),))


def _hidden(match: re.Match[str]) -> Fault:
    return Fault("yaml-hidden-character", args=(("char", f"U+{ord(match[0]):04X}"),))
