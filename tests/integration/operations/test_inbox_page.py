"""The inbox page that people look at: its tag follows whatever it shows, and its figures follow its filters."""

from __future__ import annotations

import pytest

from engine.clock import HOUR
from engine.operations import cases
from engine.operations.context import Caller
from engine.operations.reading.inbox import inbox
from engine.operations.reading.views import InboxPage
from tests.town import Town

BO, BEA, SUN = Caller("bo"), Caller("bea"), Caller("sun")


def look(town: Town, who: Caller = BO, **asked: str) -> InboxPage:
    """A page of the inbox."""
    return inbox(town.ctx, who, **asked)  # type: ignore[arg-type]


def figures(page: InboxPage) -> tuple[int, int, int]:
    """Late, today, later."""
    return page.load.late, page.load.today, page.load.later


def test_a_page_that_shows_the_same_has_the_same_tag(town: Town) -> None:
    town.start("w1", by="bea", unit="b")
    assert look(town).tag == look(town).tag


def test_a_claim_by_a_colleague_changes_the_tag_of_both(town: Town) -> None:
    case = town.start("w1", by="bea", unit="b")
    before = {who.person: look(town, who, box="all").tag for who in (BO, BEA)}
    cases.claim(town.ctx, BO, case.number, case.opened[0])
    assert look(town, BO, box="all").tag != before["bo"], "it bears a name now"
    assert look(town, BEA, box="all").tag != before["bea"], "it is gone"


def test_a_row_that_falls_due_or_late_changes_the_tag(town: Town) -> None:
    town.start("w1", by="bea", unit="b")
    tags, classes = [look(town).tag], [look(town).rows[0].due_class]
    for hours in (40, 10):
        town.clock.advance(hours * HOUR)
        page = look(town)
        tags.append(page.tag)
        classes.append(page.rows[0].due_class)
    assert classes == ["later", "today", "late"]
    assert len(set(tags)) == 3


@pytest.mark.parametrize("what", ["process", "q"])
def test_the_load_counts_what_the_filter_lets_through(town: Town, what: str) -> None:
    for seat in ("东窗", "西窗"):
        town.start("w1", seat=seat)
    town.start("hold", seat="东窗下")
    town.start("hold", seat="4")
    whole, some = look(town, SUN), look(town, SUN, **{what: {"process": "w1", "q": "东窗"}[what]})
    assert (len(whole.rows), figures(whole)) == (4, (0, 0, 4))
    assert (len(some.rows), figures(some)) == (2, (0, 0, 2))


def test_an_empty_class_says_what_comes_next(town: Town) -> None:
    assert look(town, SUN, due="today").next_due is None
    case = town.start("w1")
    page = look(town, SUN, due="today")
    assert page.rows == ()
    assert page.next_due is not None
    assert page.next_due.number == case.number
    assert look(town, SUN).next_due is None, "where rows are shown nothing is announced"


def test_the_tag_of_a_filtered_page_is_its_own(town: Town) -> None:
    town.start("w1")
    before = look(town, SUN, process="w1").tag
    town.start("hold")
    assert look(town, SUN, process="w1").tag == before, "what the filter hides is no news"
    assert look(town, SUN).tag != before


@pytest.mark.parametrize("limit", [1, 2, 3, 20])
def test_the_figures_are_those_of_the_whole_box_however_much_of_it_is_shown(town: Town, limit: int) -> None:
    for seat in ("1", "2", "3"):
        town.start("w1", seat=seat)
    town.clock.advance(40 * HOUR)
    town.start("hold", seat="4")
    page = inbox(town.ctx, SUN, limit=limit)
    assert figures(page) == (0, 3, 1)
    assert figures(inbox(town.ctx, SUN, limit=limit, due="today")) == (0, 3, 1)
    assert figures(inbox(town.ctx, SUN, limit=limit, after=page.after)) == (0, 3, 1)
    assert figures(inbox(town.ctx, SUN, "done", limit=limit)) == (0, 0, 0)
