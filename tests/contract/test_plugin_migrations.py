"""The migrations of every plugin make the tables that its code says, and the kit tells where they do not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer
from sqlalchemy import Text as Words

from engine.extend import plugin_table, ref
from engine.extend.loading.discovery import find
from engine.testing import Registry, migration_faults
from tests.unit.extend.plugins_for_tests import giving, plugin

REVISION = '''"""Creates the shelves."""

import sqlalchemy as sa
from alembic import op

revision = "shelves_0001"
down_revision = None


def upgrade():
    op.create_table(
        "shelves_shelf",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("boards", sa.{boards}),
        sa.PrimaryKeyConstraint("district_id", "id"),{more}
        sqlite_with_rowid=False,
    )
'''
KEY = '''
        sa.ForeignKeyConstraint(
            ["district_id", "unit"], ["unit.district_id", "unit.id"], name="fk_shelves_shelf_unit"
        ),'''
SHELF = plugin_table(
    "shelves", "shelf", Column("id", Words), Column("unit", Words, nullable=False), Column("boards", Integer),
    key=["id"], refs={"unit": ref.unit},
)  # fmt: skip


def test_the_migrations_of_a_shipped_plugin_make_its_tables(tmp_path: Path) -> None:
    assert migration_faults(Registry(find().plugins), tmp_path) == []


@pytest.mark.parametrize(
    ("boards", "more", "said"),
    [("Integer", KEY, ""), ("Integer", "", "ForeignKeyConstraint"), ("Text", KEY, "modify_type")],
)
def test_a_table_that_its_migration_makes_otherwise_is_told(
    tmp_path: Path, boards: str, more: str, said: str
) -> None:
    folder = tmp_path / "shelves"
    (folder / "migrations").mkdir(parents=True)
    (folder / "migrations" / "0001_shelves.py").write_text(REVISION.format(boards=boards, more=more), "utf-8")
    shelves = plugin("shelves", tables=("shelves_shelf",), register_tables=giving(SHELF))
    found = migration_faults(Registry([replace(shelves, folder=folder)]), tmp_path)
    assert len(found) == bool(said)
    assert said in "".join(found)
