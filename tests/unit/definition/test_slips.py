"""Whatever a district's administrator does to a file: clear problems with their place, never an exception."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.content import shipped_workflows
from engine.definition.load import load_process
from engine.definition.yaml.source import text_of
from engine.errors import Problem
from tests.unit.definition.catalogue import CATALOGUE
from tests.unit.definition.slips import LEAVE, SLIPS


def problems_of(text: str) -> tuple[Problem, ...]:
    """All that is wrong with *text*; there is nothing to extend."""
    return load_process(text, "leave.yaml", CATALOGUE, find_base=lambda name: None)[1]


def complete(problem: Problem) -> bool:
    """Whether it says where and what in both languages, and what to do; a formula's fault may say that itself."""
    placed = problem.file == "leave.yaml" and problem.line > 0 and problem.column > 0
    said = bool(problem.message.zh.strip() and problem.message.en.strip())
    advised = problem.hint is not None or problem.code.startswith(("formula-", "field-"))
    return placed and said and advised


def test_the_process_that_the_slips_are_made_in_is_sound() -> None:
    assert problems_of(LEAVE) == ()


@pytest.mark.parametrize(("right", "wrong", "said"), SLIPS, ids=[wrong for _, wrong, _ in SLIPS])
def test_a_slip_is_told_where_it_was_made(right: str, wrong: str, said: str) -> None:
    assert right in LEAVE
    found = problems_of(LEAVE.replace(right, wrong, 1))

    assert " ".join(f"{one.line}:{one.column} {one.code}" for one in found) == said
    assert all(map(complete, found))


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_lines_may_end_as_on_any_system(newline: str) -> None:
    assert problems_of(LEAVE.replace("\n", newline)) == ()


def test_a_byte_order_mark_is_welcome_at_the_start() -> None:
    assert problems_of(text_of(b"\xef\xbb\xbf" + LEAVE.encode())) == ()


@pytest.mark.parametrize("encoding", ["gbk", "gb18030"])
def test_another_encoding_is_told_at_the_first_word_in_it(encoding: str) -> None:
    told = problems_of(text_of(LEAVE.encode(encoding)))

    assert [(one.line, one.column, one.code) for one in told] == [(2, 8, "yaml-not-utf8")]


def test_a_spreadsheet_that_was_saved_as_unicode_is_refused() -> None:
    assert [one.code for one in problems_of(text_of(LEAVE.encode("utf-16")))] == ["yaml-not-utf8"]


@cache
def shipped() -> tuple[str, ...]:
    """The texts of all processes and overlays that are shipped."""
    files = [*shipped_workflows().glob("common/*.yaml"), *shipped_workflows().glob("districts/*/processes/*.yaml")]
    return tuple(file.read_text("utf-8") for file in sorted(files))


#: What somebody might type, or paste, anywhere.
TYPED = (
    "", " ", "\t", "：", "，", "-", "- ", ": ", "#", "=", "＝", "'", '"', "“", "{", "}", "[", "]", "（", "｛", "|", ">",
    "&a", "*a", "!t", "%", "@", "`", "?", "<<: x", "---", "\u3000", "\u200b", "\ufeff", "\x00", "\x85", "\udc80", "\n",
    "null", "~", "[]", "{}", "''", "[[[]]]", "{a: {b: c}}", "next", "back", "back start", "end", "end done", "clock",
    "role", "person", "anyone of", "rota r of", "escalate", "in_order", "{vote: {pass: x}}", "x in y", "=1/0", "=(",
    "case of", "table", "50%", "9999999999999999999 workdays", "9999-12-31", "-1", "1e9", "0", "x" * 300, "if", "else",
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_no_change_to_a_shipped_process_makes_the_loader_raise(data: st.DataObject) -> None:
    lines = data.draw(st.sampled_from(shipped())).split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        line, column = lines[at], data.draw(st.integers(0, len(lines[at])))
        typed, to = data.draw(st.sampled_from(TYPED)), data.draw(st.integers(0, 6))
        key, colon, value = line.partition(": ")
        lines[at : at + 1] = {
            0: [],
            1: [line, line],
            2: ["  " + line],
            3: [line[1:]],
            4: [line[:column] + typed + line[column:]],
            5: [key + colon + (typed if colon else value)],
            6: [line[:column] + line[column + 1 :]],
        }[to]
        lines = lines or [""]
    text = text_of("\n".join(lines).encode("utf-8", "surrogatepass"))
    process, problems = load_process(
        text, "leave.yaml", CATALOGUE, find_base=lambda name: (shipped()[0], "leave.yaml") if "b" in name else None
    )
    assert process is not None or any(not one.warning for one in problems)
    assert all(complete(one) for one in problems)
