"""Notices leave by every way that plugins bring; a way that is blocked holds up neither the notice nor the others."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from engine.clock import HOUR
from engine.extend import Message, Notifier, ReadContext, Text
from engine.operations import notices, work
from engine.operations.context import Caller
from engine.store.database import Database
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin

Sent = list[tuple[str, str, str]]


@pytest.fixture
def sent() -> Sent:
    return []


@pytest.fixture
def town(db: Database, sent: Sent) -> Iterator[Town]:
    """The town with a telegraph whose wire breaks once, and a pigeon."""
    tries: list[str] = []

    def telegraph(ctx: ReadContext, person: str, message: Message) -> None:
        tries.append(person)
        if len(tries) == 1:
            raise OSError("the wire broke")
        sent.append(("telegraph", ctx.directory.person_name(person), message.text.zh))

    def pigeon(ctx: ReadContext, person: str, message: Message) -> None:
        sent.append(("pigeon", person, message.href))

    ways = (
        Notifier("post.telegraph", Text("电报", "telegraph"), telegraph),
        Notifier("post.pigeon", Text("信鸽", "pigeon"), pigeon),
    )
    made = build(db, beside=[plugin("post", register_notifiers=giving(*ways))])
    yield made
    made.system.runner.release()


def test_a_notice_is_sent_by_every_way_and_again_where_it_failed(
    town: Town, sent: Sent, caplog: pytest.LogCaptureFixture
) -> None:
    case = town.start("hold")
    town.act(case, "ok", "refuse", "sun", opinion="已有人订")
    with caplog.at_level(logging.CRITICAL, "rongtong.work"):
        town.clock.advance(HOUR)
        work.run_jobs(town.ctx)
        (told,) = notices.mine(town.ctx, Caller("ann"))
        assert sent == [("pigeon", "ann", f"/cases/{case.number}")]
        town.clock.advance(HOUR)
        work.run_jobs(town.ctx)
        work.run_jobs(town.ctx)
    assert sent[1:] == [("telegraph", "安宁", told.text.zh)]
