"""A plugin that fails on content or in an invariant is named; what else was to be found is still found."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from engine.errors import Invalid
from engine.extend import DataFile, Invariant, Problem, ReadContext, Text, both
from engine.extend.calls.faults import HookFailed
from engine.operations.content.adopt import adopt
from engine.operations.context import Caller
from engine.operations.verifying.verify import verify
from engine.store.databases.database import Database
from tests.integration.operations.test_adopting import PACK
from tests.integration.operations.test_adopting import Pack as AdoptedPack
from tests.town import CALENDAR, Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin


def seed(ctx: Any, data: Any) -> list[Problem]:
    return [Problem("row", both(row["name"])) for row in data]


def breaks(ctx: ReadContext) -> list[Problem]:
    ctx.db.execute(text("SELECT * FROM no_such_table"))
    return []


def leaves(ctx: ReadContext) -> Iterator[Problem]:
    sys.exit(3)
    yield Problem("odd", both("never"))


def finds(ctx: ReadContext) -> list[Problem]:
    ctx.db.execute(text("SELECT 1"))
    return [Problem("odd", Text("有一行不对", "a row is odd"))]


@pytest.fixture
def town(db: Database) -> Iterator[Town]:
    """The town with a plugin whose first invariant cannot be asked, and that reads a file of names."""
    invariants = (Invariant("odd.first", both("first"), breaks), Invariant("odd.second", both("second"), finds),
                  Invariant("odd.third", both("third"), leaves))  # fmt: skip
    odd = plugin("odd", register_invariants=giving(*invariants), register_data=giving(DataFile("names.yaml", seed)))
    made = build(db, beside=[odd])
    yield made
    made.system.runner.release()


def test_an_invariant_that_cannot_be_asked_is_broken_and_the_next_is_asked(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL, "rongtong.plugins"):
        found = [(each.promise, each.text.zh) for each in verify(town.ctx).broken]
    assert [promise for promise, _ in found] == ["odd.first", "odd.second", "odd.third"]
    assert found[1][1] == "有一行不对"
    for _, said in (found[0], found[2]):
        assert re.fullmatch(r"插件“odd”（operations/test_faulty_plugins.py:\d+）：.+，没能核对这一条", said), said


def test_a_check_that_ends_the_program_while_it_answers_refuses_the_command(db: Database) -> None:
    made = build(db, beside=[plugin("odd", check_start=lambda ctx: leaves(ctx))])
    with pytest.raises(HookFailed):
        made.start()
    made.system.runner.release()


def test_a_file_that_its_plugin_cannot_read_is_a_problem_and_nothing_is_adopted(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    pack = replace(PACK, plugins={"desk": {}, "odd": {}}, data={"names.yaml": ["梯子"]}, file="town.yaml")
    with caplog.at_level(logging.CRITICAL, "rongtong.plugins"), pytest.raises(Invalid) as refused:
        adopt(town.system, AdoptedPack(pack, (CALENDAR,)), Caller("cai"))
    (problem,) = refused.value.problems
    assert (problem.file, problem.code) == ("town.yaml:names.yaml", "plugin-content")
    assert "插件“odd”看不懂names.yaml的写法" in problem.message.zh
