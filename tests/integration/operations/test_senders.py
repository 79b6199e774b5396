"""Messages leave by every way that plugins bring; a way that is blocked holds up neither the notice nor the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import pytest
from sqlalchemy import Column, Text, insert, text
from sqlalchemy.exc import OperationalError

from engine.clock import DAY, HOUR, MINUTE, SECOND
from engine.errors import Busy
from engine.extend import Job, JobContext, Message, Reaction, ReadContext, Sender, both, plugin_table
from engine.extend.senders import Mode
from engine.operations import notices
from engine.operations.background.claiming import WRITING
from engine.operations.background.inner import run_jobs
from engine.operations.background.letters import Letter, NotSent
from engine.operations.background.outbound import send_jobs
from engine.operations.context import Caller
from engine.store import jobs
from engine.store.databases.database import Database
from engine.store.failure_words import said_in
from engine.store.schema import tables
from tests.integration.operations.looking import broken, rows
from tests.integration.worker import misbehaving
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin

slip = plugin_table("post", "slip", Column("key", Text), Column("words", Text, nullable=False), key=["key"])
_SEND = f"{misbehaving.__name__}:echo"


def _prepare(ctx: ReadContext, body: Mapping[str, Any]) -> Any:
    if body.get("zh", "") == "":
        return None
    return {"to": ctx.directory.person_name(body["person"]), "words": body["zh"], "href": body["href"]}


def _record(ctx: JobContext, result: Any) -> None:
    words = f"{ctx.case.number} {ctx.unit} {ctx.attempt} {result}"
    ctx.db.execute(insert(slip), {"district_id": ctx.district, "key": ctx.key, "words": words})
    ctx.emit(Message("user:cai", both(f"sent {result}")))


TELEGRAPH = Sender("post.telegraph", both("telegraph"), _prepare, _SEND, _record, notices=True)
PIGEON = Sender("post.pigeon", both("pigeon"), _prepare, _SEND, notices=True, limit=5 * SECOND)
DRUM = Sender("post.drum", both("drum"), lambda ctx, body: body, _SEND)


@dataclass
class Horse:
    """Carries in this process, as *does* says; what it carried is kept."""

    starting: ClassVar[int] = 0
    does: Callable[[Letter], Any] = lambda letter: "ok"
    carried: list[Letter] = field(default_factory=list)
    warmed: list[str] = field(default_factory=list)

    def warm(self, plugin: str) -> None:
        self.warmed.append(plugin)

    def carry(self, letter: Letter) -> Any:
        self.carried.append(letter)
        return self.does(letter)

    def rest(self) -> None:
        """It has nothing to rest from."""

    def close(self) -> None:
        """It holds nothing."""


def at_work(db: Database, mode: Mode = "live", *ways: Sender | Reaction) -> Town:
    hooks = {"register_tables": giving(slip), "register_senders": giving(*[w for w in ways if isinstance(w, Sender)]),
             "register_reactions": giving(*[w for w in ways if isinstance(w, Reaction)])}  # fmt: skip
    slip.metadata.create_all(db.engine)
    return build(db, beside=[plugin("post", tables=("post_slip",), **hooks)], mode=mode)


@pytest.fixture
def town(db: Database) -> Iterator[Town]:
    """The live town with a telegraph that records, and a pigeon."""
    made = at_work(db, "live", TELEGRAPH, PIGEON)
    yield made
    made.system.runner.release()


def told(town: Town) -> str:
    """Let a decision tell Ann; the number of the case."""
    case = town.start("hold")
    town.act(case, "ok", "refuse", "sun", opinion="已有人订")
    town.clock.advance(HOUR)
    assert run_jobs(town.ctx) == 1
    return case.number


def refusing(way: Sender, why: str = "the wire broke") -> Callable[[Letter], Any]:
    def does(letter: Letter) -> Any:
        if letter.limit == way.limit:
            raise NotSent(both(why))
        return "ok"

    return does


def waiting(town: Town) -> dict[str, tuple[int, str | None]]:
    """How often what is to be sent was tried, by its kind, and what became of it in English."""
    return {
        row["kind"]: (row["attempts"], row["error"] and said_in(row["error"]).en)
        for row in rows(town, tables.job)
        if row["out"]
    }


def test_a_notice_is_sent_by_every_way_and_again_where_it_failed(town: Town) -> None:
    number, horse = told(town), Horse(refusing(TELEGRAPH))
    (notice,) = notices.mine(town.ctx, Caller("ann"))
    assert send_jobs(town.ctx, horse) == 2
    assert horse.warmed == ["post", "post"]
    assert [letter.payload for letter in horse.carried] == 2 * [
        {"to": "安宁", "words": notice.text.zh, "href": f"/cases/{number}"}
    ]
    assert waiting(town) == {"send:post.telegraph": (1, "the wire broke")}
    assert rows(town, slip) == []
    horse.does = lambda letter: "in time"
    town.clock.advance(HOUR)
    assert send_jobs(town.ctx, horse) == 1
    assert waiting(town) == {}
    first, again = [letter.out for letter in horse.carried if letter.limit == TELEGRAPH.limit]
    assert first.message_id == again.message_id
    assert [first.attempt, again.attempt, again.mode, again.district] == [1, 2, "live", "town"]
    assert again.deadline == town.clock.wall() + TELEGRAPH.limit
    (kept,) = rows(town, slip)
    assert (kept["key"], kept["words"]) == (f"job:{first.message_id}", f"{number} a 2 in time")
    run_jobs(town.ctx)
    assert [each.text.zh for each in notices.mine(town.ctx, Caller("cai"))] == ["sent in time"]
    assert broken(town) == []


@pytest.mark.parametrize("mode", ["demo", "scenario", "example"])
def test_what_is_not_live_sends_nothing_and_says_what_it_would_have_sent(db: Database, mode: Mode) -> None:
    town = at_work(db, mode, TELEGRAPH, PIGEON)
    number, horse = told(town), Horse()
    assert send_jobs(town.ctx, horse) + send_jobs(town.ctx) == 2
    assert (horse.carried, horse.warmed, rows(town, slip), waiting(town)) == ([], [], [], {})
    unsent = sorted((one.sender, one.number, one.payload["to"]) for one in town.system.unsent)
    assert unsent == [("post.pigeon", number, "安宁"), ("post.telegraph", number, "安宁")]
    town.system.runner.release()


def test_a_live_system_without_a_carrier_leaves_messages_alone(town: Town) -> None:
    told(town)
    assert send_jobs(town.ctx) == 0
    assert waiting(town) == {"send:post.telegraph": (0, None), "send:post.pigeon": (0, None)}


def test_nothing_to_send_is_an_answer(town: Town) -> None:
    case = town.start("hold")
    body = {"step": "", "of": 0, "given": {"person": "ann"}}
    town.ctx.runner.run(lambda tx: jobs.enqueue(
        tx, "town", id="j", stream=case.case, n=None, kind="send:post.telegraph", body=body, run_at=0
    ))  # fmt: skip
    horse = Horse()
    assert send_jobs(town.ctx, horse) == 1
    assert (horse.carried, waiting(town), rows(town, slip)) == ([], {}, [])


def test_what_was_taken_back_or_is_somebody_elses_by_now_is_not_sent(town: Town) -> None:
    told(town)

    class Slow(Horse):
        def warm(self, plugin: str) -> None:
            super().warm(plugin)
            town.ctx.runner.run(lambda tx: tx.connection.execute(text("DELETE FROM job")))

    horse = Slow()
    assert send_jobs(town.ctx, horse) == 1
    assert horse.carried == []


def test_a_process_that_is_slow_to_start_loses_its_message_to_nobody(town: Town) -> None:
    told(town)
    other = Horse()

    class Slow(Horse):
        starting = MINUTE

        def warm(self, plugin: str) -> None:
            super().warm(plugin)
            town.clock.advance(MINUTE)
            send_jobs(town.ctx, other, limit=3)

    horse = Slow()
    assert send_jobs(town.ctx, horse, limit=1) == 1
    assert [letter.out.attempt for letter in (*horse.carried, *other.carried)] == [1, 1]
    assert horse.carried[0].out.message_id != other.carried[0].out.message_id
    assert (waiting(town), broken(town)) == ({}, [])


def test_what_cannot_be_begun_in_time_is_given_back_untried(town: Town) -> None:
    told(town)

    class Slow(Horse):
        def warm(self, plugin: str) -> None:
            if not self.warmed:
                town.clock.advance(6 * SECOND)
            super().warm(plugin)

    horse = Slow()
    assert send_jobs(town.ctx, horse, limit=3) == 3
    assert len(horse.carried) == 2
    assert waiting(town) == {}
    assert [letter.out.attempt for letter in horse.carried] == [1, 1]
    assert broken(town) == []


def test_who_was_too_slow_records_nothing_and_the_message_is_sent_again(town: Town) -> None:
    told(town)

    def overtaken(letter: Letter) -> Any:
        town.clock.advance(HOUR)
        if len(horse.carried) == 1:
            assert send_jobs(town.ctx, Horse()) == 2
        return "late"

    horse = Horse(overtaken)
    send_jobs(town.ctx, horse)
    assert [row["words"].split()[-1] for row in rows(town, slip)] == ["ok"]
    assert waiting(town) == {}


@pytest.mark.parametrize("part", ["prepare", "record"])
def test_a_plugin_that_fails_beside_the_sending_is_named_with_its_place(
    db: Database, part: str, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: Any) -> Any:
        raise ValueError("no telephone")

    good = {"prepare": _prepare, "record": _record}
    way = Sender("post.telegraph", both("telegraph"), send=_SEND, notices=True, **{**good, part: fails})
    town = at_work(db, "live", way)
    told(town)
    assert send_jobs(town.ctx, Horse()) == 1
    ((tries, said),) = waiting(town).values()
    assert tries == 1
    assert said is not None
    assert said.startswith(f"{part}: plugin 'post' (operations/test_senders.py:")
    assert "plugin post: job" in caplog.text
    town.system.runner.release()


def test_a_payload_that_is_no_json_is_the_plugins_fault(db: Database) -> None:
    town = at_work(db, "live", Sender("post.a", both("a"), lambda ctx, body: {1, 2}, _SEND, notices=True))
    told(town)
    assert send_jobs(town.ctx, Horse()) == 1
    said = str(waiting(town)["send:post.a"][1])
    assert re.fullmatch(r"prepare: plugin 'post' \(operations/test_senders.py:\d+\): Sender.prepare answered .*: it is set", said)
    town.system.runner.release()


@pytest.mark.parametrize("held", ["", "DELETE FROM job"])
def test_what_was_sent_is_recorded_once_the_database_can_be_written_and_not_sent_again(db: Database, held: str) -> None:
    """Whether nothing gets through after the sending, or only what ends the job does not."""
    town = at_work(db, "live", TELEGRAPH)
    number = told(town)

    def away(letter: Letter) -> Any:
        def before(sql: str, parameters: Any) -> None:
            if held in sql:
                raise OperationalError(sql, parameters, Exception("database is locked"))

        town.system.database.hook = type("Hook", (), {"before": staticmethod(before), "after": lambda *_: None})()
        return "ok"

    horse = Horse(away)
    with pytest.raises(Busy):
        send_jobs(town.ctx, horse)
    if held:
        assert send_jobs(town.ctx, horse) == 0, "it still cannot be written"
    else:
        with pytest.raises(Busy):
            send_jobs(town.ctx, horse)
    town.system.database.hook = None
    assert waiting(town) == {"send:post.telegraph": (1, None)}
    town.clock.advance(DAY)
    assert send_jobs(town.ctx, horse) == 0
    assert (waiting(town), len(horse.carried), len(town.system.unsaid)) == ({}, 1, 0)
    assert [row["words"] for row in rows(town, slip)] == [f"{number} a 1 ok"]
    assert broken(town) == []
    town.system.runner.release()


def test_what_was_sent_and_is_recorded_too_late_records_nothing(town: Town) -> None:
    told(town)
    town.ctx.runner.run(lambda tx: tx.connection.execute(text("DELETE FROM job WHERE kind = 'send:post.pigeon'")))

    def held(letter: Letter) -> Any:
        def before(sql: str, parameters: Any) -> None:
            if "DELETE FROM job" in sql:
                raise OperationalError(sql, parameters, Exception("database is locked"))

        town.system.database.hook = type("Hook", (), {"before": staticmethod(before), "after": lambda *_: None})()
        return "first"

    with pytest.raises(Busy):
        send_jobs(town.ctx, Horse(held))
    town.system.database.hook = None
    kept = list(town.system.unsaid)
    town.system.unsaid.clear()  # another process knows nothing of them
    town.clock.advance(DAY)
    assert send_jobs(town.ctx, Horse(lambda letter: "second")) == 1
    town.system.unsaid.extend(kept)
    assert send_jobs(town.ctx, Horse()) == 0
    assert [row["words"].split()[-1] for row in rows(town, slip)] == ["second"]


@pytest.mark.parametrize("how", ["fails", "lasts"])
def test_only_where_the_record_itself_is_refused_has_the_sending_failed(db: Database, how: str) -> None:
    def record(ctx: JobContext, result: Any) -> None:
        if how == "fails":
            raise ValueError("no paper")
        town.clock.advance(MINUTE)

    town = at_work(db, "live", replace(TELEGRAPH, record=record))
    told(town)
    assert send_jobs(town.ctx, Horse()) == 1
    ((tried, said),) = waiting(town).values()
    assert tried == 1
    assert {"fails": "): ValueError: no paper", "lasts": "took too long"}[how] in str(said)
    assert len(town.system.unsaid) == 0
    town.system.runner.release()


def test_who_waits_to_write_that_it_was_sent_is_overtaken_by_nobody(town: Town) -> None:
    """As long as one may wait for a connection or for one's turn, after a sender that took all its time."""
    told(town)

    def slow(letter: Letter) -> Any:
        town.clock.advance(letter.limit + 4 * SECOND + WRITING)
        send_jobs(town.ctx, other)
        return "ok"

    first, other = Horse(slow), Horse()
    send_jobs(town.ctx, first)
    sent = [letter.out.message_id for letter in (*first.carried, *other.carried)]
    assert len(sent) == len(set(sent)) == 2
    assert waiting(town) == {}


def test_a_reaction_hands_a_message_over_and_a_sender_sends_it(db: Database) -> None:
    def react(ctx: JobContext, body: Mapping[str, Any]) -> None:
        ctx.emit(Job("post.drum", {"seat": body["id"], "of": ctx.case.number}))

    town = at_work(db, "live", DRUM, Reaction("post.held", "desk.hold.held", react))
    case, horse = town.start("hold", seat="4"), Horse()
    assert run_jobs(town.ctx) == 1
    assert send_jobs(town.ctx, horse) == 1
    assert [letter.payload for letter in horse.carried] == [{"seat": "4", "of": case.number}]
    town.system.runner.release()


def test_whoever_uses_the_plugin_no_longer_keeps_its_messages_for_its_return(town: Town) -> None:
    told(town)
    del town.ctx.district.plugins["post"]
    assert send_jobs(town.ctx, Horse()) == 2
    assert {said_in(said or "").en for _, said in waiting(town).values()} == {
        "nothing here sends as post.telegraph", "nothing here sends as post.pigeon"
    }  # fmt: skip
