"""A stored document is raised step by step, by the steps of its own kind, and is never changed where it lies."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from engine.errors import UnknownVersion
from engine.store.upcast import KEY, NOW, STEPS, Kind, raised

KINDS: tuple[Kind, ...] = get_args(Kind)


def _adds(letter: str) -> Any:
    return lambda document: {**document, "said": document["said"] + letter}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("version", "said"), [(1, "abc"), (2, "bc"), (3, "c"), (4, "")])
def test_each_step_is_taken_once_in_order(kind: Kind, version: int, said: str) -> None:
    steps: dict[Kind, Any] = {one: {} for one in KINDS} | {kind: {1: _adds("a"), 2: _adds("b"), 3: _adds("c")}}
    held = {KEY[kind]: version, "said": ""}
    assert raised(kind, held, "here", now={**NOW, kind: 4}, steps=steps) == {KEY[kind]: 4, "said": said}
    assert held == {KEY[kind]: version, "said": ""}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", [0, 1, 3, 5])
def test_a_version_without_a_step_is_not_guessed(kind: Kind, version: int) -> None:
    steps: dict[Kind, Any] = {one: {} for one in KINDS} | {kind: {2: _adds("b")}}
    with pytest.raises(UnknownVersion):
        raised(kind, {KEY[kind]: version, "said": ""}, "here", now={**NOW, kind: 4}, steps=steps)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("document", [None, [], "1", 1, {}, {"v": "1", "language": "1"}, {"v": True, "language": True}])
def test_what_says_no_version_is_refused(kind: Kind, document: Any) -> None:
    with pytest.raises(UnknownVersion):
        raised(kind, document, "here")


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_leads_from_every_version_that_was_ever_written(kind: Kind) -> None:
    assert sorted(STEPS[kind]) == list(range(1, NOW[kind]))
