"""Creates accounts, lots, holds and postings that the database keeps from being changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "points_exchange_0001b"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "points_exchange_account",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("balance", sa.BigInteger, nullable=False),
        sa.Column("held", sa.BigInteger, nullable=False),
        sa.Column("floor", sa.BigInteger),
        sa.CheckConstraint("role IN ('member', 'issuer', 'redeemer')", name="ck_points_exchange_account_role"),
        sa.CheckConstraint("floor IS NULL OR balance - held >= floor", name="ck_points_exchange_account_floor"),
        sa.CheckConstraint("held >= 0", name="ck_points_exchange_account_held"),
        sa.PrimaryKeyConstraint("district_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_points_exchange_account_holder", "points_exchange_account", ["district_id", "holder"])
    op.create_table(
        "points_exchange_lot",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("free", sa.BigInteger, nullable=False),
        sa.Column("held", sa.BigInteger, nullable=False),
        sa.CheckConstraint("free >= 0", name="ck_points_exchange_lot_free"),
        sa.CheckConstraint("held >= 0", name="ck_points_exchange_lot_held"),
        sa.ForeignKeyConstraint(
            ["district_id", "account"],
            ["points_exchange_account.district_id", "points_exchange_account.id"],
            name="fk_points_exchange_lot_account",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "issuer"], ["unit.district_id", "unit.id"], name="fk_points_exchange_lot_issuer"
        ),
        sa.PrimaryKeyConstraint("district_id", "account", "issuer", "year"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "points_exchange_posting",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("effect", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("rate", sa.BigInteger, nullable=False),
        sa.Column("reverses", sa.Text),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"],
            ["cases.district_id", "cases.id"],
            name="fk_points_exchange_posting_case_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("district_id", "id"),
        sa.UniqueConstraint("district_id", "effect", name="uq_points_exchange_posting_effect"),
        sa.UniqueConstraint("district_id", "reverses", name="uq_points_exchange_posting_reverses"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "points_exchange_entry",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("posting", sa.Text, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("points", sa.BigInteger, nullable=False),
        sa.CheckConstraint(
            "points <> 0 AND points BETWEEN -1000000000000 AND 1000000000000", name="ck_points_exchange_entry_points"
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "account"],
            ["points_exchange_account.district_id", "points_exchange_account.id"],
            name="fk_points_exchange_entry_account",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "issuer"], ["unit.district_id", "unit.id"], name="fk_points_exchange_entry_issuer"
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "posting"],
            ["points_exchange_posting.district_id", "points_exchange_posting.id"],
            name="fk_points_exchange_entry_posting",
        ),
        sa.PrimaryKeyConstraint("district_id", "posting", "line"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_points_exchange_entry_account_posting", "points_exchange_entry", ["district_id", "account", "posting"]
    )
    op.create_table(
        "points_exchange_hold",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("points", sa.BigInteger, nullable=False),
        sa.Column("taken", sa.BigInteger, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("effect", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.CheckConstraint("status IN ('open', 'posted', 'released')", name="ck_points_exchange_hold_status"),
        sa.CheckConstraint("points > 0 AND taken BETWEEN 0 AND points", name="ck_points_exchange_hold_points"),
        sa.ForeignKeyConstraint(
            ["district_id", "account"],
            ["points_exchange_account.district_id", "points_exchange_account.id"],
            name="fk_points_exchange_hold_account",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"],
            ["cases.district_id", "cases.id"],
            name="fk_points_exchange_hold_case_id",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("district_id", "id"),
        sa.UniqueConstraint("district_id", "effect", name="uq_points_exchange_hold_effect"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_points_exchange_hold_account_status", "points_exchange_hold", ["district_id", "account", "status"]
    )
    op.create_table(
        "points_exchange_part",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("hold", sa.Text, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("points", sa.BigInteger, nullable=False),
        sa.CheckConstraint("points > 0", name="ck_points_exchange_part_points"),
        sa.ForeignKeyConstraint(
            ["district_id", "hold"],
            ["points_exchange_hold.district_id", "points_exchange_hold.id"],
            name="fk_points_exchange_part_hold",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "issuer"], ["unit.district_id", "unit.id"], name="fk_points_exchange_part_issuer"
        ),
        sa.PrimaryKeyConstraint("district_id", "hold", "line"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "points_exchange_service",
        sa.Column("district_id", sa.Text, nullable=False),
        sa.Column("posting", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("activity", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("begins", sa.BigInteger),
        sa.Column("ends", sa.BigInteger),
        sa.Column("coefficient", sa.Text, nullable=False),
        sa.Column("points", sa.BigInteger, nullable=False),
        sa.Column("minutes", sa.BigInteger, nullable=False),
        sa.Column("revoked", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "account"],
            ["points_exchange_account.district_id", "points_exchange_account.id"],
            name="fk_points_exchange_service_account",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "posting"],
            ["points_exchange_posting.district_id", "points_exchange_posting.id"],
            name="fk_points_exchange_service_posting",
        ),
        sa.PrimaryKeyConstraint("district_id", "posting"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_points_exchange_service_account_day", "points_exchange_service", ["district_id", "account", "day"]
    )
    for name in ("points_exchange_posting", "points_exchange_entry"):
        for statement in _insert_only(name):
            op.execute(statement)


def _insert_only(name: str) -> list[str]:
    """The statements that have the database refuse to change or delete rows of table *name*."""
    said = "'postings and entries are never changed; post the opposite'"
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, {said}); END"
        return [f"CREATE TRIGGER {name}_no_{verb} BEFORE {verb} ON {name} {refuse}" for verb in ("update", "delete")]
    return [
        "CREATE OR REPLACE FUNCTION points_exchange_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION {said}; END $$",
        f"CREATE TRIGGER {name}_insert_only BEFORE UPDATE OR DELETE ON {name} "
        "FOR EACH ROW EXECUTE FUNCTION points_exchange_refuse()",
    ]


def downgrade() -> None:
    """Drop them again."""
    for name in ("service", "part", "hold", "entry", "posting", "lot", "account"):
        op.drop_table(f"points_exchange_{name}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION points_exchange_refuse()")
