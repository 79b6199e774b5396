"""What of a plugin failed is kept once for each part, and forgotten once it has answered for long enough."""

from __future__ import annotations

from engine.clock import HOUR, MINUTE, Micros
from engine.i18n import Text, both
from engine.operations.mishaps import Mishaps
from tests.town import MORNING

PAGE, NOTICE = Text("页面/odd", "page /odd"), both("render_page_notice")
KEY, TYPE = both("plugin 'odd' (odd/web.py:3): KeyError"), both("plugin 'odd' (odd/web.py:4): TypeError")


def kept(*failed: tuple[Text, Text, Micros]) -> Mishaps:
    made = Mishaps()
    for what, cause, after in failed:
        made.failed("town", "odd", what, cause, MORNING + after)
    return made


def told(mishaps: Mishaps, district: str = "town", *plugins: str) -> list[str]:
    return [said.en for said in mishaps.told(district, plugins or ("odd",), MORNING)]


def test_the_same_fault_is_one_with_its_first_and_its_last_time() -> None:
    mishaps = kept((PAGE, KEY, 0), (PAGE, KEY, 5 * MINUTE), (NOTICE, KEY, 7 * MINUTE))
    assert told(mishaps) == [
        "page /odd failed: plugin 'odd' (odd/web.py:3): KeyError; since 10 Jun 09:00, last 10 Jun 09:05",
        "render_page_notice failed: plugin 'odd' (odd/web.py:3): KeyError; since 10 Jun 09:07, last 10 Jun 09:07",
    ]


def test_another_fault_of_a_part_takes_the_place_of_the_one_before() -> None:
    (said,) = told(kept((PAGE, KEY, 0), (PAGE, TYPE, MINUTE)))
    assert "TypeError; since 10 Jun 09:01" in said


def test_it_is_told_to_its_own_district_and_while_that_uses_the_plugin() -> None:
    mishaps = kept((PAGE, KEY, 0))
    assert (told(mishaps, "city"), told(mishaps, "town", "other")) == ([], [])


def test_an_answer_just_after_a_fault_proves_nothing_and_one_an_hour_later_does() -> None:
    mishaps = kept((PAGE, KEY, 0), (NOTICE, KEY, 0))
    mishaps.answered("town", "odd", PAGE, MORNING + HOUR - 1)
    assert len(told(mishaps)) == 2
    mishaps.answered("town", "odd", PAGE, MORNING + HOUR)
    assert [said[:6] for said in told(mishaps)] == ["render"]
