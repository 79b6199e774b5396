"""The one gate in front of all doors: which requests there are, what they may send, and what every answer carries."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from werkzeug.http import parse_date, parse_etags, parse_if_range_header, parse_range_header

from engine.definition.values.plain import is_digit, whole_number
from engine.edge import answers, bounds, watch
from engine.edge.answers import Refusal
from engine.edge.names import Names
from engine.edge.proxies import NOBODY, Proxies
from engine.logs import bound

if TYPE_CHECKING:
    from wsgiref.types import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

#: Asked by whoever watches, under whatever name or number the machine has for it.
PROBES: Final = frozenset({"/healthz", "/metrics"})
#: Numbers requests, for the log alone: unlike any other of this process.
_REQUESTS: Final = count(1)
_FORM: Final = "application/x-www-form-urlencoded"
#: The headers of conditions, parts and moments, with what the framework reads each of them by.
_READ_BY: Final[Mapping[str, Callable[[str | None], object]]] = {
    "HTTP_DATE": parse_date, "HTTP_IF_MODIFIED_SINCE": parse_date, "HTTP_IF_UNMODIFIED_SINCE": parse_date,
    "HTTP_IF_RANGE": parse_if_range_header, "HTTP_RANGE": parse_range_header,
    "HTTP_IF_MATCH": parse_etags, "HTTP_IF_NONE_MATCH": parse_etags,
}  # fmt: skip


def body_refusal(method: str, path: str, headers: Mapping[str, Any]) -> Refusal | None:
    """Why the body of a request is not read at all, told by its *headers* as WSGI names them, without ``HTTP_``."""
    if "TRANSFER_ENCODING" in headers:
        return answers.SMUGGLED if headers.get("CONTENT_LENGTH") else answers.LENGTH
    length = str(headers.get("CONTENT_LENGTH") or "0")
    if not all(map(is_digit, length)):
        return answers.SMUGGLED
    most = bounds.largest(method, path, known=bool(headers.get("COOKIE")))
    return answers.LARGE if whole_number(length, most) is None else None


@dataclass(frozen=True)
class Guard:
    """The application *inner* behind the gate, under *names*; of *proxies* the word on who asks counts.

    Only POST writes: a HEAD is asked of the doors as the GET that it is, and answered without a body.
    """

    inner: WSGIApplication
    names: Names
    proxies: Proxies = NOBODY

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, of which each line of the log says which one it belongs to."""
        with bound(request=f"{os.getpid():x}-{next(_REQUESTS):x}"):
            return self._answer(environ, start_response)

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        headed = self._headed(start_response)
        asker = self.proxies.asker(environ.get("REMOTE_ADDR", ""), environ.get("HTTP_X_FORWARDED_FOR", ""))
        environ["REMOTE_ADDR"] = asker
        _forget_unreadable(environ)
        refusal = self._refusal(environ)
        if refusal is not None:
            watch.log_turned_away(refusal.code, asker)
            return _say(refusal, environ, headed)
        only_head = environ["REQUEST_METHOD"] == "HEAD"
        if only_head:
            environ["REQUEST_METHOD"] = "GET"
        answer = self.inner(environ, headed)
        if not only_head:
            return answer
        if (close := getattr(answer, "close", None)) is not None:
            close()
        return ()

    def _refusal(self, environ: WSGIEnvironment) -> Refusal | None:
        method, path, host = environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""), environ.get("HTTP_HOST", "")
        if method != method.upper():
            return answers.METHOD  # the doors would take it for what it only looks like
        if path not in PROBES and not self.names.asked(host):
            return answers.HOST
        origin = environ.get("HTTP_ORIGIN") if method not in ("GET", "HEAD", "OPTIONS") else None
        if origin is not None and not self.names.sent_from(origin, host):
            return answers.ORIGIN
        sent = {name: environ[f"HTTP_{name}"] for name in ("TRANSFER_ENCODING", "COOKIE") if f"HTTP_{name}" in environ}
        sent["CONTENT_LENGTH"] = environ.get("CONTENT_LENGTH", "")
        return body_refusal(method, path, sent) or _taken_in(environ)

    def _headed(self, start_response: StartResponse) -> StartResponse:
        def headed(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            full = answers.headed(headers, int(status[:3]), https=self.names.https)
            return start_response(status, full, exc_info) if exc_info else start_response(status, full)

        return headed


def _forget_unreadable(environ: WSGIEnvironment) -> None:
    """Leave out a condition or a moment that cannot be read, as HTTP has it; the framework would break on some."""
    for name, read in _READ_BY.items():
        try:
            read(environ.get(name))
        except Exception:
            del environ[name]


def _taken_in(environ: WSGIEnvironment) -> Refusal | None:
    """Read the body whole, and refuse one that was cut off: some servers hand over what came, as if it were all.

    So is a form of more inputs than any page of ours has, before each is read into a table.
    """
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = _read(environ["wsgi.input"], length) if length else b""
    if len(body) < length:
        return answers.CUT
    environ["wsgi.input"] = BytesIO(body)
    is_form = environ.get("CONTENT_TYPE", "").lower().startswith(_FORM)
    return answers.LARGE if is_form and body.count(b"&") >= bounds.FIELDS else None


def _read(sent: InputStream, length: int) -> bytes:
    """At most *length* bytes of what was *sent*: as many as came before its end, or before the connection broke."""
    body = bytearray()
    with suppress(OSError):
        while len(body) < length and (more := sent.read(length - len(body))):
            body += more
    return bytes(body)


def _say(refusal: Refusal, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    headers, body = refusal.written(as_json=environ.get("PATH_INFO", "").startswith("/api/"))
    start_response(refusal.line, headers)
    return () if environ["REQUEST_METHOD"] == "HEAD" else (body,)
