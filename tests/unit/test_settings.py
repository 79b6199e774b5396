"""Settings come from one table; a misspelt one is told, not ignored."""

from __future__ import annotations

import re
from pathlib import Path

from engine.settings import SETTINGS, misspelt, read

ROOT = Path(__file__).parents[2]


def test_the_environment_wins_over_the_default() -> None:
    found = read({"RONGTONG_PORT": "9000", "RONGTONG_DB": "", "OTHER": "x"})
    assert (found["port"], found["db"], found["host"]) == ("9000", "sqlite:///rongtong.db", "127.0.0.1")


def test_a_misspelt_variable_is_told_with_the_one_that_was_meant() -> None:
    (problem,) = misspelt({"RONGTONG_PROT": "9000", "RONGTONG_PORT": "9000", "PATH": "/bin"})
    assert problem.path == "RONGTONG_PROT"
    assert problem.warning
    assert problem.hint is not None
    assert "RONGTONG_PORT" in problem.hint.zh


def test_every_variable_that_the_code_reads_is_in_the_table() -> None:
    code = [
        f for folder in ("engine", "plugins", "tests") for f in (ROOT / folder).rglob("*.py") if f != Path(__file__)
    ]
    read_somewhere = {
        word for file in code for word in re.findall(r'"(RONGTONG_[A-Z_]+)"', file.read_text(encoding="utf-8"))
    }
    assert read_somewhere - {setting.variable for setting in SETTINGS} == set()
