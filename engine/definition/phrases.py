"""Turns the words inside a value, such as ``退回 发起`` or ``角色 站长 于 出借方``, from one language to the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise

from engine.definition import words
from engine.definition.durations import parse_duration
from engine.definition.expression.faults import Stop
from engine.definition.expression.lexer import tokens

#: Outside quotes: a quoted piece, or a word that does not follow a dot.
_PIECE = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”|(?<![\w.])[^\W\d]\w*")
_OPERATORS: Mapping[str, tuple[str, ...]] = {
    "and": ("且",), "or": ("或",), "not": ("非",), "in": ("属于",), **words.BOOLEAN_WORDS,
}  # fmt: skip


class Phrases:
    """One direction of translation: to the canonical English, or to Chinese."""

    def __init__(self, *, to_chinese: bool) -> None:
        self.to_chinese = to_chinese
        self._phrases = self._table(words.PHRASE_WORDS)
        self._reserved = self._table(words.RESERVED_WORDS)
        self._types = self._table(words.TYPE_WORDS)
        self._truths = self._table(words.BOOLEAN_WORDS)
        self._choices = self._table(words.CHOICE_WORDS)
        self._links = self._table({word: words.PHRASE_WORDS[word] for word in ("of", "on")})
        self._formulas = {**self._reserved, **(self._table(_OPERATORS) if to_chinese else {})}
        self._by_kind: dict[str, Callable[[str], str]] = {
            "target": self._target, "who": self._who, "by": self._by, "rung": self._rung, "loop": self._loop,
            "type": self._type, "boolean": self._boolean, "duration": self._duration, "remind": self._duration,
            "formula": self._formula, "moment": self._formula, "event": self._formula, "value": self._value,
            "excluded": self._excluded,
            "need": self._closed("all", "any"), "fill": self._closed("all"),
            "sign": self._closed("any", "all", "in_order"),
        }  # fmt: skip

    def of(self, kind: str, text: str, options: tuple[str, ...] = ()) -> str:
        """*text*, which stands where *kind* is wanted, in the other language; unknown words stay."""
        if options:
            return self._closed(*options)(text)
        return self._by_kind.get(kind, str)(text)

    def _table(self, both: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
        """The words of one table in this direction."""
        return {english: chinese[0] for english, chinese in both.items()} if self.to_chinese else words.english_of(both)

    def _phrase(self, word: str) -> str:
        return self._phrases.get(word, word)

    def _closed(self, *options: str) -> Callable[[str], str]:
        return lambda text: self._choice(text.strip(), options)

    def _choice(self, word: str, options: tuple[str, ...]) -> str:
        turned = self._choices.get(word, word)
        return turned if (word if self.to_chinese else turned) in options else word

    def _target(self, text: str) -> str:
        head, _, name = text.strip().partition(" ")
        return f"{self._phrase(head)} {self._reserved.get(name.strip(), name.strip())}".strip()

    def _who(self, text: str) -> str:
        head, space, rest = text.strip().partition(" ")
        if head not in words.PHRASE_WORDS and self._phrase(head) == head:
            return text
        return self._phrase(head) + space + _outside_brackets(rest, self._linked)

    def _linked(self, word: str) -> str:
        return self._links.get(word) or self._reserved.get(word, word)

    def _by(self, text: str) -> str:
        head, space, rest = text.strip().partition(" ")
        if head in ("clock", "message", *words.PHRASE_WORDS["clock"], *words.PHRASE_WORDS["message"]):
            return self._phrase(head) + space + rest
        return self._who(text)

    def _rung(self, text: str) -> str:
        after = words.PHRASE_WORDS["after"][0]
        first, found, wait = ([*re.split(rf"\s+({after}|after)\s+", text.strip(), maxsplit=1), "", ""])[:3]
        head, space, rest = first.partition(" ")
        if space:
            first = f"{self._phrase(head)} {self._who(rest.strip())}"
        return f"{first} {self._phrase(found)} {self._duration(wait)}" if found else first

    def _loop(self, text: str) -> str:
        name, found, table = ([*re.split(r"\s+(in|取自)\s+", text.strip(), maxsplit=1), "", ""])[:3]
        return f"{name} {self._phrase(found)} {self._formula(table)}" if found else text

    def _type(self, text: str) -> str:
        head, space, rest = text.strip().partition(" ")
        return self._types.get(head, head) + space + rest

    def _boolean(self, text: str) -> str:
        return self._truths.get(text.strip(), text.strip())

    def _duration(self, text: str) -> str:
        duration = parse_duration(text)
        if duration is None:
            return self._value(text)
        return duration.words.pick("zh" if self.to_chinese else "en")

    def _value(self, text: str) -> str:
        return "=" + self._formula(text[1:]) if text.startswith("=") else text

    def _excluded(self, text: str) -> str:
        head, space, rest = text.strip().partition(" ")
        if space:
            return f"{self._phrase(head)} {self._formula(rest)}"
        return self._reserved.get(head, head)

    def _formula(self, text: str) -> str:
        """Only the reserved names, so that the columns of the rest stay true; to Chinese, the operators too."""
        return _PIECE.sub(lambda match: self._formulas.get(match[0], match[0]), text)


def plain_formula(text: str) -> str:
    """*text* with its Chinese operators and constants written in the canonical words."""
    try:
        found = tokens(text)
    except Stop:
        return text
    made = ""
    for token, following in pairwise(found):
        piece = text[token.offset : following.offset]
        if token.kind == "value" and isinstance(token.value, bool):
            made += piece.replace(token.text, "true" if token.value else "false", 1)
        elif token.kind == "sign" and token.text[0].isalpha() and piece.strip() != token.text:
            made = f"{made.rstrip()} {token.text} ".lstrip()
        else:
            made += piece
    return made.strip()


def _outside_brackets(text: str, turn: Callable[[str], str]) -> str:
    """*text* with *turn* applied to each word outside brackets and quotes."""
    depth = 0

    def one(match: re.Match[str]) -> str:
        nonlocal depth
        piece = match[0]
        if piece in "()":
            depth += 1 if piece == "(" else -1
            return piece
        return piece if depth or piece[0] in "'\"“" else turn(piece)

    return re.sub(_PIECE.pattern + r"|[()]", one, text)
