"""The order of locks within one command."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import Column, Text

from engine.extend import LockOrder, plugin_table
from engine.extend.context import LockOrderError

first = plugin_table("trial_locks", "first", Column("id", Text), key=["id"], rank=1)
second = plugin_table("trial_locks", "second", Column("id", Text), key=["id"], rank=2)
A, B = ("d", "a"), ("d", "b")


def test_tables_by_rank_and_keys_ascending_are_in_order() -> None:
    order = LockOrder(strict=True)
    order.take(first, [A, B])
    order.take(second, [A])
    order.take(second, [B])


def test_a_lock_that_is_held_may_be_asked_for_again() -> None:
    order = LockOrder(strict=True)
    order.take(first, [A, B])
    order.take(second, [B])
    order.take(first, [A, B])


@pytest.mark.parametrize(("table", "key"), [(first, B), (second, A)])
def test_going_back_is_an_error_in_tests(table: object, key: tuple[str, str]) -> None:
    order = LockOrder(strict=True)
    order.take(first, [A])
    order.take(second, [B])
    with pytest.raises(LockOrderError, match="lock order went back"):
        order.take(table, [key])  # type: ignore[arg-type]


def test_going_back_is_only_logged_at_work(caplog: pytest.LogCaptureFixture) -> None:
    order = LockOrder()
    order.take(second, [B])
    with caplog.at_level(logging.INFO, "rongtong.locks"):
        order.take(first, [A])
    assert "lock order went back" in caplog.text
