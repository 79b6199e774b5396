"""What is other of an action than it was when a process was published is said in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.definition.catalogue import ActionSpec, Parameter, ResultSpec
from engine.definition.specs import changed
from engine.definition.values.types import INTEGER, TEXT
from engine.i18n import both

TOOL, DAYS = Parameter("tool", TEXT, True), Parameter("days", INTEGER, True)
LENT = ResultSpec("lent", both("lent"), (("left", INTEGER),))
WAS = ActionSpec("tools.lend", both("lend"), (TOOL,), (LENT,))
NOW = {
    "it is gone": None,
    "input days added": replace(WAS, inputs=(TOOL, DAYS)),
    "input tool removed": replace(WAS, inputs=()),
    "input tool changed": replace(WAS, inputs=(replace(TOOL, type=INTEGER),)),
    "result none_left added": replace(WAS, results=(LENT, ResultSpec("none_left", both("none"), ()))),
    "result lent removed": replace(WAS, results=()),
    "result lent changed": replace(WAS, results=(replace(LENT, refusing=True),)),
    "output of lent at_hand added": replace(WAS, results=(replace(LENT, outputs=(*LENT.outputs, ("at_hand", TEXT))),)),
    "output of lent left changed": replace(WAS, results=(replace(LENT, outputs=(("left", TEXT),)),)),
    "input days added, output of lent left removed":
        replace(WAS, inputs=(TOOL, DAYS), results=(replace(LENT, outputs=()),)),
    "it is declared otherwise": replace(WAS, title=both("lends")),
}  # fmt: skip


@pytest.mark.parametrize(("said", "now"), NOW.items(), ids=NOW)
def test_what_was_added_taken_away_and_changed_is_named(said: str, now: ActionSpec | None) -> None:
    found = changed(WAS, now)
    assert found.en == said
    assert found.zh != found.en
