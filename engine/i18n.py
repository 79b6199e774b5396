"""Text in the two languages that every reader of the system may choose: Chinese first, English second."""

from __future__ import annotations

from typing import Literal, NamedTuple

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
