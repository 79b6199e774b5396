"""The page of words holds words that the code uses, each in the file where one is sent to meet it."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest

from tests.architecture.source import ROOT

_ROW = re.compile(r"^\| ([a-z ]+) \| (.+?) \| `([\w/.]+)` \| (.+?) \|$", re.MULTILINE)


class Entry(NamedTuple):
    """A line of the page."""

    word: str
    sentence: str
    place: str
    elsewhere: str


def entries() -> list[Entry]:
    page = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    return [Entry(*found) for found in _ROW.findall(page) if found[0] != "word"]


def uses(text: str, word: str) -> bool:
    """Whether *text* uses *word*, alone, inflected or as a part of a name: ``owe`` stands in ``_owed``, not in ``power``."""
    stem = word.removesuffix("e").replace(" ", "[ _]?")
    return re.search(rf"(?<![a-z]){stem}", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text), re.IGNORECASE) is not None


def test_every_line_of_the_table_is_read() -> None:
    lines = re.findall(r"^\| ", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.MULTILINE)
    assert len(entries()) == len(lines) - 2 >= 40


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.word)
def test_a_word_is_used_in_the_file_that_is_named(entry: Entry) -> None:
    assert uses((ROOT / entry.place).read_text("utf-8"), entry.word)


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.word)
def test_a_word_is_told_in_one_sentence(entry: Entry) -> None:
    assert entry.sentence.endswith(".") and ". " not in entry.sentence


def test_words_stand_once_and_in_order() -> None:
    words = [entry.word for entry in entries()]
    assert words == sorted(set(words))


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_who_reads_about_the_code_is_led_to_its_words(page: str) -> None:
    assert "(docs/glossary.md)" in (ROOT / page).read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "word", "used"),
    [
        ("power of the tower", "owe", False),
        ("def _owed(): ...", "owe", True),
        ("class LockOrder: ...", "order", True),
        ("self.standing_in", "standing in", True),
        ("the border", "order", False),
        ("sealing", "seat", False),
    ],
)
def test_a_word_that_went_out_of_use_is_found(text: str, word: str, used: bool) -> None:
    assert uses(text, word) is used
