"""What the pages for developers say can be made is made, and the other way round."""

from __future__ import annotations

import re
import tomllib

import yaml

from tests.architecture.source import ROOT

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
#: Written in tables and in running text, several behind each other.
SAID = re.compile(r"`make ([a-z]+)`")


def targets() -> set[str]:
    (line,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    return set(line.split())


def test_every_target_is_listed_and_has_a_recipe() -> None:
    made = set(re.findall(r"^([a-z0-9]+):(?!=)", MAKEFILE, re.MULTILINE))
    assert made == targets()


def test_the_page_for_developers_says_every_target() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    table = page.partition("| `make …` | |")[2].partition("\n\n")[0]
    said = {name for row in table.splitlines() if row.startswith("| `") for name in re.findall(r"`([a-z0-9]+)`", row.split("|")[1])}
    assert said | {"demo"} == targets()


def test_no_page_says_a_target_that_is_none() -> None:
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")):
        assert set(SAID.findall(page.read_text("utf-8"))) <= targets(), page.name


def test_what_runs_before_a_commit_names_files_that_are_there() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    entries = [hook["entry"] for repo in config["repos"] for hook in repo["hooks"]]
    assert len(entries) == 4
    for word in " ".join(entries).split():
        assert not word.startswith("tests/") or (ROOT / word).exists(), word


def test_coverage_is_asked_of_the_pure_core() -> None:
    coverage = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["coverage"]
    assert coverage["run"] == {"branch": True, "source": ["engine/definition", "engine/runtime"]}
    assert coverage["report"]["fail_under"] >= 95
