"""Whatever a sender does in its process, it costs its own message one try, and the next one is sent."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from engine.clock import SECOND
from engine.extend import Out
from engine.operations.background.letters import Letter, NotSent
from engine.worker.child import Child
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
        ("raises", _LONG, rf"^ConnectionError: 500 Internal Server Error \(worker/{_HERE}:\d+\)$"),
        ("hangs", _SHORT, rf"^took longer than 0.25 s, in .*threading.py:\d+ called at worker/{_HERE}:\d+$"),
        ("holds_the_interpreter", _SHORT, rf"^took longer than 0.25 s, in .*re/__init__.py:\d+ called at worker/{_HERE}:\d+$"),
        ("catches_everything", _SHORT, rf"^took longer than 0.25 s, in .*threading.py:\d+ called at worker/{_HERE}:\d+$"),
        ("exits", _LONG, r"^SystemExit: 3"),
        ("leaves", _LONG, r"^its process ended with 7$"),
        ("crashes", _LONG, rf"^its process ended with -?\d+, in .*ctypes.* called at worker/{_HERE}:\d+$"),
        ("answers_a_lock", _LONG, r"send answered what JSON cannot hold: it is lock"),
        ("answers_no_number", _LONG, r"send answered what JSON cannot hold: it is nan"),
        ("nowhere", _LONG, r"^AttributeError: "),
    ],
)
def test_who_misbehaves_is_told_of_and_the_next_message_is_sent(child: Child, name: str, limit: int, said: str) -> None:
    with pytest.raises(NotSent, match=said):
        child.carry(letter(name, limit=limit))
    assert isinstance(child.carry(letter("whoami")), int)


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
