"""Every value that has broken a reader, at every place of every body and form that takes one: 4xx in words, no fault."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from engine.rest.openapi import document
from tests.integration.odd.conftest import MANY, World
from tests.integration.odd.oddities import Sent
from tests.integration.odd.test_forms import rules, token_of
from tests.integration.odd.test_gate import filled
from tests.integration.odd.test_rest import FIELDS, answered_well

#: As JSON writes them: no reader of numbers, of days, of trees or of text gets along with all of these.
HARD = (
    "1" + "0" * 400, "-1" + "0" * 400, "1E+400", "1e-400", "9" * 5000, "0." + "3" * 400, "-0.0", "NaN", "Infinity",
    '"9999-12-31"', '"9999-12-31 23:59"', '"9999-12-31 22:00/24:00"', '"10000-01-01"', '"0001-01-01"', '"99999999 workdays"',
    '"1e400"', '"' + "9" * 400 + '"', "[" * 33 + "]" * 33, "[" * 90_000 + "]" * 90_000, '{"a":' * 500 + "1" + "}" * 500,
    '{"a": 1, "a": 2}', '[{"a": {"b": 1, "b": 2}}]', '"\\ud83d"', '"\\udc00\\ud83d"', '{"\\ud83d": 1}', '"\\u0000"', "null", "true",
    '[[null]]', '""', '"\\u202e\\u200b"',
)  # fmt: skip
#: What a form writes, percent and all, as a value or a name.
RAW = (
    b"9" * 400, b"1e400", b"9999-12-31", b"9999-12-31T23:59", b"10000-01-01", b"0000-00-00", b"24:00", b"%ED%A0%BD", b"%ED%B0%80", b"%FF%FE",
    b"%C0%80", b"%00", b"a%00b", b"%F4%90%80%80", b"%E2%80%AE", b"%", b"%zz", b"+", b"%0D%0A", b"&", b"=",
)  # fmt: skip
PARTS = ("", ".date", ".time", ".from", ".until", ".to", ".count", ".0.cost", ".0.name")
_PART = re.compile(r"\{([a-z_]+)\}")


def some(values: tuple[Any, ...], place: int) -> tuple[Any, ...]:
    """The values that the place of this number gets: all of them by hand, a part of them in the run of every day."""
    return values if MANY else values[place % 4 :: 4]


def bodies(said: dict[str, Any], world: World) -> Iterator[str]:
    """For each place of the body of an operation each hard value there, what is needed beside it sound; and as the whole."""
    yield from HARD
    schema = said["requestBody"]["content"]["application/json"]["schema"]
    sound = {"process": '"every"', "unit": json.dumps(world.unit), "to": '"x"', "text": '"话"', "reason": '"话"', "job": '"x"', "password": '"x"',
             "fill": '{"words": "话"}'}  # fmt: skip
    needed = {name: sound[name] for name in schema.get("required", ())}
    for place, name in enumerate(schema["properties"]):
        for value in some(HARD, place):
            yield written(needed | {name: value})
    if "fill" in schema["properties"]:
        for place, name in enumerate(FIELDS):
            for value in some(HARD, place):
                if name == "rows":
                    yield written(needed | {"fill": written({"words": '"话"', name: f'[{{"name": "茶", "cost": {value}}}]'})})
                yield written(needed | {"fill": written({"words": '"话"', name: value})})
    yield written(needed)[:-1] + ', "process": "every", "process": "every"}'


def written(values: dict[str, str]) -> str:
    return "{" + ", ".join(f"{json.dumps(name)}: {value}" for name, value in values.items()) + "}"


def operations() -> list[tuple[str, dict[str, Any]]]:
    return [(path, methods["post"]) for path, methods in document()["paths"].items() if "requestBody" in methods.get("post", {})]


@pytest.mark.parametrize(("path", "said"), operations(), ids=[path for path, _ in operations()])
def test_no_value_of_a_body_is_a_fault(world: World, path: str, said: dict[str, Any]) -> None:
    client = world.app.test_client()
    names = {"district": "haicheng", "number": world.numbers[0], "n": "1", "outcome": "fine", "account": "x", "job": "x"}
    there = "/api/v1" + _PART.sub(lambda part: names[part[1]], path)
    for number, body in enumerate(bodies(said, world)):
        headers = {"Authorization": f"Bearer {world.tokens['admin']}", "Content-Type": "application/json",
                   "Idempotency-Key": f"hard-{number}"}  # fmt: skip
        sent = Sent("POST", there, headers=headers, body=body.encode())
        answered_well(sent, world.ask(client, sent))
    assert world.answers.get(422, 0) + world.answers.get(400, 0) > len(HARD), world.answers


def test_no_value_of_a_form_is_a_fault_at_any_address(world: World) -> None:
    client = world.visitor("admin")
    token = token_of(client).encode()
    kept = b"csrf_token=" + token + b"&f-words=x&unit=" + world.unit.encode()
    for place, rule in enumerate(rules(world, "POST")):
        path = filled(world, rule)
        if rule.endpoint in ("web.logout", "web.login"):
            continue
        names = [f"f-{name}{part}".encode() for name in world.fields for part in PARTS]
        names += [b"unit", b"key", b"outcome", b"note", b"opinion", b"to", b"n", b"upto", b"seen", b"for", b"rows", b"language"]
        for number, value in enumerate(some(RAW, place)):
            every = b"&".join(name + b"=" + value for name in names)
            for body in (kept + b"&" + every, kept + b"&" + value + b"=1&key=raw-%d" % number, every + b"&" + kept):
                headers = {"Content-Type": "application/x-www-form-urlencoded"}
                world.ask(client, Sent("POST", path, headers=headers, body=body))


@pytest.mark.parametrize("part", PARTS if MANY else PARTS[:2])
def test_no_value_of_a_field_of_a_form_is_a_fault(world: World, part: str) -> None:
    client = world.visitor("staff")
    kept = b"csrf_token=" + token_of(client).encode() + b"&f-words=x&unit=" + world.unit.encode()
    for place, name in enumerate(world.fields):
        for number, value in enumerate(some(RAW, place)):
            body = kept + b"&key=%s-%d&f-%s=%s" % (name.encode(), number, (name + part).encode(), value)
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = world.ask(client, Sent("POST", "/haicheng/start/every", headers=headers, body=body))
            assert answer.status_code in (200, 303, 413, 422), (name, value, answer.status_code)


@pytest.mark.parametrize("name", ["who", "where", "venue", "words"])
def test_a_form_that_holds_a_nul_comes_again_without_it(world: World, name: str) -> None:
    client = world.visitor("staff")
    body = b"csrf_token=" + token_of(client).encode() + b"&key=k&f-sum=77.25&f-" + name.encode() + b"=a%00b"
    sent = Sent("POST", "/haicheng/start/every", headers={"Content-Type": "application/x-www-form-urlencoded"}, body=body)
    answer = world.ask(client, sent)
    assert answer.status_code == 422
    assert 'name="f-sum"' in answer.text and "77.25" in answer.text
