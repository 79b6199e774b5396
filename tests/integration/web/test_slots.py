"""The slots of pages: every one is filled by who fills it, and a plugin that fails there spoils nothing else."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from markupsafe import Markup
from sqlalchemy import text

from engine.extend import (
    CaseShown,
    Evidence,
    EvidenceSource,
    FormShown,
    PageContext,
    ReadContext,
    RowShown,
    TaskShown,
    Text,
)
from engine.store.databases.database import Database
from tests.integration.web.conftest import Window
from tests.integration.web.test_pages import OpenWindow, begin, open_task
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin


def said(slot: str, ctx: PageContext, *about: object) -> Markup:
    return Markup("<p>[{}]</p>").format(" ".join([slot, ctx.person, ctx.base, *map(str, about)]))


FILLS: dict[str, Any] = {
    "render_page_notice": lambda ctx: said("page_notice", ctx),
    "render_inbox_row_note": lambda ctx, row: said("inbox_row_note", ctx, row.n),
    "render_task_before_form": lambda ctx, task: said("task_before_form", ctx, task.step),
    "render_task_aside": lambda ctx, task: said("task_aside", ctx, task.case.process),
    "render_case_facts": lambda ctx, case: said("case_facts", ctx, case.status),
    "render_case_aside": lambda ctx, case: said("case_aside", ctx, case.subject),
    "render_start_before_form": lambda ctx, form: said("start_before_form", ctx, form.process, *form.units),
    "render_start_done": lambda ctx, case: said("start_done", ctx, case.process),
    "render_print_foot": lambda ctx, case: said("print_foot", ctx, case.status),
    "render_me_section": lambda ctx: said("me_section", ctx),
}


def breaking(ctx: PageContext, **_: object) -> Markup:
    ctx.db.execute(text("SELECT * FROM no_such_table"))
    return Markup("never")


def breaks_case(ctx: PageContext, case: CaseShown) -> Markup:
    return breaking(ctx)


def breaks_task(ctx: PageContext, task: TaskShown) -> Markup:
    return breaking(ctx)


def breaks_row(ctx: PageContext, row: RowShown) -> Markup:
    return breaking(ctx)


def breaks_form(ctx: PageContext, form: FormShown) -> Markup:
    return breaking(ctx)


def breaks_page(ctx: PageContext) -> Markup:
    return breaking(ctx)


BREAKS: dict[str, Any] = {
    hook: breaks_row if "row" in hook else breaks_task if "task" in hook else breaks_form if "before_form" in hook
    else breaks_page if hook in ("render_page_notice", "render_me_section") else breaks_case
    for hook in FILLS
}  # fmt: skip


def broken_check(ctx: ReadContext, inputs: Any, receipt: Any) -> list[Evidence]:
    ctx.db.execute(text("SELECT * FROM no_such_table"))
    return []


def sound_check(ctx: ReadContext, inputs: Any, receipt: Any) -> list[Evidence]:
    ctx.db.execute(text("SELECT 1"))
    return [Evidence("ok", Text("座位", "seat"), Text("座位空着", "the seat is free"))]


@pytest.fixture
def town(db: Database) -> Iterator[Town]:
    """The town with a plugin that breaks in every slot, and one after it that fills every slot."""
    checks = giving(EvidenceSource("desk.note", broken_check), EvidenceSource("desk.note", sound_check))
    broken, sound = plugin("a_broken", **BREAKS, register_evidence=checks), plugin("filler", **FILLS)
    made = build(db, beside=[broken, sound])
    yield made
    made.system.runner.release()


def slots(window: Window) -> dict[str, str]:
    """What the page shows in its slots, by name; each has a notice for the plugin that broke there."""
    parts = [part.partition("]")[0].split(" ", 1) for part in window.words.split("[")[1:]]
    assert window.words.count("插件“a_broken”的这一块暂时显示不了。") == len(parts)
    return dict(parts)


def test_every_slot_is_filled_and_a_broken_part_is_a_notice(
    at_window: OpenWindow, caplog: pytest.LogCaptureFixture
) -> None:
    ann, sun = at_window("ann"), at_window("sun")
    with caplog.at_level(logging.CRITICAL, "rongtong.plugins"):
        ann.get("/town/start/w1")
        assert slots(ann) == {"page_notice": "ann /town", "start_before_form": "ann /town w1 a"}
        number = begin(ann)
        ann.get(f"/town/cases/{number}")
        case = {"page_notice": "ann /town", "case_facts": "ann /town open", "case_aside": "ann /town 靠窗 · 人数4"}
        assert slots(ann) == {**case, "start_done": "ann /town w1"}
        ann.get(f"/town/cases/{number}")
        assert slots(ann) == case, "a start is told of once"
        ann.get(f"/town/cases/{number}/print")
        assert slots(ann) == {"print_foot": "ann /town open"}
        ann.get("/me")
        assert slots(ann) == {"page_notice": "ann /town", "me_section": "ann /town"}
        sun.get("/town/inbox")
        n = slots(sun)["inbox_row_note"].rsplit(" ", 1)[1]
        path = open_task(sun)
        assert path.endswith(f".{n}")
        task = {"task_before_form": "sun /town ok", "task_aside": "sun /town w1"}
        assert slots(sun) == {"page_notice": "sun /town", **task}


def test_a_check_that_fails_says_so_and_the_other_checks_are_made(
    at_window: OpenWindow, caplog: pytest.LogCaptureFixture
) -> None:
    ann, sun = at_window("ann"), at_window("sun")
    with caplog.at_level(logging.CRITICAL, "rongtong.plugins"):
        begin(ann)
        open_task(sun)
    assert sun.answer is not None and sun.answer.status_code == 200
    for said in ("插件“a_broken”这次没能核对，请自行查看。", "座位空着"):
        assert sun.words.count(said) == 1, "two steps ask the same, and it is said once"


def test_a_note_that_fails_in_each_row_is_told_once(at_window: OpenWindow, caplog: pytest.LogCaptureFixture) -> None:
    ann, sun = at_window("ann"), at_window("sun")
    with caplog.at_level(logging.CRITICAL, "rongtong.plugins"):
        for _ in range(3):
            begin(ann)
        sun.get("/town/inbox")
    assert sun.words.count("inbox_row_note") == 3
    assert sun.words.count("插件“a_broken”的这一块暂时显示不了。") == 2, "at the head of the page, and for all rows"
