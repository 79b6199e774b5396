"""The notices page: 都看过了 marks what was on the page, once, however often it is pressed."""

from __future__ import annotations

from collections.abc import Callable

from engine.clock import DAY, MINUTE
from engine.operations import notices
from engine.operations.clockwork import pass_time
from engine.operations.context import Caller
from engine.store.schema import tables
from tests.integration.operations.looking import rows
from tests.integration.web.conftest import Window
from tests.town import Town


def _told(town: Town, seat: str) -> None:
    town.act(town.start("hold", seat=seat), "ok", "refuse", "sun", opinion="没有")
    pass_time(town.ctx, town.clock, town.clock.at + 5 * MINUTE)


def test_what_was_on_the_page_is_marked_once_and_what_came_since_is_not(
    town: Town, at_window: Callable[[str], Window]
) -> None:
    _told(town, "1")
    ann = at_window("ann")
    ann.get("/town/notices")
    form = {"key": ann.input("key"), "upto": ann.input("upto")}
    assert all(form.values())
    _told(town, "2")
    for _ in range(2):
        assert ann.post("/town/notices", **form).status_code == 303
    assert [one.unread for one in notices.mine(town.ctx, Caller("ann"))] == [True, False]
    read = [row for row in rows(town, tables.journal) if row["command"] == "mark_read"]
    assert [(row["actor"], row["request_key"]) for row in read] == [("ann", form["key"])]


def test_a_moment_that_is_none_is_no_fault_of_ours(town: Town, at_window: Callable[[str], Window]) -> None:
    _told(town, "1")
    ann = at_window("ann")
    ann.get("/town/notices")
    assert ann.post("/town/notices", upto="9" * 40, key="k").status_code == 303


def test_a_reminder_of_what_has_been_done_since_is_new_to_nobody(
    town: Town, at_window: Callable[[str], Window]
) -> None:
    case = town.start("hold", seat="1")
    pass_time(town.ctx, town.clock, town.clock.at + DAY)
    (reminder,) = notices.mine(town.ctx, Caller("sun"))
    assert (reminder.unread, reminder.settled) == (True, False)
    town.act(case, "ok", "agree", "sun")
    (reminder,) = notices.mine(town.ctx, Caller("sun"))
    assert (reminder.unread, reminder.settled) == (False, True)
    sun = at_window("sun")
    sun.get("/town/notices")
    assert "没有新消息" in sun.words
    assert "已经办了" in sun.words


def test_a_reminder_of_a_step_that_was_returned_and_waits_again_is_new_again(town: Town) -> None:
    case = town.start("hold", seat="1")
    pass_time(town.ctx, town.clock, town.clock.at + DAY)
    town.act(case, "ok", "revise", "sun", opinion="改座位")
    assert [one.unread for one in notices.mine(town.ctx, Caller("sun"))] == [False]
    town.act(case, "start", "submit", "ann", fill={"seat": "2"})
    assert [one.unread for one in notices.mine(town.ctx, Caller("sun"))] == [True]
