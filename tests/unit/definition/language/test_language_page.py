"""``docs/language.md`` says what the code does: its examples load, its tables are the code's tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.definition.expression.functions import FUNCTIONS
from engine.definition.language import words
from engine.definition.language.key_kinds import VALUE_KINDS
from engine.definition.language.keys import CONSTRUCTS, STEP_KINDS
from engine.definition.load import load_process
from engine.definition.model import Process
from engine.definition.values.kinds.table import BUILT_IN
from engine.definition.yaml.source import read
from engine.errors import Problem
from tests.unit.definition.catalogue import CATALOGUE
from tools.language import page

PAGE = Path(__file__).parents[4] / "docs" / "language.md"
TEXT = PAGE.read_text("utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
BASES = {f"common/{re.findall(r'process: (.+)', text)[0]}": text for text in reversed(EXAMPLES) if "process:" in text}


def loaded(text: str) -> tuple[Process | None, tuple[Problem, ...]]:
    def find_base(name: str) -> tuple[str, str] | None:
        return (BASES[name], name) if name in BASES else None

    return load_process(text, "language.md", CATALOGUE, find_base=find_base)


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table under *heading*."""
    part = TEXT.split(f"\n{heading}\n", 1)[1]
    table = re.search(r"(?:^\|.*\n)+", part, re.MULTILINE)
    assert table
    lines = table[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def kinds() -> str:
    """The kinds of values as they stand in the page."""
    lines = [f"| {name.replace('_', ' ')} | {says.zh} | {says.en} |" for name, says in VALUE_KINDS.items()]
    return "\n".join(["| holds | 中文 | is |", "| --- | --- | --- |", *lines])


def phrases() -> str:
    """The words inside values as they stand in the page."""
    named = {
        "targets, WHO and ladders": words.PHRASE_WORDS,
        "names that the language gives": words.RESERVED_WORDS,
        "closed choices": words.CHOICE_WORDS,
        "types": words.TYPE_WORDS,
        "truths": words.BOOLEAN_WORDS,
    }
    lines = [f"| {name} | {', '.join(pairs(table))} |" for name, table in named.items()]
    return "\n".join(["| where | words |", "| --- | --- |", *lines])


def pairs(table: words.Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for english, chinese in table.items():
        yield f"`{english}` {'/'.join(chinese)}"


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text.splitlines()[0])
def test_every_example_of_the_page_loads(text: str) -> None:
    process, problems = loaded(text)
    if text.startswith("# not yet"):
        assert {one.code for one in problems} == {"not-yet"}
    else:
        assert [one.line_of_text("en") for one in problems] == []
        assert process is not None


def test_the_chinese_example_is_the_english_one() -> None:
    english = next(text for text in EXAMPLES if text.startswith("process: leave\ntitle"))
    chinese = next(text for text in EXAMPLES if text.startswith("流程"))
    one, other = loaded(english)[0], loaded(chinese)[0]
    assert one is not None
    assert other is not None
    assert one.hash == other.hash


def test_the_key_table_is_the_code_s() -> None:
    made = page(TEXT)
    assert (made == TEXT) is True, "the keys have changed: make language writes their table"


def test_the_words_inside_values_are_the_code_s() -> None:
    assert phrases() in TEXT


def test_the_kinds_of_values_are_the_code_s() -> None:
    assert kinds() in TEXT


def test_the_kinds_of_step_are_the_code_s() -> None:
    assert [re.findall(r"`(\w+):", row[0])[0] for row in rows("## Steps")] == [
        "ask", "do", "wait", "choose", "parallel", "stage", "each", "call",
    ]  # fmt: skip
    assert {re.findall(r"`(\w+):", row[0])[0] for row in rows("## Steps")} == set(STEP_KINDS)


def test_the_edits_of_an_overlay_are_the_code_s() -> None:
    named = {re.findall(r"`(\w+):", row[0])[0] for row in rows("## Overlays")}
    assert named == {row.name for row in CONSTRUCTS["edit"]} - {"to", "steps"}


def test_the_types_are_the_code_s() -> None:
    assert {name for row in rows("## Fields") for name in re.findall(r"`(\w+)[` ]", row[0])} == set(BUILT_IN)


def test_the_functions_are_the_code_s() -> None:
    named = {name for row in rows("## Formulas") for name in re.findall(r"`(\w+)\(", row[0])}
    assert named == set(FUNCTIONS)


def test_the_reserved_names_are_the_code_s() -> None:
    sentence = re.search(r"Nobody may be called\n(.*?)\.", TEXT, re.DOTALL)
    assert sentence
    assert set(re.findall(r"`(\w+)`", sentence[1])) == set(words.RESERVED_WORDS)
    taken = re.search(r"formulas either: (.*?);\noutcomes not (.*?)\.", TEXT, re.DOTALL)
    assert taken
    assert tuple(re.findall(r"`(\w+)`", taken[1])) == words.TAKEN_WORDS
    assert set(re.findall(r"`(\w+)`", taken[2])) == {
        word for word in words.RESERVED_OUTCOMES - words.RESERVED if word.isascii()
    }


@pytest.mark.parametrize("row", rows("What YAML would read otherwise than meant:"), ids=lambda row: row[1])
def test_what_the_page_says_is_refused_is_refused(row: list[str]) -> None:
    written, code = re.findall(r"`(.*?)`", row[0])[0], row[1].strip("`")
    assert code in {one.code for one in read(f"{written}\nb: c\n" if written[0] != "{" else written)[1]}
