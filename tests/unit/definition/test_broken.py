"""Every problem that a process can have is shown by a broken sample, in the exact words that people read."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.definition.problem_codes import CODES, district_codes
from tests.unit.definition.broken import BROKEN, SAMPLES, lines_of, problems_of

#: Files that are very large and bytes that are no text have tests of their own.
NO_TEXT = {"yaml-too-large", "yaml-too-many", "yaml-many-faults", "yaml-not-utf8"}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_broken_process_says_exactly_what_is_expected(sample: Path) -> None:
    assert lines_of(problems_of(sample)) == sample.with_suffix(".expected").read_text("utf-8")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_broken_process_shows_the_problem_that_it_is_named_after(sample: Path) -> None:
    assert sample.stem in {one.code for one in problems_of(sample)}


def test_every_problem_of_a_process_has_a_broken_sample() -> None:
    wanted = set(CODES) - set(district_codes.CODES) - NO_TEXT
    assert sorted(wanted - {path.stem for path in SAMPLES}) == []


def test_no_expected_text_is_left_without_its_sample() -> None:
    assert {path.stem for path in BROKEN.glob("*.expected")} == {path.stem for path in SAMPLES}
