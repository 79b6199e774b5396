"""What plugins answer while people work: who is away or fails by a fault of its own gives none, and says so."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from engine.definition.types import BUILT_IN
from engine.errors import Busy, RongtongError, Unanswered
from engine.extend.context import ReadContext
from engine.extend.contributions import FieldType, Record
from engine.extend.entering import entering
from engine.extend.faults import ExitError
from engine.operations.context import Context
from engine.operations.plugin_contexts import read_context
from engine.runtime.refusals import plugin_away, plugin_shows_nothing, plugin_silent
from engine.store.failures import Duplicate
from engine.store.transaction import Tx

T = TypeVar("T")
_LOG: Final = logging.getLogger("rongtong.plugins")
#: The packages of the drivers, whose errors reach us bare where no SQLAlchemy is between.
_DRIVERS: Final = frozenset({"sqlite3", "pysqlite3", "psycopg"})


def asked(ctx: Context, plugin: str, what: str, ask: Callable[[], T]) -> T:
    """What *plugin* answers to *ask*. Raises ``Unanswered`` if it is away, or fails by a fault of its own.

    What the database says is no answer of a plugin's, however deep in its exception it lies: the runner knows what to
    do with it.
    """
    if ctx.away(plugin) is not None:
        raise plugin_away(plugin)
    try:
        return ask()
    except Unanswered:
        raise
    except Exception as reason:
        if _of_database(reason):
            raise
        _LOG.exception("plugin %s raised in %s", plugin, what)
        raise plugin_silent(plugin, reason) from reason


@contextmanager
def blamed(plugin: str, what: str) -> Iterator[None]:
    """Run what only shows something of *plugin*; a fault of its own says whose it was, and that nothing was lost."""
    try:
        with entering(plugin, None):
            yield
    except Exception as reason:
        if _of_database(reason) or (isinstance(reason, RongtongError) and not isinstance(reason, ExitError)):
            raise
        _LOG.exception("plugin %s raised in %s", plugin, what)
        raise plugin_shows_nothing(plugin, reason) from reason


def _of_database(error: BaseException) -> bool:
    """Whether the database said it, or it was raised while something that the database said was dealt with."""
    seen: set[int] = set()
    todo: list[BaseException | None] = [error]
    while todo:
        one = todo.pop()
        if one is None or id(one) in seen:
            continue
        if isinstance(one, (DBAPIError, PoolTimeout, Duplicate, Busy)) or _DRIVERS.intersection(_packages(type(one))):
            return True
        seen.add(id(one))
        todo += [one.__cause__, one.__context__]
    return False


def _packages(kind: type[BaseException]) -> set[str]:
    """The packages that brought the kind of exception, or a kind that it is one of."""
    return {base.__module__.partition(".")[0] for base in kind.__mro__}


@dataclass(frozen=True)
class Records:
    """The records of a plugin's type, as one transaction reads them; each method raises ``Unanswered``.

    ``kind`` is None while the plugin is away.
    """

    ctx: Context
    tx: Tx
    plugin: str
    kind: FieldType | None

    def read(self, ids: Sequence[str]) -> Sequence[Record]:
        """Those with these *ids*; missing ones are left out."""
        return self._asked(lambda kind, context: kind.read(context, ids))

    def find(self, words: str, limit: int) -> Sequence[Record]:
        """At most *limit* of those that *words* may mean."""
        return self._asked(lambda kind, context: kind.find(context, words, limit))

    def _asked(self, ask: Callable[[FieldType, ReadContext], Sequence[Record]]) -> Sequence[Record]:
        kind = self.kind
        if kind is None:
            raise plugin_away(self.plugin)
        context = read_context(self.ctx, self.tx, self.plugin)
        return asked(self.ctx, self.plugin, kind.spec.name, lambda: list(ask(kind, context)))


def records(ctx: Context, tx: Tx, type_name: str, plugin: str = "") -> Records | None:
    """The records of the type called *type_name*; None for a type of the language itself.

    *plugin* is whose it is, where that is known: an installed type says it itself.
    """
    if type_name in BUILT_IN:
        return None
    kind = ctx.registry.field_type(type_name)
    return Records(ctx, tx, ctx.registry.owner(kind) if kind else plugin or type_name, kind)
