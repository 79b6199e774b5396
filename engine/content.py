"""Where the shipped content is: the processes and districts that come with the package."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def shipped_workflows() -> Path:
    """The folder ``workflows/``: inside the package when installed from a wheel, beside it in a checkout."""
    inside = Path(str(files("engine"))) / "_workflows"
    return inside if inside.is_dir() else inside.parent.parent / "workflows"
