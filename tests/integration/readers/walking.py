"""Reads everything that a person can open, page by page and address by address, as they stand in the map of routes."""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from engine.app import Options, create_app
from engine.cached import cached_property
from engine.operations.accounts import accounts
from tests.integration.readers.aid import PLANTED
from tests.town import Town

#: Routes that lead to no words of a case: files, log-in, what is the same for everybody.
_ELSEWHERE = {"/static/<path:filename>", "/api/v1/<path:path>", "/<district>/<path:rest>", "/login", "/demo", "/healthz",
              "/schema/<name>", "/design", "/"}  # fmt: skip
#: The inboxes, and what may be asked of a list.
_ASKED = {
    "inbox": [f"?box={box}" for box in ("mine", "open", "done", "watched")] + ["?q=aid"],
    "cases": ["?q=260610", "?process=aid", *(f"?q={value}" for value in PLANTED.values())],
}


@dataclass(frozen=True)
class Seen:
    """What came back: the words of a page, of JSON or of a sheet."""

    path: str
    status: int
    words: str


class Reader:
    """A person at both doors."""

    def __init__(self, town: Town, app: Flask, person: str) -> None:
        self.town, self.app, self.person = town, app, person
        self._account = accounts.create_account(town.system, person, person, None, {"town": person})

    @cached_property
    def window(self) -> FlaskClient:
        """A browser that is logged in."""
        client = self.app.test_client()
        with client.session_transaction() as cookie:
            cookie["token"] = accounts.open_session(self.town.system, self._account)
        return client

    @cached_property
    def headers(self) -> dict[str, str]:
        """What a program sends that reads in the person's name."""
        return {"Authorization": f"Bearer {accounts.create_token(self.town.system, self._account, 'town', 'x')}"}

    def read(self, path: str) -> Seen:
        """Open *path* at the door it belongs to."""
        headers = self.headers if path.startswith("/api/") else {}
        return seen(path, self.window.get(path, headers=headers))

    def everything(self, number: str, tasks: list[int]) -> Iterator[Seen]:
        """Every page and address there is, for the case *number* and its *tasks*."""
        for rule in self.app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and rule.rule not in _ELSEWHERE:
                yield from (self.read(path) for path in _paths(rule, number, tasks))


def _paths(rule: Rule, number: str, tasks: list[int]) -> Iterator[str]:
    """The addresses of a route; one whose parts this does not know stops the test, so that nothing new is left out."""
    given = {"district": ["town"], "number": [number], "process": ["aid"], "kind": ["xlsx", "json"], "account": ["x"],
             "n": [str(n) for n in tasks], "ref": [f"{number}.{n}" for n in tasks]}  # fmt: skip
    paths = [rule.rule.replace("<int:n>", "<n>").replace("<any(xlsx,json):kind>", "<kind>")]
    for name in rule.arguments:
        paths = [path.replace(f"<{name}>", value) for path in paths for value in given[name]]
    for path in paths:
        yield path
        of = next((name for name in _ASKED if name in path.rpartition("/")[2]), "")
        yield from (path + asked for asked in _ASKED.get(of, ()))
        if "/start/" in path:
            yield f"{path}?again={number}"


def seen(path: str, answer: TestResponse) -> Seen:
    """The words of an answer, however it is packed."""
    found = answer.data
    answer.close()
    if found.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(found)) as sheet:
            found = b" ".join(sheet.read(name) for name in sheet.namelist())
    return Seen(path, answer.status_code, html.unescape(found.decode("utf-8", "replace")))


def application(town: Town) -> Flask:
    """The doors of the town."""
    return create_app(town.system, Options(secret_key="only for tests"))
