"""Text in the two languages that every reader of the system may choose: Chinese first, English second."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class Text(NamedTuple):
    """One sentence or label in both languages."""

    zh: str
    en: str

    def pick(self, language: str) -> str:
        """The words for *language*; anything but ``"en"`` reads Chinese."""
        return self.en if language == "en" else self.zh


def both(words: str) -> Text:
    """Text that reads the same in both languages, such as a name that a person typed."""
    return Text(words, words)


def counted(count: int, noun: str) -> str:
    """English for so many of something whose plural takes an s: ``1 time``, ``3 times``."""
    return f"{count} {noun}{'' if abs(count) == 1 else 's'}"


def stored(text: Text) -> str | list[str]:
    """*text* as JSON keeps it: what reads alike in both languages once, else both."""
    return text.zh if text.zh == text.en else list(text)


def from_stored(value: Any) -> Text:
    """The text that was kept as *value*; of anything else, its own words."""
    match value:
        case [str(zh), str(en)]:
            return Text(zh, en)
    return both(value if isinstance(value, str) else repr(value))


def listed(names: Iterable[str | Text], none: str = "") -> Text:
    """*names*, of which each may read alike in both languages, as a list in a sentence; *none* where there are none."""
    each = [both(name) if isinstance(name, str) else name for name in names]
    return joined(each, "、") if each else both(none)


def joined(parts: Iterable[Text], zh: str = "，", en: str = ", ") -> Text:
    """*parts* of a sentence one after the other, with the sign of each language between them."""
    each = list(parts)
    return Text(zh.join(part.zh for part in each), en.join(part.en for part in each))


def cut(words: str, most: int) -> str:
    """*words* in no more than *most* characters: of what is longer, the middle gives way to an ellipsis."""
    if len(words) <= most:
        return words
    return f"{words[: most // 2]}…{words[len(words) - (most - 1) // 2 :]}"
