"""Reading YAML strictly: strings stay strings, places are kept, what would be misread is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definition.yaml import faults
from engine.definition.yaml.limits import MAX_BYTES, MAX_DEPTH
from engine.definition.yaml.source import (
    Mapping,
    Scalar,
    Sequence,
    data_of,
    node_from,
    read,
    read_all,
    text_of,
)


def codes(text: str) -> list[tuple[int, int, str]]:
    return [(one.line, one.column, one.code) for one in read(text)[1]]


@pytest.mark.parametrize(
    "written", ["12:30", "no", "yes", "0123", "1e3", "2026-06-16", "null", "~", "0x1F", "1_000", "true", ".inf", "3.10"]
)
def test_a_string_stays_the_string_that_was_written(written: str) -> None:
    assert data_of(read(f"a: {written}\n")[0] or Scalar("")) == {"a": written}


def test_every_value_keeps_its_line_and_column() -> None:
    node, problems = read("a: 1\nb:\n- 甲: 二\n", "x.yaml")
    assert isinstance(node, Mapping)
    assert not problems
    items = node.get("b")
    assert isinstance(items, Sequence)
    inner = items.items[0]
    assert isinstance(inner, Mapping)
    key, value = inner.entries[0]
    assert (key.place.file, key.place.line, key.place.column) == ("x.yaml", 3, 3)
    assert (value.place.line, value.place.column) == (3, 6)


def test_keys_are_normalised_and_values_are_not() -> None:
    assert data_of(read("ｓｔｅｐ: （甲）\n")[0] or Scalar("")) == {"step": "（甲）"}


def test_a_byte_order_mark_and_windows_line_ends_are_no_content() -> None:
    node, problems = read(text_of("\ufeffa: 一\r\nb: 二\r\n".encode()))
    assert (data_of(node or Scalar("")), problems) == ({"a": "一", "b": "二"}, ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("step：\n  a: b", [(1, 5, "yaml-wide-colon")]),
        ("p: x\ntitle：借\nq: y", [(2, 6, "yaml-wide-colon")]),
        ("- step：hold\n  do: x", [(1, 7, "yaml-wide-colon")]),
        ("a: {title：同意}", [(1, 5, "yaml-wide-colon")]),
        ("fill: [a，b]", [(1, 8, "yaml-wide-comma")]),
        ("fill: [a、b]", [(1, 8, "yaml-wide-comma")]),
        ("a: {title: 同意，then: next}", [(1, 14, "yaml-wide-comma")]),
        ("{title:同意}", [(1, 2, "yaml-colon-space")]),
        ("title:同意\nb: c", [(1, 1, "yaml-colon-space")]),
        ("\u3000step: x\nb: c", [(1, 1, "yaml-wide-space")]),
        ("step:\u3000hold\nb: c", [(1, 6, "yaml-wide-space")]),
        ("a: x\u3000", [(1, 4, "yaml-wide-space")]),
        ("title: [试点] 借地", [(1, 8, "yaml-bracket-first")]),
        ('title: "试点"借地', [(1, 8, "yaml-quote-first")]),
        ("title: *必填", [(1, 8, "yaml-first-character")]),
        ("t: 申请: 借地", [(1, 6, "yaml-second-colon")]),
        ("if: > 5", [(1, 5, "yaml-first-character")]),
        ("a: b\nif: >5\n", [(2, 5, "yaml-first-character")]),
        ("p: %50", [(1, 4, "yaml-first-character")]),
        ("w: @me", [(1, 4, "yaml-first-character")]),
        ("w: [@me]", [(1, 5, "yaml-first-character")]),
        ("a:\n\t- b", [(2, 1, "yaml-tab")]),
        ("{a: =min(x, y), b: c}", [(1, 5, "yaml-unbalanced"), (1, 13, "yaml-unbalanced")]),
        ("if: kind = '商企", [(1, 5, "yaml-unbalanced")]),
        ("a: &x b\nc: *x", [(1, 4, "yaml-alias"), (2, 4, "yaml-alias")]),
        ("a: !!int 3", [(1, 4, "yaml-tag")]),
        ("<<: {a: b}", [(1, 1, "yaml-merge-key")]),
        ("? [a]\n: b", [(1, 3, "yaml-key-not-text")]),
        ("a:\nb: c", [(1, 1, "yaml-empty")]),
        ("a: {b, c: d}", [(1, 5, "yaml-empty")]),
        ("-\n- a", [(1, 2, "yaml-empty-item")]),
        ("a: 1\nb: 2\na: 3\nａ: 4", [(3, 1, "yaml-duplicate-key"), (4, 1, "yaml-duplicate-key")]),
        ("a: b\n---\nc: d", [(3, 1, "yaml-several-documents")]),
        ("a: b\ntitle: 借用 #2 号", [(2, 11, "yaml-comment")]),
        ("a: [b, c", [(1, 4, "yaml-unclosed-bracket")]),
        ('a: "b', [(1, 4, "yaml-unclosed-quote")]),
        ("a:\n  b: 1\n c: 2", [(3, 2, "yaml-indent")]),
        ("a: \x00", [(1, 4, "yaml-hidden-character")]),
        ('a: "\\0"', [(1, 4, "yaml-hidden-character")]),
        ("a: b\u202ec", [(1, 4, "yaml-hidden-character")]),
        ("a: \ud800", [(1, 4, "yaml-hidden-character")]),
        ("# 没有内容\n", [(1, 1, "yaml-nothing")]),
    ],
)
def test_what_yaml_would_read_otherwise_than_meant_is_refused_where_it_stands(
    text: str, expected: list[tuple[int, int, str]]
) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "title: 步骤：先看再办",
        "title: 同意，转办",
        "of: ['甲，乙', 丙]",
        "title: don't",
        "t: '申请: 借地'",
        "at: 09:00-12:00",
        "a: 3（含）以上",
        "a: |\n  第一行\n  第二行\n",
        'a: ""',
        "else: []",
        "a: b  # 注释",
        "# 注释\na: 1#楼",
        "a: '1 #2'",
        "see: http://x/y",
    ],
)
def test_ordinary_writing_is_not_refused(text: str) -> None:
    assert codes(text) == []


def test_all_faults_before_the_place_where_yaml_stops_are_told() -> None:
    text = "a: 1\na: 2\nb: (x\nc: *必填\nd:\n"
    assert [code for _, _, code in codes(text)] == ["yaml-duplicate-key", "yaml-unbalanced", "yaml-first-character"]


def test_a_file_of_more_than_a_megabyte_is_refused() -> None:
    assert codes("a: b\n") == []
    assert codes("#" * (MAX_BYTES + 1)) == [(1, 1, "yaml-too-large")]


def test_bytes_that_are_not_utf_8_are_refused_where_they_start() -> None:
    node, problems = read(text_of("a: b\n标题: ".encode() + "借地".encode("gbk")))
    assert node is None
    assert [(one.code, one.line, one.column) for one in problems] == [("yaml-not-utf8", 2, 5)]


@pytest.mark.parametrize("depth", [MAX_DEPTH, MAX_DEPTH + 1, 20_000])
def test_depth_is_limited_without_recursion(depth: int) -> None:
    node, problems = read("[" * depth + "]" * depth)
    assert (node is not None) == (depth <= MAX_DEPTH)
    assert [one.code for one in problems] == ([] if depth <= MAX_DEPTH else ["yaml-too-deep"])


def test_several_documents_are_read_where_they_are_welcome() -> None:
    nodes, problems = read_all("a: b\n---\nc: d\n")
    assert ([data_of(node) for node in nodes], problems) == ([{"a": "b"}, {"c": "d"}], ())


def test_nodes_made_from_plain_data_say_the_same() -> None:
    node, _ = read("a: [b, {c: 'true'}]\n")
    assert node_from({"a": ["b", {"c": True}]}) == node


@given(st.text(alphabet=st.sampled_from(list("ab:：-, ，[]{}'\"#\n\t|>*&!%@`?（）\u3000\x00\ud800甲")), max_size=60))
def test_no_text_whatever_ends_in_anything_but_a_node_or_a_problem(text: str) -> None:
    node, problems = read(text, "x.yaml")
    assert node is not None or problems
    assert all(one.line >= 1 and one.column >= 1 for one in problems)


@given(text=st.text(st.sampled_from("ab甲 0.=<>+*/%-:：，'\"#()[]{}\u3000\u00a0\u200b\ufeff\n\t"), max_size=8))
def test_what_is_waved_through_unread_has_no_fault(text: str) -> None:
    roles: tuple[faults.Role, ...] = ("key", "value", "flow item", "alone")
    found = [fault for role in roles for fault in (*faults.of_any(text), *faults.of_plain(text, role))]
    assert not (faults.harmless(text) and found)


@pytest.mark.parametrize("text", ["step", "出借方审批", "= people > 100", "2 workdays", "50%", "2026-06-16", "role.x"])
def test_what_is_mostly_written_is_waved_through(text: str) -> None:
    assert faults.harmless(text)
