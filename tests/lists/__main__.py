"""Writes every list anew: ``python -m tests.lists``."""

from __future__ import annotations

from tests.lists import FOLDER, made, names

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in names():
        (FOLDER / f"{name}.txt").write_text(made(name), "utf-8", newline="\n")
