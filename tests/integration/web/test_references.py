"""Every reference that a door reads is there and alive: "" is never the engine, and who is gone is never taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.app import Options, create_app
from engine.definition.district.model import DistrictPack
from engine.errors import RongtongError
from engine.i18n import both
from engine.operations import cases
from engine.operations.accounts import accounts
from engine.operations.content.adopt import adopt
from engine.operations.content.pack import Pack
from engine.operations.context import ENGINE, Caller
from engine.store.databases.database import Database
from tests.integration.operations.looking import everything
from tests.integration.web.conftest import Window
from tests.town import CALENDAR, GRANTS, PERSONS, UNITS, Town, build, neighbour

NAMING = """
process: naming
title: 点名
fields:
  why: {type: text, title: 事由}
  who: {type: person, title: 谁, optional: 是}
  where: {type: unit, title: 哪里, optional: 是}
  list:
    type: table
    key: what
    title: 名单
    optional: 是
    columns:
      what: {type: text, title: 事}
      one: {type: person, title: 人, optional: 是}
      at: {type: unit, title: 处, optional: 是}
start: {who: anyone, for: applicant, fill: [why, who, where, list]}
steps:
- {step: ok, ask: role head of start.unit, fill: [who, where], outcomes: {agree: next, more: {fill: [list], then: stay}}}
ends: {done: {title: 办成}}
"""
#: Persons and units that are nobody, or no longer anybody, here; zoe and x are next door, dan and d have gone.
GONE_PERSONS, GONE_UNITS = ("ghost", "dan", "zoe"), ("nowhere", "d", "x")
MISSING = object()


@dataclass
class Doors:
    """The town with a task in Bo's hands, and ways in."""

    town: Town
    app: Flask
    number: str
    n: int

    def window(self, person: str) -> Window:
        made = Window(self.app.test_client())
        with made.client.session_transaction() as cookie:
            cookie["token"] = accounts.open_session(self.town.system, self.account(person))
        made.get("/me")
        return made

    def account(self, person: str) -> str:
        found = accounts.account_of(self.town.system, "town", person)
        return found or accounts.create_account(self.town.system, person, person, None, {"town": person})

    def rest(self, person: str, path: str, body: dict[str, Any]) -> int:
        token = accounts.create_token(self.town.system, self.account(person), "town", "t")
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"k-{path}-{body}"[:200]}
        client: FlaskClient = self.app.test_client()
        return client.post(f"/api/v1/town{path}", json=body, headers=headers).status_code


@pytest.fixture
def doors(db: Database) -> Iterator[Doors]:
    town = build(db)
    neighbour(town)
    persons = (*PERSONS, replace(PERSONS[0], id="dan", name="段明"))
    for people, ended in ((persons, None), (PERSONS, date(2026, 6, 10))):
        units = tuple(replace(unit, until=ended) if unit.id == "d" else unit for unit in UNITS)
        pack = DistrictPack("town", both("小城"), both("小城"), plugins={"desk": {}}, units=units, persons=people,
                            grants=GRANTS, transfer_beyond="reason", file="town.yaml")  # fmt: skip
        town = replace(town, ctx=adopt(town.system, Pack(pack, (CALENDAR,)), ENGINE))
    town.clock.advance(24 * 3600 * 1_000_000)
    town.publish(NAMING)
    made = cases.start(town.ctx, Caller("bea"), "naming", {"why": "x"}, unit="b")
    yield Doors(town, create_app(town.system, Options(secret_key="only for tests")), made.number, made.opened[0])
    town.system.runner.release()


def wrong() -> list[tuple[str, str, object]]:
    """Every verb with every argument that names something, and every value that names nothing."""
    found: list[tuple[str, str, object]] = [("transfer", "to", value) for value in (*GONE_PERSONS, "", MISSING)]
    found += [("start", "unit", value) for value in (*GONE_UNITS, "", MISSING)]
    found += [("start", "for", value) for value in GONE_PERSONS]
    for verb in ("start", "agree"):
        found += [(verb, "who", value) for value in GONE_PERSONS]
        found += [(verb, "where", value) for value in GONE_UNITS]
    for verb in ("start", "more"):
        found += [(verb, "list.one", value) for value in GONE_PERSONS]
        found += [(verb, "list.at", value) for value in GONE_UNITS]
    return found


def filled(name: str, value: object) -> dict[str, Any]:
    """The form with that reference in it, beside what has to be there."""
    field, _, column = name.partition(".")
    return {"why": "x", field: [{"what": "x", column: value}] if column else value}


@pytest.mark.parametrize(("verb", "name", "value"), wrong())
def test_what_names_nobody_is_refused_by_every_door_and_changes_nothing(
    doors: Doors, verb: str, name: str, value: object
) -> None:
    before = everything(doors.town)
    for door in (by_operation, by_rest, by_page):
        door(doors, verb, name, value)
        assert everything(doors.town) == before, door.__name__


def by_operation(doors: Doors, verb: str, name: str, value: object) -> None:
    ctx, said = doors.town.ctx, "" if value is MISSING else str(value)
    calls: dict[str, Callable[[], object]] = {
        "transfer": lambda: cases.transfer(ctx, Caller("bo"), doors.number, doors.n, said, note="出差"),
        "unit": lambda: cases.start(ctx, Caller("bea"), "naming", {"why": "x"}, unit=said),
        "for": lambda: cases.start(ctx, Caller("bea"), "naming", {"why": "x"}, unit="b", for_person=said),
        "start": lambda: cases.start(ctx, Caller("bea"), "naming", filled(name, value), unit="b"),
        "act": lambda: cases.act(ctx, Caller("bo"), doors.number, doors.n, verb, fill=filled(name, value)),
    }
    key = name if (verb, name) in (("start", "unit"), ("start", "for")) else verb
    with pytest.raises(RongtongError):
        calls[key if key in calls else "act"]()


def by_rest(doors: Doors, verb: str, name: str, value: object) -> None:
    given = {} if value is MISSING else {name: value}
    task = f"/cases/{doors.number}/tasks/{doors.n}"
    if verb == "transfer":
        status = doors.rest("bo", f"{task}/transfer", {"note": "出差", **given})
    elif verb != "start":
        status = doors.rest("bo", f"{task}/outcomes/{verb}", {"fill": filled(name, value)})
    elif name in ("unit", "for"):
        status = doors.rest("bea", "/cases", {"process": "naming", "unit": "b", "fill": {"why": "x"}, **given}
                            if value is not MISSING else {"process": "naming", "fill": {"why": "x"}})  # fmt: skip
    else:
        status = doors.rest("bea", "/cases", {"process": "naming", "unit": "b", "fill": filled(name, value)})
    assert status in (403, 422)


def by_page(doors: Doors, verb: str, name: str, value: object) -> None:
    if name == "for" or (name == "unit" and value in ("", MISSING)):
        return  # the page asks for no applicant, and takes the reader's own unit where none is chosen
    given = {} if value is MISSING else {name: str(value)}
    window = doors.window("bea" if verb == "start" else "bo")
    if verb == "start":
        path = "/town/start/naming"
        window.get(path)
        typed = {"unit": "b", "f-why": "x", **_boxes(name, given)}
    else:
        path = f"/town/tasks/{doors.number}.{doors.n}"
        window.get(path)
        boxes = {f"{key}.transfer": value for key, value in given.items()} if verb == "transfer" else _boxes(name, given, verb)
        typed = {"outcome": verb, "note.transfer": "出差", **boxes}
        path += "/transfer" if verb == "transfer" else ""
    answer = window.post(path, key="k", seen=window.input("seen"), **typed)
    assert answer.status_code in (200, 403, 422), "never done"


def _boxes(name: str, given: dict[str, str], press: str = "") -> dict[str, str]:
    """What a browser sends of the box of a field, or of a cell of a table that the *press* asks for."""
    if name == "unit":
        return given
    field, _, column = name.partition(".")
    if not column:
        return {f"f-{field}": value for value in given.values()}
    box = f"f-{press}-{field}" if press else f"f-{field}"
    row = {f"{box}.0.what": "x", f"{box}.count": "1"}
    return row | {f"{box}.0.{column}": value for value in given.values()}


def test_nobody_comes_in_as_the_engine(doors: Doors) -> None:
    before = everything(doors.town)
    with pytest.raises(RongtongError):
        cases.cancel(doors.town.ctx, Caller(""), doors.number, "不办了")
    with pytest.raises(RongtongError):
        cases.act(doors.town.ctx, Caller(""), doors.number, doors.n, "agree")
    with pytest.raises(RongtongError):
        cases.start(doors.town.ctx, Caller(""), "naming", {"why": "x"}, unit="b")
    assert everything(doors.town) == before
