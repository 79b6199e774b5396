"""The plugin's templates, filled outside the web door: the frame is a stand-in."""

from __future__ import annotations

from pathlib import Path

from engine.testing import Trial, render
from plugins.venue_sharing import web
from plugins.venue_sharing.tests.test_actions import hall, hold

TEMPLATES = Path(__file__).parents[1] / "templates"


def test_the_list_and_the_week_show_what_their_views_say(trial: Trial) -> None:
    hold(trial)
    rooms = render(TEMPLATES, trial.read(web.venues_page))
    assert "6月10日09:00–11:00" in rooms
    assert f'href="/trial/venues/{hall(trial)}"' in rooms
    week = render(TEMPLATES, trial.read(web.venue_page, args={"id": hall(trial)}, query={"from": "2026-06-15"}))
    assert "14:00–16:00 南珠东社区" in week
    assert "08:00–14:00 · 16:00–21:00" in week


def test_a_time_that_cannot_be_read_is_said_in_the_list(trial: Trial) -> None:
    page = render(TEMPLATES, trial.read(web.venues_page, query={"date": "2026-06-16", "from": "9点", "until": "10:00"}))
    assert 'role="alert"' in page
    assert 'value="9点"' in page
