"""Settings come from one table; a misspelt one is told, not ignored."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.errors import RongtongError
from engine.settings import SETTINGS, TEST_SETTINGS, doubts, must_be_right, value

ROOT = Path(__file__).parents[2]
ALL = {setting.variable for setting in (*SETTINGS, *TEST_SETTINGS)}


def test_the_environment_wins_over_the_default() -> None:
    environment = {"RONGTONG_PORT": "9000", "RONGTONG_DB": "", "OTHER": "x"}
    found = [value(name, environment) for name in ("port", "db", "host")]
    assert found == ["9000", "sqlite:///rongtong.db", "127.0.0.1"]


def test_a_misspelt_variable_is_told_with_the_one_that_was_meant() -> None:
    (problem,) = doubts({"RONGTONG_PROT": "9000", "RONGTONG_PORT": "9000", "PATH": "/bin"})
    assert problem.path == "RONGTONG_PROT"
    assert problem.warning
    assert problem.hint is not None
    assert "RONGTONG_PORT" in problem.hint.zh


def test_a_value_that_is_none_of_the_choices_is_refused() -> None:
    must_be_right({"RONGTONG_LANG": "en", "RONGTONG_REQUIRE": "browser"})
    must_be_right({"RONGTONG_LANG": ""})
    with pytest.raises(RongtongError, match="RONGTONG_LANG has to be one of zh, en"):
        must_be_right({"RONGTONG_LANG": "fr"})


def test_every_variable_that_anything_names_is_in_the_table() -> None:
    code = [f for folder in ("engine", "plugins", "tests", "docs", ".ci") for f in (ROOT / folder).rglob("*")]
    texts = [f for f in (*code, *ROOT.glob("*.md")) if f.is_file() and f.suffix in ("", ".py", ".md") and f != Path(__file__)]
    named = {word for file in texts for word in re.findall(r"\bRONGTONG_[A-Z_]+\b", file.read_text(encoding="utf-8"))}
    misspelt_on_purpose = {"RONGTONG_PROT"}
    of_plugins = {word for word in named if word.startswith("RONGTONG_SECRET_")}
    assert named - misspelt_on_purpose - of_plugins - ALL == set()


def test_nothing_but_the_table_reads_the_environment() -> None:
    """``os.environ`` is handed to the table whole; no module picks a variable of its own."""
    for file in (ROOT / "engine").rglob("*.py"):
        assert not re.search(r"os\.environ(\.get\(|\[)|import environ|getenv\(", file.read_text(encoding="utf-8")), file


def test_the_documents_list_every_setting_with_its_default_and_what_it_is_for() -> None:
    for page, language in (("README.md", "en"), ("README.zh-CN.md", "zh")):
        lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
        listed = [line for line in lines if line.startswith("| `RONGTONG_")]
        assert listed == [
            f"| `{one.variable}` | {f'`{one.default}`' if one.default else ''} | {one.help.pick(language)} |".replace("|  |", "| |")
            for one in SETTINGS
        ]
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert all(f"| `{one.variable}` | {one.help.en} |" in contributing for one in TEST_SETTINGS)
