"""Jobs beside a busy database: what could not begin has not been tried and starves nobody, what lasts too long has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from engine.clock import MINUTE, SECOND
from engine.errors import Busy
from engine.extend import JobContext, Reaction, ReadContext, Sender, both
from engine.operations import incidents
from engine.operations.background.claiming import LEASE
from engine.operations.background.handing import job_body
from engine.operations.background.inner import run_jobs
from engine.operations.background.outbound import send_jobs
from engine.operations.context import Caller
from engine.store import jobs
from engine.store.databases.database import Database
from engine.store.failure_words import said_in
from engine.store.schema import tables
from tests.integration.operations.looking import rows
from tests.integration.operations.test_senders import _SEND as SEND
from tests.integration.operations.test_senders import Horse
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin

#: The first statement of a job's own transaction, which ends it, and of a message's, which looks whose it is.
FIRST = {"plugin:bell.strikes": "DELETE FROM job", "send:bell.tower": "SELECT job.id"}


class Cancelled(Exception):
    """What PostgreSQL raises for a statement that lasted too long."""

    sqlstate = "57014"


class Held:
    """Somebody holds what statements with *word* need, about the job *of* or any; *beyond* it nothing gets through."""

    def __init__(self, word: str, of: str = "", *, beyond: bool = False) -> None:
        self.word, self.of, self.beyond, self.met = word, of, beyond, 0

    def before(self, sql: str, parameters: Any) -> None:
        """Refuse what is held."""
        if (self.beyond and self.met) or (self.word in sql and (not self.of or self.of in parameters)):
            if "ROLLBACK" in sql:
                return
            self.met += 1
            raise OperationalError(sql, None, Exception("database is locked"))

    def after(self, sql: str, parameters: Any, rows: int) -> None:
        """What got through is fine."""


def dawdle(town: Town, ctx: JobContext) -> None:
    """Last longer than anything may."""
    town.clock.advance(31 * SECOND)


def be_cancelled(town: Town, ctx: JobContext) -> None:
    """Have a statement that lasts too long."""
    raise OperationalError("SELECT 1", None, Cancelled("canceling statement due to statement timeout"))


def meet_a_lock(town: Town, ctx: JobContext) -> None:
    """Need what somebody else holds."""
    raise OperationalError("SELECT 1", None, Exception("database is locked"))


DOES: dict[str, Callable[[Town, JobContext], None]] = {
    "too long": dawdle, "cancelled": be_cancelled, "locked": meet_a_lock, "well": lambda town, ctx: None,
}  # fmt: skip


@pytest.fixture
def ran() -> list[str]:
    """The jobs whose own work was called, in order."""
    return []


@pytest.fixture
def town(db: Database, ran: list[str]) -> Iterator[Town]:
    def strike(ctx: JobContext, body: Mapping[str, Any]) -> None:
        ran.append(ctx.key.removeprefix("job:"))
        DOES[body["how"]](made, ctx)

    def prepare(ctx: ReadContext, body: Mapping[str, Any]) -> Any:
        return {}

    def record(ctx: JobContext, result: Any) -> None:
        ran.append(ctx.key.removeprefix("job:"))

    ways = {"register_reactions": giving(Reaction("bell.strikes", "", strike)),
            "register_senders": giving(Sender("bell.tower", both("tower"), prepare, SEND, record))}  # fmt: skip
    made = build(db, beside=[plugin("bell", **ways)], mode="live")
    yield made
    db.hook = None
    made.system.runner.release()


def enqueue(town: Town, kind: str, *hows: str) -> None:
    """Let jobs ``a``, ``b`` … wait, each due before the next."""
    case = town.start("w1").case
    town.ctx.runner.run(lambda tx: [
        jobs.enqueue(
            tx, "town", id="abcdef"[place], stream=case, n=None, kind=kind, body=job_body("first", 1, {"how": how}),
            run_at=town.clock.at - len(hows) + place,
        ) for place, how in enumerate(hows)
    ])  # fmt: skip


def run(town: Town, kind: str, limit: int = 20) -> int:
    """A round of the worker for jobs of *kind*."""
    return send_jobs(town.ctx, Horse(), limit) if kind.startswith("send") else run_jobs(town.ctx, limit)


def left(town: Town) -> dict[str, tuple[int, str | None]]:
    """The tries and the error of the jobs that are left."""
    return {row["id"]: (row["attempts"], row["error"] and said_in(row["error"]).en) for row in rows(town, tables.job)}


@pytest.mark.parametrize("kind", FIRST)
def test_what_could_not_begin_has_not_been_tried_and_lets_others_go_first_for_longer_and_longer(
    town: Town, ran: list[str], kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    enqueue(town, kind, "well", "well")
    town.system.database.hook = Held(FIRST[kind], "a")
    assert run(town, kind) == 2
    assert ran == ["b"]
    waits = []
    for _ in range(2 * jobs.MOST_ATTEMPTS):
        assert left(town) == {"a": (0, None)}
        again = rows(town, tables.job)[0]["run_at"]
        waits.append((again - town.clock.at) // SECOND)
        town.clock.at = again - 1
        assert run(town, kind) == 0
        town.clock.at = again
        assert run(town, kind) == 1
    assert waits[:7] == [2, 4, 8, 16, 32, 60, 60]
    assert set(waits[7:]) == {60}
    assert not incidents.incidents(town.ctx, Caller("cai"))
    assert f"job a ({kind}) could not begin" in caplog.text
    town.system.database.hook = None
    town.clock.advance(MINUTE)
    assert run(town, kind) == 1
    assert ran == ["b", "a"]
    assert left(town) == {}


@pytest.mark.parametrize("kind", FIRST)
def test_what_could_not_even_be_given_back_is_as_soon_as_the_database_can_be_written(
    town: Town, ran: list[str], kind: str
) -> None:
    enqueue(town, kind, "well", "well")
    town.system.database.hook = Held(FIRST[kind], "a", beyond=True)
    with pytest.raises(Busy):
        run(town, kind)
    with pytest.raises(Busy):
        run(town, kind)
    town.system.database.hook = None
    assert left(town) == {"a": (1, None), "b": (0, None)}, "it is claimed"
    assert run(town, kind) == 1
    assert ran == ["b"]
    assert left(town) == {"a": (0, None)}
    town.clock.advance(LEASE)
    assert run(town, kind) == 1
    assert left(town) == {}


@pytest.mark.parametrize(
    ("how", "said"),
    [("too long", "took too long"), ("cancelled", "took too long"), ("locked", "database is in use")],
)
def test_what_was_stopped_in_the_middle_has_been_tried_says_why_and_is_given_up(
    town: Town, ran: list[str], how: str, said: str
) -> None:
    kind = "plugin:bell.strikes"
    enqueue(town, kind, how, "well")
    assert run(town, kind) == 2
    assert ran[-1] == "b", "it holds up nobody"
    for tries in range(1, jobs.MOST_ATTEMPTS + 1):
        ((tried, error),) = left(town).values()
        assert tried == tries
        assert said in str(error)
        town.clock.at = max(town.clock.at, rows(town, tables.job)[0]["run_at"])
        run(town, kind)
    (found,) = incidents.incidents(town.ctx, Caller("cai"))
    assert found.tries == jobs.MOST_ATTEMPTS
    assert said in found.cause.en
    assert found.again is None


def test_what_failed_while_the_database_could_not_be_written_says_why_afterwards(town: Town, ran: list[str]) -> None:
    enqueue(town, "plugin:bell.strikes", "locked", "well")
    town.system.database.hook = Held("SET status", "a")
    with pytest.raises(Busy):
        run_jobs(town.ctx)
    town.system.database.hook = None
    assert run_jobs(town.ctx) == 1
    ((tried, error),) = left(town).values()
    assert tried == 1
    assert "database is in use" in str(error)
    assert ran == ["a", "b"]


def test_what_was_taken_over_meanwhile_is_not_given_back(town: Town) -> None:
    kind = "plugin:bell.strikes"
    enqueue(town, kind, "well")
    town.system.database.hook = Held(FIRST[kind], "a", beyond=True)
    with pytest.raises(Busy):
        run(town, kind)
    town.system.database.hook = None
    town.clock.advance(LEASE)
    other = town.ctx.runner.run(lambda tx: jobs.claim(
        tx, "town", outbound=False, now=town.clock.at, wall=town.clock.at, lease=LEASE
    ))  # fmt: skip
    assert other is not None
    assert run(town, kind) == 0
    assert left(town) == {"a": (2, jobs.LOST.en)}
    assert town.ctx.runner.run(lambda tx: jobs.is_leased(tx, other), write=False)
    town.ctx.runner.run(lambda tx: tx.connection.execute(text("DELETE FROM job")).rowcount)
