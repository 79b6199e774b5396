"""The hot row of a case, its form and its tasks: written once, guarded by version, found again."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from engine.audience import user_key
from engine.errors import Conflict
from engine.ids import SeededIds
from engine.store import cases, search, tasks
from engine.store.cases import Case
from engine.store.databases.database import Database
from engine.store.tasks import Task
from engine.store.text import dump, load
from engine.store.transactions.failures import Duplicate
from engine.store.transactions.runner import Runner, Tx
from tests.integration.store.conftest import NOON, D

NewCase = Callable[..., Case]


def fill(tx: Tx, case: Case, data: dict[str, Any], expected: int) -> None:
    """Change the form, as a command does."""
    case.data_seq += 1
    case.version = expected + 1
    cases.write_form(tx, case, salt="s", fill=dump(data), note=None, data=dump(data))
    cases.save(tx, case, expected=expected)


def test_a_case_reads_back_as_it_was_written(runner: Runner, new_case: NewCase) -> None:
    choosing = {"n": 3, "s": "出借方审批", "k": "choose", "f": {"0": {}}}
    state = {"v": 1, "n": 3, "root": {"n": 0, "s": "", "k": "root", "f": {"": {"node": choosing}}}}

    def work(tx: Tx) -> Case:
        case = new_case(tx, subject="借", search="nzd", state=state, for_person="p2")
        fill(tx, case, {"people": 50, "venue": "多功能厅"}, 1)
        case.data = {"people": 50, "venue": "多功能厅"}
        return case

    case = runner.run(work)
    for found in (
        runner.run(lambda tx: cases.load_case(tx, D, id=case.id), write=False),
        runner.run(lambda tx: cases.lock(tx, D, number=case.number)),
        runner.run(lambda tx: cases.lock(tx, D, id=case.id)),
    ):
        assert found == case
    assert runner.run(lambda tx: cases.load_case(tx, "d2", id=case.id), write=False) is None
    assert runner.run(lambda tx: cases.lock(tx, D, number="000000-00000")) is None


def test_a_number_says_the_day_and_is_given_once(runner: Runner, ids: SeededIds) -> None:
    number = cases.draw_number(ids, NOON)
    assert re.fullmatch(r"260616-\d{5}", number)

    def insert(district: str) -> None:
        case = Case(district, ids.new(), "p", "h", "u", "p1", NOON, number=number)
        runner.run(lambda tx: cases.insert(tx, case))

    insert(D)
    with pytest.raises(Duplicate):
        insert(D)
    insert("d2")


def test_a_stale_version_is_refused(runner: Runner, new_case: NewCase) -> None:
    case = runner.run(new_case)
    case.version = 2
    runner.run(lambda tx: cases.save(tx, case, expected=1))
    with pytest.raises(Conflict) as caught:
        runner.run(lambda tx: cases.save(tx, case, expected=1))
    assert caught.value.details == {"number": case.number}


def test_a_lock_that_waited_reads_the_new_form(db: Database, ids: SeededIds) -> None:
    """A joined lock would answer the new case beside the old form."""
    runner = Runner(db)

    def start(tx: Tx) -> Case:
        case = Case(D, ids.new(), "p", "h", "u", "p1", NOON, number=ids.digits(9))
        cases.insert(tx, case)
        fill(tx, case, {"people": 1}, 1)
        return case

    for _ in range(10):
        case = runner.run(start)
        barrier = threading.Barrier(4)

        def add(_: int, case: Case = case, barrier: threading.Barrier = barrier) -> None:
            barrier.wait(10)

            def work(tx: Tx) -> None:
                found = cases.lock(tx, D, id=case.id)
                assert found is not None
                fill(tx, found, {"people": found.data["people"] + 1}, found.version)

            runner.run(work)
            runner.release()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(add, range(4)))
        found = runner.run(lambda tx, case=case: cases.load_case(tx, D, id=case.id), write=False)  # type: ignore[misc]
        assert found is not None
        assert (found.data["people"], found.version, found.data_seq) == (5, 6, 5)
    runner.release()


def test_parties_are_pairs_in_order(runner: Runner, new_case: NewCase) -> None:
    def work(tx: Tx) -> tuple[tuple[str, str], ...]:
        case = new_case(tx)
        cases.add_parties(tx, case, [("lender", "u4"), ("borrower", "u3"), ("lender", "u2")])
        return cases.parties(tx, D, case.id)

    assert runner.run(work) == (("borrower", "u3"), ("lender", "u2"), ("lender", "u4"))


class Counting:
    """Counts the writes that pass."""

    writes = 0

    def before(self, sql: str, parameters: Any) -> None:
        self.writes += sql.startswith(("INSERT", "UPDATE", "DELETE"))

    def after(self, sql: str, parameters: Any, rows: int) -> None:
        """Nothing to see after it."""


@pytest.fixture
def asked(runner: Runner, new_case: NewCase) -> str:
    """The id of a case with six seats asked and a clock."""

    def work(tx: Tx) -> str:
        case = new_case(tx)
        seats = [Task(case.id, n, "borrow", "ask", NOON, NOON, audience=user_key(f"p{n}"), ping_at=NOON + n) for n in range(1, 7)]
        tasks.open_tasks(tx, D, [*seats, Task(case.id, 7, "borrow", "", NOON, NOON, status="timer", ping_at=NOON - 1)])
        return case.id

    return runner.run(work)


def test_siblings_close_in_one_statement(runner: Runner, asked: str) -> None:
    runner.database.hook = counting = Counting()

    def work(tx: Tx) -> int:
        return tasks.close_tasks(
            tx, D, asked, [1, 2, 3], at=NOON + 9, others="withdrawn", n=2, outcome="agree", actor="p2",
            on_behalf="p5", seen={"people": "x1"},
        )  # fmt: skip

    assert runner.run(work) == 3
    assert counting.writes == 1
    rows = runner.run(lambda tx: tasks.of_case(tx, D, asked), write=False)
    assert [(t.n, t.status, t.outcome, t.actor, t.done_at) for t in rows[:4]] == [
        (1, "withdrawn", None, None, NOON + 9),
        (2, "done", "agree", "p2", NOON + 9),
        (3, "withdrawn", None, None, NOON + 9),
        (4, "open", None, None, None),
    ]
    assert (rows[1].on_behalf, rows[1].seen, rows[1].ping_at) == ("p5", {"people": "x1"}, None)
    live = runner.run(lambda tx: tasks.of_case(tx, D, asked, live=True), write=False)
    assert [t.n for t in live] == [4, 5, 6, 7]


@pytest.mark.parametrize("many", [1, 603])
def test_tasks_open_in_one_statement_however_many(runner: Runner, new_case: NewCase, many: int) -> None:
    runner.database.hook = counting = Counting()
    case = runner.run(new_case)
    before = counting.writes
    runner.run(lambda tx: tasks.open_tasks(tx, D, [Task(case.id, n, "p", "s", NOON, NOON) for n in range(many)]))
    assert counting.writes - before == 1
    assert runner.run(lambda tx: tasks.close_tasks(tx, D, case.id, range(many), at=NOON, others="cancelled")) == many


def test_many_rows_are_stored_as_each_alone_would_be(runner: Runner, new_case: NewCase) -> None:
    odd = ("", "甲乙", "a'b\"c\\d", "{x,NULL}", "[1, null]", "𬭎", "\n\t")
    first = runner.run(new_case)
    wanted = [
        Task(first.id, n, "p", word, NOON + n, NOON + n, audience=None if n % 2 else word, due_at=None if n % 3 else n, wants=word)
        for n, word in enumerate(odd)
    ]
    runner.run(lambda tx: tasks.open_tasks(tx, D, wanted))
    assert runner.run(lambda tx: tasks.of_case(tx, D, first.id), write=False) == tuple(wanted)
    second = runner.run(new_case)
    alone = [replace(task, case=second.id) for task in wanted]
    for task in alone:
        runner.run(lambda tx, task=task: tasks.open_tasks(tx, D, [task]))  # type: ignore[misc]
    assert runner.run(lambda tx: tasks.of_case(tx, D, second.id), write=False) == tuple(alone)


def test_closing_nothing_writes_nothing(runner: Runner, asked: str) -> None:
    runner.database.hook = counting = Counting()
    assert runner.run(lambda tx: tasks.close_tasks(tx, D, asked, [], at=NOON, others="cancelled")) == 0
    assert counting.writes == 0


def test_a_closed_task_is_neither_given_away_nor_clocked(runner: Runner, asked: str) -> None:
    def work(tx: Tx, n: int) -> tuple[bool, bool]:
        given = tasks.assign(tx, D, asked, n, assignee="p9", audience="user:p9")
        return given, tasks.set_clock(tx, D, asked, n, due_at=1, ping_at=2, needed_by=None, needed_why="")

    assert runner.run(lambda tx: work(tx, 1)) == (True, True)
    runner.run(lambda tx: tasks.close_tasks(tx, D, asked, [1], at=NOON, others="cancelled"))
    assert runner.run(lambda tx: work(tx, 1)) == (False, False)


def test_clocks_ring_in_their_order(runner: Runner, asked: str) -> None:
    def read(tx: Tx) -> Any:
        return tasks.ringing(tx, D, NOON + 2), tasks.ringing(tx, D, NOON + 2, 1), tasks.next_ring(tx, D)

    assert runner.run(read, write=False) == ([(asked, 7), (asked, 1), (asked, 2)], [(asked, 7)], NOON - 1)


def test_cases_are_found_by_every_word(town: Runner, new_case: NewCase) -> None:
    texts = {
        "a": ("南珠东社区 借 多功能厅", "王芳"),
        "b": ("黄海路社区 借 多功能厅", "李强"),
        "c": ("茶亭路 50%", "曾志强"),
    }

    def work(tx: Tx) -> dict[str, str]:
        found = {}
        for at, (name, words) in enumerate(texts.items()):
            case = new_case(tx, search=search.search_text("", *words), started_at=NOON + at)
            cases.add_parties(tx, case, [("lender", "u4" if name == "a" else "u3")])
            found[case.id] = name
        return found

    names = town.run(work)

    def find(q: str, **more: Any) -> str:
        rows = town.run(lambda tx: search.find_cases(tx, D, q, **more), write=False)
        return "".join(names[row.id] for row in rows)

    assert find("") == "cba"
    assert [find(q) for q in ("nzd", "借 多功能厅", "DGNT lq", "50%", "5_", "zzq", "没有")] == [
        "a",
        "ba",
        "b",
        "c",
        "",
        "c",
        "",
    ]
    assert find("", units=("u4",)) == "acb"
    assert find("", since=NOON + 1, limit=1) == "c"
    assert find("", limit=1, skip=1) == "b"
    assert find("", process="order") == ""
    number = town.run(lambda tx: search.find_cases(tx, D, "nzd"), write=False)[0].number
    assert find(number, since=NOON + 99) == "a"
    assert find(number[-5:]) == "a"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("南珠东", "nzd"),
        ("重庆路", "cql"),
        ("曾志强", "zzq"),
        ("单晓", "sx"),
        ("长春道 3号", "ccd3h"),
        ("A区", "aq"),
        ("", ""),
    ],
)
def test_initials_are_read_as_people_say_them(name: str, letters: str) -> None:
    assert search.initials(name) == letters


def test_json_is_canonical() -> None:
    assert dump({"b": 1, "a": ["借", None, True]}) == '{"a":["借",null,true],"b":1}'
    assert load(dump({"b": 1})) == {"b": 1}
    assert load(None) is None
    with pytest.raises(ValueError, match="not JSON compliant"):
        dump(float("nan"))
