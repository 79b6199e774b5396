"""Broken processes, one for each code of a problem: run as a module, it writes what they are expected to say.

``tests/data/broken/CODE.yaml`` holds the fault, ``CODE.expected`` the lines that people read. Look at what changed
before you commit it: these lines are the product.
"""

from __future__ import annotations

import sys
from pathlib import Path

from engine.definition.load import load_process
from engine.errors import Problem
from tests.unit.definition.catalogue import CATALOGUE

BROKEN = Path(__file__).parents[2] / "data" / "broken"
SAMPLES = sorted(BROKEN.glob("*.yaml"))


def problems_of(sample: Path) -> tuple[Problem, ...]:
    """Everything wrong with *sample*; ``extends: bases/NAME`` names a file in the folder ``bases``."""

    def find_base(name: str) -> tuple[str, str] | None:
        path = BROKEN / f"{name}.yaml"
        return (path.read_text("utf-8"), f"{name}.yaml") if path.is_file() else None

    _, problems = load_process(sample.read_text("utf-8"), sample.name, CATALOGUE, find_base=find_base)
    return problems


def lines_of(problems: tuple[Problem, ...]) -> str:
    """What people read, each problem in Chinese and then in English."""
    return "".join(f"{one.line_of_text('zh')}\n{one.line_of_text('en')}\n" for one in problems)


if __name__ == "__main__":
    for path in SAMPLES:
        if path.stem in sys.argv[1:] or not sys.argv[1:]:
            path.with_suffix(".expected").write_text(lines_of(problems_of(path)), "utf-8")
