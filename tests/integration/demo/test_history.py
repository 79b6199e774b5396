"""A short demo: it looks lived in, holds every promise, and is the same for the same seed."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console
from sqlalchemy import text

from engine.app import Options, create_app, open_system
from engine.cli import options, personas, report
from engine.cli.demo import live_through
from engine.cli.demo_home import DemoTask, Folder, Given
from engine.clock import HOUR, SetClock, SystemClock
from engine.definition.values.moments import read_datetime, to_datetime, to_micros
from engine.demo.figures import figures
from engine.demo.history import go_on
from engine.demo.plan import Plan, read_plan
from engine.errors import Invalid, RongtongError
from engine.operations.commands.redaction import RESTORING, found
from engine.operations.context import System
from engine.operations.districts import all_contexts, business_offset, keep_offset
from engine.operations.verifying.verify import verify
from tests.checks import checked, unchecked
from tests.integration.demo.living import NOW, lived


def copied(made: System, file: Path) -> str:
    """The address of a copy of the history, as a demo leaves it behind."""
    file.unlink(missing_ok=True)
    with made.database.connect() as connection:
        connection.execute(text("VACUUM INTO :file"), {"file": str(file)})
    url = f"sqlite:///{file}"
    with options.opened(url) as system:
        keep_offset(system, NOW - SystemClock().now())
    return url


def rows(system: System, statement: str) -> list[tuple[object, ...]]:
    with system.database.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_outputs_stand_nowhere_but_where_they_are_looked_for(made: System) -> None:
    bodies = [json.loads(str(body)) for (body,) in rows(made, "SELECT body FROM journal")]
    entries = [entry for body in bodies for entry in (*body.get("ev", ()), *body.get("runs", ()))]
    shallow = [entry for entry in entries if entry.get("e") not in RESTORING]
    assert any("out" in entry for entry in shallow)
    assert {entry["e"] for entry in entries if "e" in entry} >= RESTORING
    assert not [entry for entry in shallow if list(found(entry)) != ([entry["out"]] if "out" in entry else [])]


def test_every_promise_holds_after_it(made: System) -> None:
    for ctx in all_contexts(made):
        assert verify(ctx).broken == ()


def test_all_processes_of_all_districts_are_used(made: System, plan: Plan) -> None:
    contexts = all_contexts(made)
    assert [ctx.id for ctx in contexts] == sorted(plan.districts)
    for ctx in contexts:
        assert len(figures(ctx)) == 4
        assert all(one.started for one in figures(ctx))
    started = sum(one.started for ctx in contexts for one in figures(ctx))
    assert started >= plan.cases * 0.95


def test_figures_agree_with_each_other(made: System) -> None:
    for ctx in all_contexts(made):
        for one in figures(ctx):
            assert one.started == one.open + sum(one.ended.values())
            assert one.late <= one.open


def test_it_ends_now_and_nothing_happens_after(made: System) -> None:
    assert max(row[0] for row in rows(made, "SELECT at FROM journal")) <= NOW  # type: ignore[type-var]


def test_people_act_in_office_hours(made: System) -> None:
    acted = rows(made, "SELECT done_at FROM task WHERE actor IS NOT NULL AND done_at IS NOT NULL")
    hours = [to_datetime(int(str(row[0]))).hour for row in acted]
    assert len(hours) > 50
    assert sum(8 <= hour <= 18 for hour in hours) > 0.9 * len(hours)


def test_it_looks_lived_in(made: System) -> None:
    assert rows(made, "SELECT 1 FROM deputy")
    assert rows(made, "SELECT 1 FROM task WHERE on_behalf IS NOT NULL AND on_behalf <> ''")
    assert rows(made, "SELECT 1 FROM task WHERE outcome = 'revise'")
    assert rows(made, "SELECT 1 FROM cases WHERE state LIKE '%incident%'")
    assert len({row[0] for row in rows(made, "SELECT started_at FROM cases")}) > 40
    words = " ".join(str(row[0]) for row in rows(made, "SELECT coalesce(note, '') || data FROM case_data"))
    assert "张三" not in words
    assert "样例" not in words
    assert "测试" not in words


def test_the_system_could_check_whatever_is_to_be_decided(made: System) -> None:
    lines = 0
    for ctx in all_contexts(made):
        for (number,) in rows(made, f"SELECT number FROM cases WHERE district_id = '{ctx.id}' AND status = 'open'"):
            lines += len(checked(ctx, str(number)))
            assert unchecked(ctx, str(number)) == []
    assert lines > 10


def test_the_same_seed_makes_the_same_history(made: System, plan: Plan, tmp_path: Path) -> None:
    again = lived(tmp_path, plan)
    statement = (
        "SELECT district_id, stream, seq, hash FROM journal"
        " WHERE stream NOT LIKE 'account:%' ORDER BY 1, 2, 3"  # which begin as a persona is entered
    )
    assert rows(again, statement) == rows(made, statement)
    again.runner.release()
    again.database.close()


def test_personas_stand_on_made_up_data_for_this_machine_only(made: System, plan: Plan) -> None:
    assert personas.stage(made, lambda: plan, "0.0.0.0", "") is None
    assert personas.stage(made, lambda: plan, "127.0.0.1", "https://rt.example.cn") is None
    demo = personas.stage(made, lambda: plan, "127.0.0.1", "")
    assert demo is not None
    assert [persona.key for persona in demo.personas()] == [one.key for one in plan.personas]
    assert demo.enter("south") != demo.enter("south")


def test_a_persona_s_card_says_what_waits_in_the_inbox_the_list_and_the_file(made: System, plan: Plan) -> None:
    demo = personas.stage(made, lambda: plan, "127.0.0.1", "")
    assert demo is not None
    app = create_app(made, Options(secret_key="only for tests", demo=demo))
    waits = 0
    for persona in demo.personas():
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["token"] = demo.enter(persona.key)
        told = client.get(f"/{persona.district}/inbox.json").get_json()["rows"]
        late = [row for row in told if row["needed_by"] and row["needed_by"] < to_datetime(NOW).isoformat()]
        page = client.get(f"/{persona.district}/inbox").text
        assert page.count('class="subject"') == min(len(told), 20)
        assert not told or f"{len(told)}件待办" in persona.todo.zh
        assert (f"逾期{len(late)}件" in persona.todo.zh) == bool(late)
        assert not told or f'<span class="n">{len(told)}</span></a>' in page
        waits += len(told)
    assert waits > 6


def test_personas_do_not_stand_on_real_data(tmp_path: Path, plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    from engine.cli.root import run

    url = f"sqlite:///{tmp_path / 'real.db'}"
    assert run(["publish", "haicheng", "--db", url]) == 0
    with options.opened(url) as system:
        assert personas.stage(system, lambda: plan, "127.0.0.1", "") is None


def test_business_time_goes_on_from_where_the_demo_ended(made: System, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    made.runner.release()
    shutil.copy(made.database.url.database or "", copy)
    offset = NOW - SystemClock().now()
    with options.opened(f"sqlite:///{copy}") as system:
        keep_offset(system, offset)
    with options.opened(f"sqlite:///{copy}") as system:
        assert business_offset(system) == offset
        assert NOW <= system.clock.now() < NOW + HOUR
        words = personas.banner(system)
        assert words is not None
        assert "演示停在6月16日 周二 15:2" in words.zh


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_table_and_the_figures_are_told(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, plan: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    little = replace(plan, days=2, districts=("shangjie",), stories=(), faults=(), leaves=(), gifts=())
    url = f"sqlite:///{tmp_path / 'little.db'}" if kind == "sqlite" else request.getfixturevalue("bare_postgresql_url")
    assert Given(url).prepare(fresh=False, go_on=False) is DemoTask.MAKE
    live_through(url, options.library(None), little, DemoTask.MAKE)
    with options.opened(url) as system:
        found = report.report(system, Console(stderr=True))
    report.tell(found, Console(width=80))
    said = capsys.readouterr()
    assert not found.broken
    assert "正在过2个工作日：上街区" in said.err
    assert "账实相符，流水链完整" in said.out
    assert "正在过" not in said.out
    assert Given(url).prepare(fresh=False, go_on=True) is DemoTask.GO_ON
    live_through(url, options.library(None), little, DemoTask.GO_ON)
    told = report.as_json(found)["districts"][0]["processes"]
    assert all(one["started"] == one["open"] + sum(one["ended"].values()) for one in told)


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_the_table_breaks_no_name_and_no_figure_at_any_width(
    made: System, width: int, capsys: pytest.CaptureFixture[str]
) -> None:
    found = report.report(made, Console(stderr=True))
    report.tell(found, Console(width=width, file=sys.stdout))
    said = capsys.readouterr().out
    assert max(cell_len(line) for line in said.splitlines()[:-1]) <= width
    for each in found.figures:
        for one in each:
            assert width < 80 or one.title.zh in said
            assert all(f"{title.zh}{many}" in said for title, many in one.ended.items())


def test_a_plan_that_is_wrong_is_told() -> None:
    with pytest.raises(Invalid, match="plan"):
        read_plan("days: 3\n", "demo.yaml")


# -- the folder -----------------------------------------------------------------------------------


def test_a_folder_that_the_demo_did_not_make_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "rongtong.db").write_text("mine")
    for fresh, more in ((False, False), (True, False), (False, True)):
        with pytest.raises(RongtongError, match="not made by a demo"):
            Folder(tmp_path).prepare(fresh=fresh, go_on=more)
    assert (tmp_path / "rongtong.db").read_text() == "mine"


def test_a_second_demo_goes_on_or_starts_afresh_only_when_told(tmp_path: Path, made: System) -> None:
    home = Folder(tmp_path / "rongtong-demo")
    with pytest.raises(RongtongError, match="no demo to go on with"):
        home.prepare(fresh=False, go_on=True)
    assert home.prepare(fresh=False, go_on=False) is DemoTask.MAKE
    copied(made, home.database)
    with pytest.raises(RongtongError, match="--continue"):
        home.prepare(fresh=False, go_on=False)
    assert home.prepare(fresh=False, go_on=True) is DemoTask.GO_ON
    assert home.database.exists()
    (home.path / "notes.txt").write_text("mine")
    assert home.prepare(fresh=True, go_on=False) is DemoTask.MAKE
    assert not home.database.exists()
    assert (home.path / "notes.txt").exists()


def test_a_history_that_was_broken_off_is_made_anew_without_asking(tmp_path: Path) -> None:
    home = Folder(tmp_path / "rongtong-demo")
    assert home.prepare(fresh=False, go_on=False) is DemoTask.MAKE
    with options.opened(home.url, new=True):
        pass
    with pytest.raises(RongtongError, match="no demo to go on with"):
        home.prepare(fresh=False, go_on=True)
    assert home.prepare(fresh=False, go_on=False) is DemoTask.MAKE
    assert not home.database.exists()


def test_a_database_that_holds_data_is_left_alone(tmp_path: Path, made: System) -> None:
    from engine.cli.root import run

    url = f"sqlite:///{tmp_path / 'real.db'}"
    assert Given(url).prepare(fresh=False, go_on=False) is DemoTask.MAKE
    assert run(["publish", "haicheng", "--db", url]) == 0
    for fresh in (False, True):
        with pytest.raises(RongtongError, match="holds data"):
            Given(url).prepare(fresh=fresh, go_on=False)
    with pytest.raises(RongtongError, match="no finished demo to go on with"):
        Given(url).prepare(fresh=False, go_on=True)
    copy = copied(made, tmp_path / "demo.db")
    assert Given(copy).prepare(fresh=False, go_on=True) is DemoTask.GO_ON
    with pytest.raises(RongtongError, match="--continue the demo"):
        Given(copy).prepare(fresh=False, go_on=False)


# -- living on ------------------------------------------------------------------------------------


def lived_on(made: System, file: Path, plan: Plan, until: str) -> System:
    clock = SetClock(0)
    system = open_system(copied(made, file), clock=clock)
    history = go_on(system, clock, plan, to_micros(read_datetime(until)), lambda _title, _more: None)
    assert to_datetime(history.end) == to_datetime(clock.now())
    return system


def test_a_demo_lives_through_the_days_between(made: System, plan: Plan, tmp_path: Path) -> None:
    system = lived_on(made, tmp_path / "on.db", plan, "2026-06-22T10:40")  # a holiday and a weekend lie between
    before, after = (rows(each, "SELECT count(*), max(at) FROM journal")[0] for each in (made, system))
    days = {to_datetime(int(str(at))).date().isoformat() for (at,) in rows(system, "SELECT started_at FROM cases")}
    assert after > before
    assert {"2026-06-17", "2026-06-18", "2026-06-22"} <= days
    assert not {"2026-06-19", "2026-06-20", "2026-06-21"} & days  # 端午 and the weekend
    overdue = "SELECT count(*) FROM task WHERE status IN ('open', 'timer') AND due_at < {}"
    assert rows(system, overdue.format(NOW)) <= rows(made, overdue.format(NOW))
    for ctx in all_contexts(system):
        assert verify(ctx).broken == ()
    system.runner.release()
    system.database.close()


def test_a_demo_that_goes_on_at_once_has_nothing_to_live_through(made: System, plan: Plan, tmp_path: Path) -> None:
    system = lived_on(made, tmp_path / "on.db", plan, "2026-06-16T15:21")
    count = "SELECT count(*) FROM cases"
    assert rows(system, count) == rows(made, count)
    system.runner.release()
    system.database.close()


def test_time_never_goes_back_in_a_demo_that_goes_on(made: System, plan: Plan, tmp_path: Path) -> None:
    system = lived_on(made, tmp_path / "on.db", plan, "2026-06-14T12:00")
    latest = max(int(str(at)) for (at,) in rows(made, "SELECT at FROM journal"))
    assert system.clock.now() >= latest
    system.runner.release()
    system.database.close()
