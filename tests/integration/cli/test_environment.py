"""What the environment says: what can only be wrong is refused before anything happens, in the reader's language."""

from __future__ import annotations

import os
import re
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from engine.cli import serving
from engine.cli.root import COMMANDS, rongtong
from engine.edge.facing import facing
from engine.errors import RongtongError
from engine.settings import SETTINGS, secrets_file
from engine.store.databases.database import Database
from engine.wsgi import application
from tests.integration.cli.conftest import Terminal
from tests.town import build

#: A value of each setting that can only be wrong; of the others any value means something.
WRONG = {
    "db": "nonsense", "host": "no such host", "port": "many", "public_url": "rongtong.example",
    "trusted_proxies": "nonsense", "secret_key": "short", "workflows": "/no/such/folder", "lang": "fr",
    "without": "venue_sharin", "log": "xml", "metrics_token": "short",
}  # fmt: skip
ANYTHING = {"debug"}
_CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")


@pytest.fixture(autouse=True)
def never_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    def served(*_: object, **__: object) -> None:
        raise AssertionError("it serves")

    monkeypatch.setattr("engine.cli.serving.serve_pages", served)


def test_every_setting_is_tried_here() -> None:
    assert {*WRONG, *ANYTHING} == {setting.name for setting in SETTINGS}


@pytest.mark.parametrize("name", WRONG)
def test_a_setting_that_can_only_be_wrong_is_refused_by_its_name_before_anything_is_served(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    variable = f"RONGTONG_{name.upper()}"
    monkeypatch.setenv("RONGTONG_DB", terminal.url)
    monkeypatch.setenv(variable, WRONG[name])
    said = terminal("serve")
    assert (said.code, said.out) == (2, ""), said
    assert variable in said.err


@pytest.mark.parametrize("name", ["db", "public_url", "trusted_proxies", "secret_key", "lang", "without"])
def test_so_it_is_where_another_server_serves(terminal: Terminal, name: str) -> None:
    told = {"RONGTONG_DB": terminal.url, f"RONGTONG_{name.upper()}": WRONG[name]}
    with pytest.raises(RongtongError) as refusal:
        application(told)
    assert f"RONGTONG_{name.upper()}" in refusal.value.text.zh
    assert f"RONGTONG_{name.upper()}" in refusal.value.text.en


def test_a_misspelt_plugin_that_was_to_be_left_out_is_told_with_the_one_that_was_meant(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RONGTONG_WITHOUT", "venue_sharin")
    for command in ("verify", "work", "serve", "migrate"):
        said = terminal.on(command)
        assert said.code == 2
        assert "venue_sharing" in said.err and "Did you mean" in said.err


def test_of_a_plugin_that_is_left_out_nobody_says_that_no_plugin_asks_for_its_secret(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RONGTONG_SECRET_VENUE_SHARING_KEY", "abc")
    monkeypatch.setenv("RONGTONG_SECRET_VENU_KEY", "abc")
    assert "RONGTONG_SECRET_VENUE_SHARING_KEY" in terminal.on("verify").err
    monkeypatch.setenv("RONGTONG_WITHOUT", "venue_sharing")
    said = terminal.on("verify").err
    assert "RONGTONG_SECRET_VENUE_SHARING_KEY" not in said
    assert "RONGTONG_SECRET_VENU_KEY" in said, "of which nobody knows whose it is"


@pytest.mark.skipif(os.name != "posix", reason="only there does the system tell who may read a file")
def test_a_file_of_secrets_that_others_may_read_stops_nothing_and_is_not_used(terminal: Terminal) -> None:
    file = secrets_file(terminal.url)
    file.write_text("RONGTONG_SECRET_VENU_KEY=abc\n", encoding="utf-8")
    file.chmod(0o644)
    for command in (("verify",), ("work", "--once"), ("account", "list")):
        said = terminal.on(*command)
        assert (said.code, "chmod 600" in said.err) == (0, True)
        assert "RONGTONG_SECRET_VENU_KEY" not in said.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


@pytest.mark.parametrize(
    ("encoding", "said"), [("gbk", "不是UTF-8"), ("utf-8-sig", "没有插件要 RONGTONG_SECRET_VENU_KEY")], ids=["gbk", "a mark"]
)
def test_a_file_of_secrets_as_an_editor_saves_it_is_read_or_told(terminal: Terminal, encoding: str, said: str) -> None:
    file = secrets_file(terminal.url)
    file.touch(0o600)
    file.write_text("RONGTONG_SECRET_VENU_KEY=钥匙\n", encoding=encoding)
    told = terminal.on("verify")
    assert (told.code, said in told.err) == (0, True), told.err


@pytest.mark.parametrize("command", [("migrate",), ("publish", "haicheng"), ("verify",), ("serve",), ("work", "--once")])
def test_a_path_whose_folder_is_not_there_is_refused_and_nothing_is_made(
    terminal: Terminal, tmp_path: Path, command: tuple[str, ...]
) -> None:
    said = terminal(*command, "--db", f"sqlite:///{tmp_path / 'typo' / 'x.db'}")
    assert (said.code, "没有" in said.err) == (2, True)
    assert not (tmp_path / "typo").exists()


def helps(command: click.Command, name: str) -> Iterator[tuple[str, ...]]:
    """The words after ``rongtong`` that ask for help of *command* and of all that it holds."""
    yield name, "--help"
    for inner in command.commands if isinstance(command, click.Group) else ():
        yield name, inner, "--help"


PAGES = [page for name in COMMANDS for page in helps(rongtong.get_command(None, name), name)]  # type: ignore[arg-type]


@pytest.mark.parametrize("page", [("--help",), *PAGES], ids=" ".join)
def test_help_speaks_one_language_where_the_settings_say_so(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, page: tuple[str, ...]
) -> None:
    monkeypatch.setenv("RONGTONG_LANG", "en")
    said = terminal(*page)
    assert said.code == 0
    assert not _CHINESE.search(said.out), said.out


def test_in_chinese_too(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RONGTONG_LANG", "zh")
    said = terminal("publish", "--help").out
    assert "发布区县包" in said and "输出 JSON。" in said
    assert "Publish." not in said and "Answer in JSON" not in said


def test_that_it_serves_is_told_once_the_port_is_open(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for the line is let in."""
    monkeypatch.undo()
    town, heard = build(db), []

    def tell() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=10):
            heard.append("in")
        raise KeyboardInterrupt

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serving.serve_pages(town.system, "127.0.0.1", port, facing({}, ""), tell, demo=None, workers=False)
    town.system.runner.release()
    assert heard == ["in"]
