"""A plugin's fault is told in the same words at every door, in both languages, with the plugin's line."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest
from sqlalchemy import text

from engine.errors import Unanswered
from engine.extend import Invariant, Page, Reaction, Text, action, both, to_micros, undo
from engine.extend.calls.beside import on_content
from engine.extend.calls.entering import entered
from engine.extend.calls.faults import AnswerError, HookFailed, PluginError, PluginFault, cause_of, plugin_fault
from engine.extend.loading.discovery import Plugin
from engine.extend.registry import Registry
from engine.i18n import from_stored
from engine.operations import cases, incidents
from engine.operations.background.inner import run_jobs
from engine.operations.context import Caller
from engine.operations.reading import plugin_parts
from engine.operations.reading.views import Receipt
from engine.operations.verifying.verify import verify
from engine.store.databases.database import Database
from engine.worker import child
from tests.integration.operations.leaving import came_back
from tests.integration.operations.test_plugins_silent import PROCESS, STEPS
from tests.oracle import Oracle
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin

ANN, CAI = Caller("ann"), Caller("cai")
Fails = Callable[[Any], Any]
#: The town with these plugins beside its own.
Make = Callable[..., Town]
W = both("odd")


def in_time(_db: Any) -> Any:
    to_micros(datetime(2026, 6, 10))  # noqa: DTZ001 - that is what it does wrong


def ends(_db: Any) -> Any:
    sys.exit(3)


def breaks(_db: Any) -> Any:
    raise ZeroDivisionError


def reaches(db: Any) -> Any:
    db.scalar(text("SELECT subject FROM cases"))


def swallows(db: Any) -> Any:
    with suppress(Exception):
        db.scalar(text("SELECT nope"))


#: How a plugin goes wrong, and what is said of it.
FAULTS: dict[str, tuple[Fails, str, str]] = {
    "a moment without a zone": (in_time, "时区", "no time zone"),
    "an exit": (ends, "想结束整个程序（SystemExit）", "tried to end the program (SystemExit)"),
    "an error of its own": (breaks, "ZeroDivisionError", "ZeroDivisionError"),
    "a table of the engine's": (reaches, "ctx.db的语句动了不是它自己的表：cases", "names tables that are not its own: cases"),
    "a swallowed error": (swallows, "不能当作没有发生", "and that was swallowed"),
}  # fmt: skip
OF_DATABASE = ("a table of the engine's", "a swallowed error")
STEP = "- {step: it, title: 它, do: odd.act, with: {what: =why}}"


@dataclass(frozen=True)
class In:
    """What."""

    what: str


@dataclass(frozen=True)
class Done:
    """It is done."""

    title: ClassVar[Text] = W


def decide(town: Town, step: str, meanwhile: Callable[[], None] = lambda: None) -> Receipt:
    """A case whose first decision is made, so that *step* is entered."""
    town.publish(PROCESS.replace("STEP", step).replace("oracle]", "oracle, odd]" if "odd" in town.ctx.registry.names else "oracle]"))
    case = cases.start(town.ctx, ANN, "p", {"thing": "1", "why": "想知道"}, unit="a")
    meanwhile()
    return town.act(case, "ok", "yes", by="sun")


def only(town: Town) -> Text:
    (failed,) = incidents.incidents(town.ctx, CAI)
    return failed.cause


def an_action(make: Make, fails: Fails) -> Text:
    @action("odd.act", title=W)
    def act(ctx: Any, i: In) -> Done:
        fails(ctx.db)
        return Done()

    town = make(Oracle().plugin(), plugin("odd", register_actions=giving(act)))
    decide(town, STEP)
    return only(town)


def what_is_owed(make: Make, fails: Fails) -> Text:
    @undo("odd.back")
    def back(ctx: Any, receipt: Any) -> Literal["undone"]:
        fails(ctx.db)
        return "undone"

    @action("odd.act", title=W, undo="odd.back")
    def act(ctx: Any, i: In) -> Done:
        return Done()

    town = make(Oracle().plugin(), plugin("odd", register_actions=giving(act, back)))
    cases.cancel(town.ctx, CAI, decide(town, STEP).number, "不办了")
    came_back(town)
    return only(town)


def answering(step: str) -> Callable[[Make, Fails], Text]:
    def asks(make: Make, fails: Fails) -> Text:
        oracle = Oracle()
        town = make(oracle.plugin())
        decide(town, STEPS[step], lambda: setattr(oracle, "fails", fails))
        return only(town)

    return asks


def a_check(make: Make, fails: Fails) -> Text:
    def check(ctx: Any) -> list[Any]:
        fails(ctx.db)
        return []

    town = make(plugin("odd", check_start=check))
    with pytest.raises(HookFailed) as refused:
        town.start()
    return refused.value.text


def a_page(make: Make, fails: Fails) -> Text:
    town = make(plugin("odd", register_pages=giving(Page("/odd", W, lambda ctx: fails(ctx.db)))))
    with pytest.raises(Unanswered) as refused:
        plugin_parts.page(town.ctx, ANN, 0, {}, {}, "")
    return refused.value.why


def a_reaction(make: Make, fails: Fails) -> Text:
    reaction = Reaction("odd.later", "desk.hold.held", lambda ctx, body: fails(ctx.db))
    town = make(plugin("odd", register_reactions=giving(reaction)))
    town.start("hold", seat="3")
    run_jobs(town.ctx)
    return only(town)


def a_hook_that_registers(_make: Make, fails: Fails) -> Text:
    with pytest.raises(PluginError) as refused:
        Registry([plugin("odd", register_types=lambda: fails(None))])
    return refused.value.text


def sends(out: Any, payload: Fails) -> Any:
    return payload(None)


def a_sender(_make: Make, fails: Fails) -> Text:
    done, said = json.loads(child._answer("odd", f"{__name__}:sends", None, fails))
    assert not done
    return from_stored(said)


def an_invariant(make: Make, fails: Fails) -> Text:
    def check(ctx: Any) -> list[Any]:
        fails(ctx.db)
        return []

    town = make(plugin("odd", register_invariants=giving(Invariant("odd.always", W, check))))
    (found,) = verify(town.ctx).broken
    return found.text


def a_data_file(make: Make, fails: Fails) -> Text:
    """The engine's own words refuse all of it; anything else is a problem of the file."""
    town = make(plugin("odd"))
    try:
        (found,) = on_content(town.ctx.registry, "odd", "odd.yaml", entered("odd", None, lambda: fails(None)))
    except PluginFault as fault:
        return fault.text
    assert found.hint is not None
    return Text(*(f"{message}: {hint}" for message, hint in zip(found.message, found.hint, strict=True)))


DOORS: dict[str, Callable[[Make, Fails], Text]] = {
    "an action": an_action,
    "what is owed": what_is_owed,
    "a type": answering("if of an attribute"),
    "a resolver": answering("whom a resolver names"),
    "a function": answering("if of a function"),
    "a check": a_check,
    "a page": a_page,
    "a reaction": a_reaction,
    "an invariant": an_invariant,
    "a data file": a_data_file,
    "a hook that registers": a_hook_that_registers,
    "a sender": a_sender,
}
#: What cannot come about there: no ``ctx.db`` is handed over, or the process is there to be ended.
NEVER = {(door, fault) for door in ("a data file", "a function", "a hook that registers", "a sender") for fault in OF_DATABASE}
NEVER.add(("a sender", "an exit"))


@pytest.fixture
def make(db: Database) -> Iterator[Make]:
    made: list[Town] = []

    def town(*beside: Plugin) -> Town:
        made.append(build(db, beside=beside))
        return made[-1]

    yield town
    for one in made:
        one.system.runner.release()


EVERY = pytest.mark.parametrize(("door", "fault"), [(d, f) for d in DOORS for f in FAULTS if (d, f) not in NEVER])
#: Whose fault is told by who began the process, or in another one.
UNLOGGED = ("a hook that registers", "a sender")


@EVERY
def test_what_is_logged_of_a_fault_says_it_in_the_line_itself(
    make: Make, door: str, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    fails, _, en = FAULTS[fault]
    DOORS[door](make, fails)
    lines = [record.getMessage() for record in caplog.records]
    told = [line for line in lines if en in line and "operations/test_faults_told.py:" in line]
    refuses = door == "a data file" and fault == "an exit"  # all of it, in words that are told to who publishes
    assert bool(told) == (door not in UNLOGGED and not refuses), lines


@EVERY
def test_a_fault_is_told_in_its_own_words_at_its_line(
    make: Make, door: str, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    fails, zh, en = FAULTS[fault]
    with caplog.at_level(logging.CRITICAL):
        said = DOORS[door](make, fails)
    assert zh in said.zh
    assert en in said.en
    assert re.search("插件“(odd|oracle)”", said.zh)
    assert re.search("[Pp]lugin '(odd|oracle)'", said.en)
    assert "Misuse" not in said.zh + said.en
    assert all(len(re.findall(r"operations/test_faults_told.py:\d+", words)) == 1 for words in said), said


def test_a_line_that_nobody_wrote_down_is_looked_for(tmp_path: Path) -> None:
    fault = plugin_fault(AnswerError, "odd", "错了", "is wrong", "")
    assert "place" not in fault.details
    try:
        exec(compile("def work(fault):\n raise fault\nwork(fault)", str(tmp_path / "odd" / "x.py"), "exec"), {"fault": fault})
    except AnswerError:
        said = cause_of(fault, tmp_path / "odd")
    assert said == Text("插件“odd”（odd/x.py:2）：错了", "plugin 'odd' (odd/x.py:2): is wrong")
