"""What a driver's error means: a duplicate, a lost race worth another try, or a database that cannot be used now."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from enum import Enum
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from engine.clock import MINUTE, Clock, Micros
from engine.errors import Busy
from engine.i18n import Text

_LOG = logging.getLogger("rongtong.store")
#: The same trouble is a line of the log no oftener than this: with a full disk, every request has it.
_EVERY: Micros = MINUTE


class Failure(Enum):
    """The kinds of failure that the runner tells apart."""

    RACE = "race"  # deadlock or serialization: rolled back by the database, run it again
    LOCKED = "locked"  # another process holds the database
    LONG = "long"  # what was asked took too long, and was ended for it
    LOST = "lost"  # the connection is gone
    FULL = "full"  # no room on the disk
    BROKEN = "broken"  # the file cannot be read or written
    OTHER = "other"


_WORDS = {
    Failure.RACE: Text(
        "系统正忙，本次没有保存。请稍后再试。", "The system is busy and saved nothing. Please try again."
    ),
    Failure.LOCKED: Text(
        "数据库正被占用，本次没有保存。请稍后再试。", "The database is in use; nothing was saved. Please try again."
    ),
    Failure.LONG: Text(
        "这次处理用时太久，已经停下，本次没有保存。请稍后再试；总是这样，请联系管理员。",
        "This took too long and was stopped; nothing was saved. Please try again, and tell the administrator if it "
        "happens again.",
    ),
    Failure.LOST: Text(
        "与数据库的连接断开，本次没有保存。请稍后再试。",
        "The connection to the database was lost; nothing was saved. Please try again.",
    ),
    Failure.FULL: Text(
        "磁盘空间已满，本次没有保存。请联系管理员清理磁盘后再试。",
        "The disk is full; nothing was saved. Ask the administrator to make room, then try again.",
    ),
    Failure.BROKEN: Text(
        "数据库文件暂时不能读写，本次没有保存。请联系管理员检查磁盘和权限。",
        "The database file cannot be read or written; nothing was saved. "
        "Ask the administrator to check the disk and its permissions.",
    ),
}
_UNKNOWN = Text(
    "保存时没有等到数据库的答复，不能确定是否已经保存。请先打开办件核对，再决定是否重做。",
    "The database did not answer while saving, so it may or may not have been saved. "
    "Look at the case before you do it again.",
)
#: SQLite's primary result codes and, for drivers that hide them, the words of its messages.
_SQLITE_CODES = {5: Failure.LOCKED, 6: Failure.LOCKED, 13: Failure.FULL, 10: Failure.BROKEN, 8: Failure.BROKEN,
                 14: Failure.BROKEN}  # fmt: skip
_SQLITE_WORDS = (
    ("is locked", Failure.LOCKED),
    ("disk is full", Failure.FULL),
    ("disk I/O error", Failure.BROKEN),
    ("readonly database", Failure.BROKEN),
    ("unable to open database", Failure.BROKEN),
)
#: SQLite cannot make sense of a statement, or was stopped in it.
_SQLITE_ERROR, _SQLITE_STOPPED = 1, 9
#: The packages of the drivers, whose errors reach us bare where no SQLAlchemy is between.
_DRIVERS = frozenset({"sqlite3", "pysqlite3", "psycopg"})
#: What PEP 249 calls an error that lies in the statement; drivers and SQLAlchemy alike.
_OF_STATEMENT = frozenset({"DataError", "IntegrityError", "ProgrammingError"})
#: PostgreSQL's SQLSTATEs, by their beginning.
_STATES = (
    ("40001", Failure.RACE),
    ("40P01", Failure.RACE),
    ("26000", Failure.RACE),  # a prepared statement was thrown away: the next try prepares it again
    ("55P03", Failure.LOCKED),
    ("57014", Failure.LONG),
    ("25P04", Failure.LONG),
    ("25P03", Failure.LONG),
    ("53100", Failure.FULL),
    ("53300", Failure.LOST),
    ("57P", Failure.LOST),
    ("08", Failure.LOST),
    ("25006", Failure.LOST),
)


class Duplicate(Exception):
    """A row with this unique key is there already; the message is the driver's."""


class Spoilt(Exception):
    """Something that may fail alone has spoilt the transaction that it was asked in: where each such thing has a
    savepoint of its own, all the rest can be done.
    """


class UnknownCommit(Exception):
    """COMMIT was sent and no clear answer came back."""


class TransactionEnded(Exception):
    """The transaction was ended by something else than the runner: a full disk (its cause), or an action."""

    def __init__(self) -> None:
        super().__init__("the transaction has ended, and what it wrote is gone: only its runner ends it")


class TookTooLong(Exception):
    """The transaction had lasted longer than any may, and was rolled back instead of committed."""

    def __init__(self, longest: int) -> None:
        super().__init__(f"a transaction lasted longer than {longest} s")


class ConnectionGone(Exception):
    """The connection was closed while a transaction was open on it, so what it wrote is gone."""


def chain(error: BaseException) -> Iterator[BaseException]:
    """The error itself, what SQLAlchemy wrapped in it, and its causes."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        if isinstance(seen, DBAPIError) and seen.orig is not None:
            yield seen.orig
        seen = seen.__cause__


def is_duplicate(error: BaseException) -> bool:
    """Whether a unique key refused the statement."""
    return any(
        getattr(e, "sqlstate", None) == "23505"
        or (type(e).__name__ == "IntegrityError" and "UNIQUE constraint failed" in str(e))
        for e in chain(error)
    )


def is_stopped(error: BaseException) -> bool:
    """Whether the statement was stopped from here, as one of whoever hangs is: it did not fail."""
    return any(getattr(e, "sqlite_errorcode", 0) == _SQLITE_STOPPED for e in chain(error))


def is_refused_write(error: BaseException) -> bool:
    """Whether the statement wrote where only reading is allowed."""
    return any(getattr(e, "sqlstate", None) == "25006" or "readonly database" in str(e) for e in chain(error))


def is_of_database(error: BaseException) -> bool:
    """Whether the database failed, not the words or the values of a statement: those would fail on any day.

    It is looked for in all that led to *error*, whatever somebody made of it on the way.
    """
    found = list(_led_to(error))
    wrapped = {id(one.orig) for one in found if isinstance(one, DBAPIError)}
    return any(_is_failure(one) for one in found if id(one) not in wrapped)


def _led_to(error: BaseException) -> Iterator[BaseException]:
    """The error itself, its causes, and what was being dealt with when each was raised."""
    seen: set[int] = set()
    todo: list[BaseException | None] = [error]
    while todo:
        one = todo.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            todo += [one.__cause__, one.__context__]


def _is_failure(error: BaseException) -> bool:
    if isinstance(error, (Busy, Duplicate)) or classify(error) is not Failure.OTHER:
        return True
    kinds = type(error).__mro__
    names = {kind.__name__ for kind in kinds}
    if not isinstance(error, DBAPIError) and _DRIVERS.isdisjoint(kind.__module__.partition(".")[0] for kind in kinds):
        return False
    said = error.orig if isinstance(error, DBAPIError) else error
    if _OF_STATEMENT & names or ("InterfaceError" in names and not hasattr(said, "sqlstate")):
        return False  # of InterfaceError: SQLite's driver knows no such type of value
    return getattr(said, "sqlite_errorcode", 0) not in (_SQLITE_ERROR, _SQLITE_STOPPED)


def classify(error: BaseException) -> Failure:
    """Which kind of failure *error* is; OTHER for everything that is not the database's state."""
    for one in chain(error):
        if isinstance(one, PoolTimeout):
            return Failure.LOCKED
        if isinstance(one, TookTooLong):
            return Failure.LONG
        if isinstance(one, ConnectionGone):
            return Failure.LOST
        found = _by_state(one) if hasattr(one, "sqlstate") else _by_sqlite(one)
        if found is not Failure.OTHER:
            return found
    return Failure.OTHER


def _by_state(error: Any) -> Failure:
    state = error.sqlstate
    if state is None:  # no answer came from the server: psycopg says so by OperationalError alone
        return Failure.LOST if type(error).__name__ == "OperationalError" else Failure.OTHER
    return next((kind for start, kind in _STATES if state.startswith(start)), Failure.OTHER)


def _by_sqlite(error: BaseException) -> Failure:
    if type(error).__name__ not in ("OperationalError", "DatabaseError"):
        return Failure.OTHER
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE_CODES.get(code & 0xFF, Failure.OTHER)
    return next((kind for words, kind in _SQLITE_WORDS if words in str(error)), Failure.OTHER)


def busy(kind: Failure) -> Busy:
    """The refusal that a person reads for a failure of the database."""
    return Busy(_WORDS[kind], code="busy", failure=kind.value)


class Bystander(Busy):
    """Nothing was saved, as somebody else's work in the same transaction hung: whoever can asks once more."""


def bystander() -> Bystander:
    """The refusal for whoever did nothing wrong."""
    return Bystander(
        Text(
            "同时办理的另一件停住了，本次没有保存。请再提交一次。",
            "Somebody else's work that was saved together with yours hung, so nothing was saved. Please send it again.",
        ),
        code="busy",
    )


def unknown_outcome() -> Busy:
    """The refusal for a commit whose answer never came: it says to look before repeating."""
    return Busy(_UNKNOWN, code="outcome_unknown")


class Complaints:
    """What ails the database, as the log says it, with the driver's own words; the same trouble once a minute.

    That somebody else was first, or holds the database for a moment, is none.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._said: dict[Failure, Micros] = {}

    def about(self, kind: Failure, error: BaseException) -> None:
        """A transaction was refused because of *error*."""
        now = self._clock.wall()
        if kind in (Failure.RACE, Failure.LOCKED) or abs(now - self._said.get(kind, -_EVERY)) < _EVERY:
            return
        self._said[kind] = now
        _LOG.error("%s (%s)", _WORDS[kind].en, str(error).strip().partition("\n")[0])

    def unclear(self, error: BaseException) -> None:
        """Nobody knows whether a commit was saved."""
        _LOG.error("a commit may have been saved or not: %s", error.__cause__)
