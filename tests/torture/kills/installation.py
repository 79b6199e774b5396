"""An installation to kill: a published district, people with tokens, two servers and a worker on one database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, text

from engine.app import open_system
from engine.cli.root import run
from engine.operations.accounts.accounts import create_account, create_token
from engine.operations.context import Context, System
from engine.operations.districts import context
from engine.operations.naming import person_named
from engine.operations.verifying.verify import verify
from engine.store.schema import tables
from engine.worker.worker import Worker
from tests.bounded import until_nothing
from tests.torture.kills.crowd import DISTRICT, Person
from tests.torture.kills.oracle import Asked, Oracle
from tests.torture.kills.processes import Child, free_port

#: Neighbouring stations; in each one asks and one decides.
_STATIONS = ("塘仔里社区", "新安街社区", "公园路社区", "南珠路社区")
_ROLES = ("staff", "station_admin")
_VENUES = text("SELECT v.id FROM venue_sharing_venue v WHERE v.station = :station ORDER BY v.name LIMIT 2")


@dataclass(frozen=True)
class Installation:
    """What runs on the database at ``url``, and who works with it."""

    url: str
    servers: Sequence[Child]
    worker: Child
    people: Sequence[Person]
    venues: Sequence[str]

    @property
    def children(self) -> tuple[Child, ...]:
        """Everything that can be killed."""
        return (*self.servers, self.worker)


def install(url: str, folder: Path) -> Installation:
    """Publish the district on the empty database at *url*; nothing runs yet, logs go to *folder*."""
    assert run(["publish", DISTRICT, "--db", url]) == 0
    system = open_system(url)
    ctx = context(system, DISTRICT)
    people = [_settled(system, ctx, f"{role}@{station}") for station in _STATIONS for role in _ROLES]
    units = dict.fromkeys(person.unit for person in people)
    venues = [
        found for unit in units
        for found in ctx.runner.run(lambda tx, unit=unit: tx.connection.scalars(_VENUES, {"station": unit}).all())
    ]  # fmt: skip
    _close(system)
    servers = tuple(Child(url, folder, f"server-{number}", free_port()) for number in (1, 2))
    return Installation(url, servers, Child(url, folder, "worker"), people, venues)


def _settled(system: System, ctx: Context, words: str) -> Person:
    person, unit = person_named(ctx, words)
    account = create_account(system, f"{words.partition('@')[0]}-{person}", words, None, {ctx.id: person})
    return Person(person, unit, create_token(system, account, ctx.id, "kills"))


def _close(system: System) -> None:
    system.runner.release()
    system.database.close()


def faults(url: str, oracle: Oracle) -> list[str]:
    """What is wrong in the database at *url* once nothing runs any more; [] as it must be."""
    system = open_system(url)
    worker = Worker(system)
    until_nothing(worker.once, "the worker")
    ctx = context(system, DISTRICT)
    wrong = [f"verify: {b.promise} {b.place} {b.text.en}" for b in verify(ctx).broken]
    j = tables.journal.c
    rows = ctx.runner.run(
        lambda tx: tx.connection.execute(select(j.actor, j.request_key, j.answer).where(j.request_key.is_not(None))).all(),
        write=False,
    )  # fmt: skip
    if system.database.engine.dialect.name == "sqlite":
        checks = ("PRAGMA integrity_check", "PRAGMA foreign_key_check")
        said = [ctx.runner.run(lambda tx, c=c: tx.connection.execute(text(c)).all(), write=False) for c in checks]
        wrong += [f"sqlite: {each}" for each in said if each not in ([], [("ok",)])]
    _close(system)
    return wrong + against(oracle, [(row.actor, row.request_key) for row in rows])


def against(oracle: Oracle, rows: Sequence[tuple[str, str]]) -> list[str]:
    """What differs between what the clients were told and the journal's *rows* with a key: (actor, key)."""
    times: dict[tuple[str, str], int] = {}
    for row in rows:
        times[row] = times.get(row, 0) + 1

    def wrong(asked: Asked) -> str:
        answered, found = oracle.settled.get(asked.key), times.pop((asked.actor, asked.key), 0)
        if answered is None:
            return f"{asked.key}: nobody was told what became of it"
        if answered.done and found != 1:
            return f"{asked.key}: told that it is done, and it stands in the journal {found} times"
        if not answered.done and found:
            return f"{asked.key}: refused with {answered.status}, and yet it was done"
        return ""

    found = [said for asked in oracle.asked.values() if (said := wrong(asked))]
    return found + [f"{key} of {actor}: nobody asked for it" for actor, key in times]
