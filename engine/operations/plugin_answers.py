"""What plugins answer while people work: who is away or fails by a fault of its own gives none, and says so."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from engine.definition.values.kinds.table import BUILT_IN
from engine.errors import Misuse, RongtongError, Unanswered
from engine.extend.calls.beside import title_of
from engine.extend.calls.entering import Entering
from engine.extend.calls.faults import HungError, LeftOutError, PluginFault, cause_of, log_of, place_of
from engine.extend.context import ReadContext
from engine.extend.contributions import FieldType, Record
from engine.i18n import Text, both
from engine.operations.context import Context
from engine.operations.plugin_contexts import read_context
from engine.otherwise import otherwise
from engine.runtime.refusals import plugin_away, plugin_hung, plugin_shows_nothing, plugin_silent
from engine.store.transactions.failures import Spoilt, is_of_database
from engine.store.transactions.runner import Tx

T = TypeVar("T")
_LOG: Final = logging.getLogger("rongtong.plugins")


def asked(ctx: Context, tx: Tx, plugin: str, what: str, ask: Callable[[], T]) -> T:
    """What *plugin* answers to *ask* on *tx*. Raises ``Unanswered`` if it is away, or fails by a fault of its own.

    What the database says is no answer of a plugin's, however deep in its exception it lies: the runner knows what to
    do with it. A statement that is wrong in itself is a fault of the plugin's; as PostgreSQL reads nothing after it,
    ``Spoilt`` then has the whole transaction run once more, in which such a statement spoils nothing.
    """
    if ctx.away(plugin) is not None:
        raise plugin_away(plugin)
    folder = ctx.registry.folder(plugin)

    def silent(reason: Exception) -> Unanswered:
        return plugin_silent(plugin, cause_of(reason, folder, plugin), place_of(reason, folder))

    passes = _translating(ctx, plugin, both(what), silent, lambda reason: isinstance(reason, Unanswered | Spoilt))
    with passes, tx.guarded():
        try:
            answer = ask()
            tx.sound()
            return answer
        except Exception as reason:
            if tx.spoiled is not None and is_of_database(tx.spoiled):
                raise tx.spoiled from tx.spoiled.__cause__  # whatever was made of it
            if tx.spoiled is not None and not tx.careful:
                raise Spoilt from reason
            raise


@contextmanager
def blamed(ctx: Context, plugin: str, what: Text, tx: Tx | None = None) -> Iterator[None]:
    """Run what only shows something of *plugin*; a fault of its own says whose it was, and that nothing was lost.

    What it swallowed on *tx* comes before whatever it made of it.
    """

    folder = ctx.registry.folder(plugin)

    def silent(reason: Exception) -> Unanswered:
        if isinstance(reason, HungError | LeftOutError):
            return plugin_hung(plugin, reason.text)  # however it was ended, its reader is told the same
        return plugin_shows_nothing(plugin, title_of(ctx.registry, plugin), cause_of(reason, folder, plugin))

    with _translating(ctx, plugin, what, silent, _said), Entering(plugin, folder):
        try:
            yield
        except Exception as fault:
            if tx is not None:
                tx.sound(fault)
            raise


@contextmanager
def _translating(
    ctx: Context, plugin: str, what: Text, told: Callable[[Exception], Unanswered], passes: Callable[[Exception], bool]
) -> Iterator[None]:
    """Make a fault of *plugin*'s own what *told* says of it; what *passes*, and what the database says, stays."""
    try:
        with heeding(ctx, plugin, what, passes):
            yield
    except Exception as reason:
        if passes(reason) or is_of_database(reason):
            raise
        log_of(_LOG, reason, ctx.registry.folder(plugin), plugin, "plugin %s raised in %s", plugin, what.en)
        raise told(reason) from reason


def _said(reason: Exception) -> bool:
    """Whether the engine says *reason*, or a plugin that refuses: it is no fault of a plugin's."""
    return isinstance(reason, RongtongError) and not isinstance(reason, PluginFault | Misuse)


def _said_elsewhere(reason: Exception) -> bool:
    """The same, or that it hung: what only adds to a page then rests, and as long as it does that is told."""
    return _said(reason) or isinstance(reason, HungError)


@contextmanager
def heeding(
    ctx: Context, plugin: str, what: Text, passes: Callable[[Exception], bool] = _said_elsewhere
) -> Iterator[None]:
    """Run *what* of *plugin*, and keep for administrators whether it fails by a fault of its own, which goes on.

    What *passes*, or is the database's, is none; that it is not even called any more was told as it hung.
    """
    kept = ctx.system.mishaps

    def failed(fault: Exception) -> Exception:
        if not (passes(fault) or isinstance(fault, LeftOutError) or is_of_database(fault)):
            kept.failed(ctx.id, plugin, what, cause_of(fault, ctx.registry.folder(plugin), plugin), ctx.now)
        return fault

    try:
        with otherwise(failed):
            yield
    except Exception as fault:
        failed(fault)
        raise
    if kept:
        kept.answered(ctx.id, plugin, what, ctx.now)


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
        return asked(self.ctx, self.tx, self.plugin, kind.spec.name, lambda: ask(kind, context))


def records(ctx: Context, tx: Tx, type_name: str, plugin: str = "") -> Records | None:
    """The records of the type called *type_name*; None for a type of the language itself.

    *plugin* is whose it is, where that is known: an installed type says it itself.
    """
    if type_name in BUILT_IN:
        return None
    kind = ctx.registry.field_type(type_name)
    return Records(ctx, tx, ctx.registry.owner(kind) if kind else plugin or type_name, kind)
