"""The REST door on the small town, with a token for each of its people."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.app import Options, create_app
from engine.extend import Endpoint, PageContext, Text
from engine.operations.accounts import accounts
from engine.store.databases.database import Database
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin


def _ring(ctx: PageContext) -> dict[str, Any]:
    if ctx.query.get("times") == "for ever":
        sys.exit(3)
    if ctx.query.get("times") == "none":
        raise ZeroDivisionError
    return {"for": ctx.person, "query": ctx.query, "says": Text("叮", "ding")}


DOORBELL = Endpoint("/bell/ring", "rings", _ring, query=("times",))
PRIVATE = Endpoint("/bell/private", "for heads alone", _ring, role="head")


@pytest.fixture
def town(db: Database) -> Iterator[Town]:
    made = build(db, beside=[plugin("bell", register_endpoints=giving(DOORBELL, PRIVATE))])
    yield made
    made.system.runner.release()


@pytest.fixture
def app(town: Town) -> Flask:
    return create_app(town.system, Options(secret_key="only for tests"))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def token(town: Town) -> Callable[[str], dict[str, str]]:
    """Makes the headers of a person of the town."""

    def headers(person: str, key: str = "") -> dict[str, str]:
        account = accounts.account_of(town.system, "town", person) or accounts.create_account(
            town.system, person, person, None, {"town": person}
        )
        secret = accounts.create_token(town.system, account, "town", "test")
        found = {"Authorization": f"Bearer {secret}"}
        return found | {"Idempotency-Key": key} if key else found

    return headers
