"""verify never stops: every verb may be sent twice, and whatever is spoilt in any column of any table is a fault."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Table

from engine.clock import DAY
from engine.errors import RongtongError
from engine.operations import cases, clockwork, incidents, notices, uncovering
from engine.operations.content import adopt as adopting
from engine.operations.content import publish
from engine.operations.erasing import erase
from engine.operations.verifying.verify import verify_district
from engine.store.schema import tables
from tests.integration.operations.looking import broken, rows
from tests.integration.operations.spoiling import SPOILS, mend, open_to_spoil, spoil
from tests.integration.operations.test_incidents import fail_jobs
from tests.integration.operations.test_writing import WRITES
from tests.integration.operations.thorough import ANN, CAI, MASKED, SUN, live
from tests.town import Town

Verb = Callable[[Town, str], Any]


def _on_case(verb: Callable[..., Any], process: str = "hold", step: str = "ok", **more: Any) -> Callable[[Town], Verb]:
    """*verb* on the open *step* of a new case."""

    def prepared(town: Town) -> Verb:
        case = town.start(process)
        n = cases.open_serial(town.ctx, case.number, step)
        who = more.pop("by", SUN)
        return lambda town, key: verb(town.ctx, who, case.number, n, key=key, **more)

    return prepared


def _started(town: Town) -> Verb:
    return lambda town, key: town.start("hold", seat="5", key=key)


def _unclaimed(town: Town) -> Verb:
    case = town.start("hold")
    n = cases.open_serial(town.ctx, case.number, "ok")
    cases.claim(town.ctx, SUN, case.number, n)
    return lambda town, key: cases.unclaim(town.ctx, SUN, case.number, n, key=key)


def _transferred(town: Town) -> Verb:
    case = town.start("hold")
    n = cases.open_serial(town.ctx, case.number, "ok")
    return lambda town, key: cases.transfer(
        town.handing("reason"), SUN, case.number, n, "bo", note="出差", key=key
    )


def _answered(town: Town) -> Verb:
    case = town.start("hold")
    ctx = town.handing("consent")
    n = cases.open_serial(ctx, case.number, "ok")
    cases.transfer(ctx, SUN, case.number, n, "bo", note="出差")
    return lambda town, key: cases.answer_transfer(ctx, CAI, case.number, n, True, key=key)


def _taken_back(town: Town) -> Verb:
    case = town.start("hold")
    town.act(case, "ok", "agree", "sun")
    n = cases.last_decision(town.ctx, SUN, case.number)
    return lambda town, key: cases.take_back(town.ctx, SUN, case.number, n, key=key)


def _retried(town: Town) -> Verb:
    case = town.start("hold", mood="fail")
    (failed,) = [row["n"] for row in rows(town, tables.task) if row["status"] == "incident"]
    return lambda town, key: cases.retry(town.ctx, CAI, case.number, failed, key=key)


def _erased(town: Town) -> Verb:
    case = town.start("hold")
    town.act(case, "ok", "refuse", "sun", opinion="没有")
    clockwork.pass_time(town.ctx, town.clock, town.clock.at + DAY)
    return lambda town, key: erase(town.ctx, CAI, case.number, "到期", key=key)


def _given_up(verb: Callable[..., None]) -> Callable[[Town], Verb]:
    def prepared(town: Town) -> Verb:
        case = town.start("hold")
        town.act(case, "ok", "refuse", "sun", opinion="没有")
        with pytest.MonkeyPatch.context() as patch:
            fail_jobs(town, patch)
        (job,) = [row["id"] for row in rows(town, tables.job)]
        return lambda town, key: verb(town.ctx, CAI, job, key=key)

    return prepared


def _all_given_up(town: Town) -> Verb:
    _given_up(incidents.retry_job)(town)
    return lambda town, key: incidents.retry_jobs(town.ctx, CAI, "notice", key=key)


def _uncovered(town: Town) -> Verb:
    town.publish(MASKED)
    case = cases.start(town.ctx, ANN, "masked", {"phone": "13911112222"}, unit="a")
    return lambda town, key: uncovering.uncover(town.ctx, SUN, case.number, "phone", key=key)


def _on_number(verb: Callable[..., Any], by: Any, word: str) -> Callable[[Town], Verb]:
    def prepared(town: Town) -> Verb:
        number = town.start("hold").number
        return lambda town, key: verb(town.ctx, by, number, word, key=key)

    return prepared


def _plain(name: str) -> Callable[[Town], Verb]:
    return lambda town: lambda town, key: WRITES[name](town, desk_text(), key)


def desk_text() -> str:
    """A process to publish."""
    return MASKED


#: Every verb that takes a request key, ready to be sent.
VERBS: dict[str, Callable[[Town], Verb]] = {
    "start": _started,
    "act": _on_case(cases.act, outcome="agree"),
    "claim": _on_case(cases.claim),
    "unclaim": _unclaimed,
    "transfer": _transferred,
    "answer_transfer": _answered,
    "take_back": _taken_back,
    "comment": _on_number(cases.comment, ANN, "收到"),
    "cancel": _on_number(cases.cancel, CAI, "作废"),
    "retry": _retried,
    "erase": _erased,
    "retry_job": _given_up(incidents.retry_job),
    "retry_jobs": _all_given_up,
    "drop_job": _given_up(incidents.drop_job),
    "uncover": _uncovered,
    "mark_read": _plain("mark_read"),
    "publish": _plain("publish"),
    "adopt": _plain("adopt"),
    "adopt_process": _plain("adopt_process"),
}  # fmt: skip


def test_every_verb_with_a_key_is_tried() -> None:
    modules = (cases, incidents, notices, publish, uncovering, adopting, inspect.getmodule(erase))
    keyed = {
        name for module in modules for name, made in inspect.getmembers(module, inspect.isfunction)
        if made.__module__ == module.__name__ and not name.startswith("_") and "key" in inspect.signature(made).parameters
    }  # fmt: skip
    assert keyed - {"adoption"} == VERBS.keys(), "adoption is adopt with more to say"


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_that_was_sent_twice_leaves_everything_in_order(town: Town, verb: str) -> None:
    send = VERBS[verb](town)
    for key in ("one", "one", "two", ""):
        try:
            send(town, key)
        except RongtongError:
            assert key != "one", "the first time it does something"
        assert broken(town) == [], key


# -- what is spoilt -------------------------------------------------------------------------------

#: What may stand in a column although nobody wrote it, and why; without a value it is whatever there is.
_FREE = {
    ("cases.subject",): "made for readers", ("cases.search",): "made for readers",
    ("job.id",): "a name that is drawn", ("notice.id",): "a name that is drawn",
    ("notice.read_at", None): "where cases were erased, fewer are left than were read",
    **{(f"notice.{words}", value): "made of names as they were" for words in ("zh", "en") for value in SPOILS if value}, ("job.n", 7): "the task that it came from", ("job.n", None): "or none",
    ("job.run_at", 7): "a moment", ("job.lease_until", 7): "a moment", ("job.fence", 7): "it was given back so often",
}  # fmt: skip
#: By which column the rows of a table are of several kinds.
_KINDS = {"journal": "command", "job": "kind", "task": "status", "stream": "id", "district": "key", "cases": "status"}


@pytest.fixture
def spoilt(lone_town: Town) -> Iterator[Any]:
    """A connection to the file of a town where everything happened, to which nothing but keys is sacred."""
    live(lone_town)
    with open_to_spoil(lone_town) as connection:
        yield connection


def _rows_of_each_kind(connection: Any, table: Table) -> list[dict[str, Any]]:
    """One row of *table* for each kind of row that it has."""
    cursor = connection.execute(f"SELECT * FROM {table.name} ORDER BY 1, 2, 3")
    names = [column[0] for column in cursor.description]
    found = [dict(zip(names, row, strict=True)) for row in cursor]
    kind = _KINDS.get(table.name)
    return list({row.get(kind): row for row in found}.values())


@pytest.mark.parametrize("value", SPOILS)
@pytest.mark.parametrize("key", ["name", "title", "plugins", "settings", "calendar", "processes", "roles"])
def test_a_district_of_which_nothing_can_be_known_is_still_looked_at(
    lone_town: Town, spoilt: Any, key: str, value: Any
) -> None:
    changed = spoilt.execute("UPDATE district SET value = ? WHERE key = ? AND value IS NOT ?", [value, key, value])
    if not changed.rowcount:
        return
    spoilt.commit()
    verdict = verify_district(lone_town.system, lone_town.ctx.id)
    assert ("setting", key) in {(found.promise, found.place) for found in verdict.broken}
    assert verdict.cases > 5


@pytest.mark.parametrize("table", tables.metadata.sorted_tables, ids=lambda table: table.name)
def test_whatever_is_spoilt_in_any_column_is_a_fault_and_the_rest_is_read(
    lone_town: Town, spoilt: Any, table: Table
) -> None:
    assert broken(lone_town) == []
    unseen = []
    for row in _rows_of_each_kind(spoilt, table):
        for column in row:
            for value in SPOILS:
                if value == row[column] or not spoil(spoilt, table, row, column, value):
                    continue
                found = broken(lone_town)
                place = f"{table.name}.{column}"
                free = column == "district_id" or _FREE.keys() & {(place,), (place, value)}
                if not free and not found:
                    unseen.append((column, row.get(_KINDS.get(table.name, "")), value))
                mend(spoilt, table, row, column, value)
    assert not unseen, "\n".join(map(str, unseen))
    assert broken(lone_town) == []
