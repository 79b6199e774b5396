"""The formatter: the same process in the words of the other language, with its comments and layout."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definition.canonical import content_hash, document
from engine.definition.fmt import formatted, written
from engine.definition.source import Scalar, Sequence, read

WORKFLOWS = Path(__file__).parents[3] / "workflows"
PROCESSES = sorted(WORKFLOWS.glob("**/processes/*.yaml")) + sorted(WORKFLOWS.glob("common/*.yaml"))


def in_(language: str, text: str) -> str:
    made, problems = formatted(text, "x.yaml", language)
    assert made is not None
    assert not problems
    return made


def hashed(text: str) -> str:
    node, _ = read(text)
    assert node is not None
    return content_hash(document(node))


@pytest.mark.parametrize("path", PROCESSES, ids=lambda path: path.stem)
def test_a_process_goes_to_chinese_and_back(path: Path) -> None:
    text = path.read_text("utf-8")
    there = in_("zh", text)
    back = in_("en", there)
    assert hashed(there) == hashed(back) == hashed(text)
    assert in_("zh", there) == there
    assert in_("en", back) == back
    assert in_("zh", back) == there


def test_comments_blank_lines_and_quotes_stay() -> None:
    text = "# 头\nprocess: a   # 名\n\ntitle: '甲: 乙'\nends: {done: {title: 完}}\n"
    assert in_("zh", text) == "# 头\n流程: a   # 名\n\n标题: '甲: 乙'\n结局: {done: {标题: 完}}\n"


def test_a_formula_with_a_call_leaves_the_braces() -> None:
    text = 'process: a\nsteps:\n- step: b\n  do: x.y\n  with: {amount: "=min(x, y)", n: =n}  # 金额\n'
    assert in_("en", text) == (
        "process: a\nsteps:\n- step: b\n  do: x.y\n  with:\n    amount: =min(x, y)\n    n: =n  # 金额\n"
    )


def test_braces_inside_braces_open_one_after_the_other() -> None:
    text = 'process: a\nsteps:\n- {step: b, with: {k: "=if(a, b, c)", l: [a, b]}}\n'
    assert in_("en", text) == (
        "process: a\nsteps:\n- step: b\n  with:\n    k: =if(a, b, c)\n    l: [a, b]\n"
    )


def test_a_formula_without_a_call_may_stay_in_braces() -> None:
    text = "process: a\nsteps:\n- {step: b, with: {k: =n + 1}}\n"
    assert in_("en", text) == text


@pytest.mark.parametrize(
    ("text", "code"), [("title: *必填\n", "yaml-first-character"), ("title: a\n标题: b\n", "yaml-duplicate-key")]
)
def test_a_file_that_cannot_be_read_is_not_rewritten(text: str, code: str) -> None:
    made, problems = formatted(text, "x.yaml", "zh")
    assert made is None
    assert [one.code for one in problems] == [code]


@given(st.text(max_size=40), st.booleans())
def test_what_is_written_as_a_scalar_reads_back_as_the_same_text(text: str, flow: bool) -> None:
    made = written(text, flow=flow)
    node, problems = read(f"[{made}]" if flow else f"- {made}")
    if not problems:
        assert node == Sequence((Scalar(text),))
