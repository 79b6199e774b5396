"""The picture of a process."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from engine.definition.catalogue import Catalogue
from engine.definition.load import load_process
from engine.definition.model import Process
from engine.web import diagram

FILE = """
process: lend
title: 调阅
subject: [count]
fields:
  count: {type: integer, title: 卷数, min: 1}
start: {who: role staff, fill: [count]}
steps:
- stage:
  - step: agree
    title: 保管方审批
    ask: role keeper
    outcomes:
      agree:  {title: 同意, then: next}
      refuse: {title: 不同意 <甲>, opinion: must, then: end refused}
      revise: {title: 退回修改, opinion: must, then: back start, at_most: 3}
      expert:
        title: 请专家看
        steps:
        - step: look
          title: 专家看卷
          ask: role expert
          outcomes:
            fine: {title: 可借, then: next}
            torn: {title: 已破损, then: end refused}
        then: next
      scan:
        title: 改看扫描件
        steps:
        - {step: scanned, title: 扫描, ask: role staff, outcomes: {sent: {title: 已发, then: next}}}
        then: end scanned
  step: lending
  title: 借用中
  outcomes:
    done: next
    withdraw: {title: 撤回, by: applicant, then: end refused}
- choose:
  - if: count > 10
    steps:
    - step: head
      title: 主任再审一遍这么多卷的申请
      ask: role head
      outcomes: {agree: {title: 同意, then: next}}
  - else: []
  step: many
  title: 卷数
- parallel:
    甲方:
    - step: rate_a
      title: 借方评价
      ask: role staff
      outcomes: {ok: {title: 评好了, then: next}}
    b:
    - step: rate_b
      title: 出借方评价
      ask: role staff
      outcomes: {ok: {title: 评好了, then: next}}
  step: rate
  title: 互评
ends:
  done:    {title: 已借出}
  refused: {title: 未借成}
  scanned: {title: 已看扫描件}
"""
SIZES = (diagram.WIDE, diagram.NARROW)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def process() -> Process:
    found, problems = load_process(FILE, "lend.yaml", Catalogue(), find_base=lambda _: None)
    assert found is not None, "\n".join(problem.line_of_text() for problem in problems)
    return found


def picture(
    process: Process, *, now: str = "", end: str = "", language: str = "zh", size: diagram.Size = diagram.WIDE
) -> ET.Element:
    seen = ("agree",) if now else ()
    text = diagram.draw(process, seen, (now,) if now else (), end, language, size)
    return ET.fromstring(text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def texts(svg: ET.Element) -> list[str]:
    return [element.text or "" for element in svg.iter(f"{SVG}text")]


def test_every_step_and_every_exit_that_leaves_the_way_is_written(process: Process) -> None:
    said = texts(picture(process))
    for words in ("发起", "保管方审批", "借方评价", "出借方评价", "互评", "借用中", "已借出", "甲方", "count > 10"):
        assert words in said
    assert "不同意 <甲> → 未借成" in said
    assert "退回修改 ↩ 发起" in said
    assert "撤回 → 未借成" in said


@pytest.mark.parametrize("size", SIZES)
def test_a_long_title_takes_two_lines_of_its_box(process: Process, size: diagram.Size) -> None:
    svg = picture(process, now="head", size=size)
    title = next(texts(g) for g in svg.iter(f"{SVG}g") if g.get("class") == "now")
    assert len(title) == 2
    assert "".join(title).startswith("主任再审一遍这么多")
    assert all(diagram.width_of(line, 16) <= size.box for line in title)


def test_two_lines_are_of_one_length_where_both_fit() -> None:
    assert diagram._lines("大型活动街道审核", 124) == ["大型活动", "街道审核"]


def test_a_title_of_latin_words_is_broken_between_them() -> None:
    assert diagram._lines("Keeper decides about a loan of the archive", 160) == ["Keeper decides", "about a loan of …"]


def test_keys_of_branches_are_not_shown(process: Process) -> None:
    assert "b" not in texts(picture(process))


def test_where_the_case_is_now_is_marked_and_said(process: Process) -> None:
    svg = picture(process, now="head")
    marked = {g.get("class"): texts(g) for g in svg.iter(f"{SVG}g") if g.get("class")}
    assert marked["now"][0].startswith("主任")
    assert "现在在" in (svg.get("aria-label") or "")


def test_the_small_steps_of_an_outcome_are_drawn_and_marked_and_say_where_they_lead(process: Process) -> None:
    svg = picture(process, now="look")
    said = texts(svg)
    for words in ("同意", "请专家看", "专家看卷", "已破损 → 未借成", "改看扫描件", "扫描", "→ 已看扫描件"):
        assert words in said
    assert "改看扫描件 → 已看扫描件" not in said, "what is drawn is not written beside its step as well"
    marked = {g.get("class"): texts(g) for g in svg.iter(f"{SVG}g") if g.get("class") in ("now", "seen")}
    assert (marked["now"], marked["seen"]) == (["专家看卷"], ["保管方审批"])


def test_more_ways_than_fit_a_phone_stand_one_under_the_other_there(process: Process) -> None:
    broad, slim = (float((picture(process, size=size).get("viewBox") or "").split()[2]) for size in SIZES)
    assert slim <= 328 < broad
    assert {"请专家看", "扫描", "→ 已看扫描件"} <= set(texts(picture(process, size=diagram.NARROW)))


def test_english_readers_get_english_words(process: Process) -> None:
    assert "Start" in texts(picture(process, language="en"))


@pytest.mark.parametrize("size", SIZES)
def test_nothing_reaches_out_of_the_picture(process: Process, size: diagram.Size) -> None:
    svg = picture(process, size=size)
    _, _, width, height = (float(part) for part in (svg.get("viewBox") or "").split())

    def walk(element: ET.Element, x: float, y: float) -> None:
        moved = re.fullmatch(r"translate\((\S+) (\S+)\)", element.get("transform") or "translate(0 0)")
        assert moved is not None
        x, y = x + float(moved[1]), y + float(moved[2])
        if element.tag == f"{SVG}rect":
            left, top = x + float(element.get("x", "0")), y + float(element.get("y", "0"))
            assert left >= 0
            assert left + float(element.get("width", "0")) <= width
            assert top + float(element.get("height", "0")) <= height
        if element.tag == f"{SVG}text" and element.get("text-anchor") == "start":
            assert x + float(element.get("x", "0")) + diagram.width_of(element.text or "") <= width + 1
        for child in element:
            walk(child, x, y)

    walk(svg, 0, 0)


def test_the_picture_holds_no_style_attribute(process: Process) -> None:
    assert "style=" not in diagram.draw(process, (), (), "", "zh")
    assert "style=" not in diagram.code("http://127.0.0.1/haicheng/cases/260616-48273")
