"""Likeness of partners, credit codes and the nearest along the unit tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.partner_registry.rules import (
    KINDS,
    MOVES,
    STATUSES,
    Candidate,
    Known,
    credit_code,
    distance,
    identity,
    is_credit_code,
    kind_of,
    likeness,
    nearest,
    plain,
)

EAST, WEST = ("east", "district"), ("west", "district")
E1, E2, W1 = ("e1", *EAST), ("e2", *EAST), ("w1", *WEST)


@pytest.mark.parametrize(
    ("words", "kind"), [("个体", "individual"), (" 社群 ", "group"), ("Firm", "firm"), ("公司", None)]
)
def test_a_kind_is_named_in_either_language(words: str, kind: str | None) -> None:
    assert kind_of(words) == kind


def test_a_name_is_compared_without_width_case_spaces_and_brackets() -> None:
    assert plain("阿强 ＡＢＣ（海城）理发") == plain("阿强abc(海城)理发")


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000100000000R"])
def test_a_credit_code_with_its_check_sign_is_right(code: str) -> None:
    assert is_credit_code(code)


@pytest.mark.parametrize("code", ["", "9135", "91350100M000100Y4O", "91350100M000100Y44"])
def test_a_credit_code_that_cannot_be_is_told(code: str) -> None:
    assert not is_credit_code(code)


def test_a_credit_code_is_kept_in_one_form() -> None:
    assert credit_code(" ９１３５０１００m000100y43 ") == "91350100M000100Y43"


def _known(number: str, kind: str = "firm", name: str = "阿强理发", code: str = "", unit: str = "e1") -> Known:
    return Known(number, kind, name, code, unit)


def test_the_same_code_is_the_same_party_whatever_its_name() -> None:
    known = _known("1", name="旧名", code="C1", unit="w1")
    assert likeness(_known("", code="C1"), [known]) == ("duplicate", known)


def test_another_code_is_another_party_in_spite_of_its_name() -> None:
    assert likeness(_known("", code="C1"), [_known("1", code="C2")]) is None


def test_without_codes_the_same_name_in_the_same_unit_is_the_same_party() -> None:
    known = _known("1")
    assert likeness(_known(""), [known]) == ("duplicate", known)
    assert likeness(_known("", unit="e2"), [known]) is None


def test_the_same_party_in_another_form_is_told_but_a_duplicate_goes_first() -> None:
    other, same = _known("1", kind="individual"), _known("2")
    assert likeness(_known(""), [other]) == ("other_form", other)
    assert likeness(_known(""), [other, same]) == ("duplicate", same)


def test_one_form_of_one_party_has_one_identity() -> None:
    assert identity(_known("1", code="C1", unit="e1")) == identity(_known("2", name="新名", code="C1", unit="w1"))
    assert identity(_known("1")) != identity(_known("1", unit="e2"))
    assert identity(_known("1")) != identity(_known("1", kind="group"))


def test_steps_along_the_tree() -> None:
    assert (distance(E1, E1), distance(E1, E2), distance(E1, W1), distance(E1, ("district",))) == (0, 2, 4, 2)
    assert distance(E1, ("elsewhere",)) is None


_FOUND = [
    Candidate("1", "乙", W1),
    Candidate("2", "甲", E2),
    Candidate("3", "丙", E1),
    Candidate("4", "丁", E1),
    Candidate("5", "甲", E2),
    Candidate("6", "戊", ("elsewhere",)),
]


@given(st.permutations(_FOUND))
def test_the_nearest_is_the_same_in_whatever_order_they_come(candidates: list[Candidate]) -> None:
    found = [(far, each.id) for far, each in nearest(candidates, E1)]
    assert found == [(0, "4"), (0, "3"), (2, "2"), (2, "5"), (4, "1")]


def test_every_kind_and_status_has_words_and_leaving_is_for_good() -> None:
    assert set(MOVES) == set(STATUSES)
    assert all(zh and en for zh, en in [*KINDS.values(), *STATUSES.values()])
    assert not MOVES["quit"]
