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
        self._by_kind: dict[str, Callable[[str], str]] = {
            "target": self._target, "who": self._who, "by": self._by, "rung": self._rung, "loop": self._loop,
            "type": self._type, "boolean": self._boolean, "duration": self._duration, "remind": self._duration,
            "formula": self._formula, "moment": self._formula, "value": self._value, "excluded": self._excluded,
            "need": self._closed("all", "any"), "fill": self._closed("all"),
            "sign": self._closed("any", "all", "in_order"),
        }  # fmt: skip

    def of(self, kind: str, text: str, options: tuple[str, ...] = ()) -> str:
        """*text*, which stands where *kind* is wanted, in the other language; unknown words stay."""
        if options:
            return self._closed(*options)(text)
        return self._by_kind.get(kind, str)(text)

    def _word(self, table: Mapping[str, tuple[str, ...]], word: str) -> str:
        if self.to_chinese:
            return table[word][0] if word in table else word
        return words.english_of(table).get(word, word)

    def _phrase(self, word: str) -> str:
        return self._word(words.PHRASE_WORDS, word)

    def _closed(self, *options: str) -> Callable[[str], str]:
        table = {option: words.CHOICE_WORDS.get(option, (option,)) for option in options}
        return lambda text: self._word(table, text.strip())

    def _target(self, text: str) -> str:
        head, _, name = text.strip().partition(" ")
        return f"{self._phrase(head)} {self._word(words.RESERVED_WORDS, name.strip())}".strip()

    def _who(self, text: str) -> str:
        head, space, rest = text.strip().partition(" ")
        if head not in words.PHRASE_WORDS and self._phrase(head) == head:
            return text
        links = {word: words.PHRASE_WORDS[word] for word in ("of", "on")}
        return self._phrase(head) + space + _outside_brackets(rest, lambda w: self._linked(links, w))

    def _linked(self, links: Mapping[str, tuple[str, ...]], word: str) -> str:
        turned = self._word(links, word)
        return turned if turned != word else self._word(words.RESERVED_WORDS, word)

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
        return self._word(words.TYPE_WORDS, head) + space + rest

    def _boolean(self, text: str) -> str:
        return self._word(words.BOOLEAN_WORDS, text.strip())

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
            return f"{self._word({'person': words.PHRASE_WORDS['person']}, head)} {self._formula(rest)}"
        return self._word(words.RESERVED_WORDS, head)

    def _formula(self, text: str) -> str:
        """Only the reserved names, so that the columns of the rest stay true; to Chinese, the operators too."""
        table = {**words.RESERVED_WORDS, **(_OPERATORS if self.to_chinese else {})}
        return _PIECE.sub(lambda m: self._word(table, m[0]), text)


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
