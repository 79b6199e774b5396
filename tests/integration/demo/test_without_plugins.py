"""A demo goes on without any one of its plugins: every page stands, every press is answered, nothing is lost."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import Options, create_app
from engine.audience import RoleAt, User, parse_audience
from engine.cli import personas
from engine.definition.district.roles import ADMIN
from engine.demo.plan import Plan
from engine.errors import Conflict, Forbidden, Invalid, RongtongError, Unanswered
from engine.extend.loading.discovery import find
from engine.operations import cases, incidents
from engine.operations.background.inner import run_jobs
from engine.operations.background.returning import resume
from engine.operations.context import Caller, Context, System
from engine.operations.districts import all_contexts
from engine.operations.reading import pages
from engine.operations.verifying.verify import verify
from engine.runtime.start import START, start_step
from engine.store import jobs, people
from engine.store.schema.tables import cases as cases_table
from engine.store.schema.tables import job, task
from engine.store.transactions.runner import Tx
from tests.integration.demo.living import without
from tests.integration.demo.test_crawl import BROKEN, crawl

SHIPPED = tuple(plugin.name for plugin in find().plugins)


@pytest.fixture(params=SHIPPED)
def lacking(request: pytest.FixtureRequest) -> str:
    """Each shipped plugin in turn."""
    return str(request.param)


@pytest.fixture
def left(made: System, tmp_path: Path, lacking: str) -> Iterator[System]:
    """The demo without it."""
    system = without(made, tmp_path / "left.db", lacking)
    yield system
    system.runner.release()
    system.database.close()


def test_every_page_stands_for_everybody(
    left: System, plan: Plan, lacking: str, caplog: pytest.LogCaptureFixture
) -> None:
    demo = personas.stage(left, lambda: plan, "127.0.0.1", "")
    assert demo is not None
    app = create_app(left, Options(secret_key="only for tests", demo=demo))
    caplog.set_level(logging.ERROR)
    for persona in plan.personas:
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["token"] = demo.enter(persona.key)
        for url, (status, words) in crawl(client, f"/{persona.district}/inbox", enough=4).items():
            assert status in (200, 204, 302, 303), (persona.key, url, status)
            assert not BROKEN.search(words), (persona.key, url, BROKEN.search(words))
            assert f"/{lacking}/" not in url
    assert [record.getMessage() for record in caplog.records] == []


def test_every_task_is_pressed_every_case_cancelled_and_what_was_held_is_released_when_it_is_back(
    left: System, lacking: str, made: System, tmp_path: Path
) -> None:
    for ctx in all_contexts(left):
        done = press_everything(ctx)
        assert done["taken"], done
        admin = Caller(administrator(ctx))
        incidents.incidents(ctx, admin)
        for number in open_cases(ctx):
            cases.cancel(ctx, admin, number, "不办了")
        assert open_cases(ctx) == []
        assert incidents.incidents(ctx, admin) == ()
        assert [each for each in verify(ctx).broken if each.promise != lacking] == []
    left.runner.release()
    back = replace(left, registry=made.registry, definitions={}, districts={})
    for ctx in all_contexts(back):
        for _ in range(3):
            resume(ctx)
            run_jobs(ctx, 10_000)
        assert verify(ctx).broken == ()
        assert ctx.runner.run(partial(kinds_left, ctx), write=False) == set()


def press_everything(ctx: Context) -> Counter[str]:
    """Press each outcome of every open task, until one is taken; how often each answer came."""
    done: Counter[str] = Counter()
    for row in ctx.runner.run(partial(open_tasks, ctx), write=False):
        process = pages.process_of(ctx, pages.case(ctx, None, row.number))
        step = process.index[row.step][0] if row.step != START else start_step(process)
        for person, taken in product(ctx.runner.run(partial(asked, ctx, row.audience), write=False), step.outcomes):
            answer = press(ctx, Caller(person), row.number, row.n, taken.name)
            done[answer] += 1
            if answer == "taken":
                break
    return done


def press(ctx: Context, caller: Caller, number: str, n: int, outcome: str) -> str:
    """Press, with a form as it stands; what became of it. Whatever is no refusal is a failure of the test."""
    pages.case(ctx, None, number)
    try:
        cases.act(ctx, caller, number, n, outcome, opinion="看过了")
    except RongtongError as refusal:
        assert isinstance(refusal, Invalid | Conflict | Forbidden | Unanswered), refusal
        return refusal.code
    return "taken"


def open_tasks(ctx: Context, tx: Tx) -> list[Any]:
    t, c = task.c, cases_table.c
    found = select(c.number, t.n, t.step, t.audience).join(
        cases_table, (c.district_id == t.district_id) & (c.id == t.case_id)
    )
    return list(tx.connection.execute(found.where(t.district_id == ctx.id, t.status == "open")))


def asked(ctx: Context, audience: str, tx: Tx) -> list[str]:
    """Two of those who are asked."""
    match parse_audience(audience):
        case User(person):
            return [person]
        case RoleAt(role, unit):
            found = people.seat(tx, ctx.id, role, unit, ctx.now)
            return list(found[1][:2]) if found else []
    return []


def open_cases(ctx: Context) -> list[str]:
    c = cases_table.c
    wanted = select(c.number).where(c.district_id == ctx.id, c.status != "ended")
    return ctx.runner.run(lambda tx: list(tx.connection.execute(wanted).scalars()), write=False)


def administrator(ctx: Context) -> str:
    return ctx.runner.run(lambda tx: people.holders(tx, ctx.id, ADMIN, ctx.now)[0], write=False)


def kinds_left(ctx: Context, tx: Tx) -> set[str]:
    """What jobs still wait for a plugin."""
    return {row.kind for row in jobs.parked(tx, ctx.id)} | {
        row.kind for row in tx.connection.execute(select(job.c.kind).where(job.c.status == "incident"))
    }
