"""Wrong databases, files and terminals: each is one clear sentence, and what is not ours stays as it is."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from engine.cli import say
from engine.cli.root import run
from engine.store.databases.database import open_database
from tests.integration.cli.conftest import Terminal

LOOK = ("inbox", "--as", "staff@茶亭路社区")
ROOT = Path(__file__).parents[3]


def tables(url: str) -> set[str]:
    opened = open_database(url)
    try:
        with opened.connect() as connection:
            return set(inspect(connection).get_table_names())
    finally:
        opened.close()


# -- the database ---------------------------------------------------------------------------------


def test_somebody_elses_file_is_left_exactly_as_it_is(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE person (a)")
    before = file.read_bytes()
    for command in (LOOK, ("verify",), ("migrate",), ("work", "--once"), ("publish", "haicheng"), ("demo", "--no-serve")):
        said = terminal(*command, "--db", f"sqlite:///{file}")
        assert said.code == 2, command
        assert "没有动它" in said.err
        assert file.read_bytes() == before
    assert not list(tmp_path.glob("other.db-*"))


def test_somebody_elses_postgresql_is_left_as_it_is(terminal: Terminal, bare_postgresql_url: str) -> None:
    opened = open_database(bare_postgresql_url)
    with opened.connect() as connection:
        connection.execute(text("CREATE TABLE person (a int)"))
    opened.close()
    for command in (LOOK, ("publish", "haicheng"), ("demo", "--no-serve")):
        said = terminal(*command, "--db", bare_postgresql_url)
        assert said.code == 2, command
        assert "没有动它" in said.err
    assert tables(bare_postgresql_url) == {"person"}


def test_an_empty_database_gets_its_tables_only_from_who_makes_one(
    terminal: Terminal, bare_postgresql_url: str, tmp_path: Path
) -> None:
    (tmp_path / "empty.db").touch()
    for url in (bare_postgresql_url, f"sqlite:///{tmp_path / 'empty.db'}"):
        said = terminal(*LOOK, "--db", url)
        assert said.code == 2
        assert "rongtong publish" in said.err
        assert tables(url) == set()


def test_a_database_of_a_newer_version_is_said(terminal: Terminal) -> None:
    opened = open_database(terminal.url)
    with opened.connect() as connection:
        connection.execute(text("UPDATE alembic_version_engine SET version_num = 'engine_9999'"))
    opened.close()
    said = terminal.on(*LOOK)
    assert said.code == 2
    assert "更新的版本" in said.err


def test_a_database_that_is_up_to_date_is_opened_without_alembic(terminal: Terminal) -> None:
    told = f"import sys; from engine.cli.root import run; run({[*LOOK, '--db', terminal.url]}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "engine.store.schema.migrate" in loaded
    assert "alembic" not in loaded


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://somebody:secret@127.0.0.1:1/x", "连不上数据库 postgresql://somebody:***@127.0.0.1:1/x"),
        ("postgresql://127.0.0.1:port/x", "不认识的数据库地址"),
        ("mysql://127.0.0.1/x", "不认识的数据库地址“mysql://127.0.0.1/x”"),
        ("mysql://a:secret@127.0.0.1/x", "不认识的数据库地址“mysql://…@127.0.0.1/x”"),
        ("a:secret@127.0.0.1/x", "不认识的数据库地址“127.0.0.1/x”"),
        ("sqlite:////", "是文件夹，不是数据库文件"),
        ("", "不认识的数据库地址"),
    ],
)
def test_an_address_that_leads_nowhere_is_said(terminal: Terminal, url: str, words: str) -> None:
    said = terminal(*LOOK, "--db", url)
    assert said.code == 2
    assert words in said.err
    assert "secret" not in said.err


def test_a_postgresql_without_that_database_is_said(terminal: Terminal, bare_postgresql_url: str) -> None:
    said = terminal(*LOOK, "--db", bare_postgresql_url.replace("rongtong_bare", "no_such"))
    assert said.code == 2
    assert "连不上数据库" in said.err
    assert "does not exist" in said.err


def test_a_missing_driver_is_said(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "engine.store.databases.direct", raising=False)
    said = terminal(*LOOK, "--db", "postgresql://127.0.0.1/x")
    assert said.code == 2
    assert "pip install 'rongtong[postgres]'" in said.err


# -- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [("demo", "--no-serve", "--dir", "{}/x"), ("migrate", "--db", "sqlite:///{}/x/y.db")])
def test_a_place_that_is_no_folder_is_said(terminal: Terminal, tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "file").touch()
    said = terminal(*(word.format(tmp_path / "file") for word in command))
    assert said.code == 2
    assert "不是文件夹" in said.err


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "磁盘空间已满"), (errno.EACCES, "没有读写的权限"), (errno.EROFS, "这里只能读")]
)
def test_a_file_that_cannot_be_written_is_said(number: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert say.failed(OSError(number, "no", "/somewhere"), as_json=False) == 2
    said = capsys.readouterr().err
    assert said.splitlines()[0].startswith(f"/somewhere：{words}")


# -- the terminal ---------------------------------------------------------------------------------


#: What a shell runs in the background ignores Ctrl-C, and so would whatever the tests start.
HEARS = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"


def process(*args: str, **environment: str) -> subprocess.Popen[bytes]:
    """The command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", f"{HEARS}; from engine.cli import main; main()", *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


def test_ctrl_c_in_the_middle_of_a_demo_leaves_a_folder_that_the_next_demo_takes_over(
    tmp_path: Path, terminal: Terminal
) -> None:
    place = ("--no-serve", "--dir", str(tmp_path / "demo"))
    begun = process("demo", *place)
    assert begun.stderr is not None
    assert "正在过" in begun.stderr.readline().decode()
    begun.send_signal(signal.SIGINT)
    out, err = begun.communicate(timeout=60)
    assert (begun.returncode, out, err.decode().strip()) == (2, b"", "已停下。\nStopped.")
    said = terminal("demo", *place, "--continue")
    assert said.code == 2
    assert "去掉 --continue" in said.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_worker_that_is_told_to_stop_stops_in_good_order(terminal: Terminal, number: signal.Signals) -> None:
    working = process("work", "--db", terminal.url)
    assert working.stderr is not None
    assert "后台在跑" in working.stderr.readline().decode()
    working.send_signal(number)
    out, err = working.communicate(timeout=60)
    assert (working.returncode, out) == (0, b"")
    assert err.decode().strip() == "已停下。 Stopped."


@pytest.mark.parametrize("encoding", ["gbk", "cp1252"])
def test_a_terminal_that_cannot_show_a_sign_still_gets_the_answer(terminal: Terminal, encoding: str) -> None:
    told = process("inbox", *LOOK[1:], "--db", terminal.url, "--json", PYTHONIOENCODING=encoding)
    out, err = told.communicate(timeout=60)
    assert (told.returncode, err) == (0, b"")
    assert out.decode(encoding).startswith("{")
    wrong = process("chek", PYTHONIOENCODING=encoding)
    out, err = wrong.communicate(timeout=60)
    assert (wrong.returncode, out) == (2, b"")
    assert "No such command" in err.decode(encoding)


def test_a_misspelt_setting_is_told_before_the_answer(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RONGTONG_PROT", "1")
    say.ready()
    told = capsys.readouterr().err
    assert "没有叫 RONGTONG_PROT 的设置" in told
    assert "Did you mean RONGTONG_PORT?" in told


@pytest.mark.parametrize(("language", "there", "absent"), [("zh", "没有这个命令", "No such"), ("en", "No such", "没有")])
def test_the_command_line_speaks_the_one_language_it_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], language: str, there: str, absent: str
) -> None:
    monkeypatch.setenv("RONGTONG_LANG", language)
    assert run(["chek"]) == 2
    said = capsys.readouterr().err
    assert there in said
    assert absent not in said
