"""Log-ins: passwords, server-side sessions, and which person an account is in which district."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from engine.addresses import counted_as
from engine.clock import DAY, MINUTE, Micros
from engine.definition.values.plain import name_key, readable, tidy
from engine.errors import Busy, Invalid, NotFound, Problem, Unauthenticated
from engine.i18n import Text
from engine.operations.accounts import passwords
from engine.operations.accounts.rows import OPERATOR, By, must_administer, must_belong, recorded
from engine.operations.context import System
from engine.store import answering
from engine.store.accounts import accounts, attempts, sessions, tokens
from engine.store.transactions.failures import Duplicate
from engine.store.transactions.runner import Tx

#: What is written in the hub is no district's: each change is a line of this log, without secrets.
_LOG = logging.getLogger("rongtong.hub")
#: What was refused: to which account and from where, never what was typed, which may be a password in the wrong box.
_SECURITY = logging.getLogger("rongtong.security")
#: A session ends after this long without a request, and after the second length in any case (wall time).
IDLE: Micros = 12 * 60 * MINUTE
LONGEST: Micros = 14 * DAY
_LONGEST_LOGIN = 64
_RESTS = {
    "name": Text("密码连错几次，过5分钟再试，或请管理员重设。",
                 "Too many wrong passwords: try again in 5 minutes, or ask an administrator for a new one."),
    "address": Text("从这个网络地址来的密码错得太多，过5分钟再试。",
                    "Too many wrong passwords came from this network address: try again in 5 minutes."),
}  # fmt: skip
_NOWHERE = Text("你的账号已不属于任何区县。请联系管理员。",
                "Your account belongs to no district any more. Ask the administrator.")
_SEEN_EVERY = 5 * MINUTE


@dataclass(frozen=True, slots=True)
class Membership:
    """The person that an account is in a district."""

    district: str
    person: str
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Session:
    """A live session; ``memberships`` are the districts it opens."""

    account: str
    login: str
    name: str
    memberships: tuple[Membership, ...]


def digest(secret: str) -> str:
    """What the database keeps of a session or token secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def refused() -> Unauthenticated:
    """The one answer to a wrong name and to a wrong password."""
    return Unauthenticated(
        Text("账号或密码不对。再试一次，或请管理员重设密码。", "Wrong name or password. Try again or ask for help."),
        code="login_refused",
    )


def create_account(
    system: System, login: str, name: str, password: str | None, members: Mapping[str, str], by: By = OPERATOR
) -> str:
    """Make an account that is, by district, the person *members* says; ``None`` lets no password open it.

    Each of these districts has a row of it in its journal, in the name of whom *by* says, who administers all of them.
    Raises ``Invalid`` for a password that is easily guessed, a login that is none or taken, a name that cannot be kept.
    """
    login, name = login_name(login), _kept(name)
    if password is not None:
        passwords.required(password, login)
    if by is not OPERATOR:
        system.runner.run(lambda tx: must_administer(system, tx, by, members), write=False)
    hashed = passwords.hashed(password) if password is not None else None
    account, now = system.ids.new(), system.clock.wall()

    def work(tx: Tx) -> None:
        must_administer(system, tx, by, members)
        accounts.add(tx, account=account, login=login, name=name, password=hashed, members=members, now=now)
        recorded(system, tx, by, account, "account.add", {d: {"person": p} for d, p in members.items()})

    try:
        system.runner.run(work)
    except Duplicate:
        said = Text(f"账号“{login}”已有人用，换一个。", f"The name “{login}” is taken.")
        raise Invalid((Problem("login-taken", said, path="login"),)) from None
    _LOG.info("account %s made for %r: %r", account, login, dict(members))
    return account


def _kept(words: str) -> str:
    """A name as it is kept; ``Invalid`` for one that cannot be."""
    name = tidy(words)
    if not readable(name):
        raise Invalid((Problem("name-letters", Text("姓名有不能用的字符。", "The name holds unusable characters."),
                               path="name"),))  # fmt: skip
    return name


def login_name(words: str) -> str:
    """The one form of a log-in name, however it is typed; ``Invalid`` for what is none."""
    key = name_key(words)
    if not key or len(key) > _LONGEST_LOGIN:
        said = Text(f"账号要有1到{_LONGEST_LOGIN}个看得见的字符。",
                    f"A log-in name has 1 to {_LONGEST_LOGIN} characters that show.")  # fmt: skip
        raise Invalid((Problem("login-name", said, path="login"),))
    return key


def log_in(system: System, login: str, password: str, address: str = "", keys: Sequence[str] = ("",)) -> str:
    """A new session's secret. An unknown name is answered like a wrong password, in the same time, and rests like one.

    *address* is where it comes from, *keys* what signs cookies. Raises ``Unauthenticated``, and ``Busy`` while too many
    passwords are looked at.
    """
    desk, now = passwords.desk(), system.clock.wall()
    with desk.place(counted_as(address)):
        account, hashed, guess = system.runner.run(lambda tx: _counted(tx, login, address, now, keys))
        right = desk.do(lambda: passwords.matches(hashed or passwords.nobody(), password))
        desk.remember(counted_as(address), right=right and hashed is not None and not guess.rests)
    if resting := guess.rests:
        _SECURITY.info("refused login_rests (%s) to account %s from %s", resting, account or "unknown", address or "?")
        raise Unauthenticated(_RESTS[resting], code="login_rests")
    if hashed is None or not right:
        raise _wrong(account, address)
    if not belongs(system, account):
        _LOG.info("account %s: belongs to no district any more", account)
        raise Unauthenticated(_NOWHERE, code="login_nowhere")
    return open_session(system, account, sessions.ProvenPassword(hashed, guess))


def _wrong(account: str, address: str) -> Unauthenticated:
    _SECURITY.info("refused login_refused to account %s from %s", account or "unknown", address or "?")
    return refused()


def _counted(
    tx: Tx, login: str, address: str, now: Micros, keys: Sequence[str]
) -> tuple[str, str | None, attempts.Guess]:
    """The account and its hash, after this guess has been counted."""
    guess = attempts.counted(tx, login, address, now, keys)
    return *accounts.open_named(tx, login), guess


def belongs(system: System, account: str) -> bool:
    """Whether the account is still one of the people of any district."""

    def read(tx: Tx) -> bool:
        persons, now = accounts.persons_of(tx, account), system.clock.now()
        return any(answering.answers(tx, d, person, now, above=False).own for d, person in persons.items())

    return system.runner.run(read, write=False)


def open_session(system: System, account: str, known: sessions.ProvenPassword | None = None) -> str:
    """A new session's secret: of who is *known* by a password or, without one, of a persona of a demo.

    Raises ``Unauthenticated`` where the account is shut, or has another password than the one that was looked at.
    """
    secret, now = system.ids.token(), system.clock.wall()

    def work(tx: Tx) -> None:
        if not sessions.started(tx, account, known, digest(secret), now, now + LONGEST):
            raise _wrong(account, known.guess.address if known else "")
        sessions.sweep(tx, now)
        if known:
            attempts.right(tx, known.guess, account, now)

    system.runner.run(work)
    _LOG.info("account %s: session begun", account)
    return secret


def session(system: System, secret: str) -> Session | None:
    """The live session behind *secret*, or None when it ended or its account was disabled."""
    now, today, key = system.clock.wall(), system.clock.now(), digest(secret)
    rows = system.runner.run(lambda tx: sessions.live(tx, key, today), write=False)
    if not rows or _ended(rows[0], now):
        return None
    row = rows[0]
    if row.seen_at + _SEEN_EVERY < now:
        with suppress(Busy):  # who only reads waits for nobody who writes: the next request is seen as well
            system.runner.run(lambda tx: sessions.seen(tx, key, now), waits=False)
    members = (Membership(r.district_id, r.person, r.called, r.short) for r in rows if r.short is not None)
    return Session(row.id, row.login, row.name, tuple(members))


def _ended(row: Any, now: Micros) -> bool:
    try:
        return bool(row.expires_at <= now or row.seen_at + IDLE <= now)
    except TypeError:  # somebody wrote what is no moment: who was logged in does it again
        return True


def log_out(system: System, secret: str) -> None:
    """End the session; ending one that has ended is no fault."""
    account = system.runner.run(lambda tx: sessions.end(tx, digest(secret)))
    if account is not None:
        _LOG.info("account %s: session ended", account)


def account_named(system: System, login: str) -> str:
    """The account with that log-in name; ``NotFound`` when there is none."""
    found = system.runner.run(lambda tx: accounts.named(tx, login), write=False)
    if found is None:
        raise NotFound(Text(f"没有叫“{login}”的账号。", f"There is no account “{login}”."), code="no_account")
    return found


def account_of(system: System, district: str, person: str) -> str | None:
    """The account that is *person* in *district*, or None."""
    return system.runner.run(lambda tx: accounts.of_person(tx, district, person), write=False)


def create_token(
    system: System, account: str, district: str, name: str, days: int = 90, by: By = OPERATOR
) -> str:
    """A personal token for *district*; its secret is shown once and kept as a digest.

    The district has a row of it in its journal, in the name of whom *by* says, who administers it. Raises ``NotFound``
    for an account that is nobody there.
    """
    secret, now, key = system.ids.token(), system.clock.wall(), system.ids.new()
    name = _kept(name)

    def work(tx: Tx) -> None:
        must_administer(system, tx, by, (district,))
        must_belong(tx, account, district)
        recorded(system, tx, by, account, "account.token", {district: {"token": key, "days": days}})
        tokens.add(tx, token=key, digest=digest(secret), account=account, district=district, name=name, wall=now,
                   until=now + days * DAY)  # fmt: skip

    system.runner.run(work)
    _LOG.info("account %s: token %s made for %s, good for %d days", account, key, district, days)
    return secret
