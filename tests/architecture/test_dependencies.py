"""What is installed is what was tested: a lock within the bounds of pyproject.toml, and the lowest versions they allow."""

from __future__ import annotations

import re
import tomllib
from typing import NamedTuple

import pytest

from tests.architecture.source import ROOT


class Wanted(NamedTuple):
    """A requirement of pyproject.toml: from a version on, and before another if it says so."""

    name: str
    least: str
    below: str


def wanted() -> list[Wanted]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    found = [re.fullmatch(r"([\w-]+)(?:\[\w+\])?>=([\d.]+)(?:,<([\d.]+))?(?:;.*)?", line) for line in lines]
    assert all(found), "every requirement has a lower bound, and nothing that this test cannot read"
    return sorted({Wanted(one[1], one[2], one[3] or "") for one in found if one})


def pinned(file: str) -> dict[str, str]:
    text = (ROOT / "requirements" / file).read_text("utf-8")
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)", text, re.MULTILINE))


def version(text: str) -> tuple[int, ...]:
    """A version without the zeros at its end."""
    return tuple(map(int, re.sub(r"(\.0)+$", "", text).split(".")))


@pytest.mark.parametrize("one", wanted(), ids=lambda one: one.name)
def test_what_is_locked_is_within_the_bounds(one: Wanted) -> None:
    locked = version(pinned("lock.txt")[one.name])
    assert version(one.least) <= locked, "run `make lock`"
    assert not one.below or locked < version(one.below), "run `make lock`"


@pytest.mark.parametrize("one", wanted(), ids=lambda one: one.name)
def test_the_lowest_version_that_is_tested_is_the_lower_bound(one: Wanted) -> None:
    """Where another requirement needs a higher one, the bound has to say so: nothing lower can be installed."""
    assert version(pinned("lowest.txt")[one.name]) == version(one.least), "raise the bound, then run `make lock`"


@pytest.mark.parametrize("file", ["lock.txt", "lowest.txt"])
def test_a_lock_names_no_place_to_fetch_from(file: str) -> None:
    assert not re.search(r"https?:|--index|--find-links|file:", (ROOT / "requirements" / file).read_text("utf-8"))
