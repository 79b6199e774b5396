"""Whoever runs the machine: databases, verify, workers, accounts, and every way a command can be written wrong."""

from __future__ import annotations

import io
import logging
import re
import socket
from pathlib import Path

import pytest
from sqlalchemy import text

from engine import logs
from engine.cli import options
from engine.cli.root import COMMANDS, rongtong
from engine.cli.verbs import NAMES
from engine.extend.context import log_of
from engine.extend.registry import Registry
from engine.operations.accounts.accounts import log_in
from engine.store.databases.database import open_database
from tests.integration.cli.conftest import Terminal


def test_every_command_in_the_table_is_there_and_speaks_both_languages(terminal: Terminal) -> None:
    for name in (*COMMANDS, *NAMES):
        said = terminal(name, "--help")
        assert said.code == 0
        assert "--json" in said.out or name in ("account", "key")
    assert rongtong.list_commands(None) == [*COMMANDS, *NAMES]  # type: ignore[arg-type]


def test_migrate_makes_a_database_and_then_has_nothing_to_do(terminal: Terminal, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    assert terminal("migrate", "--dry-run", "--db", url, "--json").json["pending"]
    assert terminal("migrate", "--db", url, "--json").json["applied"]
    assert terminal("migrate", "--db", url, "--json").json["applied"] == []


def test_verify_says_in_one_line_all_that_it_read(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RONGTONG_LANG", "en")
    said = terminal.on("verify")
    assert said.err == ""
    assert re.fullmatch(r"0 cases and \d+ other journals \(people, processes, accounts\), \d+ rows in all: all is well\.\n", said.out)


def test_verify_says_what_nobody_could_check(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    assert terminal.on("verify", "--json").json["unchecked"] == []
    monkeypatch.setenv("RONGTONG_WITHOUT", "venue_sharing")
    said = terminal.on("verify", "--json")
    assert (said.code, said.json["ok"], said.json["broken"], len(said.json["unchecked"])) == (1, False, [], 1)
    said = terminal.on("verify")
    assert (said.code, "venue_sharing" in said.out, "all is well" in said.out) == (1, True, False)
    assert "其余账实相符" in said.out and "the rest is well" in said.out


def test_a_database_that_is_not_there_is_not_made_by_accident(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal("inbox", "--as", "韦燕妮", "--db", f"sqlite:///{tmp_path / 'typo.db'}")
    assert said.code == 2
    assert "没有数据库文件" in said.err
    assert not (tmp_path / "typo.db").exists()


@pytest.mark.parametrize("url", ["mysql://x", "nonsense", "sqlite://"])
def test_what_is_no_database_is_said(terminal: Terminal, url: str) -> None:
    said = terminal("inbox", "--as", "韦燕妮", "--db", url)
    assert said.code == 2
    assert "数据库地址" in said.err
    assert "Not a database" in said.err


def test_a_file_that_is_no_database_is_said(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text("# not a database\n" * 400)
    said = terminal("verify", "--db", f"sqlite:///{path}")
    assert said.code == 2
    assert "不是数据库文件" in said.err
    assert "is not a database" in said.err


def test_verify_finds_what_was_changed_behind_its_back(terminal: Terminal) -> None:
    assert terminal.on("verify").code == 0
    number = terminal.on(
        "start", "dispatch_order", "--as", "staff@茶亭路社区", "--for", "崔立秋", "--fill", "class=健康义诊",
        "--fill", "what=量血压", "--fill", "place=老年活动室", "--fill", "channel=小程序", "--json",
    ).json["number"]  # fmt: skip
    assert terminal.on("verify").code == 0
    database = open_database(terminal.url)
    with database.connect() as connection:
        connection.execute(text("DROP TRIGGER IF EXISTS journal_no_update"))
        connection.execute(text("UPDATE task SET audience = 'any@' WHERE status = 'open'"))
    database.close()
    said = terminal.on("verify")
    assert said.code == 1
    assert number in said.out


def test_work_once_does_what_is_due(terminal: Terminal) -> None:
    assert terminal.on("work", "--once", "--json").json == {"done": 0}


def test_an_account_logs_in_with_the_password_from_standard_input(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("端午安康2026\n"))
    added = terminal.on("account", "add", "weiyanni", "--name", "韦燕妮", "--person", "haicheng=韦燕妮")
    assert added.code == 0, added.err
    with options.opened(terminal.url) as system:
        assert log_in(system, "weiyanni", "端午安康2026")
    assert terminal.on("account", "token", "weiyanni", "--json").json["token"]


def test_a_short_password_and_an_unknown_account_are_refused(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("短\n"))
    said = terminal.on("account", "add", "a", "--name", "韦燕妮", "--person", "haicheng=韦燕妮")
    assert said.code == 1
    assert "密码至少8个字符" in said.err
    assert terminal.on("account", "token", "nobody").code == 1


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("chek",), "没有这个命令"),
        (("check", "--jsn"), "没有选项 --jsn"),
        (("show",), "缺少"),
        (("inbox", "--limit", "many"), "--limit 的内容不对"),
        (("serve", "--port", "0"), "--port 的内容不对"),
    ],
)
def test_a_command_written_wrong_says_what_to_do(terminal: Terminal, args: tuple[str, ...], words: str) -> None:
    said = terminal(*args)
    assert said.code == 2
    assert words in said.err
    assert "--help" in said.err


def test_a_usage_error_is_json_too(terminal: Terminal) -> None:
    said = terminal("inbox", "--jsn", "--json")
    assert said.code == 2
    assert set(said.json["error"]["message"]) == {"zh", "en"}


def test_a_fault_of_the_program_is_one_sentence(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(_folder: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(options, "library", break_down)
    said = terminal("check")
    assert said.code == 2
    assert "ZeroDivisionError" in said.err
    assert len(said.err.splitlines()) == 2


def test_a_port_that_is_taken_is_said_before_anything_is_done(terminal: Terminal) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = terminal.on("serve", "--port", str(taken.getsockname()[1]))
    assert said.code == 2
    assert "端口" in said.err


def test_no_command_at_all_shows_the_list(terminal: Terminal) -> None:
    said = terminal()
    assert said.code == 2
    assert all(name in said.err for name in COMMANDS)


def test_what_a_plugin_prints_is_no_part_of_a_json_answer(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Registry.discovered()

    def chatty(*_: object) -> Registry:
        print("here I am")
        return found

    monkeypatch.setattr(Registry, "discovered", chatty)
    said = terminal("plugins", "--json")
    assert said.json
    assert said.err == "here I am\n"
    assert terminal("plugins").out.startswith("here I am\n")


def test_a_line_of_the_log_has_its_time_its_level_and_its_logger(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("rongtong").handlers.clear()  # pytest's own, which make a terminal's unnecessary
    logs.quiet()
    log_of("chaos").warning("the shelf is empty")
    line = capsys.readouterr().err
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} WARNING rongtong\.plugin\.chaos: the shelf is empty\n", line
    )
