"""A secret that was handed to a plugin stands in no words that the engine keeps or logs, however it is spelt."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

import pytest

from engine import logs, secrecy
from engine.errors import Misuse
from engine.extend.calls.faults import PluginFault, cause_of, said_of
from engine.i18n import both

SECRETS = ("open-sesame", "pass word&more", "it's a \\ \"key\"", "芝麻开门", "line one\nline two")


@pytest.fixture(autouse=True)
def forgetting(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other test knows them."""
    monkeypatch.setattr(secrecy, "_KNOWN", secrecy._Known())


@pytest.mark.parametrize("secret", SECRETS)
def test_every_spelling_is_crossed_out(secret: str) -> None:
    secrecy.keep([secret])
    for spelt in (secret, quote(secret), quote(secret, safe=""), quote_plus(secret), repr(secret), repr(secret.encode())):
        said = secrecy.crossed_out(f"401 for {spelt} at x")
        assert (said.startswith("401 for "), said.endswith(" at x"), spelt.strip("b'\"") in said) == (True, True, False)
        assert secrecy.CROSSED in said


def test_a_secret_that_holds_another_goes_first() -> None:
    secrecy.keep(["sesame"])
    secrecy.keep(["open-sesame"])
    assert secrecy.crossed_out("open-sesame, sesame") == "***, ***"


def test_what_stands_in_many_a_word_is_no_secret() -> None:
    secrecy.keep(["", "a", "abc"])
    assert secrecy.crossed_out("abc and a") == "abc and a"


class _Fault(PluginFault):
    """A plugin did something."""


@pytest.mark.parametrize(
    "fault", [ValueError("Bearer open-sesame"), Misuse(both("open-sesame")), _Fault(both("open-sesame"))]
)
def test_the_words_of_a_fault_are_without_it(fault: Exception) -> None:
    secrecy.keep(["open-sesame"])
    assert "sesame" not in "".join((*said_of(fault), *cause_of(fault, None)))


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the engine's log wrote."""
    written = io.StringIO()
    log = logging.getLogger("rongtong")
    was = log.level, log.propagate
    monkeypatch.setattr(sys, "stderr", written)
    monkeypatch.setattr(log, "handlers", [])
    logs.quiet(logging.INFO)
    yield written
    log.setLevel(was[0])
    log.propagate = was[1]


def test_no_line_of_the_log_and_no_trace_in_it_says_it(lines: io.StringIO) -> None:
    secrecy.keep(["open-sesame"])
    log = logging.getLogger("rongtong.plugin.post")
    log.warning("asked with %s", "open-sesame")
    try:
        raise ValueError("open-sesame")
    except ValueError:
        log.exception("failed with open-sesame")
    assert "ValueError: ***" in lines.getvalue()
    assert "asked with ***" in lines.getvalue()
    assert "sesame" not in lines.getvalue()
