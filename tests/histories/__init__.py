"""Histories: what districts went through under each version, row by row as that version wrote it.

``tests/data/histories/VERSION/`` has a file of rows for each table. ``make history`` lives through the story again and
writes that of the version that is being built; those of versions that were released are never written again. Each
version of the program has to read all of them: ``test_histories.py`` says how.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = _ROOT / "tests" / "data" / "histories"


def folders() -> tuple[Path, ...]:
    """The history of each version, oldest first."""
    return tuple(sorted(FOLDER.iterdir(), key=lambda folder: [int(part) for part in folder.name.split(".")]))


def coming() -> str:
    """The version of which there may still be another history: ``0.1`` until 0.1.0 is released."""
    version = str(tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])
    return version.rpartition(".")[0]


def is_frozen(version: str, changelog: str = "") -> bool:
    """Whether *version* was released, as the changelog says, so that its history stays as it is."""
    lines = (changelog or (_ROOT / "CHANGELOG.md").read_text("utf-8")).splitlines()
    return any(line.startswith(f"## {version}.0,") and not line.endswith("unreleased") for line in lines)
