"""An action that says it only reads can write nothing, in the kit as live; which of the shipped ones say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Table, delete, insert, update

from engine.extend.actions import Action
from engine.extend.calls.faults import FenceError
from engine.extend.registry import Registry
from engine.store.databases.database import Database
from engine.testing.trial import Trial

REGISTRY = Registry.discovered()
SPECS = {one.spec.name: one.spec for one in REGISTRY.given(Action)}
READING = (
    "partner_registry.check",
    "partner_registry.find",
    "points_exchange.attend",
    "points_exchange.coefficient",
    "points_exchange.quote",
    "points_exchange.settle",
)


def test_these_of_the_shipped_actions_only_read() -> None:
    assert tuple(sorted(name for name, spec in SPECS.items() if spec.reads)) == READING


def _trespasses(table: Table) -> dict[str, Any]:
    column = next(one for one in table.c if one.name != "district_id")
    here = table.c.district_id == "trial"
    return {
        "insert": insert(table).values({one: one.type.python_type() for one in table.c} | {"district_id": "trial"}),
        "update": update(table).where(here).values({column: column}),
        "delete": delete(table).where(here),
    }


@pytest.mark.parametrize("plugin", sorted({name.partition(".")[0] for name in READING}))
def test_what_such_an_action_is_handed_writes_to_no_table_of_its_plugin(db: Database, plugin: str) -> None:
    trial = Trial(db, REGISTRY, plugin, "2026-06-10T09:00")
    try:
        for table in REGISTRY.tables():
            if table.metadata.info["plugin"] != plugin:
                continue
            for verb, statement in _trespasses(table).items():
                with pytest.raises(FenceError, match="may only read"):
                    trial.runner.run(lambda tx, sent=statement: trial.step_context(tx, "u1").db.execute(sent))
                assert verb
    finally:
        trial.close()


@pytest.mark.parametrize("means", ["lock", "insert_free", "emit", "new_id"])
def test_it_has_no_other_means_to_write(db: Database, means: str) -> None:
    trial = Trial(db, REGISTRY, "points_exchange", "2026-06-10T09:00")
    handed: Callable[[Any], bool] = lambda tx: hasattr(trial.step_context(tx, "u1"), means)  # noqa: E731
    assert not trial.runner.run(handed)
    trial.close()
