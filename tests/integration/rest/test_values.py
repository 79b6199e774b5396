"""Values at the REST door: amounts are yuan whichever way they are written, and nothing is read as something else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from engine.errors import Invalid
from engine.operations import cases
from engine.operations.context import Caller
from tests.town import Town

Headers = Callable[..., dict[str, str]]
HERE = "/api/v1/town"
BILL = """
process: bill
title: 报账
subject: [sum]
fields:
  sum: {type: money, title: 金额, min: 1, max: 5000}
  share: {type: decimal, title: 比例, optional: 是}
  heads: {type: integer, title: 人数, optional: 是}
  what: {type: text, title: 事由, optional: 是}
  lines:
    type: table
    title: 明细
    optional: 是
    columns: {name: {type: text, title: 名目}, cost: {type: money, title: 费用}}
start: {who: role staff, fill: [sum, share, heads, what, lines]}
steps:
- {step: ok, title: 审批, ask: role head of start.unit, fill: [sum, lines], outcomes: {agree: {title: 同意, then: next}}}
ends: {done: {title: 办成}}
"""


@pytest.fixture
def bill(town: Town, client: FlaskClient, token: Headers) -> Callable[[str], Any]:
    """Starts a bill with a fill as JSON text; the answer."""
    town.publish(BILL)
    sent = [0]

    def start(fill: str) -> Any:
        sent[0] += 1
        headers = {**token("ann", f"bill-{sent[0]}"), "Content-Type": "application/json"}
        body = f'{{"process": "bill", "unit": "a", "fill": {fill}}}'
        return client.post(f"{HERE}/cases", data=body.encode(), headers=headers)

    return start


def kept(client: FlaskClient, token: Headers, number: str) -> dict[str, str]:
    """The case's facts by the title of their fields."""
    facts = client.get(f"{HERE}/cases/{number}", headers=token("ann")).json["facts"]
    return {fact["title"]: fact["words"] for fact in facts}


@pytest.mark.parametrize("written", ["12", '"12"', "12.0", '"12.00"', "12.00", "1.2e1", '"１２元"', '"¥12"', "1200e-2"])
def test_an_amount_is_yuan_however_it_is_written(
    bill: Callable[[str], Any], client: FlaskClient, token: Headers, written: str
) -> None:
    made = bill(f'{{"sum": {written}, "lines": [{{"name": "茶", "cost": {written}}}]}}')
    assert made.status_code == 201, made.json
    assert kept(client, token, made.json["number"])["金额"] == "12.00元"
    task = client.get(f"{HERE}/cases/{made.json['number']}/tasks/{made.json['opened'][0]}", headers=token("sun")).json
    fields = {field["name"]: field for field in task["fields"]}
    assert (fields["sum"]["value"], fields["sum"]["min"], fields["sum"]["max"]) == ("12.00", "1.00", "5000.00")
    assert fields["lines"]["value"] == [{"name": "茶", "cost": "12.00"}]


@pytest.mark.parametrize("written", ["12.005", "0.1e-3", '"12.005"', "true", "1e30", '"10²"', "[12]", '"0x10"', "-5"])
def test_an_amount_that_is_none_is_refused_at_its_field(bill: Callable[[str], Any], written: str) -> None:
    answer = bill(f'{{"sum": {written}}}')
    assert answer.status_code == 422
    assert [one["path"] for one in answer.json["problems"]] == ["sum"]


def test_what_the_door_gives_it_takes_back(bill: Callable[[str], Any], client: FlaskClient, token: Headers) -> None:
    made = bill('{"sum": 4999.99, "share": 0.1, "lines": [{"name": "茶", "cost": 0.07}]}').json
    where = f"{HERE}/cases/{made['number']}/tasks/{made['opened'][0]}"
    fields = client.get(where, headers=token("sun")).json["fields"]
    fill = {field["name"]: field["value"] for field in fields}
    done = client.post(f"{where}/outcomes/agree", json={"fill": fill}, headers=token("sun", "k"))
    assert done.status_code == 200, done.json
    assert kept(client, token, made["number"])["金额"] == "4999.99元"


def test_the_schema_says_the_unit_and_takes_what_the_door_takes(
    bill: Callable[[str], Any], client: FlaskClient, token: Headers
) -> None:
    schema = client.get(f"{HERE}/processes/bill", headers=token("ann")).json["schema"]
    amount = schema["properties"]["sum"]
    assert (amount["x-unit"], amount["minimum"], amount["maximum"]) == ("元", 1, 5000)
    assert schema["properties"]["lines"]["items"]["properties"]["cost"]["x-unit"] == "元"
    sound = Draft202012Validator(schema).is_valid
    for value, takes in ((12, True), ("12.00", True), (12.5, True), (0.5, False), ("12.005", False), (True, False)):
        assert sound({"sum": value}) is takes, value
        assert (bill(json.dumps({"sum": value})).status_code == 201) is takes, value


@pytest.mark.parametrize(
    ("fill", "path"),
    [
        ('{"sum": 1, "sum": 2}', "sum"),
        ('{"sum": 1, "lines": [{"name": "甲", "name": "乙"}]}', "name"),
        ('{"sum": 1}, "fill": {}', "fill"),
    ],
)
def test_a_key_that_stands_twice_is_refused(bill: Callable[[str], Any], fill: str, path: str) -> None:
    answer = bill(fill)
    assert answer.status_code == 422
    assert [(one["code"], one["path"]) for one in answer.json["problems"]] == [("body-twice", path)]


def test_a_body_as_deep_as_a_well_is_refused(bill: Callable[[str], Any]) -> None:
    for depth in (40, 500, 5000):
        answer = bill('{"what": ' + "[" * depth + "]" * depth + "}")
        assert (answer.status_code, answer.json["problems"][0]["code"][:4]) == (422, "body"), depth


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("inbox?box=nosuch", "box"),
        ("inbox?due=nosuch", "due"),
        ("inbox?limit=abc", "limit"),
        ("inbox?limit=0", "limit"),
        ("inbox?limit=101", "limit"),
        ("inbox?limit=9223372036854775808", "limit"),
        ("inbox?limit=%D9%A1", "limit"),
        ("inbox?after=nowhere", "after"),
        ("inbox?colour=red", "colour"),
        ("inbox?q=a&q=b", "q"),
        ("cases?q=%07", "q"),
        ("cases?limit=-1", "limit"),
        ("processes?box=mine", "box"),
        ("plugins/bell/ring?other=4", "other"),
    ],
)
def test_a_query_that_means_nothing_is_refused_at_its_place(
    client: FlaskClient, token: Headers, address: str, path: str
) -> None:
    answer = client.get(f"{HERE}/{address}", headers=token("ann"))
    assert answer.status_code == 422
    assert [one["path"] for one in answer.json["problems"]] == [path]


HALF = "\ud83d"


@pytest.mark.parametrize(
    "fill",
    [
        {"sum": float("inf")}, {"sum": float("nan")}, {"sum": 100, "share": float("inf")}, {"sum": object()},
        {"sum": 100, "heads": float("-inf")}, {"sum": 100, "what": HALF}, {"sum": 100, HALF: 1}, {"sum": HALF},
        {"sum": 100, "lines": [{"name": HALF, "cost": 1}]}, {"sum": 100, "lines": [{HALF: 1}]}, {"sum": {1, 2}},
        {"sum": 100, "what": b"x"}, {"sum": 100, "what": "a\0"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("key", ["", "k"])
def test_python_code_too_is_told_what_cannot_be_kept(town: Town, fill: dict[str, Any], key: str) -> None:
    town.publish(BILL)
    with pytest.raises(Invalid) as refused:
        cases.start(town.ctx, Caller("ann"), "bill", fill, unit="a", key=key)
    assert refused.value.problems
