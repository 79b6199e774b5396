"""``rongtong account``: from the first log-in to its end, by whoever runs the installation and by an administrator."""

from __future__ import annotations

import io
import re

import pytest

from engine.cli import options
from engine.cli.accounts import _PRESSES
from engine.errors import Unauthenticated
from engine.operations.accounts import accounts
from engine.operations.accounts.care import PRESSES
from engine.operations.naming import person_named
from engine.store import journal, verify_reads
from tests.integration.cli.conftest import Terminal

WHO, ADMIN = "staff@西藏路社区", "district_admin@海城区"


def typed(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{words}\n"))


def opens(terminal: Terminal, password: str) -> str:
    with options.opened(terminal.url) as system:
        try:
            return accounts.log_in(system, "li", password) and "in"
        except Unauthenticated as refusal:
            return refusal.code


def test_an_account_from_its_making_to_its_end(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "端午安康2026")
    assert terminal.on("account", "add", "Li", "--name", "李", "--person", f"haicheng={WHO}").code == 0
    assert opens(terminal, "端午安康2026") == "in"
    listed = terminal.on("account", "list")
    assert "li" in listed.out and "李" in listed.out
    (one,) = terminal.on("account", "list", "--as", ADMIN, "--json").json
    assert (one["login"], one["sessions"], one["disabled"]) == ("li", 1, False)
    typed(monkeypatch, "中秋团圆2026")
    assert terminal.on("account", "password", "li", "--as", ADMIN).code == 0
    assert (opens(terminal, "端午安康2026"), opens(terminal, "中秋团圆2026")) == ("login_refused", "in")
    assert terminal.on("account", "end-sessions", "LI").code == 0
    assert terminal.on("account", "disable", "li", "--json").json["account"] == one["id"]
    assert "停用" in terminal.on("account", "list").out
    assert opens(terminal, "中秋团圆2026") == "login_refused"
    assert terminal.on("account", "enable", "li").code == 0
    assert opens(terminal, "中秋团圆2026") == "in"
    secret = terminal.on("account", "token", "li", "--name", "报表").out.strip()
    (token,) = terminal.on("account", "tokens", "li", "--json").json
    shown = terminal.on("account", "tokens", "li")
    assert "报表" in shown.out and secret not in shown.out
    assert terminal.on("account", "revoke", "li", token["id"]).code == 0
    assert terminal.on("account", "tokens", "li", "--json").json == []
    assert terminal.on("verify").code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [(("disable", "nobody"), 1), (("revoke", "nobody", "x"), 1), (("list", "--as", WHO), 1), (("tokens", "nobody"), 1),
     (("token", "nobody"), 1), (("add", "x", "--name", "x", "--no-password", "--person", f"haicheng={WHO}", "--as", WHO), 1),
     (("add", "x", "--name", "x", "--no-password", "--person", "nowhere=x"), 1)],
)
def test_what_cannot_be_done_is_one_sentence(terminal: Terminal, words: tuple[str, ...], code: int) -> None:
    said = terminal.on("account", *words)
    assert said.code == code
    assert said.err.strip()


def test_who_made_an_account_and_a_token_is_in_the_journal(terminal: Terminal) -> None:
    add = ("account", "add", "li", "--name", "李", "--no-password", "--person", f"haicheng={WHO}")
    assert terminal.on(*add, "--as", ADMIN).code == 0
    assert terminal.on("account", "token", "li", "--as", ADMIN).code == 0
    assert terminal.on("account", "token", "li").code == 0
    assert terminal.on("account", "token", "li", "--as", WHO).code == 1
    with options.opened(terminal.url) as system:
        ctx = options.entered(system, None)
        admin = person_named(ctx, ADMIN)[0]
        (stream,) = (row.id for row in ctx.runner.run(lambda tx: verify_reads.streams(tx, ctx.id), write=False)
                     if row.id.startswith("account:"))  # fmt: skip
        found = ctx.runner.run(lambda tx: journal.read(tx, ctx.id, stream), write=False)
    told = [(one.command, one.actor) for one in found]
    assert told == [("account.add", admin), ("account.token", admin), ("account.token", "")]
    assert terminal.on("verify").code == 0


def test_a_token_is_revoked_by_the_name_that_the_list_says_or_by_its_id(terminal: Terminal) -> None:
    assert terminal.on("account", "add", "weiyanni", "--name", "韦燕妮", "--person", "haicheng=韦燕妮", "--no-password").code == 0
    for name in ("ops", "ops", "other"):
        assert terminal.on("account", "token", "weiyanni", "--name", name).code == 0
    assert terminal.on("account", "revoke", "weiyanni", "other").code == 0
    listed = terminal.on("account", "tokens", "weiyanni", "--json").json
    assert [one["name"] for one in listed] == ["ops", "ops"]
    said = terminal.on("account", "revoke", "weiyanni", "ops")
    assert said.code == 1
    assert all(one["id"] in said.err for one in listed), "which of the two"
    assert terminal.on("account", "revoke", "weiyanni", listed[0]["id"]).code == 0
    assert terminal.on("account", "revoke", "weiyanni", "ops").code == 0
    assert terminal.on("account", "revoke", "weiyanni", "ops").code == 1


@pytest.mark.parametrize(
    "words",
    [("add", "x", "--name", "韦燕妮", "--person", "haicheng=nobody at all"), ("add", "x", "--name", "韦燕妮", "--person", "no=韦燕妮"),
     ("add", "x", "--name", "韦燕妮", "--person", "haicheng=韦燕妮"), ("token", "nobody"), ("password", "nobody"), ("revoke", "nobody", "x")],
    ids=" ".join,
)  # fmt: skip
def test_refusals_are_sentences_without_a_code_in_front(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("password\n"))
    said = terminal.on("account", *words)
    assert said.code == 1
    for line in said.err.splitlines():
        assert not re.match(r"\s*[a-z]+[-_][a-z]", line), line


def test_what_is_pressed_on_an_account_is_the_same_at_every_door() -> None:
    assert list(_PRESSES) == list(PRESSES)


def test_a_key_that_is_given_is_renewed_where_it_is_given(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    assert terminal.on("key", "renew", "--json").json == {"renewed": True, "at_once": False}
    monkeypatch.setenv("RONGTONG_SECRET_KEY", "a-key-of-this-year")
    said = terminal.on("key", "renew")
    assert said.code == 2
    assert "RONGTONG_SECRET_KEY" in said.err
