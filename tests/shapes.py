"""Writes the fingerprint of the newest version of each shape: ``make shapes``. Older ones stay as they are."""

from __future__ import annotations

from pathlib import Path

from engine.runtime.shapes import rows, tree
from tools.journal import EVENTS, OF_ROW, OF_STATE, fingerprint
from tools.writing import write

FOLDER = Path(__file__).parent / "data" / "shapes"
#: What each kind of stored document is made of, with its version. A row brings parts of a state.
KINDS = {"state": (tree.VERSION, OF_STATE), "body": (rows.VERSION, (*OF_ROW, *EVENTS, *OF_STATE[2:]))}


def path_of(kind: str) -> Path:
    """Where the fingerprint of the newest version of *kind* is held."""
    return FOLDER / f"{kind}-{KINDS[kind][0]}.txt"


if __name__ == "__main__":
    for name, (_, shapes) in KINDS.items():
        write(path_of(name), fingerprint(shapes))
