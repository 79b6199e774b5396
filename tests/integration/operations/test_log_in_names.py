"""Which passwords and log-in names are taken, however they are typed."""

from __future__ import annotations

import pytest

from engine.errors import Invalid
from engine.operations.accounts import accounts
from tests.integration.operations.logging_in import WORD, guess
from tests.town import Town


@pytest.mark.parametrize(
    "easy",
    ["short", "", "12345678", "password", "PASSWORD", "P a s s w o r d", "        ", "11111111", "abababab", "\u3000" * 9,
     "１２３４５６７８", "qwertyuiop", "Ann.Bo.Cai", "x" * 1001],
)  # fmt: skip
def test_a_password_that_is_guessed_first_is_refused(lone_town: Town, easy: str) -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.create_account(lone_town.system, "ann.bo.cai", "安宁", easy, {})
    assert [problem.path for problem in refusal.value.problems] == ["password"]


@pytest.mark.parametrize("good", [WORD, "window-8600", "correct horse battery staple", "今天天气真不错", "\ud83dhalf of a sign"])
def test_any_other_is_taken_and_opens(lone_town: Town, good: str) -> None:
    accounts.create_account(lone_town.system, "ann", "安宁", good * 2, {"town": "ann"})
    assert guess(lone_town, "ann", good * 2) == "in"
    assert guess(lone_town, "ann", good) == "login_refused"


SAME = ("ann", "ANN", " ann ", "ａｎｎ", "a n n", "a\u200bnn", "an\u00adn", "\u202eann", "ann\x00", "ann\ufe0f", "a\ud800nn", "ann\u3164")


@pytest.mark.parametrize("typed", SAME)
def test_a_log_in_name_is_one_however_it_is_typed(lone_town: Town, typed: str) -> None:
    accounts.create_account(lone_town.system, "Ann", "安宁", WORD, {"town": "ann"})
    assert guess(lone_town, typed, WORD) == "in"
    with pytest.raises(Invalid) as refusal:
        accounts.create_account(lone_town.system, typed, "另一个", WORD, {})
    assert [problem.code for problem in refusal.value.problems] == ["login-taken"]


@pytest.mark.parametrize("typed", ["", " ", "\u3000", "\u200b\u202e", "\ud800", "\x00", "\u3164", "a" * 65])
def test_what_nobody_could_type_again_is_no_log_in_name(lone_town: Town, typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.create_account(lone_town.system, typed, "安宁", WORD, {})
    assert [problem.code for problem in refusal.value.problems] == ["login-name"]


def test_a_name_that_cannot_be_kept_is_refused(lone_town: Town) -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.create_account(lone_town.system, "ann", "安\ud800宁", WORD, {})
    assert [problem.path for problem in refusal.value.problems] == ["name"]
