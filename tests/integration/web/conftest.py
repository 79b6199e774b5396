"""The web door on the small town, with people who can log in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.app import Options, create_app
from engine.operations.accounts import accounts
from engine.store.databases.database import Database
from tests.town import Town, build

PASSWORD = "window-8600"


@pytest.fixture
def town(db: Database) -> Iterator[Town]:
    """The town."""
    made = build(db)
    yield made
    made.system.runner.release()


@pytest.fixture
def app(town: Town) -> Flask:
    """The application, answering faults as it does when served."""
    return create_app(town.system, Options(secret_key="only for tests"))


@dataclass
class Window:
    """A browser without script: it keeps cookies and knows the page it is on."""

    client: FlaskClient
    page: str = ""
    answer: TestResponse | None = None

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self._seen(self.client.get(path))

    def post(self, path: str, **typed: str) -> TestResponse:
        """Send a form from the page this window is on, without following where it leads."""
        data = {"csrf_token": self.token, **typed}
        return self._seen(self.client.post(path, data=data), keep=True)

    def log_in(self, person: str, password: str = PASSWORD) -> TestResponse:
        """Come in by the front door."""
        self.get("/login")
        return self.post("/login", name=person, password=password)

    @property
    def token(self) -> str:
        """The token of the page's forms."""
        return self.input("csrf_token")

    def input(self, name: str) -> str:
        """The value of the page's first input called *name*."""
        found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', self.page)
        return found[1] if found else ""

    @property
    def words(self) -> str:
        """What the page says, without its markup."""
        text = re.sub(r"<(?:title|svg).*?</(?:title|svg)>", "", self.page, flags=re.DOTALL)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))

    def _seen(self, answer: TestResponse, *, keep: bool = False) -> TestResponse:
        if not (keep and 300 <= answer.status_code < 400):
            self.page = answer.text
        self.answer = answer
        answer.close()
        return answer


@pytest.fixture
def window(app: Flask, town: Town) -> Window:
    """A window at which nobody has logged in; ann has an account with a password."""
    accounts.create_account(town.system, "ann", "ann", PASSWORD, {"town": "ann"})
    return Window(app.test_client())


@pytest.fixture
def at_window(app: Flask, town: Town) -> Callable[[str], Window]:
    """Opens a window for a person who is logged in already."""

    def opened(person: str) -> Window:
        made = Window(app.test_client())
        account = accounts.account_of(town.system, "town", person)
        if account is None:
            account = accounts.create_account(town.system, person, person, None, {"town": person})
        with made.client.session_transaction() as cookie:
            cookie["token"] = accounts.open_session(town.system, account)
        made.get("/me")
        return made

    return opened
