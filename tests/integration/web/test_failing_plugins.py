"""A plugin that fails while people work: each fault names it, costs its own part, and loses nothing of anybody's."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from engine.app import Options, create_app
from engine.clock import HOUR
from engine.extend import (
    ActionContext,
    Endpoint,
    EvidenceSource,
    Invariant,
    Page,
    Reaction,
    Sender,
    Text,
    View,
    action,
)
from engine.extend.loading.discovery import Plugin
from engine.operations import cases, incidents, notices
from engine.operations.accounts import accounts
from engine.operations.background.inner import run_jobs
from engine.operations.background.outbound import send_jobs
from engine.operations.closings import closings
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.operations.verifying.verify import verify
from engine.store.databases.database import Database
from tests.integration.web.conftest import PASSWORD, Window
from tests.town import Town, build
from tests.unit.extend.plugins_for_tests import giving, plugin

W = Text("怪", "odd")
CAI = Caller("cai")


@dataclass(frozen=True, slots=True)
class In:
    words: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    title: ClassVar[Text] = W


@action("odd.act", title=W)
def act(ctx: ActionContext, i: In) -> Done:
    return fails()


@action("odd.nothing", title=W)
def nothing(ctx: ActionContext, i: In) -> Done:
    return None  # type: ignore[return-value]


@action("odd.other", title=W)
def other(ctx: ActionContext, i: In) -> Done:
    return "done"  # type: ignore[return-value]


#: How the plugin fails: by an exception, or by what would end the program.
FAULTS = {"raises": ZeroDivisionError, "exits": SystemExit}
_FAULT: list[type[BaseException]] = [ZeroDivisionError]


@pytest.fixture(params=FAULTS, autouse=True)
def fault(request: pytest.FixtureRequest) -> None:
    _FAULT[:] = [FAULTS[request.param]]


def fails(*_: Any, **__: Any) -> Any:
    raise _FAULT[0]("13800000000")


def slot(ctx: Any) -> Any:
    return fails()


def slot_case(ctx: Any, case: Any) -> Any:
    return fails()


def slot_row(ctx: Any, row: Any) -> Any:
    return fails()


def slot_task(ctx: Any, task: Any) -> Any:
    return fails()


def slot_form(ctx: Any, form: Any) -> Any:
    return fails()


def told(event: Any) -> None:
    fails()


def not_markup(ctx: Any) -> Any:
    return 7


def odd(**hooks: Any) -> Plugin:
    return plugin("odd", **hooks)


@dataclass(frozen=True)
class Case:
    """A failing plugin, its *part* that fails, and the page where that shows, with what status and words."""

    plugin: Callable[[], Plugin]
    part: str
    path: str
    status: int = 200
    says: str = "插件“odd”的这一块"


def showing(**hooks: Any) -> Callable[[], Plugin]:
    return lambda: odd(**hooks)


PAGE = Page("/odd", W, fails)
UNTEMPLATED = Page("/odd", W, lambda ctx: View("odd/none.html", W))
NOT_A_VIEW = Page("/odd", W, lambda ctx: 7)
SHOWN: Mapping[str, Case] = {
    "a page that raises": Case(showing(register_pages=giving(PAGE)), "/odd", "/odd", 503, "插件“odd”的这一页出错"),
    "a page without its template": Case(showing(register_pages=giving(UNTEMPLATED)), "/odd", "/odd", 503, "插件“odd”"),
    "a page that is no view": Case(showing(register_pages=giving(NOT_A_VIEW)), "/odd", "/odd", 503, "插件“odd”"),
    "a notice on every page": Case(showing(render_page_notice=slot), "render_page_notice", "/inbox"),
    "a notice that is a number": Case(showing(render_page_notice=not_markup), "render_page_notice", "/inbox"),
    "a note in a row": Case(showing(render_inbox_row_note=slot_row), "render_inbox_row_note", "/inbox"),
    "a part of a case": Case(showing(render_case_facts=slot_case), "render_case_facts", "/cases/NUMBER"),
    "a part beside a case": Case(showing(render_case_aside=slot_case), "render_case_aside", "/cases/NUMBER"),
    "a part of a task": Case(showing(render_task_aside=slot_task), "render_task_aside", "/tasks/NUMBER.N"),
    "a part above a form": Case(showing(render_task_before_form=slot_task), "render_task_before_form", "/tasks/NUMBER.N"),
    "a foot of a sheet": Case(showing(render_print_foot=slot_case), "render_print_foot", "/cases/NUMBER/print"),
    "evidence": Case(
        showing(register_evidence=giving(EvidenceSource("desk.note", fails))), "desk.note", "/tasks/NUMBER.N", 200,
        "插件“odd”",
    ),
}  # fmt: skip


@pytest.fixture
def caplog_all(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "rongtong")
    return caplog


@pytest.fixture
def made(db: Database, request: pytest.FixtureRequest) -> Iterator[Town]:
    town = build(db, beside=[request.param()])
    yield town
    town.system.runner.release()


def at(town: Town, person: str) -> Window:
    app = create_app(town.system, Options(secret_key="only for tests"))
    accounts.create_account(town.system, person, person, PASSWORD, {town.ctx.id: person})
    window = Window(app.test_client())
    window.log_in(person)
    return window


def works(town: Town) -> None:
    """Another case goes its way, and every promise holds."""
    case = town.start(seat="9")
    assert town.act(case, "ok", "agree", by="sun").end == "done"
    assert [each for each in verify(town.ctx).broken if not each.promise.startswith("odd")] == []


ON_PAGES = pytest.mark.parametrize(
    ("made", "case"), [(case.plugin, case) for case in SHOWN.values()], indirect=["made"], ids=SHOWN
)


@ON_PAGES
def test_what_fails_on_a_page_says_whose_it_is_and_that_nothing_is_lost(
    made: Town, case: Case, caplog_all: pytest.LogCaptureFixture
) -> None:
    started = made.start()
    (n,) = started.opened
    path = case.path.replace("NUMBER", started.number).replace("N", str(n))
    window = at(made, "sun")
    answer = window.get(f"/{made.ctx.id}{path}")
    assert answer.status_code == case.status, window.words
    assert case.says in window.words
    assert "13800000000" not in window.page
    assert "没有保存成功" not in window.words
    assert "odd" in caplog_all.text
    works(made)


@ON_PAGES
def test_what_fails_on_a_page_is_told_to_administrators_once_however_many_read_it(made: Town, case: Case) -> None:
    started = made.start()
    path = case.path.replace("NUMBER", started.number).replace("N", str(started.opened[0]))
    sun, cai = at(made, "sun"), at(made, "cai")
    for _ in range(2):
        sun.get(f"/{made.ctx.id}{path}")
    (told,) = closings(made.ctx)
    assert all("odd" in said and case.part in said for said in told)
    assert "13800000000" not in str(told)
    assert told.zh.endswith("6月10日09:00起，最近一次6月10日09:00")
    assert told.en.endswith("since 10 Jun 09:00, last 10 Jun 09:00")
    cai.get(f"/{made.ctx.id}/incidents")
    assert cai.words.count(told.zh) == 1


ENDPOINT = Endpoint("/odd/x", "x", fails)


@pytest.mark.parametrize("made", [showing(register_endpoints=giving(ENDPOINT))], indirect=True)
def test_an_endpoint_that_raises_says_whose_it_is(made: Town, caplog_all: pytest.LogCaptureFixture) -> None:
    window = at(made, "sun")
    account = accounts.account_of(made.system, made.ctx.id, "sun")
    assert account is not None
    token = accounts.create_token(made.system, account, made.ctx.id, "x")
    headers = {"Authorization": f"Bearer {token}"}
    answer = window.client.get(f"/api/v1/{made.ctx.id}/plugins/odd/x", headers=headers)
    assert answer.status_code == 503
    assert "插件“odd”" in answer.text
    assert "13800000000" not in answer.text
    assert "plugin odd raised in endpoint /odd/x" in caplog_all.text
    assert ["接口/odd/x出错" in said.zh for said in closings(made.ctx)] == [True]
    works(made)


def ends_the_worker(_number: int, _frame: object) -> None:
    """As the handlers of gunicorn do."""
    raise SystemExit(1)


@pytest.fixture
def handled() -> Iterator[None]:
    before = signal.signal(signal.SIGTERM, ends_the_worker)
    yield
    signal.signal(signal.SIGTERM, before)


SIGNALLED = {
    "/town/odd": showing(register_pages=giving(Page("/odd", W, lambda _ctx: signal.raise_signal(signal.SIGTERM)))),
    "/town/inbox": showing(render_page_notice=lambda ctx: signal.raise_signal(signal.SIGTERM)),
}


@pytest.mark.usefixtures("handled")
@pytest.mark.parametrize(("made", "path"), [(made, path) for path, made in SIGNALLED.items()], indirect=["made"])
def test_a_server_that_is_to_end_while_a_plugin_is_at_work_ends(made: Town, path: str) -> None:
    window = at(made, "sun")
    with pytest.raises(SystemExit):
        window.get(path)


PROCESS = """
process: p
title: 怪事
uses: [odd]
start: {who: role staff}
steps:
- {step: ok, title: 审批, ask: role head of start.unit, not: [start], outcomes: {yes: {title: 行, then: next}}}
- {step: it, title: 它, do: ACTION}
ends: {done: {title: 办成}}
"""


@pytest.mark.parametrize("made", [showing(register_actions=giving(act, nothing, other))], indirect=True)
@pytest.mark.parametrize("name", ["odd.act", "odd.nothing", "odd.other"])
def test_an_action_that_fails_is_an_incident_and_the_decision_stands(
    made: Town, name: str, caplog_all: pytest.LogCaptureFixture
) -> None:
    made.publish(PROCESS.replace("ACTION", name))
    case = cases.start(made.ctx, Caller("ann"), "p", {}, unit="a")
    assert made.act(case, "ok", "yes", by="sun").status == "open"
    (failed,) = incidents.incidents(made.ctx, CAI)
    assert (failed.number, failed.action) == (case.number, W)
    assert "13800000000" not in str(failed)
    works(made)


def later(event: str) -> Reaction:
    return Reaction("odd.later", event, fails)


@pytest.mark.parametrize("made", [showing(register_reactions=giving(later("desk.note.noted")))], indirect=True)
def test_a_reaction_that_fails_is_tried_again_and_told_of(made: Town, caplog_all: pytest.LogCaptureFixture) -> None:
    made.start()
    run_jobs(made.ctx)
    assert "odd" in caplog_all.text
    works(made)


SENDER = Sender("odd.post", W, fails, "tests.integration.web.test_failing_plugins:fails", notices=True)


@pytest.mark.parametrize("made", [showing(register_senders=giving(SENDER))], indirect=True)
def test_a_sender_that_fails_keeps_no_notice_from_the_page(made: Town, caplog_all: pytest.LogCaptureFixture) -> None:
    case = made.start("hold", seat="1")
    made.act(case, "ok", "refuse", by="sun", opinion="不行")
    made.clock.at += HOUR
    for _ in range(2):
        run_jobs(made.ctx)
        send_jobs(made.ctx)
    assert notices.mine(made.ctx, Caller("ann"))
    assert [one.cause.en for one in incidents.incidents(made.ctx, CAI)]
    assert "odd" in caplog_all.text
    works(made)


@pytest.mark.parametrize("made", [showing(on_committed=told)], indirect=True)
def test_a_listener_that_fails_is_logged_and_the_command_is_done(
    made: Town, caplog_all: pytest.LogCaptureFixture
) -> None:
    case = made.start()
    assert pages.case(made.ctx, CAI, case.number).status == "open"
    assert "plugin odd raised in on_committed" in caplog_all.text
    assert ["on_committed" in said.zh for said in closings(made.ctx)] == [True]
    works(made)


@pytest.mark.parametrize("made", [showing(register_invariants=giving(Invariant("odd.true", W, fails)))], indirect=True)
def test_an_invariant_that_fails_is_a_fault_with_its_name(made: Town) -> None:
    assert [(each.promise, "odd" in each.text.zh) for each in verify(made.ctx).broken] == [("odd.true", True)]
    works(made)
