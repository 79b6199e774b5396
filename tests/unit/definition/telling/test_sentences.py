"""A process reads as sentences that staff understand, in both languages."""

from __future__ import annotations

import pytest

from engine.definition.telling.sentences import sentences
from engine.definition.telling.spoken import in_chinese
from engine.i18n import Text
from tests.unit.definition.loading import loaded, with_steps
from tests.unit.definition.parse.test_process import BORROW

ROLES = {"staff": Text("工作人员", "staff"), "station_admin": Text("站长", "station head")}


SAID = {"owner.hub": "owner的牵头单位", "start.unit.hub": "发起单位的牵头单位", "start.unit": "发起单位",
        "slot.start": "slot的开始", "now": "现在", "today": "今天"}  # fmt: skip
NAMED = (*SAID, "stars", "note")


def told(text: str, language: str = "zh") -> list[str]:
    """Every sentence, indented as deep as it stands."""
    process = loaded(text)
    found = sentences(process, role=lambda name: ROLES.get(name, Text(name, name)))
    return ["  " * one.depth + one.text.pick(language) for one in found]


def test_a_process_is_told_from_its_start_to_its_ends() -> None:
    lines = told(BORROW)

    assert lines[:4] == [
        "事项：跨站借地。",
        "参与方“借方”：发起单位。",
        "参与方“出借方”：场地的station。",
        "由工作人员发起，填写：场地、时段、人数。",
    ]
    assert lines[-2:] == ["结局“已借出”：计入借方、出借方的统计。", "结局“未借成”：撤销已办的动作、告知申请人。"]


def test_an_ask_says_who_until_when_and_what_then() -> None:
    line = next(one for one in told(BORROW) if one.startswith("2 "))

    assert line == (
        "2 出借方审批：由出借方的站长办理，回避：“发起”；限时“答复期限”（一般2个工作日），"
        "要赶在时段的开始之前，过时按“不同意”处理，时限过50%时提醒，到期前1天提醒，逾期转出借方的street_admin，"
        "再过2个工作日按“不同意”处理。"
    )


def test_an_exit_says_what_it_asks_for_and_where_it_leads() -> None:
    assert "  “退回修改”（须写意见）：退回“发起”，最多3次，只请看过的内容有改动的人再办。" in told(BORROW)
    assert any(
        line.startswith('  "退回修改" (an opinion is written): goes back to the start, 3 times at most, and only')
        for line in told(BORROW, "en")
    )


def test_a_step_that_simply_leads_on_does_not_list_its_only_outcome() -> None:
    lines = told(BORROW)
    confirm = next(place for place, line in enumerate(lines) if line.startswith("3 "))

    assert lines[confirm + 1].startswith("结局")


NESTED = """
- step: both
  title: 两头办
  if: today > '2026-01-01'
  parallel:
    x: [{step: rest, wait: {until: slot.end}}]
    y:
    - step: which
      choose:
      - {if: note = '急', steps: [{step: one, ask: role a, sign: all, outcomes: {agree: next}}]}
      - {else: []}
  need: any
"""


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "zh",
            [
                "1 两头办：各支同时办，一支完成即可（仅当今天晚于“2026-01-01”）。",
                "  分支x：",
                "    1.1.1 rest：等到slot的结束。",
                "  分支y：",
                "    1.2.1 which：分情况。",
                "      当note是“急”：",
                "        1.2.1.1.1 one：由a办理，每人都要办。",
                "          “agree”：进入下一环节。",
                "      其他情况：",
            ],
        ),
        (
            "en",
            [
                "1 两头办: branches side by side, one is enough (only if today > '2026-01-01').",
                "  Branch x:",
                "    1.1.1 rest: waits until slot: end.",
                "  Branch y:",
                "    1.2.1 which: depends.",
                "      If note = '急':",
                "        1.2.1.1.1 one: decided by a, every one of them.",
                '          "agree": goes on to the next step.',
                "      Otherwise:",
            ],
        ),
    ],
)
def test_steps_inside_others_are_numbered_and_indented(language: str, expected: list[str]) -> None:
    lines = told(with_steps(NESTED), language)
    first = next(place for place, line in enumerate(lines) if line.startswith("1 "))

    assert lines[first : first + len(expected)] == expected


def test_every_step_has_a_sentence_of_its_own() -> None:
    process = loaded(with_steps(NESTED))

    assert {one.step for one in sentences(process)} == {"", *process.index}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("owner.hub = start.unit.hub and owner.hub <> start.unit",
         "owner的牵头单位与发起单位的牵头单位相同，并且owner的牵头单位不是发起单位"),
        ("stars > 3 or note = '急'", "stars大于3，或者note是“急”"),
        ("stars = 3 and not empty(note)", "stars等于3，并且note不为空"),
        ("empty(note) 且 stars ≠ 3", "note为空，并且stars不等于3"),
        ("slot.start - 2 hours > now", "slot的开始 - 2小时晚于现在"),
        ("today <= '2026-12-31'", "今天不晚于“2026-12-31”"),
    ],
)  # fmt: skip
def test_a_condition_reads_as_an_office_would_say_it(written: str, said: str) -> None:
    assert in_chinese(written, {name: SAID.get(name, name) for name in NAMED}) == said


def test_a_deadline_by_a_day_says_that_the_day_counts_to_its_end() -> None:
    step = "- {step: ok, title: 审批, ask: anyone, due: {by: start.at.date + 2 days}, outcomes: {agree: {title: 同意, then: next}}}"
    assert any("截止于" in line and "当天24:00" in line for line in told(with_steps(step)))
    assert any("by the end of" in line for line in told(with_steps(step), "en"))
