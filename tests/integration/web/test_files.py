"""Lists as files: what they hold, that they hold all of it, and that nothing in them is run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest

from engine.clock import DAY
from engine.definition.values.moments import to_datetime
from engine.operations import cases
from engine.operations.context import Caller
from tests.integration.web.conftest import Window
from tests.town import Town

OpenWindow = Callable[[str], Window]
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def parts(data: bytes) -> tuple[ET.Element, list[str], ET.Element]:
    """The sheet, the texts it points at and its styles."""
    with ZipFile(BytesIO(data)) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
        styles = ET.fromstring(book.read("xl/styles.xml"))
        texts = ["".join(one.itertext()) for one in ET.fromstring(book.read("xl/sharedStrings.xml"))]
    return sheet, texts, styles


def test_the_whole_inbox_is_in_the_files_with_the_filters_of_the_page(at_window: OpenWindow, town: Town) -> None:
    for number in range(23):
        town.start(seat=f"{number}号")
    town.start(seat="窗边")
    sun = at_window("sun")
    sun.get("/town/inbox?q=窗边")
    assert "/town/inbox.xlsx?box=mine&amp;q=%E7%AA%97%E8%BE%B9" in sun.page
    told = sun.client.get("/town/inbox.json?box=mine").get_json()
    assert (len(told["rows"]), told["more"]) == (24, False)
    assert told["rows"][0]["process"] == "借座"
    assert told["rows"][0]["needed_by"] == "2026-06-12T09:00+08:00"
    only = sun.client.get("/town/inbox.json?box=mine&q=窗边").get_json()
    assert [row["subject"] for row in only["rows"]] == ["窗边 · 人数3"]


def test_an_excel_sheet_opens_with_headings_and_moments(at_window: OpenWindow, town: Town) -> None:
    number = town.start(seat="窗边").number
    answer = at_window("sun").client.get("/town/inbox.xlsx")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="town-inbox-260610.xlsx"'
    sheet, texts, _ = parts(answer.data)
    assert {"编号", "事项", "摘要", number, "窗边 · 人数3", "甲社区"} <= set(texts)
    moments = [cell for cell in sheet.iter(f"{SHEET}c") if cell.get("r", "").startswith("F") and cell.get("t") is None]
    assert len(moments) == 1


def test_what_was_done_says_when_how_and_by_whom_in_the_file_as_on_the_page(
    at_window: OpenWindow, town: Town
) -> None:
    case, sun = town.start(seat="窗边"), at_window("sun")
    waiting = sun.client.get("/town/inbox.json").get_json()["rows"]
    assert [(row["holder"], row["since"]) for row in waiting] == [("东街head", "2026-06-10T09:00+08:00")]
    town.clock.advance(DAY)
    town.act(case, "ok", "agree", "sun")
    sun = at_window("sun")
    (done,) = sun.client.get("/town/inbox.json?box=done").get_json()["rows"]
    assert (done["done_at"], done["outcome"], done["holder"]) == ("2026-06-11T09:00+08:00", "同意", "孙立")
    assert not {"needed_by", "since"} & done.keys(), "what is done is needed by no time"
    sun.get("/town/inbox?box=done")
    assert "同意 · 今天" in sun.words
    town.clock.advance(DAY)
    sun = at_window("sun")
    sun.get("/town/inbox?box=done")
    assert "同意 · 昨天" in sun.words


WAITS = """
process: waits
title: 等着
fields: {why: {type: text, title: 事由}}
start: {who: role staff, fill: [why]}
steps:
- {step: later, wait: {until: =start.at + 9 days}}
ends: {done: {title: 办成}}
"""


def test_every_hit_says_where_it_is_or_how_it_ended(at_window: OpenWindow, town: Town) -> None:
    town.publish(WAITS)
    cases.start(town.ctx, Caller("ann"), "waits", {"why": "甲社区等"}, unit="a")
    town.start("hold", seat="2", mood="fail")
    town.act(town.start("w1", seat="3"), "ok", "refuse", "sun")
    town.start("w1", seat="4")
    rows = at_window("ann").client.get("/town/cases.json?q=甲社区").get_json()["rows"]
    told = sorted((row["holder"] or "", row["end"] or "") for row in rows)
    assert told == [("", "未成"), ("东街head", ""), ("办理中", ""), ("异常，等管理员处理", "")]


@pytest.mark.parametrize("risky", ["=1+1", "+86", "-1", "@SUM(A1)", '=HYPERLINK("http://evil.example","x")'])
def test_what_looks_like_a_formula_stays_a_text(at_window: OpenWindow, town: Town, risky: str) -> None:
    town.start(seat=risky)
    sheet, texts, styles = parts(at_window("sun").client.get("/town/inbox.xlsx").data)
    assert not list(sheet.iter(f"{SHEET}f"))
    assert not list(sheet.iter(f"{SHEET}hyperlink"))
    place = next(i for i, text in enumerate(texts) if text.startswith(risky))
    cell = next(c for c in sheet.iter(f"{SHEET}c") if c.get("t") == "s" and c.findtext(f"{SHEET}v") == str(place))
    formats = styles.find(f"{SHEET}cellXfs")
    assert formats is not None
    assert formats[int(cell.get("s", "0"))].get("quotePrefix") == "1"


def test_a_file_says_the_moment_of_the_page_and_is_the_same_file_whenever_it_is_made(
    at_window: OpenWindow, town: Town
) -> None:
    town.start()
    first, again = (at_window("sun").client.get("/town/inbox.xlsx").data for _ in range(2))
    assert first == again
    core = ZipFile(BytesIO(first)).read("docProps/core.xml").decode()
    assert f">{to_datetime(town.ctx.now).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}<" in core


def test_what_a_search_finds_can_be_taken_along(at_window: OpenWindow, town: Town) -> None:
    number = town.start(seat="窗边").number
    ann = at_window("ann")
    ann.get("/town/cases?q=窗边")
    assert "/town/cases.xlsx?q=" in ann.page
    told = ann.client.get("/town/cases.json?q=窗边").get_json()
    assert [(row["number"], row["end"]) for row in told["rows"]] == [(number, None)]
    _, texts, _ = parts(ann.client.get("/town/cases.xlsx?q=窗边").data)
    assert number in texts
    assert at_window("bo").client.get("/town/cases.json?q=窗边").get_json()["rows"] == []


def test_a_page_of_hits_says_when_there_are_more(at_window: OpenWindow, town: Town) -> None:
    for _ in range(22):
        town.start(seat="窗边")
    ann = at_window("ann")
    ann.get("/town/cases?q=窗边")
    assert "前20件" in ann.words
    assert "再看一些" in ann.words
    ann.get("/town/cases?q=窗边&shown=1")
    assert "找到22件" in ann.words
    assert ann.get("/town/cases?q=窗边&shown=-5").status_code == 200
    assert ann.get("/town/cases?q=窗边&shown=x").status_code == 200


def test_files_are_for_who_is_logged_in(window: Window) -> None:
    assert window.get("/town/inbox.xlsx").status_code == 303
    assert window.get("/town/cases.json?q=1").status_code == 303
