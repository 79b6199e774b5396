"""What a command asks of the directory is kept while nobody changes who is who, and never any longer."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, update

from engine.clock import DAY, HOUR, Micros
from engine.errors import RongtongError
from engine.operations import cases, who
from engine.operations.content.adopt import adopt
from engine.operations.content.pack import Pack
from engine.operations.context import ENGINE, Caller
from engine.operations.reading import pages
from engine.store import cases as store
from engine.store import known
from engine.store.databases.database import Database, open_database
from engine.store.known import Directories
from engine.store.schema import tables
from engine.store.schema.columns import NEVER
from engine.store.transactions.runner import Runner, Tx
from tests.bounded import until
from tests.integration.operations.looking import broken, watching
from tests.integration.operations.test_deputies import deputise
from tests.integration.operations.test_revoked import give, leave, revoke
from tests.town import CALENDAR, GRANTS, PACK, Town, neighbour
from tests.who import change

_OF_DIRECTORY = ("FROM role_grant", "JOIN role_grant", "FROM person", "FROM deputy", "FROM unit ", "FROM unit_member")


def asked(town: Town, press: Callable[[], object]) -> int:
    """How many statements that read the directory *press* sends."""
    with watching(town) as watch:
        press()
    return sum(any(word in " ".join(sql.split()) for word in _OF_DIRECTORY) for sql in watch.statements)


def _decide(town: Town, by: str = "sun") -> Callable[[], object]:
    case = town.start()
    n = cases.open_serial(town.ctx, case.number, "ok")
    return lambda: cases.act(town.ctx, Caller(by), case.number, n, "agree")


def _known(town: Town) -> Town:
    """The town after a case that was started and decided, so that all it asks is known."""
    _decide(town)()
    return town


def test_a_start_and_a_decision_read_nothing_of_the_directory_that_is_known(town: Town) -> None:
    _known(town)
    assert asked(town, town.start) == 0
    assert asked(town, _decide(town)) == 0
    assert broken(town) == []


def test_whose_role_ended_may_not_act_from_the_next_press_on(town: Town) -> None:
    press = _decide(_known(town))
    revoke(town, "sun", "head")
    with pytest.raises(RongtongError):
        press()


def test_who_was_given_a_role_may_act_at_the_next_press(town: Town) -> None:
    press = _decide(_known(town), "bo")
    with pytest.raises(RongtongError):
        press()
    give(town, "bo", "head", "s")
    press()


def test_who_has_left_may_not_act_from_the_next_press_on(town: Town) -> None:
    press = _decide(_known(town))
    leave(town, "sun")
    with pytest.raises(RongtongError):
        press()


def test_a_page_asks_nothing_twice_and_shows_at_once_who_has_come_and_gone(town: Town) -> None:
    case = _known(town).start()
    n = cases.open_serial(town.ctx, case.number, "ok")

    def receivers() -> str:
        return str(pages.task(town.ctx, Caller("sun"), case.number, n).receivers)

    before = receivers()
    again = asked(town, receivers)
    assert "薄霜" not in before
    give(town, "bo", "head", "s")
    assert asked(town, receivers) > again, "what was kept under another version is read anew"
    assert "薄霜" in receivers()
    revoke(town, "bo", "head")
    assert receivers() == before


def test_a_deputy_acts_while_the_term_lasts(town: Town) -> None:
    _known(town)
    press, late = _decide(town, "bo"), _decide(town, "bo")
    with pytest.raises(RongtongError):
        press()
    deputise(town, "sun", "bo", days=3)
    _decide(town, "bo")()
    town.clock.advance(4 * DAY)
    with pytest.raises(RongtongError):
        late()


@pytest.mark.parametrize("gone", [HOUR, HOUR - 1])
def test_what_is_known_ends_when_a_role_ends_on_its_day(town: Town, gone: Micros) -> None:
    g, ends = tables.role_grant.c, town.clock.at + HOUR
    change(town.ctx, update(tables.role_grant).where(g.person == "sun").values(until=ends))
    press = _decide(_known(town))
    town.clock.advance(gone)
    if gone < HOUR:
        press()
        return
    with pytest.raises(RongtongError):
        press()


def test_what_is_known_ends_when_a_role_begins_on_its_day(town: Town) -> None:
    row = {"district_id": town.ctx.id, "id": "later", "person": "bo", "role": "head", "unit_id": "s",
           "since": town.clock.at + HOUR, "until": NEVER}  # fmt: skip
    change(town.ctx, insert(tables.role_grant), [row])
    press = _decide(_known(town), "bo")
    with pytest.raises(RongtongError):
        press()
    town.clock.advance(HOUR)
    press()


def test_where_the_clock_was_set_back_nothing_that_is_known_is_taken(town: Town) -> None:
    _known(town)
    town.clock.advance(-HOUR)
    assert asked(town, town.start) > 0


def test_a_change_that_was_rolled_back_leaves_nothing_behind(town: Town) -> None:
    """Its version is seen by nobody else, and the next change has another, though it has the same number."""
    _known(town)
    g = tables.role_grant.c

    def fail(tx: Any) -> None:
        tx.connection.execute(update(tables.role_grant).where(g.person == "sun").values(until=town.clock.at))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        who.change(town.ctx, ENGINE, "change", {}, fail)
    _decide(town)()
    give(town, "bo", "head", "s")
    _decide(town, "bo")()
    _decide(town)()


def test_another_process_that_changes_who_is_who_is_believed_at_once(db: Database, town: Town) -> None:
    press = _decide(_known(town))
    url = db.url.render_as_string(hide_password=False)
    other = open_database(url)
    elsewhere = replace(town.system, database=other, runner=Runner(other, clock=town.clock), directories=Directories())
    try:
        revoke(Town(replace(town.ctx, system=elsewhere), town.clock), "sun", "head")
    finally:
        elsewhere.runner.release()
        other.close()
    with pytest.raises(RongtongError):
        press()


def test_an_adopted_pack_is_believed_at_once(town: Town) -> None:
    press = _decide(_known(town))
    grants = tuple(grant for grant in GRANTS if grant.person != "sun")
    adopt(town.system, Pack(replace(PACK, grants=grants), (CALENDAR,)), Caller("cai"))
    with pytest.raises(RongtongError):
        press()


def test_two_districts_know_nothing_of_each_other(town: Town) -> None:
    beside = neighbour(_known(town))
    revoke_there = update(tables.role_grant).where(
        tables.role_grant.c.district_id == beside.ctx.id, tables.role_grant.c.person == "sun"
    )
    _decide(beside)()
    change(beside.ctx, revoke_there.values(until=town.clock.at))
    _decide(town)()
    with pytest.raises(RongtongError):
        _decide(beside)()


def test_what_is_known_is_bounded(lone_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "MOST_ANSWERS", 2)
    for _ in range(3):
        _decide(lone_town)()
        lone_town.start(by="bea", unit="b")
    (found,) = lone_town.system.directories._known.values()
    assert 0 < len(found.answers) <= 2


# -- PostgreSQL: a statement that waits sees the directory as it was when it began to -------------


@pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)
def test_who_lost_a_role_while_waiting_for_the_case_is_refused(town: Town) -> None:
    """The lock of the case was asked for before the role ended and got after: what is known of before is not taken."""
    _known(town)
    case = town.start("hold")
    n = cases.open_serial(town.ctx, case.number, "ok")

    def work(tx: Tx) -> Future[Any]:
        held = store.lock(tx, town.ctx.id, number=case.number)
        assert held is not None
        waits = pool.submit(pressed)
        until(lambda: _waiting(town))
        pool.submit(revoke, town, "sun", "head").result(10)
        held.version += 1
        store.save(tx, held, expected=held.version - 1)
        return waits

    def pressed() -> Any:
        try:
            return cases.act(town.ctx, Caller("sun"), case.number, n, "agree")
        finally:
            town.system.runner.release()

    with ThreadPoolExecutor(2) as pool:
        waits = town.ctx.runner.run(work)
        with pytest.raises(RongtongError):
            waits.result(10)
        pool.submit(town.system.runner.release).result(10)


def _waiting(town: Town) -> bool:
    """Whether some statement waits for a lock."""
    with town.system.database.connect() as connection:
        return bool(connection.exec_driver_sql("SELECT 1 FROM pg_locks WHERE NOT granted").first())


# -- whoever changes it ---------------------------------------------------------------------------

_WHO = ("unit", "unit_member", "person", "role_grant", "deputy")
_CHANGES = re.compile(rf"(?:INSERT INTO|UPDATE|DELETE FROM) (?:{'|'.join(_WHO)})\b")


def _adopt_others(town: Town) -> None:
    grants = tuple(grant for grant in GRANTS if grant.person != "sun")
    adopt(town.system, Pack(replace(PACK, grants=grants), (CALENDAR,)), Caller("cai"))


WRITERS: dict[str, Callable[[Town], object]] = {
    "a pack": _adopt_others,
    "a change beside every pack": lambda town: deputise(town, "sun", "bo"),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_whoever_changes_who_is_who_moves_its_version_in_the_same_transaction(town: Town, writer: str) -> None:
    with watching(town) as watch:
        WRITERS[writer](town)
    said = " ".join(" ".join(sql.split()) for sql in watch.statements)
    changing = [part for part in said.split("COMMIT") if _CHANGES.search(part)]
    assert changing and all("UPDATE stream" in part for part in changing)
