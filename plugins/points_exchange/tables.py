"""What the ledger remembers: accounts, lots, holds, and postings with entries that nobody ever changes.

Amounts are hundredths of a point. An account's id is readable and known beforehand (``grid:member:person:ID``), so
it can be created and locked before it is used. ``balance`` is the sum of its entries, ``held`` what open holds keep.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Connection, Integer, Table, Text, event

from engine.extend import plugin_table, ref

PLUGIN = "points_exchange"


def _checked(table: Table, **checks: str) -> Table:
    for name, condition in checks.items():
        table.append_constraint(CheckConstraint(condition, name=f"ck_{table.name}_{name}"))
    return table


account = _checked(
    plugin_table(
        PLUGIN,
        "account",
        Column("id", Text),
        Column("kind", Text, nullable=False),
        Column("role", Text, nullable=False),
        Column("holder", Text, nullable=False),
        Column("balance", BigInteger, nullable=False),
        Column("held", BigInteger, nullable=False),
        Column("floor", BigInteger),
        key=["id"],
        indexes=[["holder"]],
        rank=30,
    ),
    role="role IN ('member', 'issuer', 'redeemer')",
    held="held >= 0",
    floor="floor IS NULL OR balance - held >= floor",
)

lot = _checked(
    plugin_table(
        PLUGIN,
        "lot",
        Column("account", Text),
        Column("issuer", Text),
        Column("year", Integer),
        Column("expires_at", BigInteger, nullable=False),
        Column("issued_at", BigInteger, nullable=False),
        Column("free", BigInteger, nullable=False),
        Column("held", BigInteger, nullable=False),
        key=["account", "issuer", "year"],
        refs={"account": account, "issuer": ref.unit},
        rank=31,
    ),
    free="free >= 0",
    held="held >= 0",
)

posting = plugin_table(
    PLUGIN,
    "posting",
    Column("id", Text),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("effect", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("case_id", Text),
    Column("actor", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("rate", BigInteger, nullable=False),
    Column("reverses", Text),
    key=["id"],
    refs={"case_id": ref.case},
    unique=[["effect"], ["reverses"]],
    rank=32,
)

entry = _checked(
    plugin_table(
        PLUGIN,
        "entry",
        Column("posting", Text),
        Column("line", Integer),
        Column("account", Text, nullable=False),
        Column("issuer", Text, nullable=False),
        Column("year", Integer, nullable=False),
        Column("points", BigInteger, nullable=False),
        key=["posting", "line"],
        refs={"posting": posting, "account": account, "issuer": ref.unit},
        indexes=[["account", "posting"]],
        rank=33,
    ),
    points="points <> 0 AND points BETWEEN -1000000000000 AND 1000000000000",
)

hold = _checked(
    plugin_table(
        PLUGIN,
        "hold",
        Column("id", Text),
        Column("account", Text, nullable=False),
        Column("points", BigInteger, nullable=False),
        Column("taken", BigInteger, nullable=False),
        Column("status", Text, nullable=False),
        Column("effect", Text, nullable=False),
        Column("body", Text, nullable=False),
        Column("case_id", Text),
        Column("at", BigInteger, nullable=False),
        Column("ended_at", BigInteger),
        key=["id"],
        refs={"account": account, "case_id": ref.case},
        unique=[["effect"]],
        indexes=[["account", "status"]],
        rank=34,
    ),
    points="points > 0 AND taken BETWEEN 0 AND points",
    status="status IN ('open', 'posted', 'released')",
)

part = _checked(
    plugin_table(
        PLUGIN,
        "part",
        Column("hold", Text),
        Column("line", Integer),
        Column("issuer", Text, nullable=False),
        Column("year", Integer, nullable=False),
        Column("points", BigInteger, nullable=False),
        key=["hold", "line"],
        refs={"hold": hold, "issuer": ref.unit},
        rank=35,
    ),
    points="points > 0",
)

service = plugin_table(
    PLUGIN,
    "service",
    Column("posting", Text),
    Column("account", Text, nullable=False),
    Column("activity", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("begins", BigInteger),
    Column("ends", BigInteger),
    Column("coefficient", Text, nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("minutes", BigInteger, nullable=False),
    Column("revoked", Integer, nullable=False),
    key=["posting"],
    refs={"posting": posting, "account": account},
    indexes=[["account", "day"]],
    rank=36,
)


_SAID = "'postings and entries are never changed; post the opposite'"


def insert_only(name: str, dialect: str) -> list[str]:
    """The statements that have the database refuse to change or delete rows of table *name*."""
    if dialect == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, {_SAID}); END"
        return [f"CREATE TRIGGER {name}_no_{verb} BEFORE {verb} ON {name} {refuse}" for verb in ("update", "delete")]
    return [
        f"CREATE OR REPLACE FUNCTION {PLUGIN}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION {_SAID}; END $$",
        f"CREATE TRIGGER {name}_insert_only BEFORE UPDATE OR DELETE ON {name} "
        f"FOR EACH ROW EXECUTE FUNCTION {PLUGIN}_refuse()",
    ]


def _guard(table: Table, connection: Connection, **_: Any) -> None:
    for statement in insert_only(table.name, connection.dialect.name):
        connection.exec_driver_sql(statement)


event.listen(posting, "after_create", _guard)
event.listen(entry, "after_create", _guard)

TABLES = (account, lot, posting, entry, hold, part, service)
