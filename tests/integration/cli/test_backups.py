"""``backup`` and ``restore`` at a terminal: what they say, in words and in JSON, and with which exit code."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Terminal


def test_a_backup_is_made_and_put_back_and_verified(terminal: Terminal, tmp_path: Path) -> None:
    file, new = tmp_path / "backup.db", f"sqlite:///{tmp_path / 'new.db'}"
    said = terminal.on("backup", str(file))
    assert (said.code, said.err) == (0, "")
    assert re.fullmatch(rf"备份好了：{file}，\d+张表，\d+行，[\d.]+ MB。 {file}: \d+ tables, \d+ rows, [\d.]+ MB\.\n", said.out)
    back = terminal("restore", str(file), "--db", new)
    assert back.code == 0
    assert "放回了" in back.out and "all is well" in back.out
    assert terminal("verify", "--db", new).code == 0


def test_so_it_is_told_in_json(terminal: Terminal, tmp_path: Path) -> None:
    file, new = tmp_path / "backup.db", f"sqlite:///{tmp_path / 'new.db'}"
    made = terminal.on("backup", str(file), "--json").json
    assert made["file"] == str(file) and made["bytes"] == file.stat().st_size
    back = terminal("restore", str(file), "--db", new, "--json").json
    assert back["ok"]
    assert (back["tables"], back["rows"]) == (made["tables"], made["rows"])
    assert back["taken_at"] > 0


def test_a_backup_can_be_looked_at_where_it_lies_and_still_be_put_back(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    terminal.on("backup", str(file))
    assert terminal("verify", "--db", f"sqlite:///{file}").code == 0
    assert terminal("restore", str(file), "--db", f"sqlite:///{tmp_path / 'new.db'}").code == 0


def test_what_was_wrong_when_it_was_backed_up_is_told_when_it_is_put_back(terminal: Terminal, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "rongtong.db")) as connection:
        connection.execute("UPDATE person SET name = name || 'x'")
        connection.commit()
    terminal.on("backup", str(tmp_path / "backup.db"))
    back = terminal("restore", str(tmp_path / "backup.db"), "--db", f"sqlite:///{tmp_path / 'new.db'}", "--json")
    assert (back.code, back.json["ok"]) == (1, False)


#: What is asked for that cannot be, with the exit code; BACKUP, WORDS and NEW are files of the test.
REFUSED = {
    "a database that is not there": (("backup", "NEW", "--db", "sqlite:///NEW.db"), 2),
    "a file that is there already": (("backup", "BACKUP"), 2),
    "a folder that is not there": (("backup", "NEW/backup.db"), 2),
    "a backup that is not there": (("restore", "NEW", "--db", "sqlite:///NEW.db"), 2),
    "a backup that is none": (("restore", "WORDS", "--db", "sqlite:///NEW.db"), 1),
    "a database that holds something": (("restore", "BACKUP"), 2),
    "a folder for the database that is not there": (("restore", "BACKUP", "--db", "sqlite:///NEW/new.db"), 2),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_is_one_sentence_in_each_language_and_makes_nothing(
    what: str, terminal: Terminal, tmp_path: Path
) -> None:
    terminal.on("backup", str(tmp_path / "backup.db"))
    (tmp_path / "words").write_text("盘点", encoding="utf-8")
    there = {one.name for one in tmp_path.iterdir()}
    words, code = REFUSED[what]
    places = {"BACKUP": "backup.db", "WORDS": "words", "NEW": "new"}
    for name, place in places.items():
        words = tuple(one.replace(name, str(tmp_path / place)) for one in words)
    said = terminal(*words) if "--db" in words else terminal.on(*words)
    assert (said.code, said.out) == (code, "")
    assert len(said.err.strip().splitlines()) == 2
    assert {one.name for one in tmp_path.iterdir()} == there
