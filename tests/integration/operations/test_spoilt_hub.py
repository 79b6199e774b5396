"""A spoilt row of the hub, in any column: the district is looked at, lists go on, and whoever cannot says which row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Table

from engine.errors import NotFound, RongtongError
from engine.operations.accounts import accounts, care, tokens
from engine.operations.context import Caller
from engine.operations.verifying.verify import districts_held, verify_district
from engine.store.schema.hub import hub_metadata, placement, token
from tests.integration.operations.spoiling import SPOILS, open_to_spoil, spoil
from tests.town import Town

WORD = "茶亭路 2026 good"


class House:
    """The town with an account for Ann and one for Cai, who administers it, both logged in, and a token of Ann's."""

    def __init__(self, town: Town) -> None:
        self.town, self.system = town, town.system
        self.case = town.start("hold")
        self.ann = accounts.create_account(self.system, "ann", "安宁", WORD, {"town": "ann"})
        self.cai = accounts.create_account(self.system, "cai", "蔡", None, {"town": "cai"})
        self.admin = Caller("cai", self.cai, "web")
        self.session = accounts.open_session(self.system, self.ann)
        self.token = accounts.create_token(self.system, self.ann, "town", "报表")

    def log_in(self) -> object:
        return accounts.log_in(self.system, "ann", WORD)


#: What asks for rows of the hub.
ASKED: dict[str, Callable[[House], object]] = {
    "list": lambda house: care.accounts_of(house.town.ctx, house.admin),
    "tokens": lambda house: care.tokens_of(house.town.ctx, house.admin, house.ann),
    "named": lambda house: accounts.account_named(house.system, "ann"),
    "account of": lambda house: accounts.account_of(house.system, "town", "ann"),
    "session": lambda house: accounts.session(house.system, house.session),
    "is token": lambda house: tokens.is_token(house.system, house.token),
    "token": lambda house: tokens.token_caller(house.system, house.token, "town"),
    "belongs": lambda house: accounts.belongs(house.system, house.ann),
    "log in": House.log_in,
    "open": lambda house: accounts.open_session(house.system, house.cai),
    "disable": lambda house: care.disable(house.town.ctx, house.admin, house.ann),
    "enable": lambda house: care.enable(house.town.ctx, house.admin, house.ann),
}


@pytest.fixture
def house(lone_town: Town) -> House:
    return House(lone_town)


@pytest.fixture
def file(house: House) -> Iterator[Any]:
    with open_to_spoil(house.town) as connection:
        yield connection


def _rows(connection: Any, table: Table) -> list[dict[str, Any]]:
    cursor = connection.execute(f"SELECT * FROM {table.name}")
    return [dict(zip([column[0] for column in cursor.description], row, strict=True)) for row in cursor]


def _restore(connection: Any, kept: dict[Table, list[dict[str, Any]]]) -> None:
    for one, rows in kept.items():
        connection.execute(f"DELETE FROM {one.name}")
        for row in rows:
            connection.execute(f"INSERT INTO {one.name} VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
    connection.commit()


def test_a_token_whose_end_cannot_be_read_is_named_and_can_be_revoked(house: House, file: Any) -> None:
    (row,) = _rows(file, token)
    assert spoil(file, token, row, "expires_at", "卡")
    with pytest.raises(RongtongError) as refusal:
        care.tokens_of(house.town.ctx, house.admin, house.ann)
    assert refusal.value.code == "row_unreadable"
    assert all(row["id"] in said for said in refusal.value.text)
    care.revoke_token(house.town.ctx, house.admin, house.ann, row["id"])
    assert care.tokens_of(house.town.ctx, house.admin, house.ann) == ()


def test_a_district_that_is_not_in_the_list_or_is_nothing_but_a_line_of_it_is_a_fault(house: House, file: Any) -> None:
    (row,) = _rows(file, placement)
    assert spoil(file, placement, row, "district_id", "gone")
    found = {one: verify_district(house.system, one) for one in districts_held(house.system)}
    assert list(found) == ["gone", "town"]
    assert [(fault.promise, fault.place) for verdict in found.values() for fault in verdict.broken] == [
        ("placement", "gone"), ("placement", "town"),
    ]  # fmt: skip
    with pytest.raises(NotFound):
        verify_district(house.system, "nowhere")


@pytest.mark.parametrize("table", hub_metadata.sorted_tables, ids=lambda table: table.name)
def test_whatever_is_spoilt_in_the_hub_stops_nobody(house: House, file: Any, table: Table) -> None:
    file.execute("PRAGMA foreign_keys=OFF")
    stopped = []
    kept = {one: _rows(file, one) for one in hub_metadata.sorted_tables}
    for row in kept[table]:
        for column in row:
            for value in SPOILS:
                if value == row[column] or not spoil(file, table, row, column, value):
                    continue
                verdicts = [verify_district(house.system, one) for one in districts_held(house.system)]
                if ("town", 1) not in [(verdict.district, verdict.cases) for verdict in verdicts]:
                    stopped.append((column, value, "verify", ""))
                for name, ask in ASKED.items():
                    try:
                        ask(house)
                    except RongtongError:
                        pass
                    except Exception as fault:
                        stopped.append((column, value, name, repr(fault)[:100]))
                _restore(file, kept)
    assert not stopped, "\n".join(map(str, stopped))
