"""A wrong setting of a plugin is told at its own line of district.yaml, all of them at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.content import shipped_workflows
from engine.extend.registry import Registry
from engine.operations.content.library import Library

WRONG = {
    "{activity: 助学陪伴, coefficient: 0.8}": ("{activity: 助学陪伴, coefficient: 快}", "要写成数字"),
    "{activity: 健康义诊, coefficient: 1.2}": ("{activity: 健康义诊, kofficient: 1.2}", "没有“kofficient”这一列"),
    "cap: 5.00": ("cap: 五元", "要写成金额"),
    "discount: 0.1": ("discount: 3", "超出范围"),
    "if_short: partial": ("if_short: maybe", "没有“maybe”这一项"),
    "step: 1": ("stepp: 1", "没有“stepp”这项设置"),
}
CHECKED = {
    "{kind: deed, title: 文明实践积分, value: 5.00}": ("{kind: 积分, title: 文明实践积分, value: 5.00}", "用小写字母"),
    "{activity: 文艺演出, coefficient: 0.5}": ("{activity: 理论宣讲, coefficient: 0.5}", "写了两次系数"),
}


def told(tmp_path: Path, wrong: dict[str, tuple[str, str]]) -> tuple[list[str], list[tuple[int, str]]]:
    """The lines of 贵定's district.yaml with these faults, and the line and words of each problem."""
    shutil.copytree(shipped_workflows(), tmp_path / "workflows")
    file = tmp_path / "workflows" / "districts" / "guiding" / "district.yaml"
    words = file.read_text("utf-8")
    for right, (instead, _) in wrong.items():
        assert words.count(right) == 1, right
        words = words.replace(right, instead)
    file.write_text(words, "utf-8")
    _, problems = Library(tmp_path / "workflows", Registry.discovered()).pack("guiding")
    assert all(problem.file.endswith("district.yaml") for problem in problems)
    return words.splitlines(), [(problem.line, problem.message.zh) for problem in problems]


def test_every_wrong_setting_is_told_at_its_line(tmp_path: Path) -> None:
    wrong = {right: each for right, each in WRONG.items() if "健康义诊" not in right}
    lines, problems = told(tmp_path, wrong)
    assert len(problems) == len(wrong)
    for instead, words in wrong.values():
        (line,) = [n for n, text in enumerate(lines, 1) if instead in text]
        assert any(at == line and words in said for at, said in problems), (line, words, problems)


@pytest.mark.parametrize(
    ("right", "line"),
    [*zip(CHECKED, ("kinds:", "activities:"), strict=True), ("{activity: 健康义诊, coefficient: 1.2}", "kofficient")],
)
def test_what_is_wrong_with_a_table_is_told_at_the_table_or_its_row(tmp_path: Path, right: str, line: str) -> None:
    instead, words = {**CHECKED, **WRONG}[right]
    lines, problems = told(tmp_path, {right: (instead, words)})
    ((at, said),) = problems
    assert words in said
    assert line in lines[at - 1]
