"""Pages say days the same on every system, and with the year wherever it is not this one."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from engine.operations import cases
from engine.operations.accounts import accounts
from engine.operations.context import Caller
from engine.operations.reading import pages
from tests.browser.town import HALL, Town, chosen, move_in, settle
from tests.crawl import crawl
from tests.formats import refuse_glibc


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Two shipped districts; the hall is wanted this year."""
    made = move_in(settle(tmp_path), tmp_path)
    made.loan(16)
    yield made
    made.system.runner.release()


def lend(town: Town, slot: str) -> str:
    """The number of a loan of the hall."""
    ctx, caller = town.context(), Caller(town.person("borrower"))
    form = pages.start_form(ctx, caller, "borrow_venue")
    hall = chosen(ctx, caller, "borrow_venue", "venue", HALL)
    fill = {"venue": hall, "slot": slot, "people": 20, "purpose": "排练"}
    return cases.start(ctx, caller, "borrow_venue", fill, unit=form.units[0][0]).number


def reader(town: Town, login: str, language: str) -> FlaskClient:
    """Somebody who has logged in."""
    client = town.app.test_client()
    account = accounts.account_of(town.system, "haicheng", town.person(login))
    assert account is not None
    with client.session_transaction() as cookie:
        cookie["token"], cookie["language"] = accounts.open_session(town.system, account), language
    return client


#: The clicks of a second reader lead to most of the same pages: fewer are enough.
@pytest.mark.parametrize(("login", "language", "most"), [("lender", "zh", 60), ("lender", "en", 60), ("admin", "en", 40)])
def test_every_page_stands_where_only_plain_formats_are_known(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, login: str, language: str, most: int
) -> None:
    refuse_glibc(monkeypatch)
    opened = dict(crawl(reader(town, login, language), "/haicheng/inbox", most=most))
    assert {path: answer.status_code for path, answer in opened.items() if answer.status_code >= 400} == {}
    assert len(opened) > 20
    assert [line.getMessage() for line in caplog.records if line.levelno >= logging.ERROR] == []


def test_a_slot_of_the_next_year_says_its_year_wherever_it_is_shown(town: Town) -> None:
    number = lend(town, "2027-01-05 14:00/16:00")
    lender = reader(town, "lender", "zh")
    case = f"/haicheng/cases/{number}"
    for path in (case, f"{case}/print", "/haicheng/inbox", "/haicheng/cases?q=黄海路", "/haicheng/notices"):
        page = lender.get(path).text
        said = re.findall(r"(?:\d{4}年)?1月5日", page)
        assert said or "notices" in path, path
        assert all(one.startswith("2027年") for one in said), path


def test_the_subject_says_the_year_that_is_not_the_one_the_case_started_in(town: Town) -> None:
    ctx = town.context()
    number = lend(town, "2027-01-05 14:00/16:00")
    assert "2027年1月5日" in pages.case(ctx, None, number).subject
    town.at(12, 30, 9)
    again = lend(town, "2026-12-31 14:00/16:00")
    assert "12月31日" in pages.case(ctx, None, again).subject
    assert "2026年" not in pages.case(ctx, None, again).subject
