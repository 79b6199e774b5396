"""The server with real sockets and a clock that the test sets: who is slow or comes many times harms nobody else."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from waitress import wasyncore

from engine.clock import SECOND, SetClock
from engine.edge import bounds
from engine.edge.answers import ALWAYS, RETRY
from engine.edge.bounds import Bounds
from engine.edge.guard import Guard
from engine.edge.names import Names
from engine.edge.proxies import proxies_in
from engine.edge.server import Dispatcher, make_server
from engine.extend.entering import entered
from tests.bounded import until
from tests.hanging import ByHand, Hanging

LIMITS = Bounds(connections=12, each=5, head=10 * SECOND, body=30 * SECOND, idle=60 * SECOND, taking=40 * SECOND)
PROXIES = proxies_in("127.0.9.0/24")
#: Bytes of an answer that no kernel keeps for somebody who does not read it.
MUCH = 15_000_000
DOWNLOAD = b"GET /much HTTP/1.1\r\nHost: localhost\r\n\r\n"
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def ok(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """A door that reads what it is sent, and gives much where it is asked for it."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if environ["PATH_INFO"] == "/much":
        body = bytes(MUCH)
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body) + 2))])
    return (b"ok" + body,)


class Later:
    """Answers when the test says so, in its own thread."""

    def __init__(self) -> None:
        self.tasks: list[Any] = []

    def add_task(self, task: Any) -> None:
        self.tasks.append(task)

    def shutdown(self) -> None:
        self.tasks.clear()


class Street:
    """A server and those who come to it; nothing happens but in a round."""

    def __init__(self) -> None:
        self.clock, self.later = SetClock(0), Later()
        guard = Guard(ok, Names(host="127.0.0.1"), PROXIES)
        self.server = make_server(guard, "127.0.0.1", 0, limits=LIMITS, proxies=PROXIES,
                                  steady=self.clock.wall, dispatcher=self.later)  # fmt: skip
        self.guests: list[socket.socket] = []

    def guest(self, sends: bytes, address: str) -> socket.socket:
        guest = socket.create_connection(("127.0.0.1", int(self.server.effective_port)), source_address=(address, 0))
        guest.settimeout(10)
        self.guests.append(guest)
        if sends:
            guest.sendall(sends)
        return guest

    def come(self, sends: bytes = b"", address: str = "127.0.0.1") -> socket.socket:
        guest = self.guest(sends, address)
        self.round()
        return guest

    def come_meanwhile(self, sends: bytes, address: str = "127.0.0.1") -> socket.socket:
        """Come in the middle of a round: the server has looked at its connections no more than once since."""
        guest = self.guest(sends, address)
        self.turn()
        return guest

    def turn(self) -> None:
        """Let the server look at its connections once."""
        self.server.next_channel_cleanup = 0
        wasyncore.loop(timeout=0.002, use_poll=True, map=self.server._map, count=1)

    def round(self, *, answering: bool = True) -> None:
        """Let everything arrive that was sent, be answered and be sent back."""
        for _ in range(6):
            self.turn()
            while answering and self.later.tasks:
                self.later.tasks.pop(0).service()

    def ask(self, sends: bytes, address: str = "127.0.0.1") -> bytes:
        """What a guest who comes now and sends this gets."""
        return self.heard(self.come(sends, address))

    def drained(self, guest: socket.socket) -> bytes:
        """All that a guest gets who goes on until there is no more."""
        said = b""
        while more := self.heard(guest):
            said += more
        return said

    def gone_after_all(self, guest: socket.socket) -> bool:
        """Whether the server has closed the connection before all of a long answer was taken."""
        return len(self.drained(guest)) < MUCH

    def heard(self, guest: socket.socket, most: int = 1 << 30) -> bytes:
        self.round()
        guest.setblocking(False)
        said = b""
        try:
            while len(said) < most and (more := guest.recv(min(65536, most))):
                said += more
        except (BlockingIOError, ConnectionResetError):
            pass
        guest.setblocking(True)
        return said

    def gone(self, guest: socket.socket) -> bool:
        """Whether the server has closed the connection."""
        self.round()
        guest.setblocking(False)
        try:
            return guest.recv(1) == b""
        except BlockingIOError:
            return False
        except ConnectionResetError:
            return True
        finally:
            guest.setblocking(True)


class Narrow:
    """A line that takes only so many bytes as it has been let."""

    def __init__(self, end: socket.socket) -> None:
        self.free, self._end = 0, end

    def send(self, data: bytes) -> int:
        if not self.free:
            return 0
        sent = self._end.send(data[: self.free])
        self.free -= sent
        return sent

    def __getattr__(self, name: str) -> Any:
        return getattr(self._end, name)


@pytest.fixture
def street() -> Iterator[Street]:
    made = Street()
    yield made
    for guest in made.guests:
        guest.close()
    for channel in tuple(made.server.active_channels.values()):
        channel.handle_close()
    wasyncore.close_all(made.server._map)


def test_half_sent_requests_of_one_address_keep_nobody_out_not_even_there(street: Street) -> None:
    slow = [street.come(b"GET / HTTP/1.1\r\nHost: loc") for _ in range(40)]
    assert b"200 OK" in street.ask(HEALTH)
    assert b"200 OK" in street.ask(HEALTH, "127.0.0.2")
    assert sum(not street.gone(one) for one in slow) < LIMITS.each


def test_all_addresses_of_one_network_of_ipv6_have_the_bound_of_one(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept, hosts = street.server.accept, iter([f"2001:db8:0:7::{n}" for n in range(1, 9)] + ["2001:db8:0:8::1"])
    monkeypatch.setattr(street.server, "accept", lambda: (accept()[0], (next(hosts), 1)))
    held = [street.come(b"GET /") for _ in range(9)]
    assert [street.gone(one) for one in held] == [True] * 3 + [False] * 6


def test_many_addresses_together_keep_nobody_out(street: Street) -> None:
    for n in range(2, 9):
        for _ in range(LIMITS.each):
            street.come(b"GET /", f"127.0.1.{n}")
            assert len(street.server.active_channels) <= LIMITS.connections + LIMITS.each + 1
    assert b"200 OK" in street.ask(HEALTH)


def test_whoever_comes_while_another_is_put_out_keeps_the_connection(street: Street) -> None:
    """The one that is put out frees the number of its socket, and the newcomer is the next who gets a number."""
    half = b"GET / HTTP/1.1\r\nHost: loc"
    for _ in range(LIMITS.each):
        street.come(half)
    for _ in range(8):
        street.come_meanwhile(half)
        newcomer = street.come_meanwhile(HEALTH, "127.0.0.2")
        assert b"200 OK" in street.heard(newcomer)
        newcomer.close()


def test_whoever_comes_while_an_answer_that_nobody_takes_ends_keeps_the_connection(street: Street) -> None:
    for _ in range(3):
        street.come(DOWNLOAD)
        street.clock.advance(LIMITS.taking)
        street.turn()
        newcomer = street.come_meanwhile(HEALTH, "127.0.0.2")
        assert b"200 OK" in street.heard(newcomer)
        newcomer.close()


def test_a_connection_that_is_being_answered_makes_room_for_nobody(street: Street) -> None:
    busy = [street.come() for _ in range(3)]
    for one in busy:
        one.sendall(HEALTH)
    street.round(answering=False)
    for _ in range(30):
        street.come(b"GET /")
    assert all(b"200 OK" in street.heard(one) for one in busy)


def test_an_answer_that_is_being_taken_makes_room_for_nobody(street: Street) -> None:
    slow = street.come(DOWNLOAD)
    for _ in range(LIMITS.each + 3):
        street.come(b"GET /")
        street.come(HEALTH)
    assert len(street.drained(slow)) > MUCH


def test_whoever_takes_no_answer_fills_no_more_than_an_address_may_and_not_for_long(street: Street) -> None:
    for _ in range(LIMITS.each * 3):
        street.come(DOWNLOAD)
    assert len(street.server.active_channels) <= LIMITS.each
    assert b"200 OK" in street.ask(HEALTH, "127.0.0.2")
    street.clock.advance(LIMITS.taking)
    street.round()
    assert b"200 OK" in street.ask(HEALTH)


def test_addresses_full_of_answers_that_nobody_takes_do_not_let_the_server_hold_more_than_it_may(street: Street) -> None:
    for n in range(2, 8):
        for _ in range(LIMITS.each):
            street.come(DOWNLOAD, f"127.0.1.{n}")
    assert len(street.server.active_channels) <= LIMITS.connections + LIMITS.each
    street.clock.advance(LIMITS.taking)
    street.round()
    assert b"200 OK" in street.ask(HEALTH)


def test_where_all_is_held_by_answers_that_nobody_takes_whoever_comes_has_the_time_of_a_head(street: Street) -> None:
    for n in range(2, 6):
        for _ in range(3):
            street.come(DOWNLOAD, f"127.0.1.{n}")
    assert len(street.server.active_channels) == LIMITS.connections
    quick, slow = street.come(address="127.0.0.2"), street.come(address="127.0.0.3")
    quick.sendall(HEALTH)
    assert b"200 OK" in street.heard(quick)
    street.clock.advance(LIMITS.head)
    street.come(HEALTH, "127.0.0.4")
    assert [street.gone(one) for one in (quick, slow)].count(True) == 1


def test_an_answer_lasts_as_long_as_it_is_taken(street: Street) -> None:
    slow, still = street.come(DOWNLOAD), street.come(DOWNLOAD, "127.0.0.2")
    taken = 0
    for _ in range(8):
        street.clock.advance(LIMITS.taking // 2)
        taken += len(street.heard(slow, most=bounds.LEAST_TAKEN * 20))
        street.round()
    assert street.gone_after_all(still)
    assert taken + len(street.drained(slow)) > MUCH


@pytest.mark.parametrize(("each", "ends"), [(bounds.LEAST_TAKEN // 5, True), (bounds.LEAST_TAKEN // 4, False)])
def test_an_answer_that_trickles_ends(street: Street, each: int, ends: bool) -> None:
    slow = street.come()
    (channel,) = street.server.active_channels.values()
    channel.socket = line = Narrow(channel.socket)
    slow.sendall(DOWNLOAD)
    street.round()
    for _ in range(12):
        line.free += each
        street.round()
        street.clock.advance(LIMITS.taking // 4)
    line.free = MUCH * 2
    assert street.gone_after_all(slow) is ends


def test_an_answer_of_which_much_was_taken_ends_where_no_more_is(street: Street) -> None:
    stalls = street.come()
    (channel,) = street.server.active_channels.values()
    channel.socket = line = Narrow(channel.socket)
    stalls.sendall(DOWNLOAD)
    street.round()
    line.free = MUCH // 4
    for _ in range(2):
        street.round()
        street.clock.advance(LIMITS.taking)
    line.free = MUCH * 2
    assert street.gone_after_all(stalls)


def test_who_sends_the_next_request_before_the_answer_gets_one_answer_and_the_end(street: Street) -> None:
    said = street.ask(HEALTH * 50)
    assert said.count(b"HTTP/1.") == 1
    assert b"Connection: close" in said
    guest = street.come(HEALTH)
    assert street.heard(guest).count(b"HTTP/1.") == 1
    guest.sendall(HEALTH)
    assert street.heard(guest).count(b"HTTP/1.") == 1


def test_a_proxy_may_hold_as_many_connections_as_there_are(street: Street) -> None:
    held = [street.come(b"GET /", "127.0.9.9") for _ in range(LIMITS.each + 3)]
    assert not any(street.gone(one) for one in held)


def test_a_head_has_its_time_however_steadily_it_trickles(street: Street) -> None:
    slow = street.come(b"GET / HT")
    for _ in range(9):
        street.clock.advance(SECOND)
        slow.sendall(b"x")
        assert not street.gone(slow)
    street.clock.advance(SECOND)
    assert street.gone(slow)


def test_a_body_has_its_time_and_is_taken_when_it_comes_in_it(street: Street) -> None:
    head = b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n"
    quick, slow = street.come(head), street.come(head)
    for _ in range(3):
        street.clock.advance(9 * SECOND)
        slow.sendall(b"x")
        street.round()
    quick.sendall(b"four")
    assert b"okfour" in street.heard(quick)
    street.clock.advance(3 * SECOND)
    assert street.gone(slow)


def test_a_connection_without_a_request_is_kept_for_a_while(street: Street) -> None:
    used, fresh = street.come(HEALTH), street.come()
    assert b"200 OK" in street.heard(used)
    street.clock.advance(LIMITS.idle - 1)
    assert not street.gone(used)
    assert not street.gone(fresh)
    street.clock.advance(1)
    assert street.gone(used)
    assert street.gone(fresh)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300000000\r\n\r\n", 413),
        (b"POST /login HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 300000000\r\n\r\n", 413),
        (b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % (bounds.PRESS + 1), 413),
        (b"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", 400),
        (b"POST /api/v1/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % (bounds.JSON + 1), 413),
        (b"POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (b"POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"POST /a HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (b"POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400),
        (b"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400),
        (b"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\nhello", 400),
        (b"GET /a HTTP/1.1\r\n\r\n", 400),
        (b"GET /a HTTP/1.1\r\nHost: localhost\r\nHost: evil.test\r\n\r\n", 400),
        (b"GET /a HTTP/1.1\r\nHost: evil.test\r\n\r\n", 400),
        (b"GET /a HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * bounds.HEAD + b"\r\n\r\n", 431),
        (b"GET /a HTTP/1.1\r\nHost : localhost\r\n\r\n", 400),
        (b"get /a HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    ],
)  # fmt: skip
def test_what_is_no_request_of_ours_is_refused_by_its_head_with_the_headers_of_every_answer(
    street: Street, head: bytes, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    said = street.ask(head)
    lines = [one.getMessage() for one in caplog.records if one.name == "rongtong.security"]
    assert len(lines) == 1
    assert re.fullmatch(r"refused (http_\d{3}|host|length|length_twice) from 127\.0\.0\.1", lines[0])
    assert said.startswith((b"HTTP/1.1 %d " % status, b"HTTP/1.0 %d " % status)), said[:200]
    answered = said.partition(b"\r\n\r\n")[0].decode().lower()
    assert [name for name, _ in ALWAYS if f"\r\n{name.lower()}: " not in answered] == []
    assert b"waitress" not in said


@pytest.mark.parametrize("head", [
    b"GET /a HTTP/1.1\r\nHost: evil.test\r\n", b"POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n",
    b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300000000\r\n",
])  # fmt: skip
@pytest.mark.parametrize(
    ("peer", "forwarded", "asks"),
    [
        ("127.0.9.9", b"1.2.3.4, 6.6.6.6", "6.6.6.6"), ("127.0.9.9", b"::ffff:6.6.6.6", "::ffff:6.6.6.6"),
        ("127.0.9.9", b"who?", "127.0.9.9"), ("127.0.0.1", b"6.6.6.6", "127.0.0.1"),
    ],
)  # fmt: skip
def test_a_refusal_is_logged_with_the_address_that_asks(
    street: Street, caplog: pytest.LogCaptureFixture, head: bytes, peer: str, forwarded: bytes, asks: str
) -> None:
    street.ask(head + b"X-Forwarded-For: " + forwarded + b"\r\n\r\n", peer)
    lines = [one.getMessage() for one in caplog.records if one.name == "rongtong.security"]
    assert [line.rpartition(" ")[2] for line in lines] == [asks]


def test_what_is_sent_behind_a_refused_head_is_no_second_request(street: Street) -> None:
    inner = b"GET /inner HTTP/1.1\r\nHost: localhost\r\n\r\n"
    head = b"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert street.ask(head % len(inner) + inner).count(b"HTTP/1.") == 1


def test_a_head_s_answer_has_no_body(street: Street) -> None:
    said = street.ask(HEALTH.replace(b"GET", b"HEAD"))
    assert b"Content-Length: 2" in said
    assert said.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(("method", "path"), [("POST", "/start"), ("POST", "/api/v1/start"), ("HEAD", "/start")])
def test_who_asks_for_what_hangs_in_a_plugin_is_answered_and_others_find_a_thread(
    dog: ByHand, code: Hanging, method: str, path: str
) -> None:
    """Its own thread cannot answer; who watches does, and has another one take its place."""
    hang = entered("odd", Path(__file__).parent, code.wait)

    def door(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == path:
            hang()
        return ok(environ, start)

    dispatcher = Dispatcher()
    dispatcher.set_thread_count(1)
    server = make_server(door, "127.0.0.1", 0, dispatcher=dispatcher)

    def ask(sends: bytes) -> socket.socket:
        guest = socket.create_connection(("127.0.0.1", int(server.effective_port)))
        guest.sendall(sends)
        return guest

    def heard(guest: socket.socket) -> bytes:
        guest.settimeout(0.001)
        said = bytearray()

        def ended() -> bool:
            wasyncore.loop(timeout=0.001, use_poll=True, map=server._map, count=1)
            with suppress(TimeoutError):
                more = guest.recv(65_536)
                said.extend(more)
                return not more or said.endswith(b"ok")
            return False

        until(ended)
        return bytes(said)

    with ask(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n".encode()) as lost:
        until(lambda: wasyncore.loop(timeout=0.001, use_poll=True, map=server._map, count=1) or code.inside.is_set())
        dog.call_back()
        dog.give_up()
        head, _, body = heard(lost).decode().partition("\r\n\r\n")
        assert head.startswith("HTTP/1.1 503 Service Unavailable\r\n")
        assert all(f"{name}: {said}" in head for name, said in (*ALWAYS, RETRY))
        if method == "HEAD":
            assert body == ""
        else:
            assert "did not come back within 10 s; it was stopped, and nothing of it is saved" in body
            assert (json.loads(body)["code"] == "hung") if path.startswith("/api/") else "10秒没有办完" in body
    with ask(HEALTH) as next_one:
        assert heard(next_one).startswith(b"HTTP/1.1 200 OK")
    code.free.set()
    until(lambda: len(dispatcher.threads) == 1 and dispatcher.active_count == 0)
    with ask(HEALTH) as next_one:
        assert heard(next_one).startswith(b"HTTP/1.1 200 OK"), "it came back, and nothing is left of that"
    dispatcher.shutdown()
    wasyncore.close_all(server._map)


def test_for_as_many_threads_as_are_lost_there_are_others_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.edge.server.LOST", 2)
    dispatcher = Dispatcher()
    dispatcher.set_thread_count(1)
    counted = []
    for change in (*[dispatcher.replace] * 3, *[dispatcher.back] * 3):
        change()
        counted.append(len(dispatcher.threads) - dispatcher.stop_count)
    assert counted == [2, 3, 3, 3, 2, 1]
    dispatcher.shutdown()
