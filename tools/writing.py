"""Writes a file that is made, and says whether that changed anything."""

from __future__ import annotations

import sys
from pathlib import Path


def write(path: Path, made: str | bytes) -> None:
    """Write *made* to *path* and say so in a line: its place under the folder of the project, and what became of it."""
    new = made.encode() if isinstance(made, str) else made
    old = path.read_bytes() if path.exists() else None
    path.write_bytes(new)
    change = "new" if old is None else "as it was" if old == new else "changed"
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    sys.stdout.write(f"{shown.as_posix()}: {change}\n")
