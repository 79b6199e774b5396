"""A page that hangs in a plugin keeps nobody from the same page of another case, not even once it is given up."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.hanging import GivenUp
from engine.operations import cases
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.store.databases.database import Database
from tests.hanging import ByHand, Hanging
from tests.oracle import Oracle
from tests.town import Town, build

ANN = Caller("ann")
PROCESS = """
process: p
title: 问一问
uses: [oracle]
fields:
  why: {type: text, title: 事由}
  note: {type: text, title: 备注, when: oracle.wise(why), optional: 是}
start: {who: role staff, fill: [why]}
steps:
- {step: ok, title: 审批, ask: role head of start.unit, outcomes: {yes: {title: 行, then: next}}}
ends: {done: {title: 办成}}
"""


@pytest.fixture
def oracle() -> Oracle:
    """Asked, whether a field is there, whenever a page is shown."""
    return Oracle()


@pytest.fixture
def town(db: Database, oracle: Oracle) -> Iterator[Town]:
    made = build(db, beside=[oracle.plugin()])
    made.publish(PROCESS)
    yield made
    made.system.runner.release()


def test_others_read_while_a_page_hangs_and_after_it_is_given_up(
    town: Town, oracle: Oracle, dog: ByHand, code: Hanging
) -> None:
    slow, well = (cases.start(town.ctx, ANN, "p", {"why": "想知道"}, unit="a") for _ in range(2))
    oracle.fails = lambda _db: (code.wait(), None)[1]
    with ThreadPoolExecutor(2) as pool:
        lost = pool.submit(pages.case, town.ctx, ANN, slow.number)
        assert code.inside.wait(60)
        oracle.fails = lambda _db: None
        assert pool.submit(pages.case, town.ctx, ANN, well.number).result(10).number == well.number
        dog.call_back()
        dog.give_up()
        assert pool.submit(pages.case, town.ctx, ANN, well.number).result(10).number == well.number
        code.free.set()
        assert isinstance(lost.exception(60), GivenUp)
