"""One time for all machines: where several share a PostgreSQL, each sets its own clock right by the database's."""

from __future__ import annotations

from typing import Any

from engine.clock import MINUTE, Clock, Micros, SystemClock
from engine.store.database import Database

#: The offset to the database's clock is measured again after this long.
EVERY: Micros = MINUTE
_ASK = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_MACHINE = SystemClock()


class DatabaseClock:
    """*base* as the database would show it: leases and deadlines mean the same on every machine."""

    def __init__(self, base: Clock, database: Database) -> None:
        self._base = base
        self._database = database

    def now(self) -> Micros:
        """Business time, by the database's clock."""
        return self._base.now() + self._database.offset

    def wall(self) -> Micros:
        """Real time, by the database's clock."""
        return self._base.wall() + self._database.offset


def set_right(database: Database, cursor: Any) -> None:
    """Measure the offset to a PostgreSQL's clock, at most once in ``EVERY``; outside of a transaction."""
    asked = _MACHINE.wall()
    if asked < database.measured_at + EVERY:
        return
    database.measured_at = asked
    shown = int(cursor.execute(_ASK).fetchone()[0])
    database.offset = shown - (asked + _MACHINE.wall()) // 2
