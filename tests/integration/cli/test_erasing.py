"""``rongtong erase`` at a terminal: an ended case loses its words, an open one and the wrong person are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from engine.cli import options
from engine.clock import HOUR, SetClock
from engine.operations import cases
from engine.operations.clockwork import pass_time
from engine.operations.context import Caller
from engine.operations.districts import context
from engine.store.databases.database import open_database
from engine.store.schema.tables import role_grant
from tests.integration.cli.conftest import Terminal

GROUND = ("--reason", "本人申请，区数据办2026年12号")


@pytest.fixture
def number(terminal: Terminal) -> str:
    """A case that is open."""
    return str(terminal.on(
        "start", "dispatch_order", "--as", "staff@茶亭路社区", "--for", "崔立秋", "--fill", "class=健康义诊",
        "--fill", "what=量血压", "--fill", "place=老年活动室", "--fill", "channel=小程序", "--json",
    ).json["number"])  # fmt: skip


def _end(url: str, number: str) -> None:
    """An administrator cancels the case, and its notices go out."""
    with options.opened(url) as system:
        clock = SetClock(system.clock.now())
        ctx = context(replace(system, clock=clock), "haicheng")
        cases.cancel(ctx, Caller(_admin(url)), number, "重复")
        pass_time(ctx, clock, clock.at + HOUR)


def _admin(url: str) -> str:
    """An administrator of the district."""
    g = role_grant.c
    held = select(g.person).where(g.district_id == "haicheng", g.role == "district_admin")
    database = open_database(url)
    with database.connect() as connection:
        person: str = connection.execute(held).scalars().first() or ""
    database.close()
    return person


def test_an_ended_case_is_erased_once(terminal: Terminal, number: str) -> None:
    _end(terminal.url, number)
    admin = _admin(terminal.url)
    assert terminal.on("erase", number, "--as", admin, *GROUND, "--json").json == {"number": number, "erased": True}
    said = terminal.on("erase", number, "--as", admin, *GROUND)
    assert said.code == 0
    assert "没有可清除的内容" in said.out
    assert "量血压" not in terminal.on("case", number).out
    assert terminal.on("verify").code == 0


def test_an_open_case_and_a_colleague_are_refused(terminal: Terminal, number: str) -> None:
    said = terminal.on("erase", number, "--as", _admin(terminal.url), *GROUND)
    assert said.code == 1
    assert "还没有办完" in said.err
    said = terminal.on("erase", number, "--as", "staff@茶亭路社区", *GROUND)
    assert said.code == 1
    assert "管理员" in said.err
