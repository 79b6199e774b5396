"""The server that faces the network: waitress, with the bounds of its own that keep one visitor from taking it all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from socket import SHUT_RDWR
from typing import TYPE_CHECKING, Any, Final

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import MultiSocketServer, TcpWSGIServer
from waitress.task import ErrorTask

from engine.addresses import counted_as
from engine.clock import Micros, SystemClock
from engine.edge import answers, bounds, watch
from engine.edge.bounds import Bounds
from engine.edge.dispatcher import Dispatcher
from engine.edge.guard import body_refusal
from engine.edge.proxies import NOBODY, Proxies
from engine.edge.reader import Task
from engine.hanging import GivenUp
from engine.otherwise import otherwise
from engine.store.transactions.failures import Bystander

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

#: Threads that answer requests.
THREADS: Final = 8


class RefusedRequest:
    """A refusal of ours as waitress answers errors."""

    def __init__(self, refusal: answers.Refusal, *, as_json: bool) -> None:
        self.code_word = refusal.code
        self._refusal, self._as_json = refusal, as_json

    def to_response(self, _ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        """Status, headers and body."""
        headers, body = self._refusal.written(as_json=self._as_json)
        return self._refusal.line, [one for one in headers if one[0] != "Content-Length"], body


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """Reads a request; one whose body is refused ends with its head, before a byte of the body is kept."""

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head."""
        encoded = _names_encoding(header_plus)
        try:
            super().parse_header(header_plus)
        except ValueError:  # a length of more digits than Python reads
            raise ParsingError("Content-Length is invalid") from None
        path = self.path.removeprefix(self.adj.url_prefix)
        said = {**self.headers, **({"TRANSFER_ENCODING": "chunked"} if encoded else {})}
        refusal = body_refusal(self.command, path, said)
        if refusal is not None:
            self.error = RefusedRequest(refusal, as_json=path.startswith("/api/"))
            self.body_rcv, self.content_length = None, 0
            self.expect_continue = False


def _names_encoding(head: bytes) -> bool:
    return any(line.partition(b":")[0].lower() == b"transfer-encoding" for line in head.split(b"\r\n"))


class Refusing(ErrorTask):  # type: ignore[misc]
    """What is refused by its head alone is logged as the gate does, and carries the headers of every answer."""

    def execute(self) -> None:
        """Answer."""
        fault, forwarded = self.request.error, self.request.headers.get("X_FORWARDED_FOR", "")
        code = fault.code_word if isinstance(fault, RefusedRequest) else f"http_{fault.code}"
        watch.log_turned_away(code, self.channel.server.proxies.asker(self.channel.addr[0], forwarded))
        self.response_headers.extend(answers.ALWAYS)
        super().execute()


class Channel(HTTPChannel):  # type: ignore[misc]
    """One connection. ``since`` is when it last got anywhere: it was opened, or a request was whole or answered;
    ``holder`` is the address under which it counts.

    Whoever sends the next request before the answer to the one before gets that answer and the end, as HTTP allows:
    answers that nobody takes would pile up, and in the end keep the threads that give them.
    """

    parser_class = Parser
    task_class, error_task_class = Task, Refusing

    def __init__(self, server: Server, *args: Any, **named: Any) -> None:
        self.since: Micros = server.steady()
        self._taken, self._mark, self._before = 0, (self.since, 0), 0
        self._again: HTTPRequestParser | None = None
        super().__init__(server, *args, **named)
        peer = self.addr[0]
        self.holder = peer if peer in server.proxies else counted_as(peer)

    def received(self, data: bytes) -> bool:
        """Take in what has arrived."""
        before = self.request
        taken: bool = super().received(data)
        if before is None or self.request is not before:
            self.since = self.server.steady()
        return taken

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Hand over as much of an answer as is taken, and say how much."""
        sent: int = super().send(data, do_close)
        self._taken += sent
        return sent

    def service(self) -> None:
        """Answer the request that is whole."""
        with self.requests_lock:
            if len(self.requests) > 1:
                self.requests[0].headers["CONNECTION"] = "close"
        self._before, self.reader = self._taken, dict[str, str]()
        lost: list[Exception] = []
        try:
            with suppress(GivenUp), otherwise(partial(self._given_up, lost)):
                super().service()
        finally:
            if lost:
                self.server.task_dispatcher.back()
        if not lost:  # else it is somebody else's by now
            self.since = self.server.steady()
            self._mark = (self.since, self._taken)

    def _given_up(self, lost: list[Exception], fault: Exception) -> Exception:
        """The thread that answers hangs in a plugin: say so, and let another thread answer others.

        Who only stood by, as a request of somebody else's hung in their thread, is answered by that other one.
        """
        lost.append(fault)
        try:
            self.server.task_dispatcher.replace()
        except RuntimeError:
            self._answer_in_its_place(fault)
            raise
        if isinstance(fault, Bystander) and self._begin_anew():
            self.server.add_task(self)
        else:
            self._answer_in_its_place(fault)
        return fault

    def _begin_anew(self) -> bool:
        """Have the request as it came, once; whether it may be answered from its beginning."""
        with self.requests_lock:
            asked = self.requests[0]
            if asked is self._again or self._answers:
                return False
            self._again = asked
            asked.get_body_stream().seek(0)
        return True

    @property
    def _answers(self) -> bool:
        """Whether something of the answer is on its way already."""
        return bool(self.total_outbufs_len) or self._taken != self._before

    def _answer_in_its_place(self, fault: Exception) -> None:
        """Answer for the thread that is lost. While the request stands there, the loop of the server sends nothing."""
        asked = self.requests[0]
        try:
            if not self._answers:
                path = asked.path.removeprefix(self.server.adj.url_prefix)
                reads, whole = self.reader.get("language", ""), asked.command != "HEAD"
                said = answers.hung(fault, as_json=path.startswith("/api/"), whole=whole, language=reads)
                self.write_soon(said)
        finally:
            with self.requests_lock:
                self.requests.clear()
            self.close_when_flushed = True
            self.server.pull_trigger()

    @property
    def waits(self) -> bool:
        """Whether nobody works for it and no answer is on its way: it is idle, or still sending its request."""
        return not (self.requests or self.will_close or self.total_outbufs_len)

    def overdue(self, now: Micros, limits: Bounds) -> bool:
        """Whether it has taken longer than it may over what it sends, or over what it is sent."""
        if self.total_outbufs_len:
            return self._untaken(now, limits)
        self._mark = (now, self._taken)
        if not self.waits:
            return False
        if self.request is None:
            return now - self.since >= limits.idle
        return now - self.since >= (limits.body if self.request.headers_finished else limits.head)

    def leave(self) -> None:
        """Have the next round close it, when its turn comes there: until then nobody else may get its number.

        To be shut makes its socket ready, even one whose answer nobody takes.
        """
        self.will_close = True
        with suppress(OSError):  # the other side was quicker
            self.socket.shutdown(SHUT_RDWR)

    def _untaken(self, now: Micros, limits: Bounds) -> bool:
        """Whether an answer is taken so slowly that nobody can be waiting for it."""
        since, taken = self._mark
        if now - since < limits.taking:
            return False
        self._mark = (now, self._taken)
        return self._taken - taken < bounds.LEAST_TAKEN


class Server(TcpWSGIServer):  # type: ignore[misc]
    """Waitress over one socket. Where an address, or all together, have as many connections as there may be, the one
    that has got nowhere for longest makes room: of that address, or of the one that holds most. An answer that is being
    given makes room for nobody, and ends where nobody takes it: so where all together are too many, whoever has just
    come has the time of a head before it is their turn, unless one address more than that is held.
    """

    channel_class = Channel

    def __init__(self, *args: Any, limits: Bounds, proxies: Proxies, steady: Callable[[], Micros],
                 **named: Any) -> None:  # fmt: skip
        self.limits, self.proxies, self.steady = limits, proxies, steady
        super().__init__(*args, **named)

    def maintenance(self, now: float) -> None:
        """Close what takes too long."""
        super().maintenance(now)
        steady = self.steady()
        for channel in self.active_channels.values():
            if channel.overdue(steady, self.limits):
                channel.leave()

    def handle_accept(self) -> None:
        """Take a new connection, and keep the bounds."""
        super().handle_accept()
        held = self._by_holder()
        for holder, channels in held.items():
            if len(channels) > self.limits.each and holder not in self.proxies:
                _make_room(channels)
        over = sum(map(len, held.values())) - self.limits.connections
        if over > 0:
            had_time = self.steady() - self.limits.head if over <= self.limits.each else None
            most_first = sorted(held.values(), key=len, reverse=True)
            any(_make_room(channels, had_time) for channels in most_first)  # the first that can

    def _by_holder(self) -> dict[str, list[Channel]]:
        held: dict[str, list[Channel]] = {}
        for channel in self.active_channels.values():
            if not channel.will_close:
                held.setdefault(channel.holder, []).append(channel)
        return held


def _make_room(channels: list[Channel], before: Micros | None = None) -> bool:
    """End the connection that has got nowhere for longest, and since *before*; whether there is one.

    Those to which an answer is owed are none of them.
    """
    waiting = [channel for channel in channels if channel.waits and (before is None or channel.since <= before)]
    if waiting:
        min(waiting, key=lambda channel: channel.since).leave()
    return bool(waiting)


def make_server(
    app: WSGIApplication, host: str, port: int, *, prefix: str = "", limits: Bounds | None = None,
    proxies: Proxies = NOBODY, steady: Callable[[], Micros] | None = None, dispatcher: Any = None,
) -> Any:  # fmt: skip
    """A server of *app*, not yet running; *prefix* is the path of the public address.

    From *proxies* everybody comes, so they are spared the bound of an address. *steady* is a clock that nobody can set.
    Threads answer, unless another *dispatcher* is given.
    """
    limits = limits or Bounds()
    settings = Adjustments(
        host=host, port=port, threads=THREADS, ident=None, url_prefix=prefix, cleanup_interval=1,
        # More than there ever are: at its limit waitress stops to listen, and who comes next waits behind the slow.
        connection_limit=limits.connections + limits.each + 100, max_request_header_size=bounds.HEAD,
        max_request_body_size=bounds.FORM_READ + 1, asyncore_use_poll=True,
        clear_untrusted_proxy_headers=False,  # the gate knows whose word counts
    )  # fmt: skip
    settings.connection_limit *= len(settings.listen)  # each socket has bounds of its own
    if dispatcher is None:
        dispatcher = Dispatcher()
        dispatcher.set_thread_count(settings.threads)
    sockets: dict[int, Any] = {}
    servers = [
        Server(app, sockets, dispatcher=dispatcher, adj=settings, sockinfo=one, limits=limits, proxies=proxies,
               steady=steady or SystemClock().steady)
        for one in settings.listen
    ]  # fmt: skip
    if len(servers) == 1:
        return servers[0]
    listening = [(one.effective_host, one.effective_port) for one in servers]
    return MultiSocketServer(sockets, settings, listening, dispatcher)
