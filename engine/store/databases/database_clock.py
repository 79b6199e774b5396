"""One time for all machines: where several share a PostgreSQL, each sets its own clock right by the database's."""

from __future__ import annotations

from typing import Any

from engine.clock import MINUTE, SECOND, Clock, Micros, SystemClock
from engine.store.databases.database import Database

#: The offset to the database's clock is measured again after this long, and at once where somebody set the machine's
#: own clock by more than this: against its steady one that shows, forwards and back.
EVERY: Micros = MINUTE
_STEP: Micros = SECOND // 2
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
    """Measure the offset to a PostgreSQL's clock, seldom, and when the machine's was set; outside of a transaction."""
    asked, steady = _MACHINE.wall(), _MACHINE.steady()
    difference = asked - steady
    if steady < database.measured_at + EVERY and abs(difference - database.difference) < _STEP:
        return
    shown = int(cursor.execute(_ASK).fetchone()[0])
    database.offset = shown - (asked + _MACHINE.wall()) // 2
    database.measured_at, database.difference = steady, difference
