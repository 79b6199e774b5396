"""Writes the history of the version that is coming anew: ``make history``."""

from __future__ import annotations

import logging
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.histories import FOLDER, coming, is_frozen
from tests.histories.coverage import missing
from tests.histories.living import made


def main() -> None:
    """Live through the story twice, each time in a database of its own, and keep it where both say the same."""
    logging.disable(logging.CRITICAL)  # what fails in the story is meant to
    version = coming()
    if is_frozen(version):
        sys.exit(f"{version} was released, and what it wrote stays: raise the version in pyproject.toml first")
    with TemporaryDirectory() as place:
        first, again = (made(Path(place) / name) for name in ("first", "again"))
        if differ := sorted(file.name for file in first.iterdir() if file.read_bytes() != (again / file.name).read_bytes()):
            sys.exit(f"the same story twice is not the same: {', '.join(differ)}")
        if lacks := missing([first]):
            sys.exit("the story in tests/histories lacks:\n" + "\n".join(lacks))
        shutil.rmtree(FOLDER / version, ignore_errors=True)
        shutil.copytree(first, FOLDER / version)
    sys.stdout.write(f"{FOLDER / version}\n")


if __name__ == "__main__":
    main()
