"""Every route of pages and REST, and what each kind of caller is answered: a status each, to be read before it is kept.

The case is new for each request, waits with the concerned, and no step of it has failed: so an administrator's 409 or 404
at a retry means “allowed, and there is nothing to do”, where others get a 403, or a 404 for what is not there for them.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from engine.app import Options, create_app
from engine.definition.district.model import PersonRow
from engine.operations import cases
from engine.operations.accounts import accounts
from engine.operations.content.adopt import adopt
from engine.operations.content.pack import Pack
from engine.operations.context import Caller
from engine.store.databases.database import open_database
from tests.databases import create_tables
from tests.integration.web.conftest import Window
from tests.integration.web.test_every_door import BODIES, MASKED, WORDS
from tests.town import CALENDAR, PACK, PERSONS, Town, build, neighbour

#: Who calls, by district and person; "" for nobody.
ROLES = {
    "anonymous": ("", ""),
    "resident": ("town", "rui"),  # of the case's own unit, without a role
    "apart": ("town", "bo"),  # works here, and has nothing to do with the case
    "starter": ("town", "ann"),  # staff who started it
    "concerned": ("town", "sun"),  # the case waits with them
    "admin": ("town", "cai"),
    "elsewhere": ("next", "cai"),  # administers another district
}
#: Files, and what leads nowhere.
_NO_DOORS = ("static", "nowhere")
_WIDE = 76
_FORM = {"f-seat": "1", "f-people": "3", "f-why": "聚会", "unit": "a"}


def lines() -> Iterator[str]:
    """The statuses of each route, by the columns of the first line."""
    yield f"{'':{_WIDE}}{'  '.join(ROLES)}"
    logging.disable(logging.CRITICAL)  # what is refused here is meant to be
    try:
        with TemporaryDirectory() as folder:
            yield from sorted(_found(folder))
    finally:
        logging.disable(logging.NOTSET)


def _found(folder: str) -> Iterator[str]:
    database = open_database(f"sqlite:///{Path(folder) / 'town.db'}")
    create_tables(database)
    town = build(database)
    persons = (*PERSONS, PersonRow("rui", "芮安", "a"))
    pack = replace(PACK, plugins={"desk": {}}, persons=persons, transfer_beyond="reason")
    adopt(town.system, Pack(pack, (CALENDAR,)), Caller("cai"))
    neighbour(town)
    town.publish(MASKED)
    app = create_app(town.system, Options(secret_key="only for tests"))
    callers = Callers(app, town)
    for method, rule, word in routes(app):
        statuses = [callers.ask(role, method, rule, word) for role in ROLES]
        columns = (f"{status:<{len(role)}}" for role, status in zip(ROLES, statuses, strict=True))
        yield f"{method} {_spelt(rule, word)}".ljust(_WIDE) + "  ".join(columns).rstrip()
    town.system.runner.release()
    database.close()


def routes(app: Flask) -> Iterator[tuple[str, Rule, str]]:
    """Every method and rule of the two doors, one for each word where a part of it is a choice of words."""
    for rule in app.url_map.iter_rules():
        door, _, name = rule.endpoint.rpartition(".")
        if not door or name in _NO_DOORS:
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            choices = (sorted(one.items) for one in rule._converters.values() if hasattr(one, "items"))
            for word in next(choices, [""]):
                yield method, rule, word


def _spelt(rule: Rule, word: str) -> str:
    return re.sub(r"<any\([^)]*\):\w+>", word, rule.rule)


@dataclass
class Callers:
    """One of each role, with an account of theirs."""

    app: Flask
    town: Town
    accounts: dict[str, str] = field(default_factory=dict)
    serials: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        made = {"target": ("town", "bea"), **{role: who for role, who in ROLES.items() if who[1]}}
        for role, (district, person) in made.items():
            self.accounts[role] = accounts.create_account(self.town.system, role, person, None, {district: person})

    def ask(self, role: str, method: str, rule: Rule, word: str) -> int:
        """The status of the answer to *role*."""
        key = f"k{next(self.serials)}"
        path = self._path(rule, word, method)
        client, api = self.app.test_client(), rule.rule.startswith("/api/")
        headers: dict[str, str] = {"Idempotency-Key": key} if api else {}
        account = self.accounts.get(role)
        if account and api:
            token = accounts.create_token(self.town.system, account, ROLES[role][0], key)
            headers["Authorization"] = f"Bearer {token}"
        elif account:
            with client.session_transaction() as cookie:
                cookie["token"] = accounts.open_session(self.town.system, account)
        sent: dict[str, Any] = {}
        if method == "POST":
            body = next((body for end, body in BODIES.items() if path.endswith(end)), None)
            sent = {"json": body} if api else {"data": {**_FORM, **WORDS, "name": role, "key": key, "beside": f"{key}b"}}
        if method == "POST" and not api:
            page = Window(client)
            page.get("/me" if account else "/login")
            sent["data"]["csrf_token"] = page.token
        place = {"REMOTE_ADDR": f"127.0.0.{9 + list(ROLES).index(role)}"}  # wrong guesses are counted by place and name
        with client.open(path, method=method, headers=headers, environ_base=place, **sent) as answer:
            return answer.status_code

    def _path(self, rule: Rule, word: str, method: str) -> str:
        """The address, about a case of this request's own where it may change it."""
        if method == "POST" or not self.town.started:
            self.town.started.append(self.town.start())
        number = self.town.started[-1].number
        n = cases.open_serial(self.town.ctx, number, "ok")
        known = {"district": "town", "number": number, "n": n, "ref": f"{number}.{n}", "process": "w1", "job": "j",
                 "outcome": "agree", "field": "why", "account": self.accounts["target"], "token": "t"}  # fmt: skip
        with self.app.test_request_context():
            built = rule.build({name: known.get(name, word) for name in rule.arguments})
        assert built is not None
        return built[1]
