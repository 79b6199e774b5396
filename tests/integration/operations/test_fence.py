"""What a plugin sends on ``ctx.db`` stays inside its own tables and outside of the transaction's ends."""

from __future__ import annotations

import contextlib
import logging
import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from engine.errors import Unanswered
from engine.extend import (
    ActionContext,
    CheckContext,
    Invariant,
    Message,
    Page,
    PageContext,
    ReadContext,
    Text,
    action,
    both,
    to_micros,
)
from engine.extend.calls.entering import entered
from engine.extend.calls.faults import ExitError, FenceError, HookFailed, SwallowedError
from engine.extend.registry import Registry
from engine.operations import cases
from engine.operations.context import Caller
from engine.operations.reading import plugin_parts
from engine.store.databases.database import Database
from engine.store.transactions.runner import Runner, Tx
from engine.testing import Trial
from tests import desk
from tests.integration.operations.looking import Watch, broken, everything, rows
from tests.integration.operations.test_incidents import listed
from tests.spellings import DISTRICTLESS, FOREIGN, FOREIGN_ON, LEGAL, LEGAL_ON, MOVING, NO_STATEMENTS
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin


@pytest.fixture
def trial(db: Database) -> Iterator[Trial]:
    """The kit with the desk."""
    made = Trial(db, Registry([desk.plugin()]), "desk", "2026-06-10T09:00")
    desk.seat.metadata.create_all(db.engine)
    made.unit("u", "甲社区")
    yield made
    db.hook = None
    made.close()


def refusal(trial: Trial, sql: str) -> FenceError:
    with pytest.raises(FenceError) as refused:
        trial.write(lambda ctx: ctx.db.execute(text(sql.replace(":", "\\:"))), unit="u")
    return refused.value


def test_foreign_spellings_are_refused_and_never_sent(trial: Trial) -> None:
    trial.database.hook = watch = Watch()
    for sql in (*FOREIGN, *FOREIGN_ON[trial.database.dialect], *NO_STATEMENTS, *DISTRICTLESS, *MOVING):
        if sql.strip():
            refusal(trial, sql)
    assert {one.split()[0].rstrip(";") for one in watch.statements} <= {"BEGIN", "ROLLBACK"}


def test_what_names_its_own_tables_is_sent(trial: Trial) -> None:
    for sql in (*LEGAL, *LEGAL_ON[trial.database.dialect]):
        asked = text(sql.replace("'t'", ":d"))
        given = {"d": trial.district} if ":d" in str(asked) else {}
        trial.write(lambda ctx, asked=asked, given=given: ctx.db.execute(asked, given).close(), unit="u")  # type: ignore[misc]


@pytest.mark.parametrize("name", ["commit", "rollback", "begin_nested", "exec_driver_sql", "connection", "close"])
def test_the_transaction_and_the_driver_are_out_of_reach(trial: Trial, name: str) -> None:
    with pytest.raises(FenceError, match=f"ctx.db has no {name}"):
        trial.write(lambda ctx: getattr(ctx.db, name), unit="u")
    with pytest.raises(AttributeError, match="execute, scalar, scalars and dialect"):
        trial.write(lambda ctx: ctx.db.exceute, unit="u")  # type: ignore[attr-defined]


def test_a_refusal_names_plugin_file_and_line(trial: Trial) -> None:
    refused = refusal(trial, "select * from cases")
    line = refusal.__code__.co_firstlineno + 2
    assert refused.details == {"plugin": "desk", "place": f"operations/test_fence.py:{line}"}
    assert refused.text.zh == (
        f"插件“desk”（operations/test_fence.py:{line}）：ctx.db的语句动了不是它自己的表：cases"
    )


def test_scalars_are_read_as_from_any_connection(trial: Trial) -> None:
    row = {"district_id": trial.district, "name": "1", "effect": "e"}
    trial.write(lambda ctx: ctx.db.execute(insert(desk.seat), row), unit="u")
    ours = desk.seat.c.district_id == trial.district
    assert trial.read(lambda ctx: ctx.db.scalar(select(desk.seat.c.effect).where(ours))) == "e"
    assert trial.read(lambda ctx: list(ctx.db.scalars(select(desk.seat.c.name).where(ours)))) == ["1"]


# -- in a case: the step is an incident, the decision before it stands -------------------------------


@dataclass(frozen=True, slots=True)
class Nothing:
    """It wants nothing."""


@dataclass(frozen=True, slots=True)
class Done:
    """It was done."""

    title: ClassVar[Text] = Text("办了", "done")


def seat_twice(ctx: ActionContext) -> None:
    row = {"district_id": ctx.district, "name": "same", "effect": ctx.key}
    ctx.db.execute(insert(own), [row])
    ctx.db.execute(insert(own), [row])


def swallows(ctx: ActionContext) -> None:
    with contextlib.suppress(IntegrityError):
        seat_twice(ctx)


def swallows_and_goes_on(ctx: ActionContext) -> None:
    swallows(ctx)
    ctx.db.execute(insert(own), {"district_id": ctx.district, "name": "other", "effect": ctx.key})


def reaches(ctx: ActionContext) -> None:
    ctx.db.execute(text("update cases set unit_id = 'b'"))


def commits(ctx: ActionContext) -> None:
    ctx.db.execute(text("COMMIT"))


def binds_another_type(ctx: ActionContext) -> None:
    given = {"a": ctx.district, "b": object()}
    ctx.db.execute(text("insert into rude_thing (district_id, name, effect) values (:a, 'x', :b)"), given)


def half_of_many(ctx: ActionContext) -> None:
    rows = [{"a": ctx.district, "n": name, "b": 1} for name in ("first", "\ud800")]
    with contextlib.suppress(Exception):
        ctx.db.execute(text("insert into rude_thing (district_id, name, effect) values (:a, :n, :b)"), rows)


def fails_at_a_later_row(ctx: ActionContext) -> None:
    given = [{"district_id": ctx.district, "name": f"{n}", "effect": word} for n, word in enumerate(("[1]", "[1"))]
    ctx.db.execute(insert(own), given)
    first = "json_extract(effect, '$[0]')" if ctx.db.dialect.name == "sqlite" else "cast(effect as json) ->> 0"
    with contextlib.suppress(DBAPIError):
        ctx.db.execute(text(f"select {first} from rude_thing where district_id = :d"), {"d": ctx.district}).all()


def asks_nonsense(ctx: ActionContext) -> None:
    ctx.db.execute(text("select nosuch from rude_thing where district_id = :d"), {"d": ctx.district})


def misses(ctx: ActionContext) -> None:
    ctx.db.execute(insert(own), {"district_id": ctx.district, "name": "same", "effect": None})


def leaves(ctx: ActionContext) -> None:
    sys.exit(3)


#: What an action does, and the words of its incident; the line of this file stands beside.
RUDE: dict[str, tuple[Callable[[ActionContext], None], str]] = {
    "duplicate": (seat_twice, "IntegrityError"),
    "swallowed": (swallows, "plugin 'rude': a statement failed (IntegrityError), and that was swallowed"),
    "swallowed before another": (swallows_and_goes_on, "a statement failed (IntegrityError), and that was swallowed"),
    "foreign": (reaches, "a statement on ctx.db names tables that are not its own: cases"),
    "commit": (commits, "a statement on ctx.db begins with COMMIT; only SELECT, INSERT, UPDATE and DELETE may"),
    "nonsense": (asks_nonsense, "Error"),
    "another type": (binds_another_type, "Error"),
    "half of many": (half_of_many, "Error), and that was swallowed"),
    "a later row": (fails_at_a_later_row, "Error), and that was swallowed"),
    "missing": (misses, "IntegrityError"),
    "exit": (leaves, "tried to end the program (SystemExit)"),
    "naive": (lambda ctx: to_micros(NAIVE), "a moment has no time zone"),
    "nobody": (lambda ctx: ctx.emit(Message("any@a", both("x"))), "nobody is told by this audience"),
}
NAIVE = datetime(2026, 6, 1)  # noqa: DTZ001
_PLACE = re.compile(r" \(operations/test_fence\.py:\d+\)")
own = desk.plugin_table(
    "rude", "thing", desk.Column("name", desk.Words), desk.Column("effect", desk.Words, nullable=False), key=["name"]
)
slip = desk.plugin_table("odd", "slip", desk.Column("w", desk.Words, default=lambda: sys.exit(3)), key=["w"])
RUDELY = """
process: rudely
title: 乱来
uses: [desk, rude]
subject: [seat]
fields: {seat: {type: text, title: 座位}}
start: {who: role staff, fill: [seat]}
steps:
- step: ok
  title: 审批
  ask: role head of start.unit
  outcomes: {agree: {title: 同意, then: next}}
- step: taking
  do: desk.hold
  with: {name: =seat}
  outcomes: {held: next, refused: end refused}
- {step: act, do: rude.act}
ends: {done: {title: 办成}, refused: {title: 未成, undo: all}}
"""


def rude(work: Callable[[ActionContext], None]) -> Any:
    """A plugin whose one action does *work*."""

    @action("rude.act", title=Text("乱来", "act"))
    def act(ctx: ActionContext, given: Nothing) -> Done:
        work(ctx)
        return Done()

    return plugin("rude", tables=("rude_thing",), register_actions=giving(act), register_tables=giving(own))


@pytest.fixture
def town_with(db: Database) -> Iterator[Callable[..., Town]]:
    """The town with a plugin beside."""
    made: list[Town] = []
    own.metadata.create_all(db.engine)

    def make(beside: Any) -> Town:
        made.append(build(db, beside=[beside]))
        return made[0]

    yield make
    db.hook = None
    made[0].system.runner.release()
    own.metadata.drop_all(db.engine)


@pytest.mark.parametrize("name", RUDE)
def test_what_an_action_may_not_do_is_an_incident_and_the_decision_stands(
    town_with: Callable[..., Town], name: str, caplog: pytest.LogCaptureFixture
) -> None:
    work, words = RUDE[name]
    town = town_with(rude(work))
    town.publish(RUDELY)
    case = cases.start(town.ctx, Caller("ann"), "rudely", {"seat": "7"}, unit="a")
    with caplog.at_level(logging.CRITICAL, "rongtong.actions"):
        town.act(case, "ok", "agree", "sun")
    (found,) = listed(town)
    said, places = _PLACE.subn("", found.cause.en)
    assert (words in said, places) == (True, 1)
    assert found.kind == "step"
    assert [row["name"] for row in rows(town, desk.seat)] == ["7"], "what an action before it did is kept"
    assert rows(town, own) == []
    assert broken(town) == []


def test_an_exit_that_a_statement_calls_back_ends_the_transaction_and_not_the_program(db: Database) -> None:
    registry = Registry([plugin("odd", tables=("odd_slip",), register_tables=giving(slip))])

    def work(tx: Tx) -> object:
        return registry.connection("odd", tx, district="d", writing=True).execute(insert(slip), {"district_id": "d"})

    with pytest.raises(ExitError, match=r"plugin 'odd' .*tried to end the program"):
        Runner(db).run(lambda tx: entered("odd", None, work)(tx))


@pytest.mark.parametrize("hook", ["check_start", "register_invariants", "register_pages", "render_page_notice"])
def test_every_other_hook_has_the_same_fence(
    town_with: Callable[..., Town], hook: str, caplog: pytest.LogCaptureFixture
) -> None:
    def nosy(ctx: ReadContext) -> Any:
        ctx.db.execute(text("select * from cases"))

    given = {
        "check_start": lambda ctx: nosy(ctx),
        "render_page_notice": lambda ctx: nosy(ctx),
        "register_invariants": giving(Invariant("nosy.rows", both("rows"), nosy)),
        "register_pages": giving(Page("/nosy", both("nosy"), nosy)),
    }
    town = town_with(plugin("nosy", **{hook: given[hook]}))
    ann = Caller("ann")
    with caplog.at_level(logging.ERROR, "rongtong"):
        if hook == "check_start":
            with pytest.raises(HookFailed, match=r"plugin 'nosy' \(operations/test_fence.py:\d+\): check_start failed"):
                town.start()
        elif hook == "register_pages":
            with pytest.raises(Unanswered) as silent:
                plugin_parts.page(town.ctx, ann, 0, {}, {}, "")
            assert isinstance(silent.value.__cause__, FenceError)
        elif hook == "render_page_notice":
            assert "暂时显示不了" in str(plugin_parts.slot(town.ctx, ann, "page_notice", None, ""))
        else:
            assert broken(town) == ["nosy.rows "]


def test_a_fault_that_a_check_swallows_refuses_the_command_on_both_databases(town_with: Callable[..., Town]) -> None:
    def check(ctx: CheckContext) -> list[Any]:
        with contextlib.suppress(DBAPIError):
            ctx.db.execute(text("select nosuch from rude_thing where district_id = :d"), {"d": ctx.district})
        return []

    town = town_with(plugin("rude", tables=("rude_thing",), register_tables=giving(own), check_start=check))
    before = everything(town)
    with pytest.raises(HookFailed) as refused:
        town.start()
    assert isinstance(refused.value.__cause__, SwallowedError)
    assert everything(town) == before


def test_a_fault_that_a_page_swallows_is_the_page_s(town_with: Callable[..., Town]) -> None:
    def view(ctx: PageContext) -> Any:
        try:
            ctx.db.execute(text("select nosuch from rude_thing where district_id = :d"), {"d": ctx.district})
        except DBAPIError:
            return None

    town = town_with(plugin("rude", tables=("rude_thing",), register_tables=giving(own),
                            register_pages=giving(Page("/rude", both("rude"), view))))  # fmt: skip
    with pytest.raises(Unanswered) as silent:
        plugin_parts.page(town.ctx, Caller("ann"), 0, {}, {}, "")
    assert isinstance(silent.value.__cause__, SwallowedError)


@pytest.mark.parametrize("where", ["action", "check"])
def test_the_rows_of_another_district_are_out_of_reach(
    town_with: Callable[..., Town], where: str, caplog: pytest.LogCaptureFixture
) -> None:
    def moves(ctx: ActionContext | CheckContext) -> Any:
        ctx.db.execute(update(own).values(effect="taken"))

    beside = rude(moves)
    if where == "check":
        beside = plugin("rude", tables=("rude_thing",), register_tables=giving(own), check_start=lambda ctx: moves(ctx))
    town = town_with(beside)
    with town.system.database.engine.begin() as connection:
        connection.execute(insert(own), {"district_id": "elsewhere", "name": "1", "effect": "theirs"})
    if where == "check":
        with pytest.raises(HookFailed):
            town.start()
    else:
        town.publish(RUDELY)
        case = cases.start(town.ctx, Caller("ann"), "rudely", {"seat": "7"}, unit="a")
        with caplog.at_level(logging.CRITICAL, "rongtong.actions"):
            town.act(case, "ok", "agree", "sun")
        assert "does not say which district's rows" in listed(town)[0].cause.en
    assert [row["effect"] for row in rows(town, own)] == ["theirs"]


def test_a_role_that_the_district_does_not_declare_is_told_nothing(town_with: Callable[..., Town]) -> None:
    town = town_with(rude(lambda ctx: ctx.emit(Message("role:stuff@a", both("x")))))
    roles = {"staff": both("staff"), "head": both("head")}
    ctx = replace(town.ctx, district=replace(town.ctx.district, roles=roles))
    town.publish(RUDELY)
    case = cases.start(ctx, Caller("ann"), "rudely", {"seat": "7"}, unit="a")
    cases.act(ctx, Caller("sun"), case.number, case.opened[0], "agree")
    (found,) = listed(town)
    assert re.fullmatch(
        r"plugin 'rude' \(operations/test_fence.py:\d+\): the district has no role 'stuff'", found.cause.en
    )


def test_ctrl_c_in_the_main_thread_is_not_the_plugin_s(town_with: Callable[..., Town]) -> None:
    def pressed(ctx: ActionContext) -> None:
        raise KeyboardInterrupt

    town = town_with(rude(pressed))
    town.publish(RUDELY)
    case = cases.start(town.ctx, Caller("ann"), "rudely", {"seat": "7"}, unit="a")
    before = everything(town)
    with pytest.raises(KeyboardInterrupt):
        town.act(case, "ok", "agree", "sun")
    assert everything(town) == before
    with ThreadPoolExecutor(1) as other:
        other.submit(town.act, case, "ok", "agree", "sun").result()
        other.submit(town.system.runner.release).result()
    assert [one.cause.en.split(" (")[0] for one in listed(town)] == ["plugin 'rude'"]
