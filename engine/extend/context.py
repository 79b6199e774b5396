"""What plugin code is handed: the district, the connection, the moment, and what it may ask or do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Protocol, TypedDict

from sqlalchemy import RowMapping, Table, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from engine.clock import Micros
from engine.errors import RongtongError
from engine.extend.emitted import Job, Message
from engine.extend.fence.connection import PluginConnection
from engine.extend.loading.tables import DISTRICT
from engine.hanging import heed
from engine.i18n import Text
from engine.store.transactions.locks import rank

if TYPE_CHECKING:
    from engine.definition.calendar.working import Calendar

Row = Mapping[str, Any]
_LOG: Final = logging.getLogger("rongtong.locks")


class Named(Protocol):
    """Who is meant by the words of a pack, whether it was adopted or only read."""

    def find_unit(self, words: str) -> str | None:
        """The id of the unit with this id, name or short name, or None."""
        ...

    def find_person(self, words: str) -> str | None:
        """The id of the person with this id or, where only one has it, this name; or None."""
        ...


class Directory(Protocol):
    """The units and persons of a district, as far as a plugin needs them."""

    def unit_name(self, unit: str) -> str:
        """The short name of a unit, or "" when there is none."""
        ...

    def person_name(self, person: str) -> str:
        """The name of a person, or "" when there is none."""
        ...

    def find_unit(self, words: str) -> str | None:
        """The id of the unit with this id, name or short name, or None."""
        ...

    def find_person(self, words: str) -> str | None:
        """The id of the person with this id or, where only one has it, this name, or of the first holder of a
        ``role@unit``; or None.
        """
        ...

    def want(self, *, units: Iterable[str] = (), persons: Iterable[str] = ()) -> None:
        """Read several at once, so that asking for each costs nothing."""
        ...

    def path(self, unit: str) -> tuple[str, ...]:
        """The unit's id and those of the units above it, nearest first."""
        ...

    def parent(self, unit: str) -> str:
        """The id of the unit right above, or ""."""
        ...

    def allies(self, unit: str) -> frozenset[str]:
        """The units of the alliance that this one leads or belongs to, itself among them."""
        ...

    def person_unit(self, person: str) -> str:
        """The id of the unit a person belongs to, or ""."""
        ...


class LockOrderError(RongtongError):
    """Two locks of one command came in an order in which two commands could wait for each other."""

    code = "lock_order"


@dataclass
class LockOrder:
    """The locks that the actions of one command took: tables by rank, keys ascending; taking one again is free.

    Going back is an error where ``strict`` (the tests), else only logged: the runner tries a deadlocked command again.
    """

    strict: bool = False
    _last: tuple[Any, ...] = ()
    _held: set[tuple[Any, ...]] = field(default_factory=set)

    def take(self, table: Table, keys: Sequence[tuple[Any, ...]]) -> None:
        """Note that *keys* of *table*, already ascending, are about to be locked."""
        for key in keys:
            place = (*rank(table), key)
            if place in self._held:
                continue
            if place < self._last:
                self._back(place)
            self._last = max(self._last, place)
            self._held.add(place)

    def _back(self, place: tuple[Any, ...]) -> None:
        en = f"lock order went back: {place} after {self._last}; lock tables by rank and keys ascending"
        if self.strict:
            zh = f"加锁次序倒退：先锁了{self._last}，又锁{place}。按表的次序和键的升序加锁。"
            raise LockOrderError(Text(zh, en))
        _LOG.info(en)


class Handed(TypedDict):
    """What every context holds; whoever makes one takes it from the one place that fences ``db``."""

    district: str
    db: PluginConnection
    now: Micros
    directory: Directory
    settings: Mapping[str, Any]
    log: logging.Logger


@cache  # to be asked for one costs a lock
def log_of(plugin: str) -> logging.Logger:
    """The logger of *plugin*; who hangs is called back as it writes to it, before a lock is taken."""
    log = logging.getLogger(f"rongtong.plugin.{plugin}")
    log.addFilter(heed)
    log.addFilter(_worded)
    return log


def _worded(record: logging.LogRecord) -> bool:
    """Have *record* say its words: what somebody logs may hang as it says what it is, and later locks are held."""
    with suppress(Exception):  # the log tells of it
        record.msg, record.args = record.getMessage(), None
    return True


@dataclass(frozen=True, kw_only=True)
class ReadContext:
    """Enough to read: ``db`` takes statements over the plugin's own tables, in a transaction that it cannot end.

    ``now`` is fixed for the whole command or page. ``settings`` are the plugin's own in this district, as live
    values with defaults filled in. ``log`` is the plugin's own logger.
    """

    district: str
    db: PluginConnection
    now: Micros
    directory: Directory
    settings: Mapping[str, Any]
    log: logging.Logger


@dataclass(frozen=True, kw_only=True)
class WriteContext(ReadContext):
    """Enough to write to the plugin's own tables. ``locks`` is shared by all actions of one command."""

    new_id: Callable[[], str]
    locks: LockOrder = field(default_factory=LockOrder)

    def lock(self, table: Table, keys: Sequence[Any]) -> list[RowMapping]:
        """Lock the rows of *table* with these keys (a value, or a tuple for a composite key) and read them.

        Ascending whatever the order given; keys without a row are left out. Lock tables by their ``rank``.
        """
        wanted = sorted({(self.district, *(key if isinstance(key, tuple) else (key,))) for key in keys})
        if not wanted:
            return []
        self.locks.take(table, wanted)
        columns = list(table.primary_key.columns)
        rows = select(table).where(table.c[DISTRICT] == self.district, tuple_(*columns).in_(wanted)).order_by(*columns)
        return list(self.db.execute(rows.with_for_update()).mappings())

    def insert_free(self, table: Table, rows: Sequence[Row]) -> int:
        """Insert those *rows* whose keys are free, ascending, and count them; a taken key is not an error.

        ``district_id`` is added. Waits for another transaction that is inserting the same key.
        """
        if not rows:
            return 0
        names = [c.name for c in table.primary_key.columns if c.name != DISTRICT]
        ordered = sorted(rows, key=lambda row: tuple(row[name] for name in names))
        self.locks.take(table, [(self.district, *(row[name] for name in names)) for row in ordered])
        dialect = postgresql if self.db.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
        return self.db.execute(statement, [{DISTRICT: self.district, **row} for row in ordered]).rowcount


@dataclass(frozen=True)
class CaseRef:
    """The case an action runs for; (``id``, ``n``) names this one run of the step."""

    id: str
    number: str
    process: str
    step: str
    n: int


@dataclass(frozen=True, kw_only=True)
class StepContext(ReadContext):
    """What an action that only reads holds: for which step of which case it runs, and by whom.

    ``key`` is the same on every try of the same effect. ``actor`` pressed the button (``""`` = the clock).
    ``on_behalf`` is for whom they did: the applicant for whom a form was typed, the principal of a deputy, ``""`` in
    their own right.
    """

    unit: str
    case: CaseRef
    key: str
    calendar: Calendar
    actor: str = ""
    on_behalf: str = ""


@dataclass(frozen=True, kw_only=True)
class ActionContext(StepContext, WriteContext):
    """What an action holds: it may write its own tables on ``db`` and nothing else, and may run more than once.

    ``emit`` hands over a message or job that leaves after commit.
    """

    receipt: Mapping[str, Any] = field(default_factory=dict)
    emit: Callable[[Message | Job], None]


@dataclass(frozen=True, kw_only=True)
class JobContext(WriteContext):
    """What a reaction and the ``record`` of a sender hold: it may write its own tables on ``db`` and nothing else.

    ``case`` is the case whose event or action caused the job, with the step and its ``n`` where one did, and ``unit``
    that case's. ``key`` is the same on every try, which ``attempt`` counts from 1. ``emit`` as in an action.
    """

    case: CaseRef
    unit: str
    key: str
    attempt: int
    emit: Callable[[Message | Job], None]


@dataclass(frozen=True, kw_only=True)
class SeedContext(WriteContext):
    """What the import of a district pack's data file holds; the same file may come again."""

    file: str = ""


@dataclass(frozen=True, kw_only=True)
class CheckContext(ReadContext):
    """What ``check_`` hooks see, inside the transaction: who is about to do what, and the form as it would be."""

    process: str
    actor: str
    unit: str
    form: Mapping[str, Any]
    case: CaseRef | None = None
    outcome: str = ""


@dataclass(frozen=True, kw_only=True)
class PageContext(ReadContext):
    """What a page, card or slot sees: the reader and the request, never Flask.

    ``args`` are the path's own parts, ``query`` what follows the question mark; ``base`` starts every link. ``posts``
    are the roles that the reader has or stands in for, each with its unit.
    """

    person: str
    unit: str
    posts: frozenset[tuple[str, str]] = frozenset()
    language: str = "zh"
    args: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    base: str = ""

    def has(self, role: str, unit: str) -> bool:
        """Whether the reader has *role* at *unit* or at a unit above it."""
        return any((role, each) in self.posts for each in self.directory.path(unit))

    def link(self, path: str) -> str:
        """The address of *path* in the reader's district."""
        return f"{self.base}{path}"
