"""The formatter: the same process in the words of the other language, with its comments and layout."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.definition.expression.faults import Stop
from engine.definition.expression.parser import parse
from engine.definition.language.canonical import content_hash, document
from engine.definition.language.fmt import formatted, written
from engine.definition.language.phrases import PhraseTable
from engine.definition.yaml.source import Scalar, Sequence, read

WORKFLOWS = Path(__file__).parents[4] / "workflows"
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


NAMES = ["a", "b.c", "start.who", "发起.单位", "today", "今天", "now", "现在", "row.end", "设置.x", "人数", "home"]
CONSTANTS = ["1", "0.5", "50%", "true", "是", "空", "'and 且 3 days'", "“今天”", "3天", "3 days", "2个工作日", "4 work hours"]
BETWEEN = [" and ", " 且 ", "&&", " or ", "||", " 或 ", " = ", "＝", " + ", "+", " in ", " 属于 ", " <> ", "且"]


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{}{}{}".format, inner, st.sampled_from(BETWEEN), inner),
        st.builds("{}({})".format, st.sampled_from(["not", "非 ", "", "if", "count"]), inner),
        st.builds("if({}, {}，{})".format, inner, inner, inner),
        st.builds("{} {}".format, st.sampled_from(["not", "非"]), inner),
        st.builds("({}) 不为空".format, inner),
    )


FORMULAS = st.recursive(st.sampled_from(NAMES + CONSTANTS), grown, max_leaves=6)
#: Where a formula may stand, with the words of the language around it.
PLACES = {
    "if": ["{}"],
    "ask": ["role a of {}", "角色 a 于 {}", "rota a of {} on {}", "轮值 a 于 {} 在 {}", "person {}", "人员 {}", "x.y({})", "anyone of {}"],
    "each": ["s in {}", "s 取自 {}", "s in only(t, {})"],
    "not": ["person {}", "本人 {}", "t.c", "发起", "only(t, {}).p"],
    "with": ["={}", "{}"],
    "until": ["{}", "={}"],
    "late": ["escalate person {} after 1 day", "上报 角色 a 于 {} 再过 3天", "升级 x.y({})"],
    "default": ["={}"],
}  # fmt: skip


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@settings(deadline=None)
@given(data=st.data())
def test_whatever_stands_in_a_process_keeps_its_hash_in_both_languages(data: st.DataObject) -> None:
    said = {}
    for key, forms in PLACES.items():
        form = data.draw(st.sampled_from(forms), key)
        said[key] = quoted(form.format(*(data.draw(FORMULAS) for _ in range(form.count("{}")))))
    text = (
        "process: a\n"
        f"fields: {{f: {{type: text, default: {said['default']}}}}}\n"
        "steps:\n"
        f"- {{step: b, if: {said['if']}, ask: {said['ask']}, not: [{said['not']}], due: {{late: [{said['late']}]}},"
        f" outcomes: {{x: {{by: {said['ask']}, tell: [{said['ask']}], set: {{f: {said['with']}}}, then: next}}}}}}\n"
        f"- {{step: c, do: x.y, with: {{k: {said['with']}}}}}\n"
        f"- {{step: d, each: {said['each']}, steps: []}}\n"
        f"- {{step: e, wait: {{until: {said['until']}}}}}\n"
    )
    chinese, english = in_("zh", text), in_("en", text)
    assert hashed(chinese) == hashed(english) == hashed(text)
    assert in_("zh", english) == in_("zh", chinese) == chinese
    assert in_("en", chinese) == in_("en", english) == english


def shape(text: str) -> str | None:
    """What a formula means; None if it means nothing."""
    try:
        return re.sub(r"offset=\d+", "", repr(parse(text)))
    except Stop:
        return None


@given(text=FORMULAS)
@example(text="1且发起.单位")
def test_a_formula_means_the_same_in_both_languages(text: str) -> None:
    named = PhraseTable(to_chinese=False).of("formula", text)
    there = PhraseTable(to_chinese=True).of("formula", named)
    back = PhraseTable(to_chinese=False, whole=True).of("formula", PhraseTable(to_chinese=False).of("formula", there))
    meant = shape(named)
    assert shape(back) == meant
    assert shape(PhraseTable(to_chinese=False).of("formula", there)) == meant


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("wait: {until: now + 3天}", "wait: {until: 现在 + 3 days}"),
        ("each: x in only(t, row.a and row.b)", "逐项: x 取自 only(t, 本行.a 且 本行.b)"),
        ("not: ['person if(a and b, c, d)']", "回避: ['人员 if(a 且 b, c, d)']"),
        ("ask: 'role a of if(b = true, today, 4 hours)'", "办理: '角色 a 于 if(b = 是, 今天, 4小时)'"),
        ("if: a is empty or b is not empty", "条件: a 为空 或 b 不为空"),
        ("ask: 'x.y(a and today)'", "办理: 'x.y(a 且 今天)'"),
    ],
)
def test_a_formula_is_turned_wherever_it_stands(one: str, other: str) -> None:
    assert hashed(f"steps:\n- {one}\n") == hashed(f"步骤:\n- {other}\n")


def test_lengths_of_time_in_formulas_are_turned() -> None:
    text = "steps:\n- {step: a, wait: {until: now + 3 days}}\n"
    assert in_("zh", text) == "步骤:\n- {环节: a, 等待: {等到: 现在 + 3天}}\n"
    assert in_("en", in_("zh", text)) == text


def test_many_braces_are_opened_at_once() -> None:
    text = "process: a\nsteps:\n" + '- {step: b, with: {k: "=if(a, b, c)"}}\n' * 300
    made = in_("en", text)
    assert made.count("  with:\n    k: =if(a, b, c)\n") == 300
    assert hashed(made) == hashed(text)
