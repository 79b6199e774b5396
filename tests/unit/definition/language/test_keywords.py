"""Chinese and English keywords say the same process; names, titles and constants are nobody's keywords."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.definition.language.canonical import content_hash, document
from engine.definition.language.keywords import canonical, chinese, doubled
from engine.definition.language.words import (
    BOOLEAN_WORDS,
    CHOICE_WORDS,
    KEY_WORDS,
    PHRASE_WORDS,
    RESERVED_WORDS,
    TYPE_WORDS,
)
from engine.definition.yaml.source import Node, data_of, node_from, read

WORKFLOWS = Path(__file__).parents[4] / "workflows"
PROCESSES = sorted(WORKFLOWS.glob("**/processes/*.yaml")) + sorted(WORKFLOWS.glob("common/*.yaml"))
CHINESE = """
流程: leave
标题: 请假
设置: {answer_in: {类型: 时长, 默认: 2个工作日}}
参与方: {home: {单位: 发起.unit}}
字段:
  标题: {类型: 文字, 选填: 是}
  days: {类型: 整数, 最小: 1}
发起: {由谁: 角色 staff, 填写: 全部}
步骤:
- 环节: 审批
  条件: days > 3 且 非 home.name 属于 ['甲']
  办理: [角色 chief 于 home, 轮值 desk 于 home 在 今天]
  签办: 所有人
  回避: [发起, 人员 days.who]
  期限: {限时: =设置.answer_in, 早于: {时刻: =现在 + 3天, 逾期: 不批}, 提醒: [50%, 4小时], 逾期: [上报 角色 boss 于 home, 不批 再过 2个工作日]}
  结果:
    批: 下一步
    不批: {由: 到期, 意见: 不, 去向: 结束 refused}
    改: {去向: 退回 发起, 再办: 只看改动, 最多: 2}
- 分情况:
  - {条件: 发起.who = 申请人, 步骤: []}
  - 否则: []
  环节: 分
结局: {done: {}, refused: {撤销: 全部, 告知: 申请人}}
"""
ENGLISH = """
process: leave
title: 请假
settings: {answer_in: {type: duration, default: 2 workdays}}
parties: {home: {unit: start.unit}}
fields:
  标题: {type: text, optional: true}
  days: {type: integer, min: 1}
start: {who: role staff, fill: all}
steps:
- step: 审批
  if: days > 3 and not home.name in ['甲']
  ask: [role chief of home, rota desk of home on today]
  sign: all
  not: [start, person days.who]
  due:
    within: =settings.answer_in
    before: {at: =now + 3天, late: 不批}
    remind: [50%, 4 hours]
    late: [escalate role boss of home, 不批 after 2 workdays]
  outcomes:
    批: next
    不批: {by: clock, opinion: none, then: end refused}
    改: {then: back start, again: changed, at_most: 2}
- step: 分
  choose:
  - {if: start.who = applicant, steps: []}
  - else: []
ends: {done: {}, refused: {undo: all, tell: applicant}}
"""


def node_of(text: str) -> Node:
    node, problems = read(text)
    assert node is not None
    assert not problems
    return node


def test_both_languages_give_the_same_document_and_hash() -> None:
    one, other = document(node_of(CHINESE)), document(node_of(ENGLISH))
    assert one == other
    assert content_hash(one) == content_hash(other)


def test_a_document_is_already_canonical() -> None:
    made = document(node_of(CHINESE))
    assert document(node_from(made)) == made


@pytest.mark.parametrize("path", PROCESSES, ids=lambda path: path.stem)
def test_every_process_of_the_project_says_the_same_in_chinese(path: Path) -> None:
    node = node_of(path.read_text("utf-8"))
    turned = chinese(node)
    assert "流程" in data_of(turned)
    assert document(turned) == document(node)


def test_a_field_called_like_a_keyword_keeps_its_name() -> None:
    made: Any = data_of(canonical(node_of(CHINESE)))
    assert list(made["fields"]) == ["标题", "days"]


def test_a_word_that_is_no_keyword_stays_for_the_parser_to_refuse() -> None:
    assert data_of(canonical(node_of("流程: a\n题目: b\n"))) == {"process": "a", "题目": "b"}


def test_places_stay_those_of_the_file() -> None:
    turned = canonical(node_of("流程: a\n标题: b\n"))
    assert [key.place.line for key, _ in turned.entries] == [1, 2]  # type: ignore[union-attr]


def test_a_key_written_in_both_languages_stands_twice() -> None:
    found = doubled(canonical(node_of("process: a\n标题: b\ntitle: c\n")))
    assert [(one.code, one.line) for one in found] == [("yaml-duplicate-key", 3)]


def test_an_overlay_is_turned_along_its_paths() -> None:
    text = """
流程: a
沿用: common/b
改动:
- {赋值: 设置.answer_in, 改为: 3天}
- {收紧: 审批.期限.限时, 改为: 4小时}
- {换人: 审批, 改为: 角色 boss 于 home}
- {加结果: 审批, 改为: {重来: {去向: 退回 发起, 最多: 1}}}
- {前插: 审批, 步骤: [{环节: c, 执行: a.b}]}
- {删除: 步骤一}
"""
    made: Any = data_of(canonical(node_of(text)))
    assert made["edits"] == [
        {"set": "settings.answer_in", "to": "3天"},
        {"tighten": "审批.due.within", "to": "4 hours"},
        {"replace_who": "审批", "to": "role boss of home"},
        {"add_outcome": "审批", "to": {"重来": {"then": "back start", "at_most": "1"}}},
        {"insert_before": "审批", "steps": [{"step": "c", "do": "a.b"}]},
        {"remove": "步骤一"},
    ]
    assert data_of(canonical(chinese(node_of(text)))) == made


def test_the_order_of_keys_is_no_content_and_the_order_of_names_is() -> None:
    def hashed(text: str) -> str:
        return content_hash(document(node_of(text)))

    assert hashed("process: a\ntitle: b\n") == hashed("title: b\nprocess: a\n")
    fields = "process: a\nfields: {%s: {type: text}, %s: {type: text}}\n"
    assert hashed(fields % ("x", "y")) != hashed(fields % ("y", "x"))


@pytest.mark.parametrize(
    "words", [KEY_WORDS, PHRASE_WORDS, RESERVED_WORDS, TYPE_WORDS, BOOLEAN_WORDS], ids=range(5)
)
def test_no_chinese_word_of_a_table_means_two_things(words: dict[str, tuple[str, ...]]) -> None:
    every = [word for chinese in words.values() for word in chinese]
    assert sorted(every) == sorted(set(every))


def test_every_closed_choice_has_chinese_words() -> None:
    from engine.definition.language.keys import CONSTRUCTS

    options = {option for rows in CONSTRUCTS.values() for row in rows for option in row.options}
    assert options <= set(CHOICE_WORDS)
