"""The CPU of one page, from the request to the packed answer, on the demo's data: an inbox, and a task of it."""

from __future__ import annotations

import gc
import gzip
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
from flask import Flask, Response
from flask.testing import FlaskClient

from benchmarks.figure import Figure, cpu_each, figure, in_turn
from benchmarks.places import Place
from benchmarks.whole import demo_of
from engine.app import Options, create_app, open_system
from engine.cli import options
from engine.cli.personas import stage

#: So many requests are made in so many batches, of which the cheapest counts.
_TIMES, _BATCHES = 400, 40
#: So many requests fill what is kept, and so many more must add next to nothing.
_FIRST, _MORE = 5_000, 30_000
_TAKES = {"Accept-Encoding": "gzip"}
_TASK = re.compile(r'class="subject" href="(/[^"#]*)"')


def inbox_page(place: Place, runs: int) -> Figure:
    """An inbox: of the demo's personas, whose is the longest. Raw is the same page, sent by the bare framework."""
    return _page("inbox_page", place, runs, lambda address, _: address)


def task_page(place: Place, runs: int) -> Figure:
    """The first task of that inbox, with its form, its evidence and its case."""
    return _page("task_page", place, runs, lambda _, tasks: tasks[0])


def _page(name: str, place: Place, runs: int, chosen: Callable[[str, list[str]], str]) -> Figure:
    with _desk(place) as (client, inbox):
        path = chosen(inbox, _TASK.findall(client.get(inbox).text))
        raw = _bare(client.get(path).text)

        def ours() -> None:
            _seen(client, path)

        ours()
        pairs = in_turn(
            lambda: cpu_each(ours, _TIMES, _BATCHES), lambda: cpu_each(lambda: _seen(raw, "/"), _TIMES, _BATCHES), runs
        )
    return figure(name, "ms", "sqlite", pairs)


def page_growth(place: Place, runs: int) -> Figure:
    """Megabytes that pages add to a process that has shown thousands: seven inboxes to three tasks, one after another.

    Raw is the same of the bare framework. It takes minutes, and one run says it.
    """
    with _desk(place) as (client, inbox):
        text = client.get(inbox).text
        paths = [inbox] * 7 + _TASK.findall(text)[:3]
        grown = _grown(client, paths)
    return figure("page_growth", "MB", "sqlite", [(grown, _grown(_bare(text), ["/"]))])


def _grown(client: FlaskClient, paths: list[str]) -> float:
    """By how many megabytes this process grows over many requests, after the first thousands."""

    def resident() -> float:
        gc.collect()
        return float(psutil.Process().memory_info().rss) / 2**20

    def show(times: int) -> None:
        for at in range(times):
            client.get(paths[at % len(paths)], headers=_TAKES)

    show(_FIRST)
    before = resident()
    show(_MORE)
    return max(resident() - before, 0.001)


def _seen(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers=_TAKES)
    if answer.status_code != 200 or "Content-Encoding" not in answer.headers:
        raise RuntimeError(f"{path} answered {answer.status}")


@contextmanager
def _desk(place: Place) -> Iterator[tuple[FlaskClient, str]]:
    """Somebody of the demo who has logged in, and the address of their inbox."""
    with place.sqlite(memory=True) as (url, _):
        system = open_system(f"sqlite:///{demo_of(url)}")
        demo = stage(system, lambda: options.plan(None), "127.0.0.1", "")
        if demo is None:
            raise RuntimeError("the demo has no personas")
        app = create_app(system, Options("only for a benchmark", demo=demo))
        came = [_enter(app.test_client(), persona.key) for persona in demo.personas()]
        yield max(came, key=lambda one: len(_TASK.findall(one[0].get(one[1]).text)))
        system.runner.release()
        system.database.close()


def _enter(client: FlaskClient, persona: str) -> tuple[FlaskClient, str]:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/demo").text)
    said = {"persona": persona, "csrf_token": token[1] if token else ""}
    return client, client.post("/demo", data=said).headers["Location"]


def _bare(page: str) -> FlaskClient:
    """The framework alone, sending *page* as it stands, packed as pages are."""
    app = Flask("bare")

    @app.route("/")
    def show() -> Response:
        return Response(gzip.compress(page.encode(), 4), headers={"Content-Encoding": "gzip"})

    return app.test_client()

