"""Each promise that ``verify`` checks is broken by hand, past every guard of the database, and is named."""

from __future__ import annotations

from contextlib import closing

import pytest

from engine.clock import DAY
from engine.operations import cases
from engine.operations.clockwork import pass_time, seal
from engine.operations.context import Caller
from engine.operations.erasing import erase
from engine.store.databases.drivers import sqlite_module
from tests.integration.operations.looking import broken
from tests.integration.operations.test_budget import WIDE
from tests.town import Town


@pytest.fixture
def lived(lone_town: Town) -> Town:
    """An ended case, one of two parties, one that waits on its clock, one that was erased; all sealed."""
    town = lone_town
    town.publish(WIDE)
    gone = town.start("hold", seat="9", key="gone")
    town.act(gone, "ok", "refuse", "sun", opinion="没有")
    pass_time(town.ctx, town.clock, town.clock.at + DAY)
    erase(town.ctx, Caller("cai"), gone.number, "到期")
    refused = town.start("hold", seat="1")
    town.act(refused, "ok", "refuse", "sun", opinion="没有")
    pass_time(town.ctx, town.clock, town.clock.at + DAY)
    cases.start(town.ctx, Caller("ann"), "wide", {"other": "b"}, unit="a", key="wide")
    town.start("w1", key="w1")
    seal(town.ctx)
    return town


def _tampered(town: Town, sql: str) -> list[str]:
    """What ``verify`` finds after *sql* ran on the file itself, without foreign keys."""
    file = town.system.database.url.database
    with closing(sqlite_module().connect(file)) as connection:
        changed = connection.execute(sql).rowcount
        connection.commit()
    assert changed > 0, "nothing was tampered with"
    return broken(town)


_OPEN = "(SELECT id FROM cases WHERE process = 'w1')"
_ENDED = "(SELECT id FROM cases WHERE end_name = 'refused' AND subject = '1')"
_WIDE = "(SELECT id FROM cases WHERE process = 'wide')"
_ERASED = "(SELECT id FROM cases WHERE subject LIKE '%已清除%')"
#: What is done to the file, and the promise that then does not hold.
TAMPERS = {
    "a case's status": (f"UPDATE cases SET status = 'ended' WHERE id = {_OPEN}", "case"),
    "how a case ended": (f"UPDATE cases SET end_name = 'done' WHERE id = {_ENDED}", "case"),
    "when a case ended": (f"UPDATE cases SET ended_at = ended_at + 1 WHERE id = {_ENDED}", "case"),
    "a case's unit": (f"UPDATE cases SET unit_id = 'b' WHERE id = {_OPEN}", "case"),
    "who started it": (f"UPDATE cases SET started_by = 'bo' WHERE id = {_OPEN}", "case"),
    "whom it is for": (f"UPDATE cases SET for_person = 'bo' WHERE id = {_OPEN}", "case"),
    "when it began": (f"UPDATE cases SET started_at = 1 WHERE id = {_OPEN}", "case"),
    "its number": (f"UPDATE cases SET number = '000000-00000' WHERE id = {_OPEN}", "case"),
    "which form is current": (f"UPDATE cases SET data_seq = 7 WHERE id = {_OPEN}", "case"),
    "its version of the process": (
        f"UPDATE cases SET def_hash = (SELECT hash FROM definition WHERE process = 'hold') WHERE id = {_OPEN}", "case",
    ),
    "its state": (f"UPDATE cases SET state = replace(state, '\"ann\"', '\"bea\"') WHERE id = {_OPEN}", "replay"),
    "an unreadable state": (f"UPDATE cases SET state = '{{' WHERE id = {_OPEN}", "replay"),
    "a party more": (f"INSERT INTO party SELECT district_id, id, 'two', 'd' FROM cases WHERE id = {_WIDE}", "party"),
    "a party less": (f"DELETE FROM party WHERE case_id = {_WIDE} AND party = 'two'", "party"),
    "another party": (f"UPDATE party SET unit_id = 'd' WHERE case_id = {_WIDE} AND party = 'two'", "party"),
    "the whole form": (f"UPDATE case_data SET data = replace(data, '1', '8') WHERE case_id = {_OPEN}", "form"),
    "what was filled": (f"UPDATE case_data SET fill = replace(fill, '1', '8') WHERE case_id = {_OPEN}", "form"),
    "an opinion": (f"UPDATE case_data SET note = '有' WHERE case_id = {_ENDED} AND note IS NOT NULL", "form"),
    "a form of nobody": (
        f"INSERT INTO case_data SELECT district_id, case_id, 50, salt, fill, note, data, told FROM case_data "
        f"WHERE case_id = {_OPEN}", "form",
    ),
    "a form emptied": (f"UPDATE case_data SET salt = '', fill = NULL, data = NULL WHERE case_id = {_OPEN}", "form"),
    "an erased form refilled": (f"UPDATE case_data SET note = '写回' WHERE case_id = {_ERASED}", "form"),
    "a task's holder": (f"UPDATE task SET assignee = 'bo' WHERE case_id = {_OPEN}", "task"),
    "a task's deadline": (f"UPDATE task SET due_at = due_at + 1 WHERE case_id = {_OPEN}", "task"),
    "a task of long ago": (f"DELETE FROM task WHERE case_id = {_ENDED}", "task"),
    "a clock put out": (f"UPDATE task SET ping_at = NULL WHERE case_id = {_OPEN}", "clock"),
    "a clock set early": (f"UPDATE task SET ping_at = 1 WHERE case_id = {_OPEN}", "clock"),
    "a clock lit": (f"UPDATE task SET ping_at = 1 WHERE case_id = {_ENDED}", "clock"),
    "a journal's actor": (f"UPDATE journal SET actor = 'bo' WHERE stream = {_OPEN}", "chain"),
    "half a key": ("UPDATE journal SET request_hash = NULL WHERE request_key = 'w1'", "key"),
    "another's answer": (
        "UPDATE journal SET answer = (SELECT answer FROM journal WHERE request_key = 'wide') WHERE request_key = 'w1'",
        "key",
    ),
    "a case that vanished": (f"DELETE FROM cases WHERE id = {_OPEN}", "orphan"),
    "a journal of nothing": ("UPDATE stream SET id = 'elsewhere' WHERE id = 'org'", "orphan"),
    "a job of no case": (
        "INSERT INTO job SELECT district_id, 'j', 'nothing', NULL, 'notice', '{}', 'waiting', 0, 1, 0, 0, 0, NULL, NULL "
        "FROM cases LIMIT 1", "orphan",
    ),
    "a job tried too often": (
        "INSERT INTO job SELECT district_id, 'j', id, NULL, 'notice', '{}', 'waiting', 0, 1, 0, 99, 99, NULL, NULL "
        "FROM cases LIMIT 1", "job",
    ),
    "a job of no kind": (
        "INSERT INTO job SELECT district_id, 'j', id, NULL, 'wild', '{}', 'waiting', 0, 1, 0, 0, 0, NULL, NULL "
        "FROM cases LIMIT 1", "job",
    ),
    "a setting": ("UPDATE district SET value = '{\"w1\": {}, \"x\": {}}' WHERE key = 'settings'", "setting"),
    "a setting dropped": ("DELETE FROM district WHERE key = 'persons'", "setting"),
    "a role given by hand": (
        "INSERT INTO role_grant SELECT district_id, 'bo:district_admin:c', 'bo', 'district_admin', 'c', since, until "
        "FROM role_grant LIMIT 1", "people",
    ),
    "a role that never ends": ("UPDATE role_grant SET until = until - 1", "people"),
    "somebody's unit": ("UPDATE person SET unit_id = 's' WHERE id = 'ann'", "people"),
    "a deputy by hand": (
        "INSERT INTO deputy SELECT district_id, 'x', 'sun', id, NULL, since, until, '' FROM person WHERE id = 'bo'",
        "people",
    ),
    "a unit moved": ("UPDATE unit SET parent = 'c' WHERE id = 'a'", "people"),
    "a setting that nobody chose": ("INSERT INTO district SELECT district_id, 'x', 'y' FROM district LIMIT 1", "setting"),
    "who published": ("UPDATE definition SET published_by = 'bo'", "definition"),
    "a version's title": ("UPDATE definition SET title = '[\"好\",\"好\"]' WHERE process = 'w1'", "definition"),
    "an open task that says done": (f"UPDATE task SET actor = 'bo', done_at = 1 WHERE case_id = {_OPEN}", "task"),
    "a notice by hand": (
        "INSERT INTO notice SELECT district_id, 'x', 'bea', kind, case_id, n, zh, en, at, NULL FROM notice LIMIT 1",
        "notice",
    ),
    "whom a notice told": ("UPDATE notice SET person = 'bea'", "notice"),
    "of which case": (f"UPDATE notice SET case_id = {_OPEN}", "notice"),
    "of what it told": ("UPDATE notice SET kind = 'ok.agree'", "notice"),
    "when it told": ("UPDATE notice SET at = 1", "notice"),
    "a notice of nothing": ("UPDATE notice SET case_id = NULL", "notice"),
    "a notice read by hand": ("UPDATE notice SET read_at = at", "notice"),
    "a notice that is gone": ("DELETE FROM notice", "notice"),
    "a published version": ("UPDATE definition SET document = replace(document, '座位', '坐位')", "definition"),
    "which version is current": ("UPDATE definition SET current = 0 WHERE process = 'w1'", "definition"),
    "a version in use": ("DELETE FROM definition WHERE process = 'w1'", "definition"),
    "a journal of the district": ("UPDATE journal SET actor = 'bo' WHERE stream = 'definition'", "chain"),
    "an anchor": ("UPDATE anchor SET hash = 'x'", "checkpoint"),
    "a checkpoint": ("UPDATE checkpoint SET at = at + 1", "checkpoint"),
}  # fmt: skip


def test_what_was_lived_is_in_order(lived: Town) -> None:
    assert broken(lived) == []


@pytest.mark.parametrize("what", TAMPERS)
def test_tampering_is_named(lived: Town, what: str) -> None:
    sql, promise = TAMPERS[what]
    assert promise in {line.split()[0] for line in _tampered(lived, sql)}
