"""The inbox against a naive model: every page, filter and count, on both databases."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from engine.clock import HOUR
from engine.ids import SeededIds
from engine.store import inbox, tasks
from engine.store.cases import Case
from engine.store.inbox import CAP, Box, Day, DueFilter, InboxCursor, InboxReader, InboxRow, Load
from engine.store.schema.columns import NEVER
from engine.store.tasks import Task
from engine.store.transactions.runner import Runner, Tx
from tests.integration.store.conftest import NOON, D

DAY = Day(NOON, NOON + 12 * HOUR)
READER = InboxReader("me", ("user:me", "role:head@u3", "role:staff@u3", "any@u3", "any@"))
AUDIENCES = ["user:me", "user:you", "role:head@u3", "role:staff@u3", "role:head@u4", "any@u3", "any@"]


@pytest.fixture
def rows(town: Runner, new_case: Callable[..., Case]) -> list[tuple[Case, Task]]:
    """Eighty cases with some two hundred tasks of every sort, drawn by a fixed seed."""
    chance = random.Random(7)
    made: list[tuple[Case, Task]] = []

    def task(case: Case, n: int) -> Task:
        done = chance.random() < 0.25
        return Task(
            case.id, n, case.process, "ask", NOON - chance.randrange(5), NOON,
            audience=chance.choice(AUDIENCES), assignee=chance.choice([None, None, "me", "you"]),
            status="done" if done else "open", actor=chance.choice(["me", "you"]) if done else None,
            done_at=NOON - chance.randrange(3) if done else None, outcome="agree" if done else None,
            needed_by=chance.choice([None, NOON + chance.randrange(-3, 3) * HOUR, DAY.tomorrow]),
        )  # fmt: skip

    def work(tx: Tx) -> None:
        for _ in range(80):
            case = new_case(tx, process=chance.choice(["borrow", "order"]), search=chance.choice(["nzd 50%", "hhl"]))
            found = [task(case, n) for n in range(1, chance.randrange(2, 5))]
            tasks.open_tasks(tx, D, found)
            for one in found:
                if one.status == "done":
                    tasks.close_tasks(
                        tx, D, one.case, [one.n], at=one.done_at or 0, others="cancelled", n=one.n, outcome="agree",
                        actor=one.actor or "",
                    )  # fmt: skip
            made.extend((case, one) for one in found)

    town.run(work)
    return made


def place(task: Task) -> InboxCursor:
    """Where a task stands, reckoned apart from the code under test."""
    return InboxCursor(NEVER if task.needed_by is None else task.needed_by, task.opened_at, task.case, task.n)


def expected(
    rows: list[tuple[Case, Task]], box: Box, process: str = "", due: DueFilter = "", q: str = ""
) -> list[tuple[str, int]]:
    """What a plain loop over all tasks finds."""
    kept = []
    for case, task in rows:
        if process not in ("", case.process) or any(word not in case.search for word in q.split()):
            continue
        if box == "done":
            if task.actor == "me":
                kept.append(((-(task.done_at or 0), [-ord(c) for c in task.case], -task.n), task))
            continue
        mine = task.assignee == "me" and box != "claimable"
        prefix = {"mine": ("user:", "role:"), "claimable": ("role:", "any@"), "all": ("",)}[box]
        open_to = task.assignee is None and task.audience in READER.keys and task.audience.startswith(tuple(prefix))
        needed = place(task).needed_by
        klass = "late" if needed < DAY.now else "today" if needed < DAY.tomorrow else "later"
        if task.status == "open" and (mine or open_to) and due in ("", klass):
            kept.append((place(task), task))
    return [(task.case, task.n) for _, task in sorted(kept, key=lambda pair: pair[0])]


def read(runner: Runner, limit: int = 7, **asked: object) -> list[tuple[str, int]]:
    """Every page, one after the other."""
    found: list[InboxRow] = []
    after: InboxCursor | None = None
    while True:
        page, after = runner.run(
            lambda tx, at=after: inbox.page(tx, D, READER, DAY, after=at, limit=limit, **asked),  # type: ignore[arg-type]
            write=False,
        )
        found += page
        if after is None:
            return [(row.task.case, row.task.n) for row in found]
        assert len(page) == limit
        after = InboxCursor.parse(str(after))


@pytest.mark.parametrize("box", ["mine", "claimable", "all", "done"])
@pytest.mark.parametrize("process", ["", "borrow"])
@pytest.mark.parametrize("q", ["", "nzd", "0% nzd"])
def test_pages_hold_what_a_plain_loop_finds(
    town: Runner, rows: list[tuple[Case, Task]], box: Box, process: str, q: str
) -> None:
    want = expected(rows, box, process, "", q)
    assert want
    assert read(town, box=box, process=process, q=q) == want


@pytest.mark.parametrize("due", ["late", "today", "later"])
@pytest.mark.parametrize("box", ["mine", "claimable", "all"])
def test_a_due_filter_lets_its_class_through(
    town: Runner, rows: list[tuple[Case, Task]], box: Box, due: DueFilter
) -> None:
    want = expected(rows, box, due=due)
    assert want
    assert read(town, box=box, due=due) == want


@pytest.mark.parametrize("box", ["mine", "claimable", "all"])
@pytest.mark.parametrize("q", ["", "hhl"])
def test_the_load_counts_each_class(town: Runner, rows: list[tuple[Case, Task]], box: Box, q: str) -> None:
    counted = town.run(lambda tx: inbox.load(tx, D, READER, DAY, box=box, q=q, process="order"), write=False)
    late, today, later = (len(expected(rows, box, "order", due, q)) for due in ("late", "today", "later"))  # type: ignore[arg-type]
    assert counted == Load(late, today, later)


def test_a_wildcard_in_a_search_is_a_letter(town: Runner, rows: list[tuple[Case, Task]]) -> None:
    assert read(town, box="all", q="5_%") == []
    assert read(town, box="all", q="50%") == expected(rows, "all", q="50%")


def test_who_answers_to_nothing_sees_nothing(town: Runner, rows: list[tuple[Case, Task]]) -> None:
    nobody = InboxReader("x", ())
    assert town.run(lambda tx: inbox.page(tx, D, nobody, DAY, box="claimable"), write=False) == ((), None)
    assert town.run(lambda tx: inbox.load(tx, D, nobody, DAY), write=False) == Load(0, 0, 0)
    assert town.run(lambda tx: inbox.page(tx, "d2", READER, DAY, box="all"), write=False) == ((), None)


def test_counting_stops_at_the_cap(town: Runner, new_case: Callable[..., Case]) -> None:
    def work(tx: Tx) -> None:
        case = new_case(tx)
        many = [Task(case.id, n, "borrow", "ask", NOON, NOON, audience=AUDIENCES[n % 3 * 2]) for n in range(2 * CAP)]
        tasks.open_tasks(tx, D, many)

    town.run(work)
    assert town.run(lambda tx: inbox.load(tx, D, READER, DAY, box="all"), write=False) == Load(0, 0, CAP + 1)


def test_a_row_says_what_a_list_shows_of_its_case(town: Runner, new_case: Callable[..., Case]) -> None:
    def work(tx: Tx) -> Case:
        case = new_case(tx, subject="南珠东社区 借 多功能厅")
        tasks.open_tasks(tx, D, [Task(case.id, 1, "borrow", "ask", NOON, NOON, audience="user:me", needed_why="before")])
        return case

    case = town.run(work)
    (row,), _ = town.run(lambda tx: inbox.page(tx, D, READER, DAY), write=False)
    assert (row.number, row.subject, row.unit, row.task.needed_why) == (case.number, case.subject, "u3", "before")


@pytest.mark.parametrize(
    "text", ["", "x", "1.2.3", "1.2.x.c", "1.2.3.", "9" * 19 + ".1.1.c", "1.2.3.a\0b", "1.2.3.a'b"]
)
def test_a_cursor_that_nobody_wrote_is_no_place(text: str) -> None:
    assert InboxCursor.parse(text) is None


def test_a_cursor_reads_back(ids: SeededIds) -> None:
    at = InboxCursor(-1, NEVER, ids.new(), 3)
    assert InboxCursor.parse(str(at)) == at
