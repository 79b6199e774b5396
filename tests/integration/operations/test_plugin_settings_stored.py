"""Settings that a district stored for another version of a plugin; secrets, which no pack and no database holds."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from engine.errors import Invalid
from engine.extend import Setting, Text, ValueType, both
from engine.extend.registry import Registry
from engine.extend.stored_settings import SecretMissing
from engine.operations import incidents
from engine.operations.closings import closings, doubts
from engine.operations.content.adopt import adopt
from engine.operations.content.pack import Pack
from engine.operations.context import Caller, Context
from engine.operations.districts import context
from engine.settings import doubts as environment_doubts
from engine.settings import secrets_given
from engine.store import jobs
from engine.store.databases.database import Database
from engine.store.failure_words import said_in
from engine.store.schema import tables
from engine.store.transactions.tx import Tx
from tests import desk
from tests.integration.operations.looking import rows as stored
from tests.town import CALENDAR, PACK, Town, build, neighbour
from tests.unit.extend.plugins_for_tests import giving, plugin

CAI = Caller("cai")
NUMBER = Setting("wait", ValueType("integer"), both("等多久"), 5)
LENGTH = replace(NUMBER, type=ValueType("duration"), default="2 workdays")
SECRET = Setting("token", ValueType("text"), both("口令"), secret=True)


@pytest.fixture
def town(db: Database) -> Iterator[Town]:
    """A town whose pack has stored a number."""
    made = build(db, beside=[plugin("bell", register_settings=giving(NUMBER))])
    adopt(made.system, Pack(replace(PACK, plugins={"desk": {}, "bell": {"wait": "7"}}), (CALENDAR,)), CAI)
    yield made
    made.system.runner.release()


def now(town: Town, *settings: Setting, **more: Any) -> Context:
    """The district in a program whose bell has other settings."""
    registry = Registry([desk.plugin(), plugin("bell", register_settings=giving(*settings), **more)])
    return context(replace(town.system, registry=registry, definitions={}, districts={}), town.ctx.id)


def test_what_cannot_be_read_closes_the_plugin_in_that_district_alone(town: Town) -> None:
    beside = neighbour(town)
    ctx = now(town, LENGTH)
    assert ctx.enabled == ("desk",)
    (why,) = closings(ctx)
    assert "“等多久”存的是7，不是duration" in why.zh
    assert "小城" in why.zh
    assert "bell" in why.en
    other = context(ctx.system, beside.ctx.id)
    assert (closings(other), other.enabled) == ((), ("desk",))
    assert incidents.incidents(ctx, CAI) == ()


def test_a_case_of_the_district_goes_on_without_it(town: Town) -> None:
    left = replace(town, ctx=now(town, LENGTH))
    case = left.start()
    assert left.act(case, "ok", "agree", by="sun").end == "done"


def test_a_migration_of_settings_brings_old_ones_over(town: Town) -> None:
    def migrate_settings(version: int, stored: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"wait": f"{stored['wait']} workdays"}

    ctx = now(town, replace(LENGTH, version=2), migrate_settings=migrate_settings)
    assert str(ctx.plugin_settings("bell")["wait"]) == "7 workdays"
    assert (closings(ctx), doubts(ctx)) == ((), ())


def test_what_is_published_by_the_new_version_is_not_migrated_again(town: Town) -> None:
    def migrate_settings(version: int, stored: Mapping[str, Any]) -> Mapping[str, Any]:
        raise AssertionError(version)

    later = now(town, replace(LENGTH, version=2), migrate_settings=migrate_settings)
    pack = Pack(replace(PACK, plugins={"desk": {}, "bell": {"wait": "3个工作日"}}), (CALENDAR,))
    ctx = adopt(later.system, pack, CAI)
    assert str(ctx.plugin_settings("bell")["wait"]) == "3 workdays"
    older = now(town, NUMBER)
    assert "第2版" in closings(older)[0].zh


@pytest.mark.parametrize("answers", [None, 7, RuntimeError("no")], ids=["nothing", "a number", "raises"])
def test_a_migration_that_fails_closes_the_plugin_with_its_words(town: Town, answers: Any) -> None:
    def migrate_settings(version: int, stored: Mapping[str, Any]) -> Any:
        if isinstance(answers, Exception):
            raise answers
        return answers

    ctx = now(town, replace(LENGTH, version=2), migrate_settings=migrate_settings)
    assert ctx.enabled == ("desk",)
    assert "migrate_settings" in closings(ctx)[0].zh


def test_a_value_that_the_limits_of_today_refuse_is_used_and_told(town: Town) -> None:
    ctx = now(town, replace(NUMBER, default=20, min=10))
    assert ctx.plugin_settings("bell")["wait"] == 7
    (said,) = doubts(ctx)
    assert "“等多久”超出范围" in said.zh
    assert "at least 10" in said.en
    assert closings(ctx) == ()


def test_a_secret_in_a_pack_is_refused_at_its_place_and_stored_nowhere(town: Town) -> None:
    ctx = now(town, NUMBER, SECRET)
    pack = Pack(replace(PACK, plugins={"desk": {}, "bell": {"token": "open-sesame"}}), (CALENDAR,))
    with pytest.raises(Invalid) as refused:
        adopt(ctx.system, pack, CAI)
    (problem,) = refused.value.problems
    assert (problem.code, problem.path) == ("setting-secret", "plugins.bell.token")
    assert "RONGTONG_SECRET_BELL_TOKEN" in (problem.hint or Text("", "")).zh
    assert "open-sesame" not in problem.line_of_text() + problem.line_of_text("en")


def test_a_secret_comes_from_the_installation_and_stands_nowhere_in_the_database(town: Town) -> None:
    ctx = now(town, NUMBER, SECRET)
    given = replace(ctx.system, secrets={"RONGTONG_SECRET_BELL_TOKEN": "open-sesame"}, districts={})
    adopt(given, Pack(replace(PACK, plugins={"desk": {}, "bell": {}}), (CALENDAR,)), CAI)
    assert context(given, ctx.id).plugin_settings("bell")["token"] == "open-sesame"
    assert "open-sesame" not in repr(given)
    with town.system.database.connect() as connection:
        for table in inspect(town.system.database.engine).get_table_names():
            rows = connection.execute(text(f"SELECT * FROM {table}")).all()
            assert not any("open-sesame" in str(row) for row in rows), table


def test_a_copied_database_cannot_send(town: Town) -> None:
    ctx = now(town, NUMBER, SECRET)
    settings = ctx.plugin_settings("bell")
    for ask in (lambda: settings["token"], lambda: settings.get("token")):
        with pytest.raises(SecretMissing, match="RONGTONG_SECRET_BELL_TOKEN"):
            ask()
    assert settings["wait"] == 7
    assert set(ctx.enabled) == {"desk", "bell"}


def test_a_secret_in_the_words_of_a_failure_is_crossed_out_where_they_are_kept(town: Town) -> None:
    ctx = now(town, NUMBER, SECRET)
    given = context(replace(ctx.system, secrets={"RONGTONG_SECRET_BELL_TOKEN": "open-sesame"}, districts={}), ctx.id)
    token = given.plugin_settings("bell")["token"]
    at = given.now

    def work(tx: Tx) -> None:
        jobs.enqueue(tx, given.id, id="j", stream="", n=None, kind="plugin:bell.ring", body={}, run_at=at)
        job = jobs.claim(tx, given.id, outbound=False, now=at, wall=at, lease=1)
        assert job is not None
        jobs.fail(tx, job, now=at, error=both(f"ValueError: 401 for https://bell.example/?token={token}"))

    given.runner.run(work)
    (row,) = stored(town, tables.job)
    assert said_in(row["error"]).en == "ValueError: 401 for https://bell.example/?token=***"


# -- where secrets come from ----------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "town.db.secrets"
    found.write_text("# ours\nRONGTONG_SECRET_BELL_TOKEN=in = file\n\n", encoding="utf-8")
    found.chmod(0o600)
    return found


def test_the_file_gives_secrets_and_the_environment_goes_before_it(file: Path) -> None:
    assert secrets_given({}, file) == ({"RONGTONG_SECRET_BELL_TOKEN": "in = file"}, None)
    assert secrets_given({"RONGTONG_SECRET_BELL_TOKEN": "env"}, file) == ({"RONGTONG_SECRET_BELL_TOKEN": "env"}, None)
    assert secrets_given({"RONGTONG_DB": "x"}, file.with_name("none")) == ({}, None)


@pytest.mark.skipif(os.name != "posix", reason="only there does the system tell who may read a file")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_may_read_is_not_used_and_what_the_environment_says_is(file: Path, mode: int) -> None:
    file.chmod(mode)
    found, doubt = secrets_given({"RONGTONG_SECRET_BELL_KEY": "env"}, file)
    assert found == {"RONGTONG_SECRET_BELL_KEY": "env"}
    assert doubt is not None
    assert "chmod 600" in doubt.zh and "may be read by others" in doubt.en
    assert "in = file" not in str(doubt)
    assert file.stat().st_mode & 0o777 == mode, "nor is it changed"


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def a_link_to_nothing(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.with_name("nothing"))


@pytest.mark.parametrize(("spoil", "said"), [(a_folder, "is no file"), (a_link_to_nothing, "is a link to nothing")])
def test_what_is_no_file_is_told_with_its_place(file: Path, spoil: Callable[[Path], None], said: str) -> None:
    spoil(file)
    found, doubt = secrets_given({}, file)
    assert found == {}
    assert doubt is not None and doubt.en == f"The file of secrets {file} was not used, as it {said}."
    assert str(file) in doubt.zh


def test_a_file_that_one_may_not_read_oneself_is_told_with_its_place(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_text(path: Path, **_: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_text", read_text)
    found, doubt = secrets_given({}, file)
    assert (found, doubt is not None and doubt.en.endswith("as it cannot be read: Permission denied.")) == ({}, True)


@pytest.mark.parametrize("line", ["open-sesame", "open-sesame=", "RONGTONG_SECRET_BELL_OPEN-SESAME=", "open-sesame=x"])
def test_a_line_that_is_none_is_told_by_its_number_and_not_repeated(file: Path, line: str) -> None:
    with file.open("a", encoding="utf-8") as more:
        more.write(f"{line}\n")
    found, doubt = secrets_given({}, file)
    assert (found, doubt is not None and "secrets:4 " in doubt.en) == ({}, True)
    assert "open-sesame" not in str(doubt)


def test_a_secret_in_the_environment_is_no_unknown_setting() -> None:
    assert list(environment_doubts({"RONGTONG_SECRET_BELL_TOKEN": "x"})) == []
