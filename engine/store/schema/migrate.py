"""Brings a database's tables up to date: the hub's line of migrations, the engine's, then one for each plugin."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import MetaData, text

from engine.errors import Busy, Misuse, RongtongError
from engine.i18n import Text
from engine.store.databases.database import Database
from engine.store.schema import priming
from engine.store.schema.hub import hub_metadata
from engine.store.schema.newest import is_newest
from engine.store.schema.tables import metadata
from engine.store.transactions.runner import Runner, Tx

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

_NEWER = Text(
    "这个数据库是用别的版本建的（更新的版本，或发布前的旧版），没有动它。把程序升级到同样的版本；演示、试用的数据库重新建一个。",
    "This database was made by another version (a newer one, or one from before the first release) and was left as it "
    "is. Upgrade the program to that version; make a demo or trial database anew.",
)
_BEHIND = Text(
    "数据库的表还不是这个版本的。先运行 rongtong migrate，再启动。",
    "The tables of this database are not those of this version yet. Run rongtong migrate, then start again.",
)
_LOG = logging.getLogger("rongtong.store")
_FOLDER = Path(__file__).parent / "migrations"
#: Names the lock that keeps two processes from migrating one PostgreSQL at once; it ends with the transaction.
_LOCK = text("SELECT pg_advisory_xact_lock(7030200101)")


class Line(Protocol):
    """A line of migrations: the folder of its revisions, its own version table, the tables it should make."""

    @property
    def folder(self) -> Path:
        """Where the revision files lie."""
        ...

    @property
    def version_table(self) -> str:
        """Where the database keeps the line's revision."""
        ...

    @property
    def metadata(self) -> MetaData:
        """The tables as the code wants them."""
        ...


@dataclass(frozen=True, slots=True)
class _OwnLine:
    folder: Path
    version_table: str
    metadata: MetaData


def own_lines() -> tuple[Line, ...]:
    """The lines of the hub and of the engine."""
    return (
        _OwnLine(_FOLDER / "hub", "alembic_version_hub", hub_metadata),
        _OwnLine(_FOLDER / "engine", "alembic_version_engine", metadata),
    )


def upgrade(database: Database, lines: Iterable[Line] = ()) -> tuple[str, ...]:
    """Apply every revision that is missing, of our own lines and then of *lines*; the revisions applied.

    All of it is one transaction: a database is never left between two versions. One that is up to date is only read,
    so that it opens while somebody else writes. Raises Busy when it is locked and has to be changed.
    """
    lines = tuple(lines)
    every = (*own_lines(), *lines)
    if not pending(database, lines):
        return ()

    def work(tx: Tx) -> tuple[str, ...]:
        tx.connection.begin()  # so that Alembic sees a transaction that is not its own to commit
        if tx.dialect == "postgresql":
            tx.connection.execute(_LOCK)
        return tuple(revision for line in every for revision in _apply(tx, line))

    runner = Runner(database)
    try:
        applied = runner.run(work, long=True)
        if applied:
            _prime(runner)
    finally:
        runner.release()
    return applied


def _prime(runner: Runner) -> None:
    try:
        runner.run(priming.prime, long=True)
    except Busy:
        _LOG.info("the tables are in use; the database has to learn about them by itself")


def pending(database: Database, lines: Iterable[Line] = ()) -> tuple[str, ...]:
    """The revisions that ``upgrade`` would apply."""
    every = (*own_lines(), *lines)

    def read(tx: Tx) -> tuple[str, ...]:
        behind = [line for line in every if not is_newest(tx.connection, line.folder, line.version_table)]
        return tuple(step.revision.revision for line in behind for step in _missing(tx, line))

    runner = Runner(database)
    try:
        return runner.run(read, write=False)
    finally:
        runner.release()


def must_be_newest(database: Database, lines: Iterable[Line] = ()) -> tuple[str, ...]:
    """Raise RongtongError where ``upgrade`` would apply a revision: many that start together leave that to one."""
    if pending(database, lines):
        raise RongtongError(_BEHIND, code="tables_behind")
    return ()


def _script(line: Line) -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(line.folder), version_locations=[str(line.folder)])
    _must_follow(line.folder, list(script._load_revisions()))
    return script


def _must_follow(folder: Path, revisions: list[Any]) -> None:
    """Raise Misuse at the file of a revision that follows none that there is, or is called as another.

    Alembic warns of either, and fails later by a name alone.
    """
    known: dict[str, str] = {}
    for one in revisions:
        before = known.setdefault(one.revision, one.path)
        if before != one.path:
            name = Path(before).name
            zh, en = f"{name}也是修订“{one.revision}”", f"{name} is revision {one.revision!r} as well"
            raise _wrong(folder, one, one.revision, zh, en)
    for one in revisions:
        wanted = one.down_revision if isinstance(one.down_revision, tuple) else (one.down_revision,)
        for name in wanted:
            if name and name not in known:
                raise _wrong(folder, one, name, f"没有修订“{name}”", f"there is no revision {name!r}")


def _wrong(folder: Path, revision: Any, name: str, zh: str, en: str) -> Misuse:
    """What is wrong with *revision* in the line of its file that says *name*."""
    file = Path(revision.path)
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    number = next((number for number, words in enumerate(lines, 1) if name in words and "revision" in words), 1)
    return Misuse(Text(zh, en), place=f"{folder.parent.name}/{folder.name}/{file.name}:{number}")


def _context(tx: Tx, line: Line, steps: Any) -> Any:
    from alembic.runtime.migration import MigrationContext

    options = {"version_table": line.version_table, "fn": steps}
    return MigrationContext.configure(tx.connection, opts=options)


def _missing(tx: Tx, line: Line) -> list[Any]:
    from alembic.util import CommandError

    script = _script(line)
    held = _context(tx, line, None).get_current_heads()
    try:
        if set(held) <= {one.revision for one in script.walk_revisions()}:  # for Alembic a beginning will do
            return list(script._upgrade_revs("heads", held))
    except CommandError:
        pass
    raise RongtongError(_NEWER, code="newer_database")


def _apply(tx: Tx, line: Line) -> list[str]:
    """Run what is missing of one line on the open transaction, which the runner commits."""
    from alembic.operations import Operations

    applied: list[str] = []

    def steps(_heads: Any, _context: Any) -> list[Any]:
        missing = _missing(tx, line)
        applied.extend(step.revision.revision for step in missing)
        return missing

    context = _context(tx, line, steps)
    with Operations.context(context):
        context.run_migrations()
    return applied
