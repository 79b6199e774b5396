"""Loading never fails but says what is wrong, wherever a file is broken."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definition.load import load_process, load_text
from engine.definition.yaml.source import data_of, read
from engine.errors import Invalid
from tests.unit.definition.catalogue import CATALOGUE
from tests.unit.definition.loading import load, with_steps
from tests.unit.definition.parse.test_process import BORROW, NESTED

#: What people may put in a wrong place.
STRAY = (
    "x", "next", "end done", "back start", "start", "=hold.id", "=", "=(", "hold", "role a of", "person", "0", "是",
    "applicant", "=x.y.z", "message m", "clock", "a.b(", "table", "any", "escalate", "x in y", "drop", "'", "💥",
    [], {}, ["x"], {"x": "y"}, {"if": "x", "who": "y"}, {"vote": {"pass": "1"}},
)  # fmt: skip


def data(text: str) -> Any:
    """The plain data of a process."""
    node, _ = read(text)
    assert node is not None
    return data_of(node)


WHOLE = (data(BORROW), data(with_steps(NESTED)))


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in plain data."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from paths(inner, (*path, key))


@st.composite
def broken(draw: st.DrawFn) -> str:
    """A process in which something was taken away or replaced, as text."""
    document = copy.deepcopy(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(1, 3))):
        places = list(paths(document))
        *way, last = draw(st.sampled_from(places))
        holder = document
        for key in way:
            holder = holder[key]
        stray = draw(st.sampled_from((None, *STRAY)))
        if stray is None:
            del holder[last]
        else:
            holder[last] = copy.deepcopy(stray)
        if not document:
            break
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


@settings(max_examples=150, deadline=None)
@given(broken())
def test_a_broken_process_gives_problems_with_a_place_and_never_a_traceback(text: str) -> None:
    process, problems = load(text)

    assert (process is None) == any(not one.warning for one in problems)
    assert all(one.line and one.column and one.message.zh and one.message.en for one in problems)
    assert list(problems) == sorted(problems, key=lambda one: (one.file, one.line, one.column, one.code, one.path))


def test_loading_a_text_gives_the_process_or_raises_all_its_problems() -> None:
    assert load_text(BORROW, CATALOGUE).name == "borrow"
    with pytest.raises(Invalid) as refused:
        load_text(BORROW.replace("hold: =hold.id", "holding: =hold.id"), CATALOGUE)
    assert {one.code for one in refused.value.problems} == {"unknown-input", "missing-input"}


MIDDLE = "process: borrow\ntitle: 本市借地\nextends: base\nedits:\n- {set: settings.answer_in, to: 3 days}\n"
DISTRICT = "process: borrow\ntitle: 本区借地\nextends: middle\nedits:\n- {set: lender_ok.title, to: 站长审批}\n"


def test_an_overlay_may_extend_an_overlay() -> None:
    files = {"base": (BORROW, "base.yaml"), "middle": (MIDDLE, "middle.yaml")}
    process, problems = load_process(DISTRICT, "district.yaml", CATALOGUE, find_base=files.get)

    assert problems == ()
    assert process is not None and process.settings[0].default is not None
    assert (process.title.zh, process.index["lender_ok"][0].title.zh) == ("本区借地", "站长审批")
    assert process.settings[0].default.constant == "3 days"


def test_a_fault_of_the_base_is_told_in_the_file_of_the_base() -> None:
    files = {"base": (BORROW.replace("at_most: 3", "at_most: 0"), "base.yaml")}
    process, problems = load_process(MIDDLE, "middle.yaml", CATALOGUE, find_base=files.get)

    assert process is None
    assert [(one.code, one.file) for one in problems] == [("not-whole", "base.yaml")]
