"""A short demo: it looks lived in, holds every promise, and is the same for the same seed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import text

from engine.app import open_system
from engine.cli import opening, stage
from engine.cli.demo import live_through, report
from engine.cli.homes import Folder, Given
from engine.clock import HOUR, SetClock, SystemClock
from engine.definition.moments import read_datetime, to_datetime, to_micros
from engine.errors import Invalid, RongtongError
from engine.ids import SeededIds
from engine.operations.context import System
from engine.operations.demo.figures import figures
from engine.operations.demo.history import make_history, packs
from engine.operations.demo.plan import Plan, read_plan
from engine.operations.districts import all_contexts, business_offset, keep_offset
from engine.operations.verify import verify

NOW = to_micros(read_datetime("2026-06-16T15:20"))


def short(plan: Plan) -> Plan:
    """The shipped plan with fewer days and cases."""
    processes = tuple(
        replace(one, share={district: max(2, share // 12) for district, share in one.share.items()})
        for one in plan.processes
    )
    return replace(plan, days=8, processes=processes)


def lived(folder: Path, plan: Plan) -> System:
    library = opening.library(None)
    clock = SetClock(0)
    system = open_system(
        f"sqlite:///{folder}/demo.db", clock=clock, ids=SeededIds(plan.seed), registry=library.registry
    )
    make_history(system, clock, packs(library, plan), plan, NOW, lambda _title, _more: None)
    return system


@pytest.fixture(scope="module")
def plan() -> Plan:
    return short(opening.plan(None))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, plan: Plan) -> Iterator[System]:
    system = lived(tmp_path_factory.mktemp("demo"), plan)
    yield system
    system.runner.release()
    system.database.close()


def rows(system: System, statement: str) -> list[tuple[object, ...]]:
    with system.database.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


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


def test_the_same_seed_makes_the_same_history(made: System, plan: Plan, tmp_path: Path) -> None:
    again = lived(tmp_path, plan)
    statement = "SELECT district_id, stream, seq, hash FROM journal ORDER BY 1, 2, 3"
    assert rows(again, statement) == rows(made, statement)
    again.runner.release()
    again.database.close()


def test_personas_stand_on_made_up_data_for_this_machine_only(made: System, plan: Plan) -> None:
    assert stage.stage(made, plan, "0.0.0.0", "") is None
    assert stage.stage(made, plan, "127.0.0.1", "https://rt.example.cn") is None
    demo = stage.stage(made, plan, "127.0.0.1", "")
    assert demo is not None
    assert [persona.key for persona in demo.personas()] == [one.key for one in plan.personas]
    assert demo.enter("south") != demo.enter("south")


def test_personas_do_not_stand_on_real_data(tmp_path: Path, plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    from engine.cli.root import run

    url = f"sqlite:///{tmp_path / 'real.db'}"
    assert run(["publish", "haicheng", "--db", url]) == 0
    with opening.opened(url) as system:
        assert stage.stage(system, plan, "127.0.0.1", "") is None


def test_business_time_goes_on_from_where_the_demo_ended(made: System, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    made.runner.release()
    shutil.copy(made.database.url.database or "", copy)
    offset = NOW - SystemClock().now()
    with opening.opened(f"sqlite:///{copy}") as system:
        keep_offset(system, offset)
    with opening.opened(f"sqlite:///{copy}") as system:
        assert business_offset(system) == offset
        assert NOW <= system.clock.now() < NOW + HOUR
        words = stage.banner(system)
        assert words is not None
        assert "演示停在6月16日周二15:2" in words.zh


def test_the_table_and_the_figures_are_told(tmp_path: Path, plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    little = replace(plan, days=2, districts=("shangjie",), stories=(), faults=(), leaves=(), gifts=())
    url = f"sqlite:///{tmp_path / 'little.db'}"
    console = Console(width=100)
    live_through(url, opening.library(None), little, console)
    with opening.opened(url) as system:
        assert not report(system, console, as_json=False)
    said = capsys.readouterr().out
    assert "正在过2个工作日：上街区" in said
    assert "账实相符，流水链完整" in said


def test_a_plan_that_is_wrong_is_told() -> None:
    with pytest.raises(Invalid, match="plan"):
        read_plan("days: 3\n", "demo.yaml")


# -- the folder -----------------------------------------------------------------------------------


def test_a_folder_that_the_demo_did_not_make_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "rongtong.db").write_text("mine")
    for fresh in (False, True):
        with pytest.raises(RongtongError, match="not made by a demo"):
            Folder(tmp_path).prepare(fresh=fresh, go_on=False)
    with pytest.raises(RongtongError, match="no demo to go on with"):
        Folder(tmp_path).prepare(fresh=False, go_on=True)
    assert (tmp_path / "rongtong.db").read_text() == "mine"


def test_a_second_demo_goes_on_or_starts_afresh_only_when_told(tmp_path: Path) -> None:
    home = Folder(tmp_path / "rongtong-demo")
    assert home.prepare(fresh=False, go_on=False)
    home.database.write_text("made by a demo")
    with pytest.raises(RongtongError, match="--continue"):
        home.prepare(fresh=False, go_on=False)
    assert not home.prepare(fresh=False, go_on=True)
    assert home.database.exists()
    (home.path / "notes.txt").write_text("mine")
    assert home.prepare(fresh=True, go_on=False)
    assert not home.database.exists()
    assert (home.path / "notes.txt").exists()


def test_a_database_that_holds_data_is_left_alone(tmp_path: Path, made: System) -> None:
    from engine.cli.root import run

    url = f"sqlite:///{tmp_path / 'real.db'}"
    assert Given(url).prepare(fresh=False, go_on=False)
    assert run(["migrate", "--db", url]) == 0
    for fresh in (False, True):
        with pytest.raises(RongtongError, match="holds data"):
            Given(url).prepare(fresh=fresh, go_on=False)
    with pytest.raises(RongtongError, match="no demo to go on with"):
        Given(url).prepare(fresh=False, go_on=True)
    assert not Given(f"sqlite:///{made.database.url.database}").prepare(fresh=False, go_on=True)
