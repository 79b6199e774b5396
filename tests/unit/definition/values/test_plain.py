"""What people type made plain: what looks the same is the same, and nothing that is seen is lost."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definition.values.plain import composed, folded, narrow, readable, sought, terms, tidy, whole_number


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  两行\r\n文字\r\n", "两行\n文字"),
        ("甲\u2028乙\x85丙\r丁", "甲\n乙\n丙\n丁"),
        ("e\u0301", "é"),
        ("\ufeff张\u200b伟\u200d", "张伟"),
        ("张\u200d伟", "张伟"),
        ("\u202e反过来\u202c", "反过来"),
        ("不\u00a0断", "不 断"),
        ("制表\t符", "制表\t符"),
        ("𠮷田、陆䶮", "𠮷田、陆䶮"),
        ("👨\u200d👩\u200d👧 一家", "👨\u200d👩\u200d👧 一家"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("م\u200cی", "م\u200cی"),
    ],
)
def test_text_is_kept_as_it_looks(typed: str, kept: str) -> None:
    assert tidy(typed) == kept
    assert readable(kept)


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x0b", "\x1b", "\x7f", "\x9f", "\ud800", "\udfff", "\uffff"])
def test_what_cannot_be_kept_is_told_apart(sign: str) -> None:
    assert not readable(tidy(f"甲{sign}乙"))


def test_only_full_width_forms_become_narrow() -> None:
    assert narrow("　ＡＢＣ１２：００（￥）　") == "ABC12:00(¥)"
    assert narrow("10²３①㎡") == "10²3①㎡"


def test_searching_forgets_width_case_and_the_kind_of_dash() -> None:
    assert folded("ＡＢＣ讲座 ２６０６１０－０８２７１") == folded("abc讲座 260610–08271") == "abc讲座 260610-08271"


@given(st.text())
def test_making_plain_twice_changes_nothing_more(text: str) -> None:
    for plain in (tidy, narrow):
        assert plain(plain(text)) == plain(text)
    assert unicodedata.is_normalized("NFC", tidy(text))


@given(text=st.text(st.sampled_from("eoＡ 甲각가각！…·\u0300\u0301\u0327\u0345\u3099かは\U0001f469"), max_size=40))
def test_a_text_is_composed_as_unicode_says(text: str) -> None:
    assert composed(text) == unicodedata.normalize("NFC", text)


def test_more_marks_than_anybody_writes_on_one_letter_are_all_kept() -> None:
    many = "e" + "\u0301\u0327" * 250_000
    assert len(composed(many)) == len(many) - 1
    assert composed("é" * 250_000 + many[:1]) == "é" * 250_000 + "e"


@pytest.mark.parametrize(
    ("typed", "number"),
    [("0", 0), ("１２", 12), (" 7 ", 7), ("99", 99), ("100", None), ("-1", None), ("1.0", None), ("٣", None), ("²", None),
     ("9" * 5000, None), ("", None), ("1_0", None)],
)  # fmt: skip
def test_a_number_of_a_query_is_read_within_its_bounds(typed: str, number: int | None) -> None:
    assert whole_number(typed, 99) == number


def test_a_search_is_read_as_far_as_its_first_letters_and_words() -> None:
    assert terms("　ＡＢ–ｃ 甲社区 ") == ("ab-c", "甲社区")
    assert terms(" ".join("一二三四五六七八")) == tuple("一二三四五六")
    assert terms("字" * 1_000_000) == ("字" * 200,)
    assert sought(" 黄海路社区 / 多功能厅 ") == "黄海路社区 / 多功能厅"


@given(st.text(max_size=400))
def test_no_search_is_longer_than_a_database_takes(text: str) -> None:
    found = terms(text)
    assert len(found) <= 6 and all(len(word) <= 600 and word for word in found)
