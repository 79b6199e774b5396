"""The program as a whole: the memory of the server, the time to check all workflows, the time of a demo's history."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import psutil

from benchmarks.figure import Figure, figure, in_turn, per_second
from benchmarks.places import Place
from benchmarks.raw import Raw
from engine.content import shipped_workflows

_ROOT = Path(__file__).parents[1]
_RONGTONG = (sys.executable, "-c", "from engine.cli import main; main()")
#: A server of one page, on the same web framework and server, that has loaded the same database library.
_BARE_SERVER = """
import sys, flask, sqlalchemy, waitress
app = flask.Flask("bare")
app.route("/<path:any>", methods=["GET", "POST"])(lambda any: "ready")
waitress.serve(app, host="127.0.0.1", port=int(sys.argv[1]))
"""
_BARE_PARSER = """
import sys, yaml
for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as file:
        yaml.load(file, yaml.CSafeLoader)
"""
_MB = 1024 * 1024
#: How many of the pages that a page names are read too.
_LINKS = 40


def check_all(place: Place, runs: int) -> Figure:
    """Seconds of ``rongtong check`` of all shipped workflows; raw is an interpreter that only parses their YAML.

    One check goes before, unmeasured: it leaves the compiled modules that an install would have brought.
    """
    _seconds(*_RONGTONG, "check")
    files = [str(file) for file in sorted(shipped_workflows().rglob("*.yaml"))]
    parse = (sys.executable, "-c", _BARE_PARSER, *files)
    pairs = in_turn(lambda: _seconds(*_RONGTONG, "check"), lambda: _seconds(*parse), runs)
    return figure("check_all", "s", "none", pairs)


def demo_day(place: Place, runs: int) -> Figure:
    """Seconds of ``rongtong demo --no-serve``, once: fifteen working days of three districts, verified at the end.

    Raw is as many commits by hand, of three rows each, as the demo made.
    """
    with place.sqlite() as (url, raw_url):
        taken, file = _demo(url)
        with sqlite3.connect(file) as connection:
            (commits,) = connection.execute("SELECT count(*) FROM journal").fetchone()
        by_hand = commits / 2 / per_second(Raw.on(raw_url).pair, 2)
    return figure("demo_day", "s", "sqlite", [(taken, by_hand)])


def serve_memory(place: Place, runs: int) -> Figure:
    """Resident megabytes of ``rongtong serve`` on the demo after its personas have looked round three districts.

    Raw is a server of one page on the same framework.
    """
    with place.sqlite() as (url, _):
        _, file = _demo(url)
        ours = (*_RONGTONG, "serve", "--db", f"sqlite:///{file}", "--port")
        bare = (sys.executable, "-c", _BARE_SERVER)
        pairs = in_turn(lambda: _memory(ours), lambda: _memory(bare), min(runs, 3))
    return figure("serve_memory", "MB", "sqlite", pairs)


def demo_of(url: str) -> Path:
    """The file of a demo that was lived through in a folder beside the database at *url*."""
    return _demo(url)[1]


def _demo(url: str) -> tuple[float, Path]:
    """Live through the demo in a folder beside the database at *url*: how long it took, and its file."""
    folder = Path(url.removeprefix("sqlite:///")).parent / "demo"
    taken = _seconds(*_RONGTONG, "demo", "--no-serve", "--dir", str(folder))
    return taken, folder / "rongtong.db"


def _seconds(*command: str) -> float:
    began = time.perf_counter()
    installed = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    subprocess.run(
        command, cwd=_ROOT, env=installed, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return time.perf_counter() - began


def _memory(command: tuple[str, ...]) -> float:
    """The resident memory in megabytes of a server that has shown its pages."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen((*command, str(port)), cwd=_ROOT, **quiet)
    try:
        _look_round(f"http://127.0.0.1:{port}")
        return float(psutil.Process(server.pid).memory_info().rss) / _MB
    finally:
        server.terminate()
        server.wait()


def _look_round(base: str) -> None:
    """Go in as each persona that the demo page offers and read the pages that their inbox links to."""
    personas = re.findall(r'name="persona" value="([^"]+)"', _first(base))
    for persona in personas or [""]:
        visitor = build_opener(HTTPCookieProcessor(CookieJar()))
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', _read(visitor, f"{base}/demo"))
        said = urlencode({"persona": persona, "csrf_token": token[1] if token else ""}).encode()
        inbox = _read(visitor, f"{base}/demo", said)
        for link in list(dict.fromkeys(re.findall(r'href="(/[^"#]*)"', inbox)))[:_LINKS]:
            _read(visitor, base + link)


def _first(base: str) -> str:
    """The demo page, as soon as the server answers."""
    for _ in range(300):
        try:
            return _read(build_opener(), f"{base}/demo")
        except urllib.error.URLError:
            time.sleep(0.1)
    raise TimeoutError("the server did not answer within thirty seconds")


def _read(visitor: OpenerDirector, url: str, body: bytes | None = None) -> str:
    try:
        with visitor.open(url, body, timeout=30) as answer:
            return str(answer.read().decode(errors="replace"))  # a list to download is no text
    except urllib.error.HTTPError as refusal:
        return str(refusal.read().decode())
