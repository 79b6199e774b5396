"""``docs/verify.md`` names every promise that ``verify`` checks, and tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "verify.md").read_text(encoding="utf-8")
_CALL = re.compile(r'broken\(\s*"(\w+)"')


def test_every_promise_has_its_line() -> None:
    modules = (ROOT / "engine" / "operations" / "verifying").glob("*.py")
    checked = {name for module in modules for name in _CALL.findall(module.read_text(encoding="utf-8"))}
    told = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    assert len(checked) > 10
    assert told == checked


def test_every_test_it_names_is_there() -> None:
    named = re.findall(r"(?:tests|plugins)/[\w/]+\.py", PAGE)
    assert len(named) > 20
    assert [name for name in named if not (ROOT / name).is_file()] == []
