"""The server with real sockets and a clock that the test sets: who is slow or comes many times harms nobody else."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from waitress import wasyncore

from engine.clock import SECOND, SetClock
from engine.edge import bounds
from engine.edge.answers import ALWAYS
from engine.edge.bounds import Bounds
from engine.edge.guard import Guard
from engine.edge.names import Names
from engine.edge.server import make_server

LIMITS = Bounds(connections=12, each=5, head=10 * SECOND, body=30 * SECOND, idle=60 * SECOND)
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def ok(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """A door that reads what it is sent."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
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
        guard = Guard(ok, Names(host="127.0.0.1"))
        self.server = make_server(guard, "127.0.0.1", 0, limits=LIMITS, spared=frozenset({"127.0.0.9"}),
                                  steady=self.clock.wall, dispatcher=self.later)  # fmt: skip
        self.guests: list[socket.socket] = []

    def come(self, sends: bytes = b"", address: str = "127.0.0.1") -> socket.socket:
        guest = socket.create_connection(("127.0.0.1", int(self.server.effective_port)), source_address=(address, 0))
        guest.settimeout(10)
        self.guests.append(guest)
        if sends:
            guest.sendall(sends)
        self.round()
        return guest

    def round(self, *, answering: bool = True) -> None:
        """Let everything arrive that was sent, be answered and be sent back."""
        for _ in range(6):
            self.server.next_channel_cleanup = 0
            wasyncore.loop(timeout=0.002, use_poll=True, map=self.server._map, count=1)
            while answering and self.later.tasks:
                self.later.tasks.pop(0).service()

    def ask(self, sends: bytes, address: str = "127.0.0.1") -> bytes:
        """What a guest who comes now and sends this gets."""
        return self.heard(self.come(sends, address))

    def heard(self, guest: socket.socket) -> bytes:
        self.round()
        guest.setblocking(False)
        said = b""
        try:
            while more := guest.recv(65536):
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


@pytest.fixture
def street() -> Iterator[Street]:
    made = Street()
    yield made
    for guest in made.guests:
        guest.close()
    wasyncore.close_all(made.server._map)


def test_half_sent_requests_of_one_address_keep_nobody_out_not_even_there(street: Street) -> None:
    slow = [street.come(b"GET / HTTP/1.1\r\nHost: loc") for _ in range(40)]
    assert b"200 OK" in street.ask(HEALTH)
    assert b"200 OK" in street.ask(HEALTH, "127.0.0.2")
    assert sum(not street.gone(one) for one in slow) < LIMITS.each


def test_many_addresses_together_keep_nobody_out(street: Street) -> None:
    for n in range(2, 9):
        for _ in range(LIMITS.each):
            street.come(b"GET /", f"127.0.1.{n}")
            assert len(street.server.active_channels) <= LIMITS.connections + 1
    assert b"200 OK" in street.ask(HEALTH)


def test_a_connection_that_is_being_answered_makes_room_for_nobody(street: Street) -> None:
    busy = [street.come() for _ in range(3)]
    for one in busy:
        one.sendall(HEALTH)
    street.round(answering=False)
    for _ in range(30):
        street.come(b"GET /")
    assert all(b"200 OK" in street.heard(one) for one in busy)


def test_a_proxy_may_hold_as_many_connections_as_there_are(street: Street) -> None:
    held = [street.come(b"GET /", "127.0.0.9") for _ in range(LIMITS.each + 3)]
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
    street: Street, head: bytes, status: int
) -> None:
    said = street.ask(head)
    assert said.startswith((b"HTTP/1.1 %d " % status, b"HTTP/1.0 %d " % status)), said[:200]
    answered = said.partition(b"\r\n\r\n")[0].decode().lower()
    assert [name for name, _ in ALWAYS if f"\r\n{name.lower()}: " not in answered] == []
    assert b"waitress" not in said


def test_what_is_sent_behind_a_refused_head_is_no_second_request(street: Street) -> None:
    inner = b"GET /inner HTTP/1.1\r\nHost: localhost\r\n\r\n"
    head = b"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert street.ask(head % len(inner) + inner).count(b"HTTP/1.") == 1


def test_a_head_s_answer_has_no_body(street: Street) -> None:
    said = street.ask(HEALTH.replace(b"GET", b"HEAD"))
    assert b"Content-Length: 2" in said
    assert said.endswith(b"\r\n\r\n")
