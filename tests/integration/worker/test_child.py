"""Whatever a sender does in its process, it costs its own message one try, and the next one is sent."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.clock import SECOND
from engine.extend import Out
from engine.operations.background.letters import Letter, NotSent
from engine.worker.child import Child, serve
from tests.integration.worker import misbehaving

#: Long enough for whoever answers; whoever never does is ended soon.
_LONG, _SHORT = 60 * SECOND, SECOND // 4
_HERE = "misbehaving.py"


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    made = Child()
    yield made
    made.close()


def letter(name: str, payload: Any = None, plugin: str = "post", limit: int = _LONG) -> Letter:
    out = Out(district="town", message_id="m1", attempt=2, mode="live", deadline=0, settings={"fee": Decimal("1.5")})
    return Letter(plugin, f"{misbehaving.__name__}:{name}", out, payload, limit)


def test_what_is_sent_comes_back_as_json_has_it(child: Child) -> None:
    def settled(out: dict[str, Any]) -> dict[str, Any]:
        return {name: out[name] for name in ("payload", "id", "attempt")}

    with pytest.raises(NotSent, match=r"plugin 'post' \(worker/misbehaving.py:\d+\): send answered what JSON cannot hold: settings.fee is Decimal"):
        child.carry(letter("echo", {"to": "安"}))
    bare = Letter(**{**{n: getattr(letter("echo", {"to": "安"}), n) for n in ("plugin", "path", "payload", "limit")},
                     "out": Out("town", "m1", 2, "live", 0, {})})  # fmt: skip
    assert settled(child.carry(bare)) == {"payload": {"to": "安"}, "id": "m1", "attempt": 2}


@pytest.mark.parametrize(
    ("name", "limit", "said"),
    [
        ("raises", _LONG, rf"^plugin 'post' \(worker/{_HERE}:\d+\): ConnectionError: 500 Internal Server Error$"),
        ("hangs", _SHORT, rf"^took longer than 0.25 s, in .*threading.py:\d+ called at worker/{_HERE}:\d+$"),
        ("holds_the_interpreter", _SHORT, rf"^took longer than 0.25 s, in .*re/__init__.py:\d+ called at worker/{_HERE}:\d+$"),
        ("catches_everything", _SHORT, rf"^took longer than 0.25 s, in .*threading.py:\d+ called at worker/{_HERE}:\d+$"),
        ("exits", _LONG, r": SystemExit: 3$"),
        ("leaves", _LONG, r"^its process ended with 7$"),
        ("crashes", _LONG, rf"^its process ended with -?\d+, in .*ctypes.* called at worker/{_HERE}:\d+$"),
        ("answers_a_lock", _LONG, r"send answered what JSON cannot hold: it is lock"),
        ("answers_no_number", _LONG, r"send answered what JSON cannot hold: it is nan"),
        ("answers_too_much", _LONG, rf"^plugin 'post' \(worker/{_HERE}:\d+\): send answered more than 1 MB$"),
        ("answers_half", _SHORT, r"^took longer than 0.25 s"),
        ("answers_nonsense", _LONG, r"^its process answered nonsense$"),
        ("leaves_a_child", _SHORT, r"^took longer than 0.25 s"),
        ("nowhere", _LONG, r"^plugin 'post': AttributeError: "),
    ],
)
def test_who_misbehaves_is_told_of_and_the_next_message_is_sent(child: Child, name: str, limit: int, said: str) -> None:
    with pytest.raises(NotSent, match=said):
        child.carry(letter(name, limit=limit))
    assert isinstance(child.carry(letter("whoami")), int)


def test_a_process_that_takes_half_a_letter_is_ended(child: Child) -> None:
    """The sender before left a thread that holds the interpreter. A long letter is more than a pipe holds."""
    child.carry(letter("leaves_a_thread_that_holds_the_interpreter"))
    with pytest.raises(NotSent, match=r"took longer than 0.25 s"):
        for _ in range(100):
            child.carry(letter("whoami", "x" * 5_000_000, limit=_SHORT))
    assert isinstance(child.carry(letter("whoami")), int)


def test_a_process_ends_itself_at_the_limit_and_where_it_hears_nothing_any_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whoever would end it may have been killed, and what a sender left behind may hold the interpreter."""
    ends: list[float] = []
    monkeypatch.setattr(faulthandler, "dump_traceback_later", lambda seconds, **_: ends.append(seconds))
    monkeypatch.setattr(faulthandler, "enable", lambda _: None)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(os, "environ", {})
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    ours, theirs = multiprocessing.Pipe()
    asked = letter("whoami")
    ours.send((asked.plugin, asked.path, asked.out, asked.payload, 20.0))
    ours.send(None)
    serve(theirs, str(tmp_path / "where"))
    assert ends == [20.0, 900.0]


def test_an_answer_with_half_a_letter_is_the_plugins_fault(child: Child) -> None:
    with pytest.raises(NotSent, match="it has half a character"):
        child.carry(letter("answers_half_a_letter"))


def test_the_secrets_of_the_engine_are_not_in_its_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RONGTONG_SECRET_KEY", "s")
    made = Child()
    assert made.carry(letter("environment")) == []
    made.close()


def test_a_process_is_kept_for_its_plugin_and_for_no_other() -> None:
    made = Child()
    first, again = made.carry(letter("whoami")), made.carry(letter("whoami"))
    other = made.carry(letter("whoami", plugin="pigeon"))
    assert first == again != other
    made.close()
    made.close()


def test_a_process_without_work_is_given_up_and_comes_again() -> None:
    made = Child()
    first = made.carry(letter("whoami"))
    for _ in range(100):
        made.rest()
    assert [one for one in multiprocessing.active_children() if one.pid == first] == []
    assert made.carry(letter("whoami")) != first
    made.close()
