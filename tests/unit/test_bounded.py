"""What the tests wait for ends, or fails with a sentence."""

from __future__ import annotations

import pytest

from tests.bounded import until, until_nothing


def test_something_is_done_until_there_is_no_more() -> None:
    left = [1, 2, 3]
    until_nothing(lambda: left and left.pop(), "counting")
    assert left == []


def test_what_never_ends_fails_and_says_what_it_was() -> None:
    done: list[int] = []
    with pytest.raises(AssertionError, match="counting goes on after 5 times"):
        until_nothing(lambda: done.append(1) or True, "counting", most=5)
    assert len(done) == 5


def test_what_is_waited_for_comes_or_fails() -> None:
    looks = iter([False, False, True])
    until(lambda: next(looks))
    assert next(looks, None) is None
    with pytest.raises(AssertionError, match="it never came to that"):
        until(lambda: False, most=5)
