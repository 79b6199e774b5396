"""Finding a case: by number, subject, unit, name or initials, one's own first; a miss offers what was meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest

from engine.clock import DAY
from engine.operations import cases
from engine.operations.context import Caller
from engine.operations.reading import search as searching
from engine.operations.reading.search import near, processes, search
from engine.store import search as store
from tests.town import Town

CAI, SUN, BO = Caller("cai"), Caller("sun"), Caller("bo")


def found(town: Town, q: str, who: Caller = CAI, **more: bool | str) -> list[str]:
    """The subjects of the hits."""
    return [row.subject.partition(" ")[0] for row in search(town.ctx, who, q, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "q", ["东窗", "dc", "甲社区", "jsq", "安宁", "an", "借座", "jz", "东窗 甲社区", "  JSQ   dc "]
)  # fmt: skip
def test_a_case_is_found_by_subject_unit_name_and_initials_all_of_them(town: Town, q: str) -> None:
    town.start("w1", seat="东窗")
    town.start("hold", by="bea", unit="b", seat="西门")
    assert found(town, q) == ["东窗"]


#: How people write the same letters: as they are, as an input method does, with other dashes, without any.
SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "capital": str.upper,
    "full-width": lambda text: "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text),
    "no dash": lambda text: text.replace("-", ""),
    "long dash": lambda text: text.replace("-", "–"),
    "unseen": lambda text: f"\ufeff{text[:2]}\u200b{text[2:]}\u202c",
    "apart": lambda text: unicodedata.normalize("NFD", text),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_however_it_is_spelt_a_case_is_found(town: Town, spelling: str) -> None:
    spelt = SPELLINGS[spelling]
    made = town.start("w1", seat="Abc讲座Café３号")
    town.start("hold", by="bea", unit="b", seat="西门")
    for words in (made.number, made.number[:9], "abc讲座", "café3号", "Café 甲社区"):
        assert found(town, spelt(words)) == ["Abc讲座Café３号"], words


def test_initials_know_the_characters_of_rare_names(town: Town) -> None:
    assert [store.initials(name) for name in ("陆䶮", "𠮷田", "〇一", "蔡𬭎")] == ["ly", "jt", "ly", "ch"]


def test_a_number_is_found_however_old_and_words_look_back_a_year(town: Town) -> None:
    old = town.start("w1", seat="东窗")
    town.clock.advance(400 * DAY)
    town.start("w1", seat="东窗下")
    assert found(town, old.number) == ["东窗"]
    assert found(town, "东窗") == ["东窗下"]
    assert found(town, "东窗", wide=True) == ["东窗下", "东窗"]


def test_closed_cases_are_found_with_their_end_and_open_ones_with_whom_they_are(town: Town) -> None:
    open_one, closed = town.start("w1", seat="1"), town.start("w1", seat="2")
    town.act(closed, "ok", "refuse", "sun")
    rows = {row.number: row for row in search(town.ctx, CAI, "")}
    assert rows[closed.number].end_title is not None
    assert rows[closed.number].end_title.zh == "未成"
    assert rows[closed.number].holder is None
    assert rows[open_one.number].holder is not None
    cases.claim(town.ctx, SUN, open_one.number, open_one.opened[0])
    assert search(town.ctx, CAI, open_one.number)[0].holder == ("孙立", "孙立")
    stuck = town.start("hold", mood="fail")
    held_up = search(town.ctx, CAI, stuck.number)[0].holder
    assert held_up is not None
    assert held_up.zh.startswith("异常")


def test_one_s_own_unit_comes_first_and_what_is_not_one_s_own_not_at_all(town: Town) -> None:
    town.publish(_SHARED)
    mine = cases.start(town.ctx, Caller("bea"), "shared", {"what": "粽子", "with": "s"}, unit="b")
    theirs = cases.start(town.ctx, Caller("ann"), "shared", {"what": "粽子", "with": "d"}, unit="a")
    assert [row.number for row in search(town.ctx, BO, "粽子")] == [mine.number]
    assert [row.number for row in search(town.ctx, SUN, "粽子")] == [mine.number, theirs.number]


_SHARED = """
process: shared
title: 同办
subject: [what]
fields: {what: {type: text, title: 事由}, with: {type: unit, title: 与谁}}
parties: {other: {unit: with, title: 对方}}
start: {who: role staff, fill: [what, with]}
steps: [{step: ok, ask: role head of start.unit, outcomes: {yes: next}}]
ends: {done: {title: 办成}}
"""


@pytest.mark.parametrize(
    ("q", "meant"), [("甲社去", "甲社区"), ("毕云云", "毕云"), ("借坐座", "借座"), ("甲社去 安宁", "甲社区 安宁"),
                     ("安宁", ""), ("全然没有的东西", "")]
)  # fmt: skip
def test_a_miss_offers_the_name_that_was_meant(lone_town: Town, q: str, meant: str) -> None:
    assert near(lone_town.ctx, CAI, q) == meant


def test_a_miss_offers_the_name_that_begins_so_and_sounds_so(lone_town: Town) -> None:
    for name, title in (("eastern", "黄海东同办"), ("northern", "黄海路同办")):
        lone_town.publish(_SHARED.replace("process: shared", f"process: {name}").replace("title: 同办", f"title: {title}"))
    assert near(lone_town.ctx, CAI, "黄海冬") == "黄海东同办"
    assert near(lone_town.ctx, CAI, "黄海陆") == "黄海路同办"


def test_the_cases_of_one_process_are_looked_through_without_words(town: Town) -> None:
    town.start("w1", seat="1")
    town.start("hold", seat="2")
    assert [name for name, _ in processes(town.ctx, CAI)] == ["hold", "w1"]
    assert found(town, "", process="hold") == ["2"]


def test_one_s_own_is_found_behind_however_many_of_others(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "_LOOKED_AT", 3)
    handed_on = town.start("w1", seat="东窗一")
    n = handed_on.opened[0]
    cases.transfer(town.handing("reason"), SUN, handed_on.number, n, "bo", note="出差")
    town.start("hold", by="bea", unit="b", seat="东窗二")
    for at in range(5):
        town.start("w1", seat=f"东窗外{at}")
    assert found(town, "东窗", BO) == ["东窗二", "东窗一"], "of the unit, and asked of the reader"
    assert found(town, "东窗", Caller("ann")) == [*(f"东窗外{at}" for at in (4, 3, 2, 1, 0)), "东窗一"]
    assert found(town, "东窗", Caller("bea")) == ["东窗二"]
