"""Several processes behind one address: they share sessions, and fork with no connection that two of them would have."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from http.cookiejar import CookieJar
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import text
from werkzeug.test import Client

from engine.app import open_system
from engine.cli.root import run
from engine.errors import RongtongError
from engine.extend.registry import Registry
from engine.operations.accounts import accounts
from engine.operations.content.adopt import adopt
from engine.operations.content.pack import Pack
from engine.operations.context import Caller, System
from engine.store.databases.database import open_database
from engine.wsgi import application
from tests import town

ROOT = Path(__file__).parents[2]
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
ANOTHER = {"RONGTONG_SECRET_KEY": "another-one-for-a-stranger"}


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[System]]:
    """The systems that applications were made on, closed afterwards."""
    found: list[System] = []

    def remembered(*args: Any, **more: Any) -> System:
        found.append(open_system(*args, **more))
        return found[-1]

    monkeypatch.setattr("engine.wsgi.open_system", remembered)
    yield found
    for system in found:
        system.runner.release()
        system.database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def told(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """What the environment says of a database with a district, whose administrator can log in."""
    url = request.getfixturevalue("bare_postgresql_url") if request.param == "postgresql" else f"sqlite:///{tmp_path}/t.db"
    system = open_system(url)
    adopt(system, Pack(replace(town.PACK, plugins={}), (town.CALENDAR,)), Caller("cai"))
    accounts.create_account(system, "cai", "蔡", "a-long-password", {"town": "cai"})
    system.runner.release()
    system.database.close()
    return {"RONGTONG_DB": url}


def come_in(client: Client) -> str:
    """Log in; the page that it leads to."""
    token = _TOKEN.search(client.get("/login").text)
    assert token is not None
    said = {"name": "cai", "password": "a-long-password", "csrf_token": token[1]}
    assert client.post("/login", data=said).status_code == 303
    return client.get("/town/inbox").text


def test_a_session_of_one_process_is_good_in_another(told: dict[str, str]) -> None:
    one, other = Client(application(told)), Client(application(told))
    assert "没有等你办的事" in come_in(one)
    cookie = one.get_cookie("rt")
    assert cookie is not None
    other.set_cookie("rt", cookie.value)
    answer = other.get("/town/inbox")
    assert answer.status_code == 200 and "没有等你办的事" in answer.text
    with pytest.raises(AssertionError):
        stranger = Client(application({**told, **ANOTHER}))
        stranger.set_cookie("rt", cookie.value)
        assert stranger.get("/town/inbox").status_code == 200


@pytest.mark.parametrize(("words", "still"), [((), True), (("--at-once",), False)])
def test_whoever_is_logged_in_stays_so_over_a_renewed_key_unless_it_ends_at_once(
    told: dict[str, str], words: tuple[str, ...], still: bool
) -> None:
    before = Client(application(told))
    come_in(before)
    cookie = before.get_cookie("rt")
    assert cookie is not None
    assert run(["key", "renew", *words, "--db", told["RONGTONG_DB"]]) == 0
    after = Client(application(told))
    after.set_cookie("rt", cookie.value)
    assert (after.get("/town/inbox").status_code == 200) is still
    assert "没有等你办的事" in come_in(Client(application(told)))


def test_no_connection_is_there_before_the_first_request(told: dict[str, str], opened: list[System]) -> None:
    made = Client(application(told))
    pool = opened[0].database.engine.pool
    assert (pool.checkedin(), pool.checkedout()) == (0, 0)
    assert made.get("/healthz").status_code == 200
    come_in(made)
    assert pool.checkedin() + pool.checkedout() > 0


def test_it_stands_under_the_path_of_the_public_address(told: dict[str, str]) -> None:
    made = Client(application({**told, "RONGTONG_PUBLIC_URL": "https://example.org/rt/"}))
    assert made.get("/rt/healthz").status_code == 200
    assert 'href="/rt/static/base.css' in made.get("/rt/login", base_url="https://example.org").text
    assert made.get("/healthz").status_code == 404


def test_it_does_not_start_with_a_key_that_could_be_guessed_a_proxy_without_a_number_or_on_an_empty_database(told: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(RongtongError, match="RONGTONG_SECRET_KEY"):
        application({**told, "RONGTONG_SECRET_KEY": "short"})
    with pytest.raises(RongtongError, match="RONGTONG_TRUSTED_PROXIES"):
        application({**told, "RONGTONG_TRUSTED_PROXIES": "proxy.lan"})
    with pytest.raises(RongtongError, match="RONGTONG_PUBLIC_URL"):
        application({**told, "RONGTONG_PUBLIC_URL": "rongtong.example"})
    with pytest.raises(RongtongError):
        application({"RONGTONG_DB": f"sqlite:///{tmp_path}/none.db"})


def test_it_has_the_plugins_and_the_secrets_that_the_command_has(told: dict[str, str], opened: list[System]) -> None:
    given = {"RONGTONG_WITHOUT": "points_exchange", "RONGTONG_SECRET_POST_TOKEN": "s3"}
    application({**told, **given})
    assert opened[-1].secrets == {"RONGTONG_SECRET_POST_TOKEN": "s3"}
    assert list(opened[-1].registry.left) == ["points_exchange"]
    application(told)
    assert (dict(opened[-1].secrets), dict(opened[-1].registry.left)) == ({}, {})


def forget(url: str, version_table: str) -> None:
    """Let the database not know how far it is in a line of migrations."""
    database = open_database(url)
    with database.connect() as connection:
        connection.execute(text(f"DELETE FROM {version_table}"))
        connection.commit()
    database.close()


def test_it_leaves_changing_tables_to_the_command_and_says_so(told: dict[str, str]) -> None:
    forget(told["RONGTONG_DB"], "alembic_version_engine")
    for _ in range(2):
        with pytest.raises(RongtongError, match="rongtong migrate"):
            application(told)


def test_a_plugin_whose_tables_are_behind_is_away_until_then(told: dict[str, str], opened: list[System]) -> None:
    line = Registry.discovered().migrations()[0]
    forget(told["RONGTONG_DB"], line.version_table)
    application(told)
    left = opened[-1].registry.left
    assert list(left) == [line.plugin]
    assert "rongtong migrate" in left[line.plugin].why.zh and "rongtong migrate" in left[line.plugin].why.en


def test_only_the_engine_s_own_log_speaks(told: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    application(told)
    assert root.handlers == [] and not logging.getLogger("alembic").isEnabledFor(logging.INFO)
    assert logging.getLogger("rongtong").isEnabledFor(logging.INFO)


@contextmanager
def serving(told: dict[str, str], *options: str) -> Iterator[str]:
    """The address of a gunicorn with two processes, as `docs/operate.md` starts it."""
    command = (sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "--workers", "2", "--threads", "2", *options)
    server = subprocess.Popen(
        (*command, "engine.wsgi:application()"), cwd=ROOT, env={**os.environ, **told}, stderr=subprocess.PIPE, text=True
    )
    assert server.stderr is not None
    try:
        yield _address(server.stderr)
    finally:
        server.terminate()
        with server.stderr:
            server.wait(60)


def _address(said: IO[str]) -> str:
    """Where the server that says so listens, once both of its processes are there."""
    address, booted = "", 0
    for line in said:
        address = (re.findall(r"Listening at: (http://\S+)", line) or [address])[0]
        booted += "Booting worker" in line
        if address and booted == 2:
            return address
    raise AssertionError("the server ended")


@pytest.mark.skipif(sys.platform == "win32", reason="gunicorn forks")
@pytest.mark.parametrize("options", [(), ("--preload",)])
def test_two_processes_serve_one_visitor(told: dict[str, str], options: tuple[str, ...]) -> None:
    with serving(told, *options) as base:
        visitor = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

        def read(path: str, body: bytes | None = None) -> str:
            with visitor.open(base + path, body, timeout=60) as answer:
                return str(answer.read().decode())

        token = _TOKEN.search(read("/login"))
        assert token is not None
        said = {"name": "cai", "password": "a-long-password", "csrf_token": token[1]}
        read("/login", urlencode(said).encode())
        with ThreadPoolExecutor(8) as pool:
            pages = list(pool.map(lambda _: read("/town/inbox"), range(40)))
    assert all("没有等你办的事" in page for page in pages)
