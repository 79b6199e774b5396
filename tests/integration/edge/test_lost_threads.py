"""A thread of the server that hangs in a plugin: its request is answered without it, and another takes its place."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from waitress import wasyncore
from waitress.channel import ClientDisconnected

from engine import hanging
from engine.edge.answers import ALWAYS, RETRY
from engine.edge.dispatcher import Dispatcher
from engine.edge.reader import reads
from engine.edge.server import Channel, make_server
from engine.extend.calls.entering import entered
from engine.otherwise import otherwise
from engine.store.transactions.failures import bystander
from tests.bounded import until
from tests.hanging import ByHand, Hanging
from tests.integration.edge.street import HEALTH, ok


def full(*_: object) -> None:
    """No thread is to be had."""
    raise RuntimeError("can't start new thread")


class Door:
    """A server whose pages are those of *app*, and who comes to it."""

    def __init__(self, app: Any, dispatcher: Dispatcher) -> None:
        self.server = make_server(app, "127.0.0.1", 0, dispatcher=dispatcher)

    def turn(self) -> None:
        """Let the server look at its connections once."""
        wasyncore.loop(timeout=0.001, use_poll=True, map=self.server._map, count=1)

    def ask(self, sends: bytes) -> socket.socket:
        """Somebody who has sent this."""
        guest = socket.create_connection(("127.0.0.1", int(self.server.effective_port)))
        guest.sendall(sends)
        return guest

    def heard(self, guest: socket.socket) -> bytes:
        """What they get."""
        guest.settimeout(0.001)
        said = bytearray()

        def ended() -> bool:
            self.turn()
            with suppress(TimeoutError):
                more = guest.recv(65_536)
                said.extend(more)
                return not more or said.endswith(b"ok") or b"\r\n\r\nok" in said
            return False

        until(ended)
        return bytes(said)

    def healthy(self) -> bool:
        """Whether the next one is answered."""
        with self.ask(HEALTH) as guest:
            return self.heard(guest).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(("method", "path"), [("POST", "/start"), ("POST", "/api/v1/start"), ("HEAD", "/start")])
@pytest.mark.parametrize("alone", [False, True], ids=["", "and no other is to be had"])
def test_who_asks_for_what_hangs_in_a_plugin_is_answered_and_others_find_a_thread(
    dog: ByHand, code: Hanging, monkeypatch: pytest.MonkeyPatch, method: str, path: str, alone: bool
) -> None:
    """Its own thread cannot answer; who watches does, and has another one take its place."""
    hang = entered("odd", Path(__file__).parent, code.wait)

    def door(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == path:
            hang()
        return ok(environ, start)

    dispatcher = Dispatcher()
    dispatcher.set_thread_count(1 + alone)
    if alone:
        monkeypatch.setattr(dispatcher, "start_new_thread", full)
    open_ = Door(door, dispatcher)
    with open_.ask(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n".encode()) as lost:
        until(lambda: open_.turn() or code.inside.is_set())
        dog.call_back()
        dog.give_up()
        head, _, body = open_.heard(lost).decode().partition("\r\n\r\n")
        assert head.startswith("HTTP/1.1 503 Service Unavailable\r\n")
        assert all(f"{name}: {said}" in head for name, said in (*ALWAYS, RETRY))
        if method == "HEAD":
            assert body == ""
        else:
            assert "did not come back within 10 s; it was stopped, and nothing of it is saved" in body
            assert (json.loads(body)["code"] == "hung") if path.startswith("/api/") else "10秒没有办完" in body
    assert open_.healthy()
    code.free.set()
    until(lambda: len(dispatcher.threads) == 1 + alone and dispatcher.active_count == 0)
    assert open_.healthy(), "it came back, and nothing is left of that"
    dispatcher.shutdown()
    wasyncore.close_all(open_.server._map)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_who_is_known_to_read_one_language_is_answered_in_that_and_who_comes_after_in_both(
    dog: ByHand, code: Hanging, language: str
) -> None:
    hang = entered("odd", Path(__file__).parent, code.wait)

    def door(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/read":
            reads(environ, language)
            return ok(environ, start)
        if environ["PATH_INFO"] == "/start":
            reads(environ, language)
        hang()
        return ok(environ, start)

    dispatcher = Dispatcher()
    dispatcher.set_thread_count(2)
    open_ = Door(door, dispatcher)
    for path, said in (("/start", language), ("/unknown", "zh en")):
        code.inside.clear()
        with open_.ask(b"GET /read HTTP/1.1\r\nHost: localhost\r\n\r\n") as lost:
            assert open_.heard(lost).endswith(b"ok")
            lost.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            until(lambda: open_.turn() or code.inside.is_set())
            dog.call_back()
            dog.give_up()
            body = open_.heard(lost).decode().rpartition("\r\n\r\n")[2]
        assert ("zh" in said, "en" in said) == ("10秒没有办完" in body, "did not come back" in body)
    code.free.set()
    until(lambda: not dispatcher.lost and dispatcher.active_count == 0)
    dispatcher.shutdown()
    wasyncore.close_all(open_.server._map)


def test_the_server_ends_without_waiting_for_the_lost_and_says_how_many_end_with_it(
    dog: ByHand, code: Hanging, caplog: pytest.LogCaptureFixture
) -> None:
    hang = entered("odd", Path(__file__).parent, code.wait)

    def door(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        hang()
        return ok(environ, start)

    dispatcher = Dispatcher()
    dispatcher.set_thread_count(2)
    open_ = Door(door, dispatcher)
    with open_.ask(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") as lost:
        until(lambda: open_.turn() or code.inside.is_set())
        dog.call_back()
        dog.give_up()
        assert open_.heard(lost).startswith(b"HTTP/1.1 503 ")
    dispatcher.shutdown(timeout=threading.TIMEOUT_MAX)
    said = [record for record in caplog.records if "end with the process" in record.getMessage()]
    assert [(one.name, one.getMessage()) for one in said] == [
        ("rongtong.serve", "threads that end with the process: 1, lost in plugins: 1")
    ]
    code.free.set()
    until(lambda: not dispatcher.threads)
    wasyncore.close_all(open_.server._map)


@pytest.mark.parametrize("begun", [False, True], ids=["", "and something of the answer is on its way"])
@pytest.mark.parametrize("often", [1, 2], ids=["once", "twice"])
@pytest.mark.parametrize("alone", [False, True], ids=["", "and no other thread is to be had"])
def test_who_only_stood_by_is_answered_by_another_thread_from_the_beginning(
    dog: ByHand, code: Hanging, monkeypatch: pytest.MonkeyPatch, often: int, alone: bool, begun: bool
) -> None:
    """Somebody else's work hangs in their thread: nothing of theirs is saved, so it is asked for once more."""
    hang, came = entered("odd", Path(__file__).parent, code.wait), []

    def door(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/start":
            return ok(environ, start)
        came.append(environ["wsgi.input"].read(3))
        if begun:
            start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])(b"o")
        if len(came) <= often:
            with otherwise(lambda _: bystander()):
                hang()
        rest = environ["wsgi.input"].read()
        return () if begun else ok({**environ, "CONTENT_LENGTH": "0"}, start) if came[-1] + rest == b"form" else ()

    dispatcher = Dispatcher()
    dispatcher.set_thread_count(1)
    if alone:
        monkeypatch.setattr(dispatcher, "start_new_thread", full)
    open_ = Door(door, dispatcher)
    with open_.ask(b"POST /start HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nform") as guest:
        for _ in range(1 if alone or begun else often):
            until(lambda: open_.turn() or code.inside.is_set())
            code.inside.clear()
            dog.call_back()
            dog.give_up()
        said = open_.heard(guest)
    if begun:
        assert said.startswith(b"HTTP/1.1 200 OK"), "and it ends where it is"
        assert said.endswith(b"\r\n\r\no")
        assert came == [b"for"]
    elif alone or often == 2:
        assert said.startswith(b"HTTP/1.1 503 ")
        assert "再提交一次".encode() in said
        assert came == [b"for"] * (1 if alone else 2)
    else:
        assert said.startswith(b"HTTP/1.1 200 OK")
        assert came == [b"for", b"for"]
    code.free.set()
    until(lambda: not dispatcher.lost and dispatcher.active_count == 0)
    assert len(came) <= 2, "whoever comes back late goes on with nothing"
    assert open_.healthy()
    dispatcher.shutdown()
    wasyncore.close_all(open_.server._map)


def test_for_as_many_threads_as_are_lost_there_are_others_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.edge.dispatcher.LOST", 2)
    dispatcher = Dispatcher()
    dispatcher.set_thread_count(1)
    counted = []
    for change in (*[dispatcher.replace] * 3, *[dispatcher.back] * 3):
        with suppress(RuntimeError):
            change()
        counted.append(len(dispatcher.threads) - dispatcher.stop_count)
    assert counted == [2, 3, 3, 3, 2, 1]
    dispatcher.shutdown()


def test_where_no_thread_can_be_had_no_more_end_than_came(monkeypatch: pytest.MonkeyPatch) -> None:
    dispatcher = Dispatcher()
    dispatcher.set_thread_count(2)
    start, counted = dispatcher.start_new_thread, []
    for starts in (full, start, full):
        monkeypatch.setattr(dispatcher, "start_new_thread", starts)
        with suppress(RuntimeError):
            dispatcher.replace()
        counted.append(len(dispatcher.threads) - dispatcher.stop_count)
    for _ in range(3):
        dispatcher.back()
        counted.append(len(dispatcher.threads) - dispatcher.stop_count)
    assert counted == [2, 3, 3, 3, 3, 2]
    dispatcher.shutdown()


@pytest.mark.parametrize("most", [0, 64], ids=["too many are lost", "no other thread is to be had"])
def test_where_no_other_comes_who_only_stood_by_is_told_so_and_the_log_when_nothing_is_held(
    dog: ByHand, code: Hanging, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """The thread that is lost may have stopped in the log: who watches would wait for it, and keep all others waiting."""
    held: list[bool] = []
    told: list[str] = []

    class Looks(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(record.getMessage())
            held.append(hanging._LOCK.locked())

    monkeypatch.setattr(logging.getLogger("rongtong"), "handlers", [Looks()])
    monkeypatch.setattr("engine.edge.dispatcher.LOST", most)
    hang = entered("odd", Path(__file__).parent, code.wait)

    def door(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/start":
            with otherwise(lambda _: bystander()):
                hang()
        return ok(environ, start)

    dispatcher = Dispatcher()
    dispatcher.set_thread_count(1)
    if most:
        monkeypatch.setattr(dispatcher, "start_new_thread", full)
    open_ = Door(door, dispatcher)
    with open_.ask(b"POST /start HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n") as guest:
        until(lambda: open_.turn() or code.inside.is_set())
        dog.call_back()
        dog.give_up()
        assert open_.heard(guest).startswith(b"HTTP/1.1 503 ")
    assert any("only a new start helps" in text or "start new thread" in text for text in told)
    assert not any(held)
    code.free.set()
    until(lambda: not dispatcher.lost and dispatcher.active_count == 0)
    assert open_.healthy()
    dispatcher.shutdown()
    wasyncore.close_all(open_.server._map)


def test_where_nobody_is_there_to_be_answered_another_thread_comes_all_the_same(
    dog: ByHand, code: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    hang = entered("odd", Path(__file__).parent, code.wait)

    def door(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/start":
            hang()
        return ok(environ, start)

    def gone(*_: object) -> None:
        raise ClientDisconnected

    dispatcher = Dispatcher()
    dispatcher.set_thread_count(1)
    open_ = Door(door, dispatcher)
    with open_.ask(b"POST /start HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"):
        until(lambda: open_.turn() or code.inside.is_set())
        with monkeypatch.context() as patch:
            patch.setattr(Channel, "write_soon", gone)
            dog.call_back()
            dog.give_up()
    assert open_.healthy()
    code.free.set()
    until(lambda: not dispatcher.lost and dispatcher.active_count == 0)
    assert len(dispatcher.threads) == 1
    assert open_.healthy()
    dispatcher.shutdown()
    wasyncore.close_all(open_.server._map)
