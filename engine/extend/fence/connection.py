"""The connection that plugins are handed: statements over their own tables, and nothing of the transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVarTuple, overload

from sqlalchemy import CursorResult, Dialect, Executable, ScalarResult
from sqlalchemy.sql.selectable import TypedReturnsRows

from engine.extend.calls.faults import FenceError, SwallowedError, plugin_fault
from engine.extend.calls.places import called_from
from engine.extend.fence.statement import ELSEWHERE, reading
from engine.hanging import heed
from engine.store.transactions.failures import is_stopped

if TYPE_CHECKING:  # who only checks what is written opens no transaction
    from engine.store.databases.database import DialectName
    from engine.store.transactions.tx import Tx

_Ts = TypeVarTuple("_Ts")
Given = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
#: What a SQLAlchemy connection can do beside statements: it ends transactions, or leads around the fence.
_NOT_HERE: Final = frozenset({
    "begin", "begin_nested", "begin_twophase", "close", "commit", "connection", "detach", "engine", "exec_driver_sql",
    "execution_options", "invalidate", "rollback", "info",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fence:
    """What belongs to a plugin: its tables; and its folder, to say where it reached past them."""

    plugin: str
    tables: frozenset[str]
    folder: Path | None = None

    def look(self, sql: str, rows: Sequence[Any], dialect: DialectName, district: str, writing: bool) -> None:
        """Raise FenceError for a statement that is not the plugin's to send; what was read once costs a look-up.

        *rows* are the parameters it is sent with, once for each: what they say of the district must be *district*.
        """
        found = reading(sql, self.tables, dialect, writing)
        wrong = found.objection or (None if found.about(district, rows) else ELSEWHERE)
        if wrong is not None:
            self.refuse(f"ctx.db的语句{wrong.zh}", f"a statement on ctx.db {wrong.en}")

    def refuse(self, zh: str, en: str) -> NoReturn:
        """Raise FenceError with these words, the plugin's name, and the line of the plugin that is running."""
        raise plugin_fault(FenceError, self.plugin, zh, en, called_from(self.folder))

    def swallowed(self, fault: Exception) -> Exception:
        """What to raise where the plugin goes on in spite of *fault*."""
        kind = type(fault).__name__
        zh, en = f"一条语句失败了（{kind}），不能当作没有发生", f"a statement failed ({kind}), and that was swallowed"
        found = plugin_fault(SwallowedError, self.plugin, zh, en, called_from(self.folder))
        found.__cause__ = fault
        return found


class PluginConnection:
    """``ctx.db``: runs the plugin's own statements inside a transaction that is never the plugin's to end.

    A statement that fails spoils the transaction on every database alike: what is sent after it fails, and so does
    whatever the plugin was asked for, also where it swallowed the error. Without *writing* it only reads, whatever
    transaction it is in. Each statement is about rows of *district* alone.
    """

    __slots__ = ("_district", "_fence", "_left", "_tx", "_writing")

    def __init__(self, tx: Tx, fence: Fence, district: str, writing: bool) -> None:
        self._tx, self._fence, self._district, self._writing = tx, fence, district, writing
        self._left: int | None = None

    @property
    def dialect(self) -> Dialect:
        """SQLAlchemy's dialect; its ``name`` is ``sqlite`` or ``postgresql``."""
        return self._tx.connection.dialect

    @overload
    def execute(self, statement: TypedReturnsRows[*_Ts], parameters: Given = None) -> CursorResult[*_Ts]: ...
    @overload
    def execute(self, statement: Executable, parameters: Given = None) -> CursorResult[*tuple[Any, ...]]: ...
    def execute(self, statement: Executable, parameters: Given = None) -> CursorResult[*tuple[Any, ...]]:
        """Run *statement* and answer its result. Raises FenceError for what is about other tables or districts."""
        heed()
        self._tx.sound()
        # Kept here they would be a circle, and many an action that gets a connection sends nothing.
        options = {"look": self._look, "failed": self._failed}
        return self._tx.connection.execute(statement, parameters, execution_options=options)

    def scalar(self, statement: Executable, parameters: Given = None) -> Any:
        """The first column of the first row, or None."""
        return self.execute(statement, parameters).scalar()

    def scalars(self, statement: Executable, parameters: Given = None) -> ScalarResult[Any]:
        """The first column of every row."""
        return self.execute(statement, parameters).scalars()

    def sound(self, fault: Exception | None = None) -> None:
        """Raise what the plugin swallowed, if it did; *fault* is what it raised."""
        self._tx.sound(fault)

    def allow(self, statements: int) -> None:
        """Let no more than so many statements run from now on."""
        self._left = statements

    def _look(self, sql: str, rows: Sequence[Any]) -> None:
        self._fence.look(sql, rows, self._tx.dialect, self._district, self._writing)
        if self._left is None:
            return
        if not self._left:
            raise RuntimeError("a slot may not run another statement")
        self._left -= 1

    def _failed(self, fault: Exception) -> None:
        if not is_stopped(fault):  # whoever hangs is told so
            self._tx.spoiled = self._fence.swallowed(fault)

    def __getattr__(self, name: str) -> NoReturn:
        if name in _NOT_HERE:
            self._fence.refuse(
                f"ctx.db没有{name}：事务由引擎开始和结束，只发自己的语句",
                f"ctx.db has no {name}: the engine begins and ends transactions; send statements only",
            )
        raise AttributeError(f"ctx.db has no {name!r}; it has execute, scalar, scalars and dialect")
