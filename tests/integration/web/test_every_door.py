"""Every address that writes, while the disk is full: the same sentence, 503, and when to come again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from engine.app import Options, create_app
from engine.operations import cases
from engine.operations.accounts import accounts
from engine.operations.context import Caller
from engine.store.databases.database import open_database
from engine.store.databases.drivers import sqlite_module
from tests.databases import create_tables
from tests.integration.operations.looking import everything
from tests.integration.web.conftest import PASSWORD, Window
from tests.town import W1, Town, build

#: Addresses that are posted to and change nothing that is stored.
IDLE = {"web.choose", "web.demo", "api.nowhere"}
#: Who may do what the district's administrator may not.
OWN = {"web.start_form": "ann", "web.task": "sun", "web.task_uncover": "sun", "web.case_uncover": "sun"}
ADMINS = ("/cancel", "/retry", "/drop", "/agree", "/decline", "_transfer", "/password", "/disable", "/enable", "/end-sessions", "/revoke")
#: A process whose grounds are masked and needed at its step.
MASKED = W1.replace("title: 事由}", "title: 事由, sensitive: true}").replace("  title: 审批\n", "  title: 审批\n  show: [why]\n")
#: What is typed, by endpoint, where a form must hold something to be carried out.
TYPED: dict[str, dict[str, str]] = {
    "web.login": {"name": "ann", "password": PASSWORD},
    "web.start_form": {"f-seat": "1", "f-people": "3", "f-why": "聚会"},
}
WORDS = {"note": "请尽快", "text.comment": "请尽快", "reason.cancel": "作废", "note.transfer": "出差", "to.transfer": "sun",
         "outcome": "agree", "uncover": "why"}  # fmt: skip
BODY: dict[str, Any] = {"process": "w1", "unit": "a", "fill": {"seat": "1", "people": 3, "why": "聚会"}}
BODIES: dict[str, dict[str, Any]] = {
    "cases": BODY, "transfer": {"to": "bo"}, "comments": {"text": "请尽快"}, "cancel": {"reason": "作废"},
    "outcomes/agree": {"opinion": "好"}, "password": {"password": "a-new-long-one"}, "jobs/retry": {"job": "notice"},
}  # fmt: skip


class Full:
    """No transaction that writes can begin; *met* counts those that wanted to."""

    met = 0

    def before(self, sql: str, parameters: Any) -> None:
        if sql.startswith("BEGIN IMMEDIATE"):
            self.met += 1
            raise sqlite_module().OperationalError("database or disk is full")

    def after(self, sql: str, parameters: Any, rows: int) -> None:
        """Reading goes on."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The town on a file; as every door is refused, one does for all."""
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('full') / 'town.db'}")
    create_tables(database)
    made = build(database)
    made.publish(MASKED)
    made.started = [made.start()]
    accounts.create_account(made.system, "ann", "ann", PASSWORD, {"town": "ann"})
    yield made
    made.system.runner.release()
    database.close()


@pytest.fixture(scope="module")
def app(town: Town) -> Flask:
    return create_app(town.system, Options(secret_key="only for tests"))


def _addresses(app: Flask, town: Town) -> Iterator[tuple[Rule, str]]:
    """Every address that takes a POST, filled in; one for each word where a part of it is a choice of words."""
    number = town.started[0].number
    n = cases.open_serial(town.ctx, number, "ok")
    known = {"district": "town", "number": number, "n": n, "ref": f"{number}.{n}", "process": "w1", "job": "j",
             "outcome": "agree", "field": "why", "account": accounts.account_of(town.system, "town", "ann") or "",
             "token": "t"}  # fmt: skip
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.endpoint in IDLE:
            continue
        verbs = getattr(rule._converters.get("verb"), "items", ("",))
        for verb in verbs:
            with app.test_request_context():
                built = rule.build({name: known.get(name, verb) for name in rule.arguments})
            assert built is not None
            yield rule, built[1]


def _body(path: str) -> dict[str, Any]:
    return next((body for end, body in BODIES.items() if path.endswith(end)), {})


@contextmanager
def full_disk(town: Town) -> Iterator[Full]:
    """There is no room while the block runs."""
    town.system.database.hook = full = Full()
    try:
        yield full
    finally:
        town.system.database.hook = None


def _sender(app: Flask, town: Town) -> Callable[[Rule, str], tuple[TestResponse, int]]:
    """Posts to an address as an administrator: the answer, and how many writes were begun."""
    made = {person: accounts.create_account(town.system, f"{person}.", person, None, {"town": person})
            for person in ("ann", "sun", "cai")}  # fmt: skip
    secret = accounts.create_token(town.system, made["sun"], "town", "test")
    chief = accounts.create_token(town.system, made["cai"], "town", "test")

    def send(rule: Rule, path: str) -> tuple[TestResponse, int]:
        if rule.rule.startswith("/api/"):
            right = chief if path.endswith(ADMINS) else secret
            headers = {"Authorization": f"Bearer {right}", "Idempotency-Key": "k", "Accept-Language": "zh"}
            with full_disk(town) as full:
                answer = app.test_client().post(path, json=_body(path), headers=headers)
            return answer, full.met
        client: FlaskClient = app.test_client()
        with client.session_transaction() as cookie:
            cookie["token"] = accounts.open_session(town.system, made[OWN.get(rule.endpoint, "cai")])
        window = Window(client)
        window.get("/me")
        with full_disk(town) as full:
            answer = window.post(path, key="k", **WORDS, **TYPED.get(rule.endpoint, {}))
        return answer, full.met

    return send


def test_no_door_says_anything_else_while_the_disk_is_full(app: Flask, town: Town) -> None:
    send = _sender(app, town)
    before = everything(town)
    wrong, walked = [], 0
    for rule, path in _addresses(app, town):
        answer, met = send(rule, path)
        walked += 1
        said = str(answer.json) if answer.is_json else answer.text
        right = (answer.status_code, answer.headers.get("Retry-After")) == (503, "5") and "磁盘空间已满" in said
        if not right or not met:
            wrong.append(f"{path}: {answer.status_code}, {met} writes begun")
    assert not wrong, "\n".join(wrong)
    assert walked > 20
    assert everything(town) == before


def test_a_log_in_counts_as_no_wrong_password_while_the_disk_is_full(app: Flask, town: Town) -> None:
    window = Window(app.test_client())
    window.get("/login")
    for password in (PASSWORD, "something else"):
        with full_disk(town):
            answer = window.post("/login", name="ann", password=password)
        assert answer.status_code == 503
        assert "账号或密码不对" not in window.words
    assert window.log_in("ann").status_code == 303
    assert cases.comment(town.ctx, Caller("ann"), town.started[0].number, "好了").version
