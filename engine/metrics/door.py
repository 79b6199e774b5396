"""``/metrics``: the series of an installation, for whoever has the token of the settings and for nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hmac import compare_digest
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, request
from prometheus_client import CONTENT_TYPE_LATEST

from engine.clock import SystemClock
from engine.metrics.series import Series
from engine.operations.context import System

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

#: Where a request went, kept in its environment until it is answered.
_ENDPOINT: Final = "rongtong.endpoint"


def measure(app: Flask, system: System, token: str) -> None:
    """Count what *app* answers and what *system* does, and give it to whoever brings *token*."""
    series = Series(system)
    system.heard.append(series.command)
    app.before_request(_remember)
    app.add_url_rule("/metrics", "metrics", lambda: _told(series, token))
    app.wsgi_app = _measured(app.wsgi_app, series)  # type: ignore[method-assign]


def _remember() -> None:
    request.environ[_ENDPOINT] = request.endpoint or "nowhere"


def _told(series: Series, token: str) -> Response:
    kind, _, brought = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not compare_digest(brought.strip().encode(), token.encode()):
        return Response(status=401, headers={"WWW-Authenticate": "Bearer"})
    return Response(series.text(), content_type=CONTENT_TYPE_LATEST)


def _measured(answer: Callable[..., Iterable[bytes]], series: Series) -> Callable[..., Iterable[bytes]]:
    """*answer* with how long each request took until its answer begins to be sent; what the gate refuses is "gate"."""
    clock = SystemClock()

    def measured(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began, method, status = clock.steady(), environ["REQUEST_METHOD"], ["500"]

        def started(line: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            status[0] = line[:3]
            return start_response(line, headers, exc_info) if exc_info else start_response(line, headers)

        try:
            return answer(environ, started)
        finally:
            known = method if method in ("GET", "HEAD", "POST") else "other"
            series.request(environ.get(_ENDPOINT, "gate"), known, status[0], clock.steady() - began)

    return measured
