"""What older versions wrote is read, decided again, verified and carried on by this one, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.clock import DAY, MINUTE, SetClock
from engine.content import shipped_workflows
from engine.extend.registry import Registry
from engine.ids import SeededIds
from engine.operations import cases
from engine.operations.clockwork import pass_time
from engine.operations.content.library import Library
from engine.operations.content.publish import by_hash
from engine.operations.context import Caller, Context, System
from engine.operations.districts import all_contexts, context
from engine.operations.reading import pages
from engine.operations.verifying.verify import verify
from engine.store import cases as store
from engine.store import verify_reads
from engine.store.databases.database import open_database
from engine.store.transactions.runner import Runner
from tests.databases import new_postgresql
from tests.histories import coming, folders, is_frozen, rows
from tests.histories.coverage import missing
from tests.histories.living import made, play
from tests.histories.troubles import came_back
from tests.replaying import differences

REGISTRY = Registry.discovered()
#: What to do where the histories lack something.
TODO = "let the story in tests/histories come to it, and run `make history`"
if is_frozen(coming()):
    TODO = f"{coming()} was released, and its history stays: raise the version in pyproject.toml, then {TODO}"
KINDS = ("sqlite", "postgresql")
ADMIN = Caller("tanwanqing")


@contextmanager
def filled(folder: Path, url: str) -> Iterator[System]:
    """The system on the database at *url*, which has no table, a minute after the end of the history in *folder*."""
    database = open_database(url)
    rows.put(folder, database, REGISTRY.migrations())
    clock = SetClock(max(row["at"] for row in rows.read(folder, "journal")) + MINUTE)
    runner = Runner(database, clock=clock)
    try:
        yield System(database, runner, REGISTRY, clock, SeededIds(2, start=clock.at))
    finally:
        runner.release()
        database.close()


@pytest.fixture(scope="module", params=KINDS)
def kept_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database of this module."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('histories') / 'kept.db'}"
    server, worker = (request.getfixturevalue(name) for name in ("postgresql_server", "worker_id"))
    return new_postgresql(server, f"rongtong_history_{worker}")


@pytest.fixture(scope="module", params=folders(), ids=lambda folder: folder.name)
def kept(request: pytest.FixtureRequest, kept_url: str) -> Iterator[System]:
    """A history in a database, to be read only."""
    with filled(request.param, kept_url) as system:
        yield system


@pytest.fixture(params=KINDS)
def first(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[System]:
    """The first history in a database of its own, to go on from."""
    url = f"sqlite:///{tmp_path / 'first.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("bare_postgresql_url")
    with filled(folders()[0], url) as system:
        yield system


def ids_of(ctx: Context) -> list[str]:
    return list(ctx.runner.run(lambda tx: verify_reads.case_ids(tx, ctx.id), write=False))


def loaded(ctx: Context, id_: str) -> store.Case:
    case = ctx.runner.run(lambda tx: store.load_case(tx, ctx.id, id=id_), write=False)
    assert case is not None
    return case


# -- what the histories hold ---------------------------------------------------------------


def test_every_kind_of_what_is_stored_is_in_a_history() -> None:
    assert missing(folders()) == [], TODO


def test_every_process_that_is_shipped_is_in_a_history() -> None:
    library = Library(shipped_workflows(), REGISTRY)
    packs = {district: library.pack(district)[0] for district in library.districts()}
    shipped = {(district, process.name) for district, pack in packs.items() if pack for process in pack.processes}
    held = {(row["district_id"], row["process"]) for folder in folders() for row in rows.read(folder, "definition")}
    assert len(shipped) > 10
    assert shipped - held == set(), TODO


def test_the_story_can_be_lived_again(sqlite_url: str) -> None:
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent / "again"
    assert missing([made(folder)]) == []


# -- what this version makes of them -------------------------------------------------------


def test_every_promise_about_an_older_database_holds(kept: System) -> None:
    for ctx in all_contexts(kept):
        verdict = verify(ctx)
        assert (verdict.broken, verdict.unchecked) == ((), ())
        assert verdict.checkpoint is not None, "its journal is sealed"


def test_every_row_is_decided_again_as_it_was(kept: System) -> None:
    for ctx in all_contexts(kept):
        assert differences(ctx) == {}


@pytest.mark.parametrize("parser", ["as_it_is", "stricter"])
def test_every_published_process_is_read(kept: System, parser: str, request: pytest.FixtureRequest) -> None:
    if parser == "stricter":
        request.getfixturevalue("stricter")
    for ctx in all_contexts(replace(kept, definitions={})):
        versions = ctx.runner.run(lambda tx, ctx=ctx: verify_reads.versions(tx, ctx.id), write=False)
        for row in versions:
            found = ctx.runner.run(lambda tx, ctx=ctx, row=row: by_hash(ctx, tx, row.hash), write=False)
            assert (found.process.name, found.process.hash) == (row.process, row.hash)


def test_the_page_and_the_history_of_every_case_are_read(kept: System) -> None:
    for ctx in all_contexts(kept):
        for id_ in ids_of(ctx):
            view = pages.case(ctx, None, loaded(ctx, id_).number)
            assert view.timeline
            assert all(line.sentence.zh and line.sentence.en for line in view.timeline)


def test_an_open_case_goes_to_its_end_and_time_closes_or_keeps_the_others(first: System) -> None:
    ctx, clock = context(first, "haicheng"), first.clock
    assert isinstance(clock, SetClock)
    came_back(ctx)
    by_subject = {case.subject.partition(" ")[0]: case.number for case in (loaded(ctx, id_) for id_ in ids_of(ctx))}
    play(ctx, clock, "afterwards", by_subject)
    pass_time(ctx, clock, clock.at + 30 * DAY)
    for id_ in ids_of(ctx):
        if loaded(ctx, id_).status != "ended":
            cases.cancel(ctx, ADMIN, loaded(ctx, id_).number, "到期不办了")
    assert {loaded(ctx, id_).status for id_ in ids_of(ctx)} == {"ended"}
    assert verify(ctx).broken == ()
    assert differences(ctx) == {}


# -- where they are and when they are made -------------------------------------------------


def test_a_history_stands_under_the_version_that_wrote_it() -> None:
    for folder in folders():
        wrote: set[Any] = {row["body"].partition('"eng":"')[2].partition('"')[0] for row in rows.read(folder, "journal")}
        assert {version.rpartition(".")[0] for version in wrote if version} == {folder.name}


@pytest.mark.parametrize(
    ("head", "frozen"),
    [("## 0.1.0, unreleased", set()), ("## unreleased\n\n## 0.1.0, 2027-01-04", {"0.1"}),
     ("## 0.2.0, unreleased\n\n## 0.1.1, 2027-02-01\n\n## 0.1.0, 2027-01-04", {"0.1"})],
)  # fmt: skip
def test_a_history_is_made_anew_until_its_version_is_released(head: str, frozen: set[str]) -> None:
    assert {version for version in ("0.1", "0.2") if is_frozen(version, f"# Changelog\n\n{head}\n")} == frozen


def test_rows_of_tables_that_no_migration_makes_any_more_say_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "0.0"
    folder.mkdir()
    (folder / "revisions.json").write_text('{"alembic_version_engine": "engine_gone"}', "utf-8")
    database = open_database(f"sqlite:///{tmp_path / 'gone.db'}")
    with pytest.raises(LookupError, match="make history"):
        rows.put(folder, database, ())
    database.close()
