"""Writes every list anew: ``python -m tests.lists``."""

from __future__ import annotations

from tests.lists import FOLDER, made, names
from tools.writing import write

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in names():
        write(FOLDER / f"{name}.txt", made(name))
