"""What a file may hold at most: our own limits, alike with every parser, and quick on whatever 1 MB there is."""

from __future__ import annotations

import pytest
import yaml

from engine.definition.yaml import limits
from engine.definition.yaml.limits import MAX_BYTES, MAX_DEPTH, MAX_FAULTS, MAX_KEY, MAX_PIECES
from engine.definition.yaml.source import read

#: Where brackets are levels: what stands before them, and how many levels that opens.
LEVELS = {"": 0, "a: ": 1, "a: b\nc: ": 1, "- - - ": 3, "[\n" * 30: 30, '["[[", ': 1, "- (a b)\n- ": 1, "? ": 1}
#: Where brackets are text, before and after.
TEXT = {
    "# ": "\na: b",
    'a: "': '"',
    "a: '": "'",
    "a: |\n  ": "\n",
    "a: >-\n  x\n  ": "\nb: c",
    "a: b # ": "\n",
    "- x\n# ": "\n- y",
    "a: 'x\n  ": "'",
}
#: What follows: nothing, or something that no parser likes.
ENDS = ["", "@", '"', "a", "\n@", " #", "\t"]


def codes(text: str) -> list[str]:
    return [one.code for one in read(text)[1]]


def faults(text: str) -> list[tuple[str, int, int]]:
    return [(one.code, one.line, one.column) for one in read(text)[1]]


def too_deep_after(before: str) -> tuple[str, int, int]:
    lines = (before + "[" * (MAX_DEPTH + 1 - LEVELS[before])).splitlines()
    return ("yaml-too-deep", len(lines), len(lines[-1]))


@pytest.mark.parametrize("before", LEVELS, ids=repr)
@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 999, 1_000, 1_001, 1_025, 20_000])
def test_what_is_too_deep_is_told_at_its_own_bracket_whatever_follows(before: str, depth: int) -> None:
    for end in ("]" * depth, *ENDS):
        assert faults(before + "[" * depth + end) == [too_deep_after(before)]


def test_the_parser_in_python_finds_the_same_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PARSER", yaml.SafeLoader)
    for before in LEVELS:
        assert faults(before + "[" * 1_001 + '"') == [too_deep_after(before)]


@pytest.mark.parametrize("before", TEXT, ids=repr)
@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 1_001, 20_000])
def test_brackets_in_text_are_no_levels(before: str, depth: int) -> None:
    assert codes(before + "[" * depth + "]" * depth + TEXT[before]) == []
    assert codes(before + "{[" * depth + TEXT[before]) == []


@pytest.mark.parametrize("level", ["- ", "? ", "[a, ", "{a: ", "[[], ", "[{b: "])
def test_levels_of_every_kind_are_counted(level: str) -> None:
    assert codes(level * 20_000) == ["yaml-too-deep"]


def test_levels_by_indentation_are_counted() -> None:
    assert codes("\n".join(" " * n + f"k{n}:" for n in range(MAX_DEPTH + 1))) == ["yaml-too-deep"]
    assert codes("\n".join(" " * n + f"k{n}:" for n in range(MAX_DEPTH)) + " x") == []


def test_a_file_may_hold_so_many_pieces_and_no_more() -> None:
    fits = "- a\n" * (MAX_PIECES - 2)  # beside the document and the list
    assert codes(fits) == []
    assert codes(fits + "- a\n") == ["yaml-too-many"]


def test_documents_are_pieces_too() -> None:
    assert codes("---\n" * (MAX_BYTES // 4))[-1] == "yaml-too-many"


def test_only_so_many_faults_are_told_at_once() -> None:
    assert codes("- (\n" * MAX_FAULTS) == ["yaml-unbalanced"] * MAX_FAULTS
    assert codes("- (\n" * (MAX_FAULTS + 100)) == ["yaml-unbalanced"] * (MAX_FAULTS + 1) + ["yaml-many-faults"]


def test_a_key_is_a_word() -> None:
    assert codes("字" * MAX_KEY + ": a") == []
    assert codes("字" * (MAX_KEY + 1) + ": a") == ["yaml-long-key"]


def test_directives_for_tags_are_refused_unread() -> None:
    assert codes("%TAG !a! x\n--- b") == ["yaml-tag"]
    assert codes("%YAML 1.1\n--- b") == []


#: What to repeat until it is 1 MB, each beside what stands before it.
HOSTILE = [
    ("", each)
    for each in (
        *("[", "{", "]", ",", ":", "-", "?", "#", "&", "*", "!", "|", ">", "%", "@", "\"", "'", "\\", " ", "\t", "\n", "\r"),
        *("，", "：", "\u3000", "\ufeff", "\ud800", "\x00", "\x85", "\u2028", "\u0301", "a", "字", "9", "- ", ": ", "? ", " #"),
        *("\u0301\u0327", "a\u0301", "e\u0301\n"),
        *("[]", "[],", "a,", "a: b\n", "a b ", "a:b ", "- \n", "- a\n", "- &a b\n", "- *a\n", "- !t b\n", "- a #b\n"),
        *("- a'b\n", "- (\n", "---\n", "--- a\n...\n", "%TAG ! x\n", "%A\n", "[a: ", "{a: ", "a\n\n", "''", '"a"', "#\n", "\n "),
    )
] + [
    (before, each)
    for before in ("a: b: ", "a: '", 'a: "', "a: |\n ", "[", "[a，", "-a", "a: b: {，")
    for each in ("[", "，", "：", ": ", '"', "'", " ", " #", "a", "\n ", "\\x41", "、a：")
]  # fmt: skip


@pytest.mark.parametrize(("before", "each"), HOSTILE, ids=repr)
def test_a_megabyte_of_anything_is_read_or_refused(before: str, each: str) -> None:
    """What takes the square of its length would take hours here, and is stopped by the limit of a test's time."""
    room = MAX_BYTES - len(before.encode("utf-8", "surrogatepass"))
    text = before + each * (room // len(each.encode("utf-8", "surrogatepass")))
    node, problems = read(text)
    assert node is not None or problems
    assert len(problems) <= MAX_FAULTS + 2
    assert all(len(one.message.zh) < 500 for one in problems)
