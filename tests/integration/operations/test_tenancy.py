"""Every operation: another district's ids are as good as none, and rights that were taken away end at once."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import insert, update

import engine.operations
from engine.definition.load import load_text
from engine.errors import RongtongError
from engine.operations import cases, erasing, incidents, notices, uncovering
from engine.operations.content import adopt, publish
from engine.operations.context import Caller, Context
from engine.operations.reading import advice, choices, pages, plugin_parts, pressed, read_log, search, start
from engine.store import jobs
from engine.store.schema import tables
from tests.integration.operations.looking import everything, rows
from tests.town import W1, Town, neighbour
from tests.who import change

Ask = Callable[[Context, Caller, "Ids"], Any]


@dataclass(frozen=True)
class Ids:
    """What an operation may be asked about: of one's own district, of another, or of nobody's."""

    number: str
    n: int
    failed: str
    failed_n: int
    job: str
    process: str
    unit: str
    person: str


NOBODY = Ids("260610-00000", 1, "260610-00001", 1, "no-such-job", "no_such_process", "no-unit", "no-person")
FORM = {"seat": "1", "people": 1, "why": "x"}

#: Every operation that names something, asked about the things in an ``Ids``.
BY_ID: dict[str, Ask] = {
    "cases.start": lambda ctx, who, ids: cases.start(ctx, who, ids.process, {"what": "x"}, unit="a"),
    "cases.start, unit": lambda ctx, who, ids: cases.start(ctx, who, "w1", FORM, unit=ids.unit),
    "cases.start, for": lambda ctx, who, ids: cases.start(ctx, who, "w1", FORM, unit="a", for_person=ids.person),
    "cases.act": lambda ctx, who, ids: cases.act(ctx, who, ids.number, ids.n, "agree", key="k"),
    "cases.claim": lambda ctx, who, ids: cases.claim(ctx, who, ids.number, ids.n, key="k"),
    "cases.unclaim": lambda ctx, who, ids: cases.unclaim(ctx, who, ids.number, ids.n, key="k"),
    "cases.transfer": lambda ctx, who, ids: cases.transfer(ctx, who, ids.number, ids.n, "bo", key="k"),
    "cases.answer_transfer": lambda ctx, who, ids: cases.answer_transfer(ctx, who, ids.number, ids.n, True, key="k"),
    "cases.take_back": lambda ctx, who, ids: cases.take_back(ctx, who, ids.number, ids.n, key="k"),
    "cases.comment": lambda ctx, who, ids: cases.comment(ctx, who, ids.number, "好", key="k"),
    "cases.cancel": lambda ctx, who, ids: cases.cancel(ctx, who, ids.number, "不办了", key="k"),
    "cases.retry": lambda ctx, who, ids: cases.retry(ctx, who, ids.failed, ids.failed_n, key="k"),
    "cases.last_decision": lambda ctx, who, ids: cases.last_decision(ctx, who, ids.number),
    "choices.at_start": lambda ctx, who, ids: choices.at_start(ctx, who, ids.process, {}, fill={}),
    "choices.at_task": lambda ctx, who, ids: choices.at_task(ctx, who, ids.number, ids.n, {}, fill={}),
    "erasing.erase": lambda ctx, who, ids: erasing.erase(ctx, who, ids.number, "本人要求", key="k"),
    "incidents.retry_job": lambda ctx, who, ids: incidents.retry_job(ctx, who, ids.job, key="k"),
    "incidents.retry_jobs": lambda ctx, who, ids: incidents.retry_jobs(ctx, who, ids.job, key="k"),
    "incidents.drop_job": lambda ctx, who, ids: incidents.drop_job(ctx, who, ids.job, key="k"),
    "pages.case": lambda ctx, who, ids: pages.case(ctx, who, ids.number),
    "pages.sheet": lambda ctx, who, ids: pages.sheet(ctx, who, ids.number),
    "pages.can_act": lambda ctx, who, ids: pages.can_act(ctx, who, ids.number, ids.n),
    "pages.after": lambda ctx, who, ids: pages.after(ctx, who, ids.number, ids.n),
    "pages.task": lambda ctx, who, ids: pages.task(ctx, who, ids.number, ids.n),
    "pressed.at_exits": lambda ctx, who, ids: pressed.at_exits(ctx, who, ids.number),
    "pressed.at_task": lambda ctx, who, ids: pressed.at_task(ctx, who, ids.number, ids.n, "agree"),
    "pressed.at_start": lambda ctx, who, ids: pressed.at_start(ctx, who, ids.process),
    "uncovering.uncover": lambda ctx, who, ids: uncovering.uncover(ctx, who, ids.number, "why", key="k"),
    "start.start_form": lambda ctx, who, ids: start.start_form(ctx, who, ids.process),
}
#: Every operation that answers what there is for the caller.
LISTS: dict[str, Ask] = {
    "advice.calendar_advice": lambda ctx, who, ids: advice.calendar_advice(ctx, who),
    "incidents.incidents": lambda ctx, who, ids: incidents.incidents(ctx, who),
    "incidents.batches": lambda ctx, who, ids: incidents.batches(ctx, who),
    "incidents.waiting": lambda ctx, who, ids: incidents.waiting(ctx, who),
    "inbox.inbox": lambda ctx, who, ids: pages.inbox(ctx, who, "all"),
    "inbox.inbox, done": lambda ctx, who, ids: pages.inbox(ctx, who, "done"),
    "notices.mine": lambda ctx, who, ids: notices.mine(ctx, who),
    "notices.mark_read": lambda ctx, who, ids: notices.mark_read(ctx, who),
    "plugin_parts.menu": lambda ctx, who, ids: plugin_parts.menu(ctx, who),
    "read_log.about": lambda ctx, who, ids: read_log.about(ctx, who),
    "search.search": lambda ctx, who, ids: search.search(ctx, who, ids.number),
    "search.search, words": lambda ctx, who, ids: search.search(ctx, who, "", wide=True),
    "search.near": lambda ctx, who, ids: search.near(ctx, who, "周怡怡"),
    "search.processes": lambda ctx, who, ids: search.processes(ctx, who),
    "search.cases_numbered": lambda ctx, who, ids: search.cases_numbered(ctx, who, [ids.number, ids.failed]),
    "start.startable": lambda ctx, who, ids: start.startable(ctx, who),
}
#: What changes a district itself, with nothing of another district to name.
OF_DISTRICT: dict[str, Ask] = {
    "publish.publish": lambda ctx, who, ids: publish.publish(ctx, who, _process(ctx)),
    "adopt.adopt_process": lambda ctx, who, ids: adopt.adopt_process(ctx, who, _process(ctx)),
}
#: What is asked the same by tests of its own: accounts, which belong to the hub, and plugins with pages; and what
#: operations are made of.
ELSEWHERE = {f"care.{name}" for name in ("accounts_of", "tokens_of", "reset_password", "disable", "enable",
                                                 "end_sessions", "revoke_token")}  # fmt: skip
PARTS = {*ELSEWHERE, "perform.perform", "plugin_parts.answer", "plugin_parts.page", "plugin_parts.slot", "races.explained",
         "who.change", "writing.answered", "writing.write"}  # fmt: skip


def _process(ctx: Context) -> Any:
    return load_text(W1.replace("title: 借座", "title: 借座位"), ctx.catalogue, "w1.yaml")


def operations() -> set[str]:
    """Every function of the operations that takes a district and a caller first."""
    found = set()
    for module in pkgutil.walk_packages(engine.operations.__path__, "engine.operations."):
        held = import_module(module.name)
        for name, function in inspect.getmembers(held, inspect.isfunction):
            taken = list(inspect.signature(function).parameters)
            ours = function.__module__ == held.__name__ and not name.startswith("_")
            if ours and taken[:2] == ["ctx", "caller"]:
                found.add(f"{module.name.rpartition('.')[2]}.{name}")
    return found


def test_no_operation_is_left_out() -> None:
    named = {name.partition(",")[0] for name in (*BY_ID, *LISTS, *OF_DISTRICT)}
    assert operations() - PARTS == named


def furnish(town: Town) -> Ids:
    """A case that waits, one that failed, a job that was given up, notices; their ids."""
    case = town.start("w1")
    failed = town.start("hold", mood="fail")
    node = next(row["n"] for row in rows(town, tables.task) if row["status"] == "incident"
                and row["district_id"] == town.ctx.id)  # fmt: skip
    job, notice = f"job-{town.ctx.id}", {"id": "told", "kind": "message", "zh": "有事", "en": "news"}

    def work(tx: Any) -> None:
        jobs.enqueue(tx, town.ctx.id, id=job, stream=case.case, n=None, kind="notice", body={"told": []}, run_at=0)
        tx.connection.execute(update(tables.job).where(tables.job.c.id == job).values(status="incident", attempts=8))
        for person in ("ann", "bea", "sun", "cai"):
            row = {**notice, "district_id": town.ctx.id, "person": person, "id": f"told-{person}", "at": town.clock.at}
            tx.connection.execute(insert(tables.notice), [row])

    town.ctx.runner.run(work)
    return Ids(case.number, case.opened[0], failed.number, node, job, "elsewhere", "x", "zoe")


def refusal(ask: Ask, ctx: Context, who: str, ids: Ids) -> tuple[str, str, str]:
    """What a refusal says, without the id that was named."""
    with pytest.raises(RongtongError) as refused:
        ask(ctx, Caller(who), ids)
    said = refused.value
    words = " ".join((*said.text, repr(said.details))).replace(ids.process, "…").replace(f"“{ids.unit}”", "…")
    return type(said).__name__, said.code, words


@pytest.mark.parametrize("who", ["ann", "sun", "cai"])
@pytest.mark.parametrize("name", BY_ID)
def test_an_id_of_another_district_is_answered_like_one_of_nobody_s(lone_town: Town, name: str, who: str) -> None:
    theirs = furnish(neighbour(lone_town))
    before = everything(lone_town)
    assert refusal(BY_ID[name], lone_town.ctx, who, theirs) == refusal(BY_ID[name], lone_town.ctx, who, NOBODY)
    assert everything(lone_town) == before


@pytest.mark.parametrize("name", BY_ID)
def test_a_case_that_one_may_not_see_is_answered_like_one_of_nobody_s(lone_town: Town, name: str) -> None:
    hidden = furnish(lone_town)
    ids = replace(NOBODY, number=hidden.number, n=hidden.n, failed=hidden.failed, failed_n=hidden.failed_n)
    before = everything(lone_town)
    assert refusal(BY_ID[name], lone_town.ctx, "bea", ids) == refusal(BY_ID[name], lone_town.ctx, "bea", NOBODY)
    assert everything(lone_town) == before


@pytest.mark.parametrize("who", ["ann", "sun", "cai"])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_holds_nothing_of_another_district(lone_town: Town, name: str, who: str) -> None:
    def answer() -> Any:
        try:
            return LISTS[name](lone_town.ctx, Caller(who), NOBODY)
        except RongtongError as refused:
            return refused.text

    before = answer()
    there = neighbour(lone_town)
    furnish(there)
    assert answer() == before
    assert LISTS[name](there.ctx, Caller("cai"), NOBODY) != [], "and the other answers for itself"


@pytest.mark.parametrize("who", ["bea", "sun", "cai"])
@pytest.mark.parametrize("name", [*BY_ID, *LISTS, *OF_DISTRICT])
def test_who_has_left_reads_and_does_nothing_from_the_next_request_on(lone_town: Town, name: str, who: str) -> None:
    ids = furnish(lone_town)
    ids = Ids(ids.number, ids.n, ids.failed, ids.failed_n, ids.job, "w1", "a", "ann")
    p = tables.person.c
    leaving = update(tables.person).where(p.district_id == "town", p.id == who).values(until=lone_town.clock.at)
    change(lone_town.ctx, leaving)
    before = everything(lone_town)
    ask = {**BY_ID, **LISTS, **OF_DISTRICT}[name]
    try:
        answer = ask(lone_town.ctx, Caller(who), ids)
    except RongtongError:
        answer = None
    assert not getattr(answer, "rows", answer), "nothing is told"
    assert everything(lone_town) == before


@pytest.mark.parametrize(
    "name", ["cases.act", "cases.claim", "cases.transfer", "cases.answer_transfer", "cases.cancel", "cases.retry", "incidents.incidents",
             "incidents.retry_job", "incidents.drop_job", "erasing.erase", *OF_DISTRICT]
)  # fmt: skip
@pytest.mark.parametrize("who", ["sun", "cai"])
def test_a_role_that_was_taken_away_opens_nothing_from_the_next_request_on(
    lone_town: Town, name: str, who: str
) -> None:
    ids = furnish(lone_town)
    g = tables.role_grant.c
    ending = update(tables.role_grant).where(g.district_id == "town", g.person == who).values(until=lone_town.clock.at)
    change(lone_town.ctx, ending)
    before = everything(lone_town)
    with pytest.raises(RongtongError):
        {**BY_ID, **LISTS, **OF_DISTRICT}[name](lone_town.ctx, Caller(who), ids)
    assert everything(lone_town) == before


def processes(ctx: Context) -> set[str]:
    """The names of all that a district has published."""
    return ctx.runner.run(lambda tx: {each.process.name for each in publish.all_current(ctx, tx)}, write=False)


def test_the_processes_of_the_towns_are_what_the_table_takes_them_for(lone_town: Town) -> None:
    beside = neighbour(lone_town)
    assert processes(lone_town.ctx) == {"w1", "hold"}
    assert processes(beside.ctx) == {"w1", "hold", "elsewhere"}
