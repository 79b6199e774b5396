"""Turns the words inside a value, such as ``退回 发起`` or ``角色 站长 于 出借方``, from one language to the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import pairwise

from engine.definition.expression.faults import Stop
from engine.definition.expression.lexer import QUOTED, Token, tokens
from engine.definition.language import words
from engine.definition.values.durations import Duration, parse_duration

#: Outside quotes: a quoted piece, or a word that does not follow a dot.
_PIECE = re.compile(QUOTED + r"|(?<![\w.])[^\W\d]\w*")
_PIECE_OR_BRACKET = re.compile(_PIECE.pattern + r"|[()]")
_AFTER = re.compile(r"(?<!\s)\s+(after|再过)\s+")
_IN = re.compile(r"(?<!\s)\s+(in|取自)\s+")
_OPERATORS = {
    "and": "且", "or": "或", "not": "非", "in": "属于", "is empty": "为空", "is not empty": "不为空",
}  # fmt: skip
#: What a word may follow without a space.
_OPENING = "([（［【"
_PERSON = frozenset({"person", *words.PHRASE_WORDS["person"]})
_LINKS = frozenset(one for word in ("of", "on") for one in (word, *words.PHRASE_WORDS[word]))


class PhraseTable:
    """One direction of translation: to the canonical English, or to Chinese.

    Of formulas only the reserved names are turned, so that the columns of the rest stay true; *whole*, what stands in
    every formula is turned too: operators, constants and lengths of time. Chinese is always whole.
    """

    def __init__(self, *, to_chinese: bool, whole: bool = False) -> None:
        self.to_chinese = to_chinese
        self._whole = whole or to_chinese
        self._phrases = self._table(words.PHRASE_WORDS)
        self._reserved = self._table(words.RESERVED_WORDS)
        self._types = self._table(words.TYPE_WORDS)
        self._truths = self._table(words.BOOLEAN_WORDS)
        self._choices = self._table(words.CHOICE_WORDS)
        self._by_kind: dict[str, Callable[[str], str]] = {
            "target": self._target, "who": self._who, "by": self._by, "rung": self._rung, "loop": self._loop,
            "among": self._among,
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
            return self._formula(text) if "(" in text else text
        if head in _PERSON:
            return self._phrase(head) + space + self._formula(rest)
        return self._phrase(head) + space + self._linked(rest)

    def _among(self, text: str) -> str:
        """A WHO or a formula, where the type of the field is not in sight."""
        head = text.strip().partition(" ")[0]
        return self._who(text) if self._phrase(head) != head or head in words.PHRASE_WORDS else self._formula(text)

    def _linked(self, text: str) -> str:
        """``NAME of FORMULA on FORMULA``, each link in its place."""
        turn: Callable[[str], str] = str
        made, start = "", 0
        for begin, word in _top_level_words(text):
            if word in _LINKS:
                made += _inside(text[start:begin], turn) + self._phrase(word)
                turn, start = self._formula, begin + len(word)
        return made + _inside(text[start:], turn)

    def _by(self, text: str) -> str:
        head, space, rest = text.strip().partition(" ")
        if head in ("clock", "message", *words.PHRASE_WORDS["clock"], *words.PHRASE_WORDS["message"]):
            return self._phrase(head) + space + rest
        return self._who(text)

    def _rung(self, text: str) -> str:
        first, found, wait = ([*_AFTER.split(text.strip(), maxsplit=1), "", ""])[:3]
        head, space, rest = first.partition(" ")
        if space:
            first = f"{self._phrase(head)} {self._who(rest.strip())}"
        return f"{first} {self._phrase(found)} {self._duration(wait)}" if found else first

    def _loop(self, text: str) -> str:
        name, found, table = ([*_IN.split(text.strip(), maxsplit=1), "", ""])[:3]
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
        if space and head in _PERSON:
            return f"{self._phrase(head)} {self._formula(rest)}"
        return self._formula(text.strip())

    def _formula(self, text: str) -> str:
        with suppress(Stop):
            return self._retold(text) if self._whole else self._renamed(text)
        return _PIECE.sub(lambda match: self._reserved.get(match[0], match[0]), text)

    def _renamed(self, text: str) -> str:
        """The formula *text* with its reserved names turned, as only its tokens show: ``1且发起.单位`` has one."""
        made, at, before = "", 0, ""
        for token in tokens(text):
            end = token.offset + len(token.text)
            if token.kind == "name" and before != ".":
                piece = text[token.offset : end]
                made, at = made + text[at : token.offset] + self._reserved.get(piece, piece), end
            before = token.text
        return made + text[at:]

    def _retold(self, text: str) -> str:
        """The formula *text* with each of its tokens turned. Raises Stop where it cannot be read."""
        made, dotted = "", False
        for token, following in pairwise(tokens(text)):
            written = text[token.offset : following.offset]
            piece = written.rstrip(" \u3000\t\n\r")
            said = piece if dotted else self._said(token, piece)
            if token.kind == "sign" and token.text[0].isalpha():
                after = written[len(piece) :] if token.text == "not" and following.text == "(" else " "
                made = made.rstrip() + (" " if made and made.rstrip()[-1] not in _OPENING else "") + said + after
            else:
                made += said + written[len(piece) :]
            dotted = token.text == "."
        return made.strip()

    def _said(self, token: Token, piece: str) -> str:
        """One token in the other language; *piece* is how it is written."""
        if isinstance(token.value, bool):
            return self._truth(token.value)
        if isinstance(token.value, Duration):
            return token.value.words.pick("zh" if self.to_chinese else "en")
        if token.kind == "name":
            return self._reserved.get(piece, piece)
        if token.kind == "sign" and token.text[0].isalpha():
            return _OPERATORS.get(token.text, piece) if self.to_chinese else token.text
        return piece

    def _truth(self, value: bool) -> str:
        word = "true" if value else "false"
        return words.BOOLEAN_WORDS[word][0] if self.to_chinese else word


def _inside(text: str, turn: Callable[[str], str]) -> str:
    """*text* turned, with the spaces around it."""
    bare = text.strip()
    return text.replace(bare, turn(bare), 1) if bare else text


def _top_level_words(text: str) -> Iterator[tuple[int, str]]:
    """Every word of *text* outside brackets and quotes, with its place."""
    depth = 0
    for match in _PIECE_OR_BRACKET.finditer(text):
        piece = match[0]
        if piece in "()":
            depth += 1 if piece == "(" else -1
        elif not depth and piece[0] not in "'\"“":
            yield match.start(), piece
