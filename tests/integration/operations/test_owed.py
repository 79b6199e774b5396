"""What a plugin has still to undo: in its order, before all else that it does for the case, and told when it ended."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest
from sqlalchemy import delete

from engine.clock import HOUR, MINUTE
from engine.errors import Conflict
from engine.extend import ActionContext, Reaction, Sender, Text, Undone, action, both, hookimpl, undo
from engine.extend.loading.discovery import Plugin
from engine.operations import cases, incidents
from engine.operations.background import returning
from engine.operations.background.handing import job_body
from engine.operations.background.inner import run_jobs
from engine.operations.background.outbound import send_jobs
from engine.operations.background.returning import resume
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.store import jobs
from engine.store.databases.database import Database
from engine.store.failure_words import said_in
from engine.store.schema import tables
from tests import desk
from tests.integration.operations.leaving import away, came_back, with_plugins
from tests.integration.operations.looking import broken, rows, seats_taken
from tests.integration.operations.test_senders import _SEND as SEND
from tests.integration.operations.test_senders import Horse
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin

CAI, ANN = Caller("cai"), Caller("ann")


def owed(town: Town) -> list[list[str]]:
    """What each job that has still to undo something undoes, in order."""
    waiting = [row for row in rows(town, tables.job) if row["kind"].startswith("owed:")]
    return [[one["step"] for one in json.loads(row["body"])["owed"]] for row in waiting]


def told(town: Town, number: str) -> list[str]:
    """The history of the case as its page tells it."""
    return [line.sentence.zh for line in pages.case(town.ctx, CAI, number).timeline]


def test_a_case_is_cancelled_and_what_it_held_is_released_when_the_plugin_is_back(town: Town) -> None:
    case = town.start("hold", after="2")
    town.act(case, "ok", "agree", by="sun")
    assert seats_taken(town) == ["1", "2"]
    with away(town) as left:
        assert cases.cancel(left.ctx, CAI, case.number, "不办了").end == "cancelled"
        assert incidents.incidents(left.ctx, CAI) == ()
        said = [line.sentence.zh for line in pages.case(left.ctx, CAI, case.number).timeline]
        assert sum("到时由系统撤销" in words for words in said) == 2
        came_back(left)
        assert broken(left) == []
    assert seats_taken(town) == ["1", "2"]
    came_back(town)
    assert (seats_taken(town), broken(town)) == ([], [])


def test_all_that_one_command_owes_is_one_job_newest_first(town: Town) -> None:
    case = town.start("hold", after="2")
    town.act(case, "ok", "agree", by="sun")
    with away(town) as left:
        cases.cancel(left.ctx, CAI, case.number, "不办了")
    assert owed(town) == [["more", "taking"]]


def test_an_undoing_that_fails_keeps_back_the_rest_and_all_is_tried_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = town.start("hold", after="2")
    town.act(case, "ok", "agree", by="sun")
    with away(town) as left:
        cases.cancel(left.ctx, CAI, case.number, "不办了")
    undo = town.system.registry.undo("desk.release")
    assert undo is not None
    monkeypatch.setattr(town.system.registry, "_undos", {"desk.release": replace(undo, body=fails)})
    came_back(town)
    assert seats_taken(town) == ["1", "2"]
    monkeypatch.undo()
    town.clock.at += HOUR
    came_back(town)
    assert (seats_taken(town), broken(town)) == ([], [])


@pytest.mark.parametrize("before", [False, True], ids=["", "and it has failed before"])
@pytest.mark.parametrize("body", [lambda *_: "done", lambda *_: 1 / 0], ids=["answers nonsense", "raises"])
def test_a_case_is_cancelled_though_its_undoing_fails_and_that_is_tried_until_it_does_not(
    body: Any, before: bool, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = town.start("hold", after="2")
    if not before:
        town.act(case, "ok", "agree", by="sun")
    undo = town.system.registry.undo("desk.release")
    assert undo is not None
    monkeypatch.setattr(town.system.registry, "_undos", {"desk.release": replace(undo, body=body)})
    if before:
        assert town.act(case, "ok", "refuse", by="sun", opinion="不行").status == "open"
        assert len(incidents.incidents(town.ctx, CAI)) == 1
    assert cases.cancel(town.ctx, CAI, case.number, "不办了").end == "cancelled"
    assert owed(town) == ([["taking"]] if before else [["more", "taking"]])
    assert broken(town) == []
    came_back(town)
    (failing,) = incidents.incidents(town.ctx, CAI)
    assert failing.number == case.number
    monkeypatch.undo()
    town.clock.at += HOUR
    came_back(town)
    assert (seats_taken(town), incidents.incidents(town.ctx, CAI), broken(town)) == ([], (), [])


def fails(*_: object) -> str:
    raise OSError


def test_a_step_that_waits_runs_only_after_what_its_case_owes_is_undone(town: Town) -> None:
    case = town.start("hold")
    with away(town) as left:
        left.act(case, "ok", "revise", by="sun", opinion="换一个")
        assert left.act(case, "start", "submit", by="ann", fill={"seat": "3"}).status == "open"
        (waiting,) = incidents.incidents(left.ctx, CAI)
        assert waiting.cause.en == "plugin desk is away"
    with pytest.raises(Conflict) as refused:
        cases.retry(town.ctx, CAI, case.number, waiting.n)
    assert (refused.value.code, seats_taken(town)) == ("owed_first", ["1"])
    came_back(town)
    assert (seats_taken(town), incidents.incidents(town.ctx, CAI)) == (["3"], ())
    assert town.act(case, "ok", "agree", by="sun").status == "open"
    assert broken(town) == []


# -- one plugin, in its order ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Nothing:
    """It wants nothing."""


@dataclass(frozen=True, slots=True)
class Did:
    """It was done."""

    title: ClassVar[Text] = both("did")


def rude(ran: list[str], *verbs: str, undoes: str = "rude.un_{}") -> Plugin:
    """A plugin that does *verbs*, each undone by a verb of its own or as *undoes* says; *ran* hears of both."""

    def doing(verb: str) -> Callable[..., Any]:
        @action(f"rude.{verb}", title=both(verb), undo=undoes.format(verb))
        def do(ctx: ActionContext, given: Nothing) -> Did:
            ran.append(verb)
            return Did()

        return do

    def undoing(verb: str) -> Callable[..., Any]:
        @undo(f"rude.un_{verb}")
        def back(ctx: ActionContext, receipt: Mapping[str, Any]) -> Undone:
            ran.append(f"un_{verb}")
            return "undone"

        return back

    made = [make(verb) for verb in verbs for make in ((doing, undoing) if "rude" in undoes else (doing,))]
    return plugin("rude", register_actions=giving(*made))


RUDE = """
process: rude
title: 三样
uses: [rude]
fields: {why: {type: text, title: 事由}}
start: {who: role staff, fill: [why]}
steps:
- {step: a, title: 甲, do: rude.a}
- {step: b, title: 乙, do: rude.b}
- {step: c, title: 丙, do: rude.c}
- {step: ok, title: 审批, ask: role head of start.unit, outcomes: {agree: {title: 同意, then: next}}}
ends: {done: {title: 办成}, cancelled: {title: 取消, undo: all}}
"""


def test_what_follows_an_undo_that_is_missing_waits_with_it(db: Database) -> None:
    ran: list[str] = []
    town = build(db, beside=[rude(ran, "a", "b", "c")])
    town.publish(RUDE)
    case = cases.start(town.ctx, ANN, "rude", {"why": "x"}, unit="a")
    without = with_plugins(town, rude(ran, "a", "c"))
    cases.cancel(without.ctx, CAI, case.number, "不办了")
    assert (ran, owed(town)) == (["a", "b", "c", "un_c"], [["b", "a"]])
    came_back(town)
    assert (ran[3:], broken(town)) == (["un_c", "un_b", "un_a"], [])
    town.system.runner.release()


def test_what_a_new_version_undoes_no_more_is_told_and_undone_once_it_can_be(db: Database) -> None:
    ran: list[str] = []
    town = build(db, beside=[rude(ran, "a", "b", "c")])
    town.publish(RUDE)
    case = cases.start(town.ctx, ANN, "rude", {"why": "x"}, unit="a")
    newer = with_plugins(town, rude(ran, "a", "b", "c", undoes="nothing"))
    assert cases.cancel(newer.ctx, CAI, case.number, "不办了").end == "cancelled"
    for _ in range(12):
        came_back(newer)
        town.clock.at += HOUR
    (failed,) = incidents.incidents(newer.ctx, CAI)
    assert (failed.again, "rude.c" in failed.cause.en) == (None, True)
    assert ran == ["a", "b", "c"]
    incidents.retry_job(town.ctx, CAI, failed.id)
    came_back(town)
    assert (ran[3:], broken(town)) == (["un_c", "un_b", "un_a"], [])
    town.system.runner.release()


def returned(town: Town) -> tuple[Any, Town]:
    """A case that holds seats 1 and 2, and owes the release of 2 since it was sent back while the desk was away."""
    case = town.start("hold", after="2")
    town.act(case, "ok", "agree", by="sun")
    with away(town) as left:
        left.act(case, "hand_over", "back", by="sun")
    assert owed(town) == [["more"]]
    return case, left


def test_what_a_later_command_undoes_waits_for_what_an_earlier_one_owes(town: Town) -> None:
    case, _ = returned(town)
    cases.cancel(town.ctx, CAI, case.number, "不办了")
    assert (owed(town), seats_taken(town), broken(town)) == ([["more"], ["taking"]], ["1", "2"], [])
    came_back(town)
    assert (owed(town), seats_taken(town), broken(town)) == ([], [], [])
    assert [words for words in told(town, case.number) if words.startswith("撤销")] == ["撤销“hold a seat”"] * 2


def test_a_step_that_somebody_sets_off_comes_after_what_its_case_owes(town: Town) -> None:
    case, _ = returned(town)
    assert town.act(case, "ok", "agree", by="sun").status == "open"
    (waiting,) = incidents.incidents(town.ctx, CAI)
    assert waiting.cause.en == "plugin desk has something to undo first"
    assert "先撤销此件先前办过的事" in waiting.sentence.zh
    came_back(town)
    assert (seats_taken(town), incidents.incidents(town.ctx, CAI), broken(town)) == (["1", "2"], (), [])


def test_waiting_for_what_is_older_is_no_try(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    case, left = returned(town)
    cases.cancel(left.ctx, CAI, case.number, "不办了")
    release = town.system.registry.undo("desk.release")
    assert release is not None
    monkeypatch.setattr(town.system.registry, "_undos", {"desk.release": replace(release, body=fails)})
    everything_at_once(town)
    for _ in range(10):
        town.clock.at += HOUR
        came_back(town)
        everything_at_once(town)
    tries = [(row["attempts"], row["error"] and said_in(row["error"]).en) for row in rows(town, tables.job) if row["kind"] == "owed:desk"]
    assert tries[0][0] == jobs.MOST_ATTEMPTS
    assert tries[1] == (0, None)
    monkeypatch.undo()
    incidents.retry_job(town.ctx, CAI, incidents.incidents(town.ctx, CAI)[0].id)
    came_back(town)
    assert (seats_taken(town), broken(town)) == ([], [])


def everything_at_once(town: Town) -> None:
    """Let every job run that was put by, whatever it waits for."""

    def wake(tx: Any) -> int:
        return jobs.unpark(tx, town.ctx.id, [job.id for job in jobs.parked(tx, town.ctx.id)], now=town.ctx.now)

    town.ctx.runner.run(wake)
    run_jobs(town.ctx)


# -- what else it does for the case ----------------------------------------------------------------


def test_no_reaction_and_no_message_of_the_plugin_overtakes_what_it_owes_to_the_case(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    saw: list[tuple[str, list[str]]] = []
    town = attentive(db, saw)
    case, other = town.start("hold"), town.start("hold", seat="5")
    with away(town) as left:
        cases.cancel(left.ctx, CAI, case.number, "不办了")
    release = town.system.registry.undo("desk.release")
    assert release is not None
    with monkeypatch.context() as failing:
        failing.setattr(town.system.registry, "_undos", {"desk.release": replace(release, body=fails)})
        came_back(town)
        for of in (case, other):
            for kind in ("plugin:desk.look", "send:desk.post"):
                hand_in(town, of.case, kind)
        for _ in range(3):
            came_back(town)
            send_jobs(town.ctx, Horse())
            town.clock.at += MINUTE
        assert saw == [("desk.look", ["1", "5"]), ("desk.post", ["1", "5"])], "of the other case alone"
        put_by = [row["attempts"] for row in rows(town, tables.job) if row["stream"] == case.case]
        assert put_by[1:] == [0, 0]
    incidents.retry_job(town.ctx, CAI, incidents.incidents(town.ctx, CAI)[0].id)
    came_back(town)
    send_jobs(town.ctx, Horse())
    assert saw[2:] == [("desk.look", ["5"]), ("desk.post", ["5"])]
    assert (rows(town, tables.job), broken(town)) == ([], [])
    town.system.runner.release()


def attentive(db: Database, saw: list[tuple[str, list[str]]]) -> Town:
    """A town whose desk also reacts and sends; what each finds taken is kept in *saw*."""

    class Attentive(desk.Hooks):
        """The desk, and what it does later."""

        @hookimpl
        def register_reactions(self) -> list[Reaction]:
            return [Reaction("desk.look", "", lambda ctx, body: look("desk.look"))]

        @hookimpl
        def register_senders(self) -> list[Sender]:
            return [Sender("desk.post", both("post"), lambda ctx, body: look("desk.post"), SEND)]

    def look(name: str) -> str:
        saw.append((name, seats_taken_inside()))
        return name

    def seats_taken_inside() -> list[str]:
        with db.engine.connect() as connection:
            return sorted(row.name for row in connection.execute(desk.seat.select()))

    bare = desk.plugin()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk, "plugin", lambda: replace(bare, hooks=Attentive()))
        return build(db, mode="live")


def hand_in(town: Town, case: str, kind: str) -> None:
    """Let a job of *kind* wait for *case*."""
    town.ctx.runner.run(lambda tx: jobs.enqueue(
        tx, town.ctx.id, id=town.ctx.ids.new(), stream=case, n=None, kind=kind, body=job_body("ok", 1, {}),
        run_at=town.clock.at,
    ))  # fmt: skip


@pytest.mark.parametrize("older", ["failed by itself", "owes for good"])
def test_what_cannot_go_on_keeps_no_younger_step_from_it(
    town: Town, monkeypatch: pytest.MonkeyPatch, older: str
) -> None:
    monkeypatch.setattr(returning, "_MOST", 1)
    first, second = town.start("hold"), town.start("hold", seat="7")
    if older == "failed by itself":
        town.start("hold", seat="8", mood="fail")
    with away(town) as left:
        for case in (first, second):
            left.act(case, "ok", "revise", by="sun", opinion="换一个")
        for case, seat in ((first, "3"), (second, "4")):
            left.act(case, "start", "submit", by="ann", fill={"seat": seat})
            town.clock.at += HOUR
    release = town.system.registry.undo("desk.release")
    assert release is not None

    def undo(ctx: ActionContext, receipt: Mapping[str, Any]) -> Undone:
        if older == "owes for good" and ctx.case.number == first.number:
            raise OSError
        return release.body(ctx, receipt)

    monkeypatch.setattr(town.system.registry, "_undos", {"desk.release": replace(release, body=undo)})
    causes = {"plugin desk is away", "plugin desk has something to undo first"}
    for _ in range(3):
        came_back(town)
        town.clock.at += HOUR
    waiting = [one.number for one in incidents.incidents(town.ctx, CAI) if one.kind == "step" and one.cause.en in causes]
    assert waiting == ([first.number] if older == "owes for good" else [])
    assert "4" in seats_taken(town)


def test_a_step_says_why_it_waits_as_of_now(town: Town) -> None:
    case = town.start("hold")
    with away(town) as left:
        left.act(case, "ok", "revise", by="sun", opinion="换一个")
        left.act(case, "start", "submit", by="ann", fill={"seat": "3"})

        def said(of: Town) -> tuple[str, str]:
            return next((one.cause.en, one.sentence.zh) for one in incidents.incidents(of.ctx, CAI) if one.kind == "step")

        assert said(left)[0] == "plugin desk is away"
    assert said(town)[0] == "plugin desk has something to undo first"
    resume(town.ctx)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.integration.operations.leaving.resume", lambda ctx: 0)
        came_back(town)
    cause, sentence = said(town)
    assert cause == "plugin desk is back"
    assert "已经恢复" in sentence
    came_back(town)
    assert incidents.incidents(town.ctx, CAI) == ()


# -- how it ended ----------------------------------------------------------------------------------


def test_the_history_tells_when_it_was_undone_and_reads_nothing_for_a_case_that_owed_nothing(town: Town) -> None:
    case, left = returned(town)
    waits = told(left, case.number)
    assert waits[-1] != "撤销“hold a seat”"
    assert "“hold a seat”要等它的插件能用，到时由系统撤销" in waits
    town.clock.at += HOUR
    came_back(town)
    line = pages.case(town.ctx, CAI, case.number).timeline[-1]
    assert (line.sentence.zh, line.sentence.en, line.at) == ("撤销“hold a seat”", "Undid “hold a seat”", town.clock.at)
    assert {row["stream"] for row in rows(town, tables.journal)} >= {f"owed:{case.case}"}
    other = town.start("hold", seat="9")
    assert "later" not in json.loads(next(r["state"] for r in rows(town, tables.cases) if r["id"] == other.case))


def test_the_history_tells_who_decided_that_it_is_never_undone(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    case, _ = returned(town)
    release = town.system.registry.undo("desk.release")
    assert release is not None
    with monkeypatch.context() as failing:
        failing.setattr(town.system.registry, "_undos", {"desk.release": replace(release, body=fails)})
        came_back(town)
    (failed,) = incidents.incidents(town.ctx, CAI)
    incidents.drop_job(town.ctx, CAI, failed.id, key="k")
    incidents.drop_job(town.ctx, CAI, failed.id, key="k")
    last = pages.case(town.ctx, CAI, case.number).timeline[-1]
    assert last.sentence.zh == "蔡𬭎决定不再撤销“hold a seat”"
    assert (last.who and last.who.id, last.at) == ("cai", town.ctx.now)
    assert (seats_taken(town), broken(town)) == (["1", "2"], [])


def test_what_is_owed_and_neither_waits_nor_was_settled_is_found(town: Town) -> None:
    case, _ = returned(town)
    assert broken(town) == []
    town.ctx.runner.run(lambda tx: tx.connection.execute(delete(tables.job)))
    assert broken(town) == [f"effect {case.number}"]
