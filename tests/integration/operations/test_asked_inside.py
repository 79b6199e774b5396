"""Every permission is asked in the command's own transaction: one that ends just before it begins opens nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from engine.errors import Forbidden, NotFound, RongtongError
from engine.operations.context import Caller, Context
from engine.operations.who import KEPT
from engine.store.schema import tables
from engine.store.transactions.runner import Runner, Tx
from tests.integration.operations.looking import everything
from tests.integration.operations.test_tenancy import BY_ID, OF_DISTRICT, Ids, furnish
from tests.town import Town
from tests.who import change

#: Verbs of an administrator, and of whoever may see a case; what each needs is taken away while it is on its way.
OF_ADMINS = ("cases.cancel", "cases.retry", "cases.answer_transfer", "erasing.erase", "incidents.retry_job",
             "incidents.drop_job", *OF_DISTRICT)  # fmt: skip
OF_READERS = ("cases.comment", "cases.act", "cases.claim", "cases.transfer", "cases.start")


class Interrupted(Runner):
    """A runner that lets something happen right before the first transaction that may write."""

    def __init__(self, inner: Runner, happens: Callable[[], object]) -> None:
        super().__init__(inner.database)
        self._inner, self._happens = inner, happens
        self.came = False

    def run(self, work: Callable[[Tx], Any], *, write: bool = True, idempotent: bool = False, long: bool = False) -> Any:
        if write and not self.came:
            self.came = True
            self._happens()
        return self._inner.run(work, write=write, idempotent=idempotent, long=long)


@contextmanager
def interrupted(town: Town, table: Any, person: str) -> Iterator[tuple[Context, Interrupted]]:
    """The town in which the rows of *person* in *table* end just before anything is written."""
    key = table.c.id if table is tables.person else table.c.person
    ends = update(table).where(table.c.district_id == "town", key == person).values(until=town.clock.at)
    runner = Interrupted(town.system.runner, lambda: change(town.ctx, ends))
    yield replace(town.ctx, system=replace(town.system, runner=runner)), runner


@pytest.mark.parametrize("name", OF_ADMINS)
def test_an_administrator_who_ceases_to_be_one_on_the_way_is_refused(lone_town: Town, name: str) -> None:
    ids: Ids = furnish(lone_town)
    before = _but_grants(lone_town)
    with interrupted(lone_town, tables.role_grant, "cai") as (ctx, runner), pytest.raises(RongtongError) as refusal:
        {**BY_ID, **OF_DISTRICT}[name](ctx, Caller("cai"), ids)
    assert runner.came, "otherwise nothing was tried"
    assert isinstance(refusal.value, Forbidden | NotFound)
    assert _but_grants(lone_town) == before


@pytest.mark.parametrize("name", OF_READERS)
@pytest.mark.parametrize("who", ["sun", "ann"])
def test_who_leaves_on_the_way_is_refused(lone_town: Town, name: str, who: str) -> None:
    ids = furnish(lone_town)
    ids = replace(ids, process="w1")
    before = _but_grants(lone_town)
    with interrupted(lone_town, tables.person, who) as (ctx, runner), pytest.raises(RongtongError):
        BY_ID[name](ctx, Caller(who), ids)
    assert runner.came
    assert _but_grants(lone_town) == before


def _but_grants(town: Town) -> dict[str, Any]:
    """Everything but what was taken away, and what the journal holds of that."""
    found = everything(town)
    found["journal"] = [row for row in found["journal"] if row["command"] != "change"]
    found["stream"] = [row for row in found["stream"] if row["id"] != "org"]
    found["district"] = [row for row in found["district"] if row["key"] != KEPT]
    return {name: rows for name, rows in found.items() if name not in ("role_grant", "person")}
