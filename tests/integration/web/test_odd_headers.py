"""A header that cannot be read breaks no answer: a condition or a moment of none is as if it were not there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.web.conftest import Window
from tests.town import Town

MANY = "9" * 5000
#: One part of a moment each time is what no calendar has.
MOMENTS = [
    f"{day} {month} {year} {time} {zone}"
    for day, month, year, time, zone in (
        ("Fri, 99999999999999999", "Dec", "2020", "1:1:1", "GMT"), ("Fri, 0", "Dec", "2020", "1:1:1", "GMT"),
        ("Fri, 31", "Feb", "2020", "1:1:1", "GMT"), ("Fri, 1", "Dec", MANY, "1:1:1", "GMT"),
        ("Fri, 1", "Dec", "99999", "1:1:1", "GMT"), ("Fri, 1", "Dec", "2020", "99999999999999999999:1:1", "GMT"),
        ("Fri, 1", "Dec", "2020", "1:1:1", "-99999999999999999999"), ("Mon, 1", "Jan", "0001", "0:0:0", "+2359"),
        ("Fri, 31", "Dec", "9999", "23:59:59", "-2359"), ("", "", "", "", ""),
    )
]  # fmt: skip
PARTS = ["bytes=a-b", f"bytes={MANY}-", f"bytes=-{MANY}", "bytes=5-2", "bytes=\u0663-", "W/\"", "*", "\xff", ";;;", "a;q=" + MANY]
HEADERS = [
    "DATE", "IF_MODIFIED_SINCE", "IF_UNMODIFIED_SINCE", "IF_RANGE", "RANGE", "IF_MATCH", "IF_NONE_MATCH", "ACCEPT",
    "ACCEPT_LANGUAGE", "ACCEPT_ENCODING", "AUTHORIZATION", "CACHE_CONTROL", "COOKIE", "PRAGMA", "MAX_FORWARDS", "REFERER",
    "X_FORWARDED_FOR",
]  # fmt: skip
ROUTES = ["/static/icons.svg", "/login", "/healthz", "/town/inbox", "/nowhere", "/api/v1/openapi.json", "/api/v1/town/cases"]


@pytest.fixture
def asked(window: Window, town: Town) -> Callable[[str, str, str], int]:
    def ask(route: str, header: str, value: str) -> int:
        sent = value.encode().decode("latin-1")
        with window.client.get(route, environ_overrides={f"HTTP_{header}": sent}) as answer:
            return answer.status_code

    return ask


def test_a_header_that_cannot_be_read_breaks_no_answer(asked: Callable[[str, str, str], int]) -> None:
    broken = [
        (route, header, value[:60])
        for route in ROUTES[:3] for header in HEADERS for value in MOMENTS + PARTS
        if asked(route, header, value) >= 500
    ]  # fmt: skip
    assert broken == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(ROUTES), st.sampled_from(HEADERS), st.sampled_from(MOMENTS + PARTS) | st.text(st.characters(codec="latin-1")))
def test_nor_does_any_other_on_any_page(asked: Callable[[str, str, str], int], route: str, header: str, value: str) -> None:
    assert asked(route, header, value) < 500


def test_a_moment_that_cannot_be_read_is_as_if_it_were_not_there(asked: Callable[[str, str, str], int]) -> None:
    assert asked("/static/icons.svg", "IF_MODIFIED_SINCE", MOMENTS[0]) == 200
    assert asked("/static/icons.svg", "IF_MODIFIED_SINCE", "Fri, 31 Dec 2999 00:00:00 GMT") == 304
