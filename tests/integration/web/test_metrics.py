"""``/metrics``: there only with a token in the settings, told to nobody else, and true."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from engine.app import Options, create_app
from engine.clock import MINUTE
from engine.errors import Conflict, NotFound
from engine.hanging import Visit
from engine.metrics.series import SHARED
from engine.operations import cases
from engine.operations.context import Caller
from tests.town import Town

TOKEN = "a token of the tests"
Figures = Callable[..., float]


@pytest.fixture
def app(town: Town) -> Flask:
    return create_app(town.system, Options(secret_key="only for tests", metrics_token=TOKEN))


@pytest.fixture
def probe(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def figure(probe: FlaskClient) -> Figures:
    """The value of a series with these labels; 0 where there is none."""

    def read(name: str, **labels: str) -> float:
        answer = probe.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200, answer.text
        samples = [one for family in text_string_to_metric_families(answer.text) for one in family.samples]
        return sum(one.value for one in samples if one.name == name and labels.items() <= one.labels.items())

    return read


@pytest.mark.parametrize("brought", [None, "", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer 密"])
def test_nobody_else_is_told_anything(brought: str | None, probe: FlaskClient) -> None:
    headers = {} if brought is None else {"Authorization": brought.encode().decode("latin-1")}
    answer = probe.get("/metrics", headers=headers)
    assert (answer.status_code, answer.data, answer.headers["WWW-Authenticate"]) == (401, b"", "Bearer")


def test_without_a_token_in_the_settings_there_is_no_such_address_and_nothing_is_counted(town: Town) -> None:
    client = create_app(town.system, Options(secret_key="only for tests")).test_client()
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    assert town.system.heard == []


def test_requests_are_counted_by_where_they_went_and_what_was_answered(probe: FlaskClient, figure: Figures) -> None:
    for _ in range(3):
        probe.get("/healthz")
    assert probe.get("/static/no-such-file").status_code == 404
    probe.post("/login", headers={"Origin": "https://elsewhere.example"})
    seen = "rongtong_request_seconds_count"
    assert figure(seen, endpoint="web.health", method="GET", status="200") == 3
    assert figure(seen, status="404") == 1
    assert figure(seen, endpoint="gate", method="POST", status="403") == 1
    assert figure("rongtong_request_seconds_sum", endpoint="web.health") >= 0


def test_commands_are_counted_by_verb_and_result(town: Town, figure: Figures) -> None:
    case = town.start()
    town.act(case, "ok", "agree", "sun")
    with pytest.raises((Conflict, NotFound)):
        cases.comment(town.ctx, Caller("ann"), "000000-00000", "谁")
    assert figure("rongtong_commands_total", verb="start", result="done") == 1
    assert figure("rongtong_commands_total", verb="act", result="done") == 1
    assert figure("rongtong_commands_total", result="refused") == 1
    town.system.database.hook = Broken()
    with pytest.raises(ZeroDivisionError):
        town.start()
    town.system.database.hook = None
    assert figure("rongtong_commands_total", verb="start", result="failed") == 1


class Broken:
    """No statement gets through, and why is nobody's idea of a database."""

    def before(self, sql: str, parameters: object) -> None:
        raise ZeroDivisionError

    def after(self, sql: str, parameters: object, rows: int) -> None:
        """Nothing comes so far."""


def test_what_is_due_and_what_failed_is_counted_in_each_district(town: Town, figure: Figures) -> None:
    assert figure("rongtong_jobs_due", district="town") == figure("rongtong_clocks_late", district="town") == 0
    town.start("hold")
    assert figure("rongtong_steps_failed", district="town") == 0
    town.start("hold", seat="2", mood="fail")
    assert figure("rongtong_steps_failed", district="town") == 1
    town.clock.advance(2 * MINUTE)
    due = figure("rongtong_jobs_due", district="town")
    town.clock.advance(6 * 24 * 60 * MINUTE)
    assert figure("rongtong_jobs_late", district="town") >= due


def test_the_watchdog_the_pool_and_the_build_are_told(figure: Figures, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    before = figure("rongtong_plugin_calls_ended_total", how="called_back")
    monkeypatch.setattr(Visit, "calls_back", Visit.calls_back + 2)
    monkeypatch.setattr(Visit, "gives_up", Visit.gives_up + 1)
    assert figure("rongtong_plugin_calls_ended_total", how="called_back") == before + 2
    assert figure("rongtong_plugin_calls_ended_total", how="given_up") == 1
    assert figure("rongtong_database_connections") >= 1
    assert figure("rongtong_build_info", database=town.system.database.dialect) == 1


def test_nothing_that_people_typed_is_in_a_label(town: Town, probe: FlaskClient) -> None:
    town.start(why="谁也不知道")
    said = probe.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert not re.search(r"[一-鿿]", said)


def test_several_processes_are_one_in_the_figures(tmp_path: Path) -> None:
    code = (
        "from types import SimpleNamespace as N; from engine.metrics.series import Series\n"
        "pool = N(checkedout=lambda: 1, checkedin=lambda: 0)\n"
        "s = Series(N(database=N(engine=N(pool=pool), dialect='sqlite')))\n"
        "import engine.metrics.series as m; m.of_districts = lambda _: {}\n"
        "s.command('act', 'done'); print(s.text().decode())"
    )
    told = {**os.environ, SHARED: str(tmp_path)}
    said = [
        subprocess.run([sys.executable, "-c", code], env=told, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert 'rongtong_commands_total{result="done",verb="act"} 1.0' in said[0]
    assert 'rongtong_commands_total{result="done",verb="act"} 2.0' in said[1]
