"""``docs/journal.md`` and the fingerprint of each version say what the shapes are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.runtime.evolve import KINDS
from engine.runtime.shapes.events import as_event
from tests.shapes import KINDS as KINDS_HELD
from tests.shapes import path_of
from tools.journal import EVENTS, OF_ROW, OF_STATE, PAGE, example, fingerprint, keys_of, kind_of, page

ROOT = Path(__file__).parents[4]
SHAPES = (*OF_ROW, *EVENTS, *OF_STATE)


def test_the_page_is_what_the_shapes_say() -> None:
    assert (ROOT / PAGE).read_text("utf-8") == page(), "run `make journal`"


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_shape_and_every_key_of_it_says_what_it_means(shape: type) -> None:
    assert (shape.__doc__ or "").rstrip().endswith((".", "`"))
    assert [key.name for key in keys_of(shape) if not key.words] == ([keys_of(shape)[0].name] if kind_of(shape) else [])


def test_every_event_that_changes_a_case_has_a_shape() -> None:
    assert sorted(map(kind_of, EVENTS)) == sorted(KINDS)


@pytest.mark.parametrize("shape", EVENTS, ids=kind_of)
def test_the_example_of_an_event_is_one_that_comes_back_from_json(shape: type) -> None:
    made = example(shape)
    always = {key.name for key in keys_of(shape) if key.always}
    assert made.keys() == always
    assert json.loads(json.dumps(as_event(json.loads(json.dumps(made))))) == json.loads(json.dumps(made))


@pytest.mark.parametrize("kind", KINDS_HELD)
def test_a_shape_changes_only_with_a_step_of_its_version(kind: str) -> None:
    (version, shapes), held = KINDS_HELD[kind], path_of(kind)
    assert held.exists(), f"write down the shapes of version {version}: make shapes"
    assert held.read_text("utf-8") == fingerprint(shapes), (
        f"a shape of {kind} has changed. Until 0.1.0 is released: make shapes, make journal, make history. Afterwards raise "
        f"its VERSION in engine/runtime/shapes and write the step from {version} in engine/store/upcast.py first"
    )
