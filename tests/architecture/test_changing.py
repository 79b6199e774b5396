"""The page on changing the engine leads to places that are there."""

from __future__ import annotations

import re

import pytest

from tests.architecture.source import ROOT

PAGE = (ROOT / "docs" / "changing.md").read_text("utf-8")
#: A file or a folder by its whole path; a part in capitals stands for any of its kind.
PLACES = sorted(set(re.findall(r"`((?:engine|tests|docs|plugins)/[\w./-]+)`", PAGE)))
#: A name, and the file in which it is to be found.
NAMED = sorted(set(re.findall(r"`(\w+)`\s+(?:of|in)\s+`((?:engine|tests)/[\w/]+\.py)`", PAGE)))
#: What of each kind was counted, and how many files it may take.
COUNTED = re.findall(r"^\| (\w[\w ]*) \| (\d+) \(at most (\d+)\)", PAGE, re.MULTILINE)


@pytest.mark.parametrize("place", PLACES)
def test_a_place_that_it_names_is_there(place: str) -> None:
    pattern = re.sub(r"\b[A-Z]+\b(?=/|$)", "*", place.rstrip("/"))
    assert any(ROOT.glob(pattern))


@pytest.mark.parametrize(("name", "place"), NAMED)
def test_a_name_stands_in_the_file_that_it_is_said_to(name: str, place: str) -> None:
    assert re.search(rf"\b{name}\b", (ROOT / place).read_text("utf-8"))


@pytest.mark.parametrize(("what", "files", "most"), COUNTED)
def test_no_kind_takes_more_files_than_it_may_and_each_has_its_recipe(what: str, files: str, most: str) -> None:
    assert int(files) <= int(most)
    assert f"\n## {what[0].upper()}{what[1:].removesuffix(' on a case')}\n" in PAGE


def test_the_places_of_every_recipe_are_read() -> None:
    assert len(PLACES) > 30
    assert ("PAGES", "engine/web/blueprint.py") in NAMED
    assert len(COUNTED) == len(re.findall("^## An? ", PAGE, re.MULTILINE))
