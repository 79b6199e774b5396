"""A shipped district with one process more that has a field of every type; who calls, and what must not change."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from engine.app import Options, create_app
from engine.clock import SetClock
from engine.content import shipped_workflows
from engine.definition.load import load_text
from engine.extend.registry import Registry
from engine.ids import SeededIds
from engine.operations import cases
from engine.operations.accounts import accounts
from engine.operations.content.adopt import adopt
from engine.operations.content.library import Library
from engine.operations.content.publish import publish
from engine.operations.context import ENGINE, Caller, Context, System
from engine.operations.districts import context
from engine.operations.naming import person_named
from engine.operations.reading import pages
from engine.store.databases.database import Database
from engine.store.schema import tables
from engine.store.transactions.runner import Runner
from tests.browser.town import MORNING
from tests.integration.odd.oddities import Sent

#: How many odd requests each address gets: more by hand than in the run of every day.
MANY = int(os.environ.get("RONGTONG_ODD", "0"))
WHO = {"staff": "staff@西藏路社区", "head": "station_admin@黄海路社区", "admin": "district_admin@海城区"}
EVERY = """
process: every
title: 样样有
uses: [venue_sharing, partner_registry]
subject: [words, day]
fields:
  words: {type: text, title: 文字}
  count: {type: integer, title: 个数, optional: 是, max: 500}
  share: {type: decimal, title: 小数, optional: 是}
  sum: {type: money, title: 金额, optional: 是, min: 0}
  yes: {type: boolean, title: 是否, optional: 是}
  one: {type: choice, title: 单选, of: [甲, 乙], optional: 是}
  some: {type: choices, title: 多选, of: [甲, 乙, 丙], optional: 是}
  day: {type: date, title: 日期, optional: 是}
  hour: {type: time, title: 时间, optional: 是}
  moment: {type: datetime, title: 时刻, optional: 是}
  slot: {type: period, title: 时段, optional: 是}
  length: {type: duration, title: 时长, optional: 是}
  phone: {type: phone, title: 电话, optional: 是}
  card: {type: id_number, title: 证件, optional: 是}
  who: {type: person, title: 人员, optional: 是}
  where: {type: unit, title: 单位, optional: 是}
  rule: {type: calendar, title: 日子, optional: 是}
  venue: {type: venue, title: 场地, optional: 是}
  rows:
    type: table
    title: 明细
    optional: 是
    columns: {name: {type: text, title: 名目}, cost: {type: money, title: 费用, optional: 是}}
start: {who: anyone, fill: [words, count, share, sum, yes, one, some, day, hour, moment, slot, length, phone, card,
        who, where, rule, venue, rows]}
steps:
- step: look
  title: 看看
  ask: anyone of start.unit
  fill: [count, sum, slot, rows]
  outcomes:
    fine: {title: 可以, then: next}
    back: {title: 退回, opinion: must, then: back start, at_most: 9}
    note: {title: 记一笔, then: stay}
ends: {done: {title: 办成}}
"""


@dataclass
class World:
    """The district at work, its door, its people's keys, and what there is to name in an address."""

    ctx: Context
    app: Flask
    log: pytest.LogCaptureFixture
    people: dict[str, str]
    tokens: dict[str, str]
    numbers: list[str]
    unit: str
    venue: str
    fields: tuple[str, ...]
    answers: dict[int, int] = field(default_factory=dict)

    def visitor(self, who: str) -> FlaskClient:
        """A browser in which somebody has logged in."""
        client = self.app.test_client()
        account = accounts.account_of(self.ctx.system, self.ctx.id, self.people[who])
        assert account is not None
        with client.session_transaction() as cookie:
            cookie["token"] = accounts.open_session(self.ctx.system, account)
        return client

    def count(self) -> tuple[int, ...]:
        """How much is written: whatever changes something of a district leaves a row of the journal."""
        rows = (tables.journal, tables.cases, tables.task, tables.notice, tables.uncovered)
        return self.ctx.runner.run(
            lambda tx: tuple(
                int(tx.connection.execute(select(func.count()).select_from(table)).scalar_one()) for table in rows
            ),
            write=False,
        )

    def ask(self, client: FlaskClient, sent: Sent) -> TestResponse:
        """The answer to *sent*; never a fault, never a line of trouble in the log, and no change where it is refused."""
        writes = sent.method not in ("GET", "HEAD", "OPTIONS")
        before = self.count() if writes else ()
        self.log.clear()
        more = {"data": sent.body} if sent.body is not None else {"data": _form(sent.form)} if sent.form else {}
        answer = client.open(
            sent.path, method=sent.method, query_string=_form(sent.query), headers=sent.headers, buffered=True, **more
        )  # type: ignore[arg-type]
        trouble = [line.getMessage() for line in self.log.records if line.levelno >= logging.ERROR]
        assert answer.status_code < 500 and not trouble, (str(sent), answer.status_code, trouble, answer.text[:300])
        if writes and answer.status_code >= 400:
            assert self.count() == before, str(sent)
        self.answers[answer.status_code] = self.answers.get(answer.status_code, 0) + 1
        return answer


def _form(pairs: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


@pytest.fixture
def world(db: Database, caplog: pytest.LogCaptureFixture) -> Iterator[World]:
    """The district, with two cases of the process that has everything and a loan."""
    registry = Registry.discovered()
    for line in registry.migrations():
        line.metadata.create_all(db.engine)
    clock = SetClock(MORNING)
    system = System(db, Runner(db, clock=clock), registry, clock, SeededIds())
    pack, problems = Library(shipped_workflows(), registry).pack("haicheng")
    assert pack is not None, problems
    ctx = adopt(system, pack, ENGINE)
    people = {name: person_named(ctx, who) for name, who in WHO.items()}
    publish(ctx, Caller(people["admin"][0]), load_text(EVERY, ctx.catalogue, "every.yaml"))
    ctx = context(system, ctx.id)
    person, unit = people["staff"]
    forms = [{"words": word, "card": "11010519491231002X"} for word in ("一", "二")]
    numbers = [cases.start(ctx, Caller(person), "every", form, unit=unit).number for form in forms]
    app = create_app(system, Options(secret_key="only for tests"))
    tokens = {}
    for name, (who, _) in people.items():
        account = accounts.create_account(system, name, name, None, {ctx.id: who})
        tokens[name] = accounts.create_token(system, account, ctx.id, "odd")
    form = pages.start_form(ctx, Caller(person), "every")
    venue = next(field for field in form.fields if field.name == "venue").options[0][0]
    known = {name: who for name, (who, _) in people.items()}
    fields = tuple(field.name for field in form.fields)
    yield World(ctx, app, caplog, known, tokens, numbers, unit, venue, fields)
    system.runner.release()
