"""What there is and what covers it, as lists in the tree: made by ``make lists``, compared by a test.

Each module beside this one is a list: its ``lines()`` are the lines of ``tests/data/lists/NAME.txt``. So whoever adds a
hook, a table or a message sees in the change what covers it, and a reader finds all of them in one place.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "data" / "lists"
_NO_LISTS = {"__main__", "test_lists"}


def names() -> list[str]:
    """The lists there are."""
    return sorted(found.name for found in pkgutil.iter_modules(__path__) if found.name not in _NO_LISTS)


def made(name: str) -> str:
    """The text of a list as the tree says it now: what it is, then its lines."""
    module = import_module(f"{__name__}.{name}")
    lines = "".join(f"{line}\n" for line in module.lines())
    return f"# {(module.__doc__ or '').strip().splitlines()[0]}\n{lines}"
