"""Accounts: a password opens a session that ends by the clock; tokens open one district; nobody learns who exists."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from argon2 import Type
from sqlalchemy import delete, select, text, update

from engine.clock import DAY, HOUR, MINUTE, SECOND, SetClock
from engine.errors import Forbidden, Invalid, Unauthenticated
from engine.operations.accounts import accounts, passwords, tokens
from engine.operations.context import System
from engine.store.accounts import attempts
from engine.store.databases import turnstile
from engine.store.databases.turnstile import Turnstile
from engine.store.schema import hub
from tests.integration.operations.looking import Seen, rows
from tests.town import Town

WORD = "茶亭路 2026 good"


@dataclass
class Door:
    """The town with one account, ``ann``, who is Ann."""

    town: Town
    account: str

    @property
    def system(self) -> System:
        return self.town.system

    @property
    def clock(self) -> SetClock:
        return self.town.clock

    def log_in(self, password: str = WORD, login: str = "ann") -> str:
        return accounts.log_in(self.system, login, password)

    def live(self, secret: str) -> bool:
        return accounts.session(self.system, secret) is not None

    def disable(self) -> None:
        statement = update(hub.account).values(disabled=1)
        self.system.runner.run(lambda tx: tx.connection.execute(statement).rowcount)


@pytest.fixture
def door(lone_town: Town) -> Door:
    return _with_account(lone_town)


def _with_account(town: Town) -> Door:
    account = accounts.create_account(town.system, "ann", "安宁", WORD, {"town": "ann"})
    return Door(town, account)


def test_the_right_password_opens_a_session_with_ones_districts(town: Town) -> None:
    door = _with_account(town)
    session = accounts.session(door.system, door.log_in())
    assert session is not None
    assert (session.account, session.login, session.name) == (door.account, "ann", "安宁")
    (member,) = session.memberships
    assert (member.district, member.person, member.name, member.unit) == ("town", "ann", "安宁", "甲社区")


def test_passwords_are_kept_as_argon2id_and_secrets_as_digests(door: Door) -> None:
    secret = door.log_in()
    (account,) = rows(door.town, hub.account)
    assert account["password"].startswith("$argon2id$")
    assert WORD not in account["password"]
    (session,) = rows(door.town, hub.session)
    assert secret not in session.values()


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(door: Door) -> None:
    refused = []
    for login, password in (("ann", "wrong word"), ("nobody", WORD), ("", "")):
        with pytest.raises(Unauthenticated) as refusal:
            door.log_in(password, login)
        refused.append((refusal.value.text, refusal.value.code))
    assert len(set(refused)) == 1


def test_an_account_without_a_password_cannot_be_logged_in_to(door: Door) -> None:
    accounts.create_account(door.system, "bo", "薄霜", None, {"town": "bo"})
    for word in ("", "None", "nobody has this password"):
        with pytest.raises(Unauthenticated):
            door.log_in(word, "bo")


def test_five_wrong_passwords_let_the_account_rest_for_five_minutes(door: Door) -> None:
    for _ in range(attempts.TRIES):
        with pytest.raises(Unauthenticated) as refusal:
            door.log_in("wrong word")
        assert refusal.value.code == "login_refused"
    with pytest.raises(Unauthenticated) as resting:
        door.log_in()
    assert resting.value.code == "login_rests", "even the right password has to wait"
    door.clock.at += 5 * MINUTE - 1
    with pytest.raises(Unauthenticated):
        door.log_in()
    door.clock.at += 1
    assert door.live(door.log_in())


def test_a_name_that_nobody_has_is_answered_like_one_that_somebody_has(door: Door) -> None:
    accounts.create_account(door.system, "bo", "薄霜", None, {"town": "bo"})

    def answers(login: str) -> list[str]:
        """The answers to wrong passwords for a while, one after a rest, and to one more after the clock went back."""
        said = []
        for wait in (*(SECOND for _ in range(attempts.TRIES + 2)), attempts.REST, -2 * HOUR):
            with pytest.raises(Unauthenticated) as refusal:
                door.log_in("wrong word", login)
            said.append(f"{refusal.value.code} {refusal.value.text.zh}")
            door.clock.at += wait
        return said

    told = [answers(login) for login in ("ann", "bo", "nobody", "", "长" * 5000)]
    assert told[1:] == told[:1] * 4
    assert [one.partition(" ")[0] for one in told[0]] == ["login_refused"] * 5 + ["login_rests"] * 3 + ["login_refused"]


def test_both_are_answered_with_the_same_statements_and_one_look_at_a_hash(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    light = passwords.hasher()
    monkeypatch.setattr(passwords, "matches", lambda hashed, _: bool(looked.append(hashed[:30])))
    assert light.verify(light.hash("x"), "x")

    def work(login: str) -> tuple[list[str], int]:
        seen = Seen()
        door.town.ctx.runner.run(lambda tx: tx.connection.exec_driver_sql("SELECT 1").scalar(), write=False)
        looked.clear()
        door.system.database.hook = seen
        for _ in range(attempts.TRIES + 1):
            with pytest.raises(Unauthenticated):
                door.log_in("wrong word", login)
        door.system.database.hook = None
        return seen.statements, len(looked)

    assert work("ann") == work("nobody")
    assert len(looked) == attempts.TRIES + 1, "while the name rests, too"


def test_wrong_passwords_are_remembered_as_long_as_a_name_rests_and_no_longer(door: Door) -> None:
    for n in range(40):
        with pytest.raises(Unauthenticated):
            door.log_in("wrong word", f"invented {n}")
    assert len(rows(door.town, hub.attempt)) == 40
    assert "invented" not in str(rows(door.town, hub.attempt))
    door.clock.at += attempts.REST
    with pytest.raises(Unauthenticated):
        door.log_in("wrong word")
    assert len(rows(door.town, hub.attempt)) == 1
    door.log_in()
    assert rows(door.town, hub.attempt) == []


def test_a_right_password_forgives_the_wrong_ones_before(door: Door) -> None:
    for _ in range(2):
        for _ in range(attempts.TRIES - 1):
            with pytest.raises(Unauthenticated):
                door.log_in("wrong word")
        assert door.live(door.log_in())


def test_a_session_ends_when_nobody_uses_it(door: Door) -> None:
    secret = door.log_in()
    door.clock.at += accounts.IDLE - 1
    assert door.live(secret)
    door.clock.at += accounts.IDLE - 1
    assert door.live(secret), "using it starts the time anew"
    door.clock.at += accounts.IDLE
    assert not door.live(secret)


class Sent:
    """Notes what the database did about sessions, as ``UPDATE`` and how many rows that were touched."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.done: list[int] = []

    def before(self, sql: str, parameters: object) -> None:
        if sql.startswith("UPDATE session"):
            self.asked.append(sql)

    def after(self, sql: str, parameters: object, rows: int) -> None:
        if sql.startswith("UPDATE session"):
            self.done.append(rows)


@contextmanager
def writing_elsewhere(town: Town) -> Iterator[None]:
    """Another process writes: on SQLite it has the turn, on PostgreSQL it holds every session."""
    database = town.system.database
    if database.dialect == "sqlite":
        turn = Turnstile(Path(database.url.database or ""))
        assert turn.enter(0)
        yield
        turn.close()
    else:
        with database.connect() as connection:
            connection.execute(text("BEGIN"))
            connection.execute(select(hub.session).with_for_update())
            yield
            connection.execute(text("ROLLBACK"))


def test_who_reads_while_another_process_writes_waits_for_nobody_and_is_noted_later(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("it waits")

    door = _with_account(town)
    secret = door.log_in()
    door.clock.at += 10 * MINUTE
    town.system.database.hook = sent = Sent()
    with writing_elsewhere(town), monkeypatch.context() as patch:
        patch.setattr(turnstile, "Event", never)
        assert door.live(secret)
    assert not any(sent.done)
    assert len(sent.done) == len(sent.asked), "nothing was waited for in vain"
    assert door.live(secret)
    assert sent.done[-1] == 1
    town.system.database.hook = None


def test_a_session_ends_after_a_fortnight_however_busy(door: Door) -> None:
    secret = door.log_in()
    ends = door.clock.at + accounts.LONGEST
    while door.clock.at + 11 * HOUR < ends:
        door.clock.at += 11 * HOUR
        assert door.live(secret)
    door.clock.at = ends
    assert not door.live(secret)


def test_logging_out_ends_this_session_alone(door: Door) -> None:
    here, there = door.log_in(), door.log_in()
    assert here != there
    accounts.log_out(door.system, here)
    accounts.log_out(door.system, here)
    assert not door.live(here)
    assert door.live(there)


def test_a_disabled_account_loses_its_sessions_and_tokens_at_once(door: Door) -> None:
    secret = door.log_in()
    token = accounts.create_token(door.system, door.account, "town", "script")
    door.disable()
    assert not door.live(secret)
    assert tokens.token_caller(door.system, token, "town") is None
    with pytest.raises(Unauthenticated) as refusal:
        door.log_in()
    assert refusal.value.code == "login_refused", "a disabled account looks like none"


def test_an_invented_secret_opens_nothing(door: Door) -> None:
    door.log_in()
    stored = door.system.runner.run(lambda tx: tx.connection.execute(select(hub.session.c.id)).scalar(), write=False)
    for secret in ("", "x", str(stored)):
        assert not door.live(secret)


def test_a_token_opens_its_district_and_no_other(door: Door) -> None:
    token = accounts.create_token(door.system, door.account, "town", "script", days=30)
    assert tokens.token_caller(door.system, token, "town") == (door.account, "ann")
    assert tokens.token_caller(door.system, token, "elsewhere") is None
    assert tokens.token_caller(door.system, "not a token", "town") is None
    assert token not in rows(door.town, hub.token)[0].values()


def test_a_token_ends_on_its_day(door: Door) -> None:
    token = accounts.create_token(door.system, door.account, "town", "script", days=30)
    door.clock.at += 30 * DAY - 1
    assert tokens.token_caller(door.system, token, "town") is not None
    door.clock.at += 1
    assert tokens.token_caller(door.system, token, "town") is None


def test_a_token_for_a_district_without_membership_opens_nothing(door: Door) -> None:
    token = accounts.create_token(door.system, door.account, "town", "script")
    door.system.runner.run(lambda tx: tx.connection.execute(delete(hub.membership)).rowcount)
    assert tokens.token_caller(door.system, token, "town") is None


def test_a_password_costs_who_guesses_what_rfc_9106_asks_for() -> None:
    real = passwords._hasher()
    assert (real.type, real.time_cost, real.memory_cost, real.parallelism) == (Type.ID, 3, 64 * 1024, 4)
    assert real.verify(real.hash("x"), "x")


@pytest.mark.parametrize(("login", "password", "path"), [("bo", "short", "password"), ("ann", WORD, "login")])
def test_an_account_that_cannot_be_made_says_why(door: Door, login: str, password: str, path: str) -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.create_account(door.system, login, "薄霜", password, {})
    assert [problem.path for problem in refusal.value.problems] == [path]
    assert len(rows(door.town, hub.account)) == 1


def test_the_account_of_a_person_is_found_by_district(door: Door) -> None:
    assert accounts.account_of(door.system, "town", "ann") == door.account
    assert accounts.account_of(door.system, "town", "bo") is None
    assert accounts.account_of(door.system, "elsewhere", "ann") is None


def test_each_change_of_the_hub_is_a_line_of_the_log_without_a_secret(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "rongtong.hub")
    account = accounts.create_account(town.system, "logged", "安宁", WORD, {"town": "ann"})
    secret = accounts.log_in(town.system, "logged", WORD)
    with pytest.raises(Unauthenticated):
        accounts.log_in(town.system, "logged", "wrong word")
    token = accounts.create_token(town.system, account, "town", "script")
    accounts.log_out(town.system, secret)
    accounts.log_out(town.system, secret)
    said = [record.getMessage() for record in caplog.records]
    assert [line.replace(account, "#").partition(" for ")[0].partition(": token")[0] for line in said] == [
        "account # made", "account #: session begun", "account #", "account #: session ended",
    ]  # fmt: skip
    assert not any(word in line for line in said for word in (WORD, "wrong word", secret, token))


def test_nobody_is_not_whoever_runs_the_installation(town: Town) -> None:
    for members in ({town.ctx.id: "ann"}, {}):
        with pytest.raises(Forbidden):
            accounts.create_account(town.system, "ann", "ann", None, members, {})
    account = accounts.create_account(town.system, "ann", "ann", None, {town.ctx.id: "ann"})
    with pytest.raises(Forbidden):
        accounts.create_token(town.system, account, town.ctx.id, "x", by={})
    assert accounts.create_token(town.system, account, town.ctx.id, "x")


def test_an_administrator_who_adds_to_another_district_is_told_that_and_of_no_account(town: Town) -> None:
    with pytest.raises(Forbidden) as refusal:
        accounts.create_account(town.system, "ann", "ann", None, {"elsewhere": "ann"}, {town.ctx.id: "cai"})
    assert "add an account to the districts" in refusal.value.text.en
