"""Erasing: what people typed goes from every table, the record of what was done stays and still verifies."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from engine.clock import HOUR
from engine.errors import Conflict, Forbidden, Invalid, KeyReused, NotFound
from engine.operations import cases, notices
from engine.operations.clockwork import pass_time, seal
from engine.operations.context import Caller
from engine.operations.erasing import ERASED, erase
from engine.operations.reading import pages
from engine.operations.reading.views import Receipt
from engine.store import journal
from engine.store.databases.database import open_database
from engine.store.schema import tables
from engine.store.text import load
from tests.integration.operations.looking import broken, case_of, everything, history
from tests.lists.tables import RULES
from tests.town import Town, build

CAI = Caller("cai")
GROUND = "本人申请，区数据办2026年12号"
#: Everything that somebody typed in the case below.
TYPED = ("靠窗七号座", "窗边有风请换里面", "已经换了谢谢", "里面九号座", "没有空座了抱歉")
WORDY = """
process: wordy
title: 写几句
uses: [desk]
subject: [why]
fields: {why: {type: text, title: 事由}}
start: {who: role staff, fill: [why]}
steps:
- step: ok
  ask: role head of start.unit
  outcomes:
    agree: next
    refuse: {opinion: must, then: end refused}
    revise: {opinion: must, then: back start, at_most: 2}
- {step: noting, do: desk.note, with: {words: =why}}
ends: {done: {title: 办成}, refused: {title: 未成, tell: applicant}}
"""


def _ended(town: Town) -> Receipt:
    """A case that went back and forth and was refused, its applicant told."""
    first, revise, word, second, refuse = TYPED
    town.publish(WORDY)
    case = cases.start(town.ctx, Caller("ann"), "wordy", {"why": first}, unit="a")
    town.act(case, "ok", "revise", "sun", opinion=revise)
    cases.comment(town.ctx, Caller("ann"), case.number, word)
    town.act(case, "start", "submit", "ann", fill={"why": second})
    town.act(case, "ok", "refuse", "sun", opinion=refuse)
    pass_time(town.ctx, town.clock, town.clock.at + HOUR)
    return case


def _left(town: Town) -> set[str]:
    said = str({name: found for name, found in everything(town).items() if name not in ("desk_seat", "desk_note")})
    return {word for word in TYPED if word in said}


def test_what_was_typed_is_never_in_the_journal(town: Town) -> None:
    case = _ended(town)
    assert len(_left(town)) == len(TYPED), "it is somewhere"
    kept = str(history(town, case))
    assert [word for word in TYPED if word in kept] == []


def test_an_erased_case_keeps_its_record_and_none_of_its_words(town: Town) -> None:
    case = _ended(town)
    other = town.start("hold", seat="别人的座位")
    seal(town.ctx)
    before = history(town, case)
    assert erase(town.ctx, CAI, case.number, GROUND) is True
    assert _left(town) == set()
    assert history(town, case) == before
    assert case_of(town, case).subject == ERASED
    assert case_of(town, other).data == {"seat": "别人的座位"}
    assert notices.mine(town.ctx, Caller("ann")) == ()
    assert broken(town) == []
    seal(town.ctx)
    assert broken(town) == []


def test_the_tables_that_erasing_changes_are_those_of_which_the_list_of_tables_says_so(town: Town) -> None:
    case = _ended(town)
    before = everything(town)
    erase(town.ctx, CAI, case.number, GROUND)
    after = everything(town)
    told_of_it = {"journal", "stream"}  # the district's own journal says that it was done
    changed = {name for name, rows in before.items() if after[name] != rows} - told_of_it
    listed = {name for name, rule in RULES.items() if not rule.startswith("stays:")}
    assert changed == {name for name in listed if before[name]}
    assert [row for row in after["journal"] if row in before["journal"]] == before["journal"]


def test_the_districts_journal_names_what_was_erased_by_whom_and_on_what_ground(town: Town) -> None:
    case = _ended(town)
    erase(town.ctx, CAI, case.number, GROUND, key="k")
    row = town.ctx.runner.run(lambda tx: journal.read(tx, "town", "org"), write=False)[-1]
    assert (row.actor, row.command) == ("cai", "erase")
    stored = case_of(town, case)
    assert load(row.body) == {
        "case": case.case, "number": case.number, "seq": stored.version, "head": stored.head, "reason": GROUND,
    }  # fmt: skip


def test_an_erased_case_can_still_be_read(town: Town) -> None:
    case = _ended(town)
    erase(town.ctx, CAI, case.number, GROUND)
    for person in ("ann", "sun", "cai"):
        view = pages.case(town.ctx, Caller(person), case.number)
        assert view.subject == ERASED
        assert view.end_title is not None
        assert len(view.timeline) >= 5


def test_erasing_again_changes_nothing_and_the_same_key_answers_alike(town: Town) -> None:
    case = _ended(town)
    assert erase(town.ctx, CAI, case.number, GROUND, key="k")
    before = everything(town)
    assert erase(town.ctx, CAI, case.number, GROUND, key="k")
    assert not erase(town.ctx, CAI, case.number, GROUND)
    with pytest.raises(KeyReused):
        erase(town.ctx, CAI, case.number, "另一个依据", key="k")
    assert everything(town) == before


def _open(town: Town) -> tuple[Caller, str, str]:
    return CAI, town.start("hold").number, GROUND


def _just_ended(town: Town) -> tuple[Caller, str, str]:
    case = town.start("hold")
    town.act(case, "ok", "refuse", "sun", opinion="没有")
    return CAI, case.number, GROUND


def _by_staff(town: Town) -> tuple[Caller, str, str]:
    return Caller("sun"), _ended(town).number, GROUND


def _groundless(town: Town) -> tuple[Caller, str, str]:
    return CAI, _ended(town).number, "  "


def _unknown(town: Town) -> tuple[Caller, str, str]:
    return CAI, "000000-00000", GROUND


@pytest.mark.parametrize(
    ("setting", "kind", "code"),
    [(_open, Conflict, "case_open"), (_just_ended, Conflict, "case_sending"), (_by_staff, Forbidden, "admin_only"),
     (_groundless, Invalid, "invalid"), (_unknown, NotFound, "no_case")],
)  # fmt: skip
def test_what_may_not_be_erased_is_refused_and_stays(town: Town, setting: Any, kind: Any, code: str) -> None:
    caller, number, reason = setting(town)
    before = everything(town)
    with pytest.raises(kind) as refusal:
        erase(town.ctx, caller, number, reason)
    assert refusal.value.code == code
    assert everything(town) == before


def test_rows_that_were_emptied_without_a_record_are_found(lone_town: Town) -> None:
    _ended(lone_town)
    emptied = tables.case_data.update().values(salt="", fill=None, note=None, data=None)
    lone_town.ctx.runner.run(lambda tx: tx.connection.execute(emptied).rowcount)
    assert {line.split()[0] for line in broken(lone_town)} == {"form"}


def test_a_record_of_erasing_whose_words_are_still_there_is_found(lone_town: Town) -> None:
    case = _ended(lone_town)
    erase(lone_town.ctx, CAI, case.number, GROUND)
    refilled = tables.case_data.update().where(tables.case_data.c.seq == 1).values(note="没有清掉")
    lone_town.ctx.runner.run(lambda tx: tx.connection.execute(refilled).rowcount)
    assert "form" in {line.split()[0] for line in broken(lone_town)}


def _in_files(url: str) -> bytes:
    """All that stands in the files of a SQLite database."""
    path = Path(make_url(url).database or "")
    return b"".join(each.read_bytes() for each in sorted(path.parent.glob(f"{path.name}*")))


def test_erased_words_are_nowhere_in_the_files_of_the_database(sqlite_url: str) -> None:
    database, chance = open_database(sqlite_url), Random(3)
    town = build(database)
    town.publish(WORDY)

    def typed(n: int, place: int, most: int = 1900) -> str:
        return (f"话{n:03}{place}·" * chance.choice((1, 5, 60, 300)))[:most]

    made = [cases.start(town.ctx, Caller("ann"), "wordy", {"why": typed(n, 0)}, unit="a") for n in range(100)]
    turns = list(enumerate(made))
    for n, case in chance.sample(turns, 100):
        town.act(case, "ok", "revise", "sun", opinion=typed(n, 1))
    for n, case in chance.sample(turns, 100):
        cases.comment(town.ctx, Caller("ann"), case.number, typed(n, 2))
        town.act(case, "start", "submit", "ann", fill={"why": typed(n, 3, 9000)})
    for n, case in chance.sample(turns, 100):
        town.act(case, "ok", "refuse", "sun", opinion=typed(n, 4))
    pass_time(town.ctx, town.clock, town.clock.at + HOUR)
    gone = sorted(chance.sample(range(100), 70))
    for n in gone:
        assert erase(town.ctx, CAI, made[n].number, GROUND) is True
    served = _in_files(sqlite_url)
    town.system.runner.release()
    database.close()
    for kept in (served, _in_files(sqlite_url)):
        found = {(n, place) for n in range(100) for place in range(5) if f"话{n:03}{place}".encode() in kept}
        assert {n for n, _ in found}.isdisjoint(gone), "pieces are left"
        assert len(found) == 30 * 5, "what is not erased stays"


def test_who_reads_meanwhile_keeps_the_write_ahead_file_and_erasing_once_more_empties_it(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    database = open_database(sqlite_url, busy_timeout=0.05)
    town = build(database)
    case = _ended(town)
    with database.connect() as reader:
        reader.exec_driver_sql("BEGIN")
        reader.exec_driver_sql("SELECT count(*) FROM cases")
        assert erase(town.ctx, CAI, case.number, GROUND) is True
        assert "erase once more" in caplog.text
        assert TYPED[0].encode() in _in_files(sqlite_url)
        reader.exec_driver_sql("ROLLBACK")
    assert erase(town.ctx, CAI, case.number, GROUND) is False
    assert [word for word in TYPED if word.encode() in _in_files(sqlite_url)] == []
    town.system.runner.release()
    database.close()
