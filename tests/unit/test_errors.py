"""What a refusal says can be read, whatever was sent."""

from __future__ import annotations

import pytest

from engine.errors import Conflict, Invalid, Problem, excerpt
from engine.i18n import Text, both, cut, listed


@pytest.mark.parametrize("many", [0, 1, 300, 599, 600, 601, 5000, 1_000_000])
def test_a_sentence_that_quotes_too_much_keeps_its_beginning_and_its_end(many: int) -> None:
    words = Text(f"没有“{'长' * many}”，重新选。", f"There is no “{'x' * many}”: choose again.")
    for said in (Conflict(words).text, Problem("x", words).message, Invalid((Problem("x", words),)).text):
        assert (said.zh[:3], said.zh[-5:]) == ("没有“", "，重新选。")
        assert (said.en[:12], said.en[-15:]) == ("There is no ", ": choose again.")
        assert max(map(len, said)) <= 600
        assert (said == words) is (max(map(len, words)) <= 600)
    assert len(str(Conflict(words))) <= 600


@pytest.mark.parametrize("most", range(1, 9))
def test_words_are_cut_to_no_more_than_they_may_have(most: int) -> None:
    for length in range(12):
        made = cut("abcdefghijkl"[:length], most)
        assert len(made) <= most
        assert ("…" in made) is (length > most)


@pytest.mark.parametrize(("many", "listed"), [(1, 1), (50, 50), (51, 51), (20_000, 51)])
def test_of_many_faults_the_first_are_told_and_how_many_more(many: int, listed: int) -> None:
    found = excerpt(tuple(Problem("x", both(str(n)), path="p" * 1000) for n in range(many)))
    assert len(found) == listed
    assert all(len(one.path) <= 600 for one in found)
    assert (found[-1].message.en == f"And {many - 50} more.") is (many > 50)


def test_names_are_joined_as_each_language_does() -> None:
    assert listed(["甲", Text("乙", "b"), "c"]) == Text("甲、乙、c", "甲, b, c")
    assert listed([], "—") == both("—")
    assert listed([]) == both("")
