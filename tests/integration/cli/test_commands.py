"""All commands in one table: each answers in JSON and in words, takes a database, and keeps to the exit codes."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import click
import pytest

from engine.cli import options as opening
from engine.cli.root import COMMANDS, rongtong
from engine.cli.verbs import NAMES
from tests.integration.cli.conftest import DAY, Terminal

ROOT = Path(__file__).parents[3]
HALL = "黄海路社区/多功能厅"
START = ("start", "borrow_venue", "--as", "staff@南珠东社区", "--fill", f"venue={HALL}",
         "--fill", f"slot={DAY} 14:00/16:00", "--fill", "people=50", "--fill", "purpose=包粽子")  # fmt: skip
#: How a place is written that there is not.
_ON = {"case": ("000000-00000",), "task": ("000000-00000.1",), "decision": ("000000-00000",), "field": ("000000-00000", "x")}
#: Command → words that work on a database in which 海城 is published, and words that are refused with 1.
DONE: dict[str, tuple[str, ...]] = {
    "work": ("work", "--once"),
    "migrate": ("migrate",),
    "verify": ("verify",),
    "check": ("check",),
    "show": ("show", "borrow_venue"),
    "plugins": ("plugins",),
    "publish": ("publish", "haicheng"),
    "start": (*START, "--key", "once"),  # the same again is the same case, not a second booking
    "inbox": ("inbox", "--as", "staff@南珠东社区"),
    "key": ("key", "renew"),
    "account": ("account", "add", "someone", "--name", "韦燕妮", "--person", "haicheng=韦燕妮", "--no-password"),
}
REFUSED: dict[str, tuple[str, ...]] = {
    "show": ("show", "nothing"),
    "publish": ("publish", "nowhere"),
    "start": ("start", "nothing", "--as", "staff@南珠东社区"),
    "inbox": ("inbox", "--as", "nobody at all"),
    "case": ("case", "000000-00000"),
    "act": ("act", "000000-00000.1", "agree", "--as", "staff@南珠东社区"),
    **{name: (name, *_ON[verb.on], *(part for one in verb.takes if one.must for part in (f"--{one.key}", "x")), "--as", "staff@南珠东社区")
       for name, verb in NAMES.items()},
    "account": ("account", "token", "nobody"),
}
#: What needs no district, or serves until it is stopped, is tried elsewhere.
ELSEWHERE = {"demo", "serve", "backup", "restore", "scenario", "case", "act", "incidents", "retry", "mend", "skip", "erase", "fmt", "diff"}
#: What works on files alone.
FILES = {"fmt", "diff"}


def commands() -> list[tuple[str, click.Command]]:
    """Every command that does something, by its full name."""
    context = click.Context(rongtong)
    found = []
    for name in (*COMMANDS, *NAMES):
        command = rongtong.get_command(context, name)
        assert command is not None
        inner = command.commands.items() if isinstance(command, click.Group) else [("", command)]
        found += [(f"{name} {own}".strip(), one) for own, one in inner]
    return found


def test_every_command_takes_json_and_a_database() -> None:
    for name, command in commands():
        options = {option for parameter in command.params for option in parameter.opts}
        assert ({"--json"} if name in FILES else {"--json", "--db"}) <= options, name


def test_every_command_and_every_option_says_in_both_languages_what_it_is_for() -> None:
    both = re.compile(r"[\u4e00-\u9fff].*[A-Za-z]{2}", re.DOTALL)
    for name, command in commands():
        assert both.search(command.help or ""), name
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert both.search(parameter.help or ""), f"{name} {parameter.opts[0]}"


def test_every_command_stands_in_the_table_or_is_tried_elsewhere() -> None:
    assert {*COMMANDS, *NAMES} <= set(DONE) | set(REFUSED) | ELSEWHERE


@pytest.mark.parametrize("command", DONE)
def test_what_works_answers_0_in_words_and_in_json(command: str, terminal: Terminal) -> None:
    told = terminal.on(*DONE[command], "--json")
    assert (told.code, told.err.strip()) == (0, "")
    assert told.json is not None
    if command != "account":  # a second account of that name is refused
        said = terminal.on(*DONE[command])
        assert said.code == 0
        assert re.search(r"[\u4e00-\u9fff]", said.out)


@pytest.mark.parametrize("command", REFUSED)
def test_what_is_refused_answers_1_with_one_sentence_in_each_language(command: str, terminal: Terminal) -> None:
    said = terminal.on(*REFUSED[command])
    assert (said.code, said.out) == (1, "")
    assert len(said.err.strip().splitlines()) == 2
    told = terminal.on(*REFUSED[command], "--json")
    assert told.code == 1
    assert set(told.json["error"]["message"]) == {"zh", "en"}


@pytest.mark.parametrize("command", sorted({*DONE, *REFUSED, "demo", "serve", "scenario"}))
def test_what_is_written_wrong_answers_2_with_one_sentence_in_each_language(command: str, terminal: Terminal) -> None:
    said = terminal(*(DONE | REFUSED).get(command, (command,))[:1], "--no-such-option")
    assert (said.code, said.out) == (2, "")
    assert len(said.err.strip().splitlines()) == 2


def test_a_case_is_read_and_decided_in_the_language_of_the_settings(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = terminal.on(*START, "--json").json
    monkeypatch.setenv("RONGTONG_LANG", "en")
    shown = terminal.on("case", made["number"])
    assert shown.code == 0
    assert "started" in shown.out
    decided = terminal.on("act", f"{made['number']}.{made['opened'][0]}", "agree", "--as", "station_admin@黄海路社区")
    assert decided.code == 0
    assert made["number"] in decided.out


# -- what is published ------------------------------------------------------------------------------


def test_what_a_district_published_is_checked_and_shown_from_its_database(terminal: Terminal) -> None:
    assert terminal.on("check", "--json").json == {"ok": True, "problems": []}
    from_database = terminal.on("show", "borrow_venue", "--json").json
    from_files = terminal("show", "borrow_venue", "--district", "haicheng", "--json").json
    assert from_database["hash"] == from_files["hash"]
    assert from_database["differences"] == from_files["differences"] != []
    used = {plugin["name"]: plugin["districts"] for plugin in terminal.on("plugins", "--json").json}
    assert used["venue_sharing"] == ["haicheng"]


def test_the_published_process_passes_as_a_file_of_its_own(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "borrow_venue.yaml"
    file.write_text(terminal.on("show", "borrow_venue", "--as", "yaml").out, encoding="utf-8")
    assert terminal("check", str(file)).code == 0


def test_nothing_is_published_when_one_of_several_packs_is_wrong(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    said = terminal("publish", "haicheng", "nowhere", "--db", f"sqlite:///{file}")
    assert said.code == 1
    assert not file.exists()


def test_a_pack_named_by_its_path_is_that_pack(terminal: Terminal, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "workflows", tmp_path / "workflows")
    home = tmp_path / "workflows/districts/haicheng"
    words = (home / "district.yaml").read_text(encoding="utf-8").replace("海城区站站融通", "海城区试点")
    (home / "district.yaml").write_text(words, encoding="utf-8")
    assert terminal.on("publish", str(home / "district.yaml")).code == 0
    told = terminal.on("verify", "--json")
    assert told.code == 0
    with opening.opened(terminal.url) as system:
        assert opening.entered(system, None).district.title.zh == "海城区试点"


# -- scenarios and the demo on a database that is named ------------------------------------------------


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_scenarios_play_in_an_empty_database_and_leave_it_empty(
    kind: str, request: pytest.FixtureRequest, terminal: Terminal, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}" if kind == "sqlite" else request.getfixturevalue("bare_postgresql_url")
    scenario = next((ROOT / "workflows/districts/shangjie/scenarios").glob("*.yaml"))
    for _ in range(2):
        said = terminal("scenario", str(scenario), "--db", url, "--json")
        assert (said.code, json.loads(said.out)["scenarios"]) == (0, 1)


def test_scenarios_do_not_play_in_a_database_with_data(terminal: Terminal) -> None:
    said = terminal.on("scenario")
    assert said.code == 2
    assert "没有动它" in said.err
