"""Each invariant tells of rows that break it; what the tests break is rolled back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import Table, insert, text, update

from engine.extend import ActionContext
from engine.testing import Trial
from plugins.points_exchange.operations.invariants import INVARIANTS
from plugins.points_exchange.tables import account, entry, hold, lot, posting
from plugins.points_exchange.tests.conftest import broken, give

MEMBER, ISSUER = "grid:member:person:qin", "grid:issuer:unit:hh"


class _RolledBack(Exception):
    """Ends a transaction whose writes must not stay."""


def _change(table: Table, **values: Any) -> Callable[[ActionContext], object]:
    return lambda ctx: ctx.db.execute(update(table).where(table.c.district_id == ctx.district).values(**values))


def _posting(key: str, reverses: str | None = None, kind: str = "grid") -> Mapping[str, Any]:
    words = dict.fromkeys(("reason", "rule", "body", "actor"), "")
    return {
        "district_id": "trial",
        "id": key,
        "kind": kind,
        "effect": key,
        "at": 0,
        "rate": 0,
        "reverses": reverses,
    } | words


def _post(key: str, *entries: tuple[str, int], **more: Any) -> Callable[[ActionContext], object]:
    def write(ctx: ActionContext) -> None:
        ctx.db.execute(insert(posting).values(**_posting(key, **more)))
        for line, (where, points) in enumerate(entries):
            place = {"posting": key, "line": line, "issuer": "hh", "year": 2026}
            ctx.db.execute(insert(entry).values(district_id="trial", account=where, points=points, **place))

    return write


def _reverse_too_much(ctx: ActionContext) -> None:
    earned = posting.select().where(posting.c.district_id == ctx.district, posting.c.reason == "earn")
    first = ctx.db.execute(earned).mappings().one()
    _post("more", (MEMBER, -9900), (ISSUER, 9900), reverses=first["id"])(ctx)


_overdraw = _change(account, floor=99_999)
#: How a database holds no row to the floor, and how it does again; PostgreSQL rolls it back.
_FLOORLESS = {
    "sqlite": "PRAGMA ignore_check_constraints = ON",
    "postgresql": "ALTER TABLE points_exchange_account DROP CONSTRAINT ck_points_exchange_account_floor",
}
_FLOOR = {"sqlite": "PRAGMA ignore_check_constraints = OFF", "postgresql": "SELECT 1"}


@pytest.mark.parametrize(
    ("name", "breaking"),
    [
        ("balanced", _post("alone", (MEMBER, 100))),
        ("balanced", _post("empty")),
        ("one_kind", _post("other", (MEMBER, -100), (ISSUER, 100), kind="civic")),
        ("stated", _change(account, balance=account.c.balance + 1)),
        ("floor", _overdraw),
        ("held", _change(account, held=account.c.held + 1)),
        ("lots", _change(lot, free=lot.c.free + 1)),
        ("lots", _change(lot, held=lot.c.held + 1)),
        ("holds", _change(hold, taken=hold.c.taken + 1)),
        ("holds", _change(hold, points=hold.c.points + 1)),
        ("reversed", _reverse_too_much),
    ],
)
def test_rows_that_break_an_invariant_are_told(
    trial: Trial, name: str, breaking: Callable[[ActionContext], object]
) -> None:
    give(trial, "10")
    trial.act("points_exchange.hold", {"member": "qin", "points": "4"}, unit="hh", case="c1")
    assert broken(trial) == []
    check = next(each.check for each in INVARIANTS if each.name == f"points_exchange.{name}")
    found = []

    def work(tx: Any) -> None:
        tx.connection.execute(text(_FLOORLESS[tx.dialect]))
        ctx = trial.action_context(tx, "hh")
        breaking(ctx)
        found.extend(check(ctx))
        raise _RolledBack

    with pytest.raises(_RolledBack):
        trial.runner.run(work)
    trial.runner.run(lambda tx: tx.connection.execute(text(_FLOOR[tx.dialect])))
    assert found
    assert {problem.code for problem in found} == {f"points-{name.replace('_', '-')}"}
    assert broken(trial) == []
