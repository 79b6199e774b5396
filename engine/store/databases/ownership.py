"""What a database is before anything is done to it: empty, ours, somebody else's, or out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from engine.errors import RongtongError
from engine.i18n import Text
from engine.store.databases.database import Database, open_database
from engine.store.databases.drivers import MARK
from engine.store.transactions import failures
from engine.store.transactions.failures import Failure

_TABLES = {
    "sqlite": text("SELECT name FROM sqlite_master WHERE type = 'table'"),
    "postgresql": text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"),
}
_SCRATCH = "rongtong_scratch"
_FOREIGN = Text(
    "这个数据库装着别的数据，没有动它。核对 --db，或换一个空库。",
    "This database holds something else and was left as it is. Check --db, or name an empty database.",
)
_EMPTY = Text(
    "这个数据库还是空的。先用 rongtong publish 区县 发布区县，再来。",
    "This database is empty. Publish a district into it first: rongtong publish DISTRICT.",
)


class Standing(Enum):
    """What is in a database."""

    EMPTY = "empty"
    OURS = "ours"
    FOREIGN = "foreign"


def standing(database: Database) -> Standing:
    """Look, without changing anything. Raises a refusal that says what to do when the database is out of reach."""
    try:
        with database.connect() as connection:
            names = set(connection.execute(_TABLES[database.dialect]).scalars())
    except DBAPIError as error:
        raise out_of_reach(database.url, error) from error
    if MARK in names:
        return Standing.OURS
    return Standing.FOREIGN if names else Standing.EMPTY


def must_be_ours(database: Database, *, new: bool) -> None:
    """Refuse a database of somebody else's, and an empty one unless it may be a *new* one."""
    found = standing(database)
    if found is Standing.FOREIGN:
        raise RongtongError(_FOREIGN, code="foreign_database")
    if found is Standing.EMPTY and not new:
        raise RongtongError(_EMPTY, code="no_database")


@contextmanager
def scratch_schema(url: str) -> Iterator[str]:
    """The address of a new schema in the PostgreSQL at *url*, gone with all that is in it afterwards."""
    database = open_database(url)
    try:
        with database.connect() as connection:
            connection.execute(text(f"CREATE SCHEMA {_SCRATCH}"))
        try:
            yield database.url.update_query_dict({"options": f"-csearch_path={_SCRATCH}"}).render_as_string(False)
        finally:
            with database.connect() as connection:
                connection.execute(text(f"DROP SCHEMA {_SCRATCH} CASCADE"))
    finally:
        database.close()


def out_of_reach(url: URL, error: DBAPIError) -> RongtongError:
    """The refusal for a database to which no connection could be made."""
    kind = failures.classify(error)
    if kind in (Failure.LOCKED, Failure.FULL):
        return failures.busy(kind)
    if url.get_backend_name() == "sqlite":
        if kind is Failure.BROKEN:
            return RongtongError(Text(
                f"打不开数据库文件{url.database}。核对路径，看有没有读写它和所在文件夹的权限。",
                f"Cannot open the database file {url.database}. Check the path, and that the file and its folder "
                "may be read and written.",
            ), code="unreachable")  # fmt: skip
        return RongtongError(Text(
            f"{url.database}不是数据库文件，没有动它。核对 --db。",
            f"{url.database} is not a database and was left as it is. Check --db.",
        ), code="foreign_database")  # fmt: skip
    where = url.render_as_string(hide_password=True)
    said = str(error.orig).strip().splitlines()[0]
    return RongtongError(Text(
        f"连不上数据库 {where}。看服务器是否在运行，核对 --db 里的主机、库名、用户和密码。（{said}）",
        f"Cannot connect to the database {where}. See that the server runs; check host, name, user and password "
        f"in --db. ({said})",
    ), code="unreachable")  # fmt: skip
