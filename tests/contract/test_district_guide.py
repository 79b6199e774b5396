"""The guide for district admins is tried by doing exactly what it says, from the first line to the last."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from engine.cli.root import run
from engine.content import shipped_workflows

GUIDE = Path(__file__).parents[2] / "docs" / "districts.zh-CN.md"
BLOCK = re.compile(r"^```(sh|yaml|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def edit(words: str) -> None:
    """Do what a YAML block says: its first line names the file; a whole process replaces it, else one section."""
    heading, _, content = words.partition("\n")
    file = Path(heading.removeprefix("# "))
    if not content.startswith("process:"):
        key = content.partition(":")[0]
        before = file.read_text("utf-8")
        section = re.compile(rf"^{key}:\n(?:[ #-].*\n)*", re.MULTILINE)
        new = content.count("\n") == 1  # a line of its own is added
        assert new or section.search(before), f"{file} has no {key}"
        content = before + content if new else section.sub(content, before)
    file.write_text(content, "utf-8")


def do(line: str) -> int:
    """Run one line of a shell block."""
    command, *args = shlex.split(line)
    if command == "cp":
        shutil.copytree(*args[-2:])
        return 0
    assert command == "rongtong", line
    return run(args)


def test_everything_in_the_guide_works_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(shipped_workflows(), tmp_path / "workflows")
    monkeypatch.chdir(tmp_path)
    said = ""
    for kind, words in BLOCK.findall(GUIDE.read_text("utf-8")):
        if kind == "yaml":
            edit(words)
        elif kind == "sh":
            codes = {line: do(line) for line in words.splitlines()}
            said = capsys.readouterr().out
            assert set(codes.values()) == {0}, f"{codes}\n{said}"
        else:
            missing = [line for line in words.splitlines() if line not in said]
            assert not missing, f"{missing}\n{said}"


def test_the_guide_s_blocks_without_a_language_are_drawings_only() -> None:
    fences = [line for line in GUIDE.read_text("utf-8").splitlines() if line.startswith("```")]
    openings = fences[::2]
    assert set(openings) <= {"```", "```sh", "```yaml", "```text"}
    assert openings.count("```sh") >= 4
