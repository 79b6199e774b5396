"""A server with real sockets and a clock that the test sets, and those who come to it."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Any

from waitress import wasyncore

from engine.clock import SECOND, SetClock
from engine.edge.bounds import Bounds
from engine.edge.guard import Guard
from engine.edge.names import Names
from engine.edge.proxies import proxies_in
from engine.edge.server import make_server

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
