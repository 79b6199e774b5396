"""Odd requests to every operation of the API: each is answered in words, none is a fault, none changes by halves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from engine.extend import Endpoint
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.rest.openapi import document
from tests.integration.odd.conftest import MANY, WHO, World
from tests.integration.odd.oddities import BODIES, EXTREMES, TYPES, WORDS, Odd, Sent

#: How many in all, where nobody asks for more of each operation.
IN_ALL = 260
FIELDS = ("words", "count", "share", "sum", "yes", "one", "some", "day", "hour", "moment", "slot", "length", "phone", "card",
          "who", "where", "rule", "venue", "rows")  # fmt: skip
#: One sound value for each field, as JSON writes it.
SOUND = {
    "words": '"话"', "count": "3", "share": "0.5", "sum": "12.50", "yes": "true", "one": '"甲"', "some": '["甲", "乙"]',
    "day": '"2026-06-20"', "hour": '"14:00"', "moment": '"2026-06-20 14:00"', "slot": '"2026-06-20 22:00/24:00"',
    "length": '"2 workdays"', "phone": '"13800138000"', "card": '"11010519491231002X"', "rule": '"每月15日"',
    "rows": '[{"name": "茶", "cost": 3}]',
}  # fmt: skip


def operations(world: World) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and contract of all there is, in order."""
    brought = world.ctx.registry.given(Endpoint)
    paths = document(brought)["paths"]
    return [(method, path, said) for path, methods in paths.items() for method, said in methods.items()]


def request(odd: Odd, world: World, method: str, path: str, said: dict[str, Any]) -> Sent:
    """One odd request to an operation."""
    query = [one["name"] for one in said["parameters"] if one["in"] == "query"]
    verb = (
        odd.one_of(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")) if odd.often(0.08) else method.upper()
    )
    headers = {
        "Authorization": f"Bearer {world.tokens[odd.one_of(WHO)]}"
        if odd.often(0.93)
        else _printable(odd.word("Bearer x")),
        "Idempotency-Key": odd.one_of(("k", "k" * 201, "")) if odd.often(0.2) else f"key-{odd.chance.random()}",
        "Content-Type": odd.one_of(TYPES) if odd.often(0.1) else "application/json",
        "Accept-Language": odd.one_of(("en", "zh", "xx;q=0.5", ",,,;q=z", "*")),
    }
    body = odd.one_of(BODIES) if odd.often(0.15) else _body(odd, world, path).encode("utf-8", "surrogatepass")
    asked = odd.pairs(*query) if odd.often(0.9) else ()
    return Sent(verb, address(odd, world, path), asked, headers, body if verb in ("POST", "PUT", "PATCH") else None)


def address(odd: Odd, world: World, path: str) -> str:
    """The path with its names filled in, mostly by what there is."""
    good = {
        "{district}": ("haicheng",) * 12, "{number}": (*world.numbers,) * 8, "{n}": ("1", "2", "3"),
        "{outcome}": ("fine", "back", "note"), "{process}": ("every", "borrow_venue"), "{job}": ("1",), "{field}": ("card",) * 40 + FIELDS,
    }  # fmt: skip
    for name, words in good.items():
        share = 0.9 if name == "{district}" else 0.7
        if name in path:
            path = path.replace(name, odd.one_of(words) if odd.often(share) else odd.word())
    return "/api/v1" + path.replace("?", "%3F").replace("#", "%23").encode("utf-8", "replace").decode()


def _printable(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable() and ord(sign) < 256)


def _body(odd: Odd, world: World, path: str) -> str:
    kept = [name for name in FIELDS if odd.often(0.25)]
    values = {name: SOUND.get(name, '"x"') if odd.often(0.4) else odd.literal() for name in kept}
    fill = odd.object_of(**({"words": '"话"'} | values)) if odd.often(0.9) else odd.literal()
    if path.endswith("/cases"):
        unit = json.dumps(world.unit) if odd.often(0.8) else odd.literal()
        return odd.object_of(process='"every"' if odd.often(0.9) else odd.literal(), unit=unit, fill=fill)
    if "/outcomes/" in path:
        return odd.object_of(fill=fill, opinion=json.dumps(odd.word("行")), seen=odd.one_of(("1", odd.literal())))
    if path.endswith("/uncover"):
        return "{}" if odd.often(0.8) else odd.object_of(text=json.dumps(odd.word("话")))
    return odd.object_of(to=json.dumps(odd.word(*world.people.values())), text=json.dumps(odd.word("话")))


def answered_well(sent: Sent, answer: TestResponse) -> None:
    """A refusal is a problem in the caller's words, with its place where the body or the query is at fault."""
    if answer.status_code < 400 or sent.method in ("HEAD", "OPTIONS"):
        return
    assert answer.content_type == "application/problem+json", (str(sent), answer.content_type)
    said = json.loads(answer.data)
    assert said["status"] == answer.status_code and said["code"] and said["title"], str(sent)
    assert all(one["code"] and one["message"] for one in said.get("problems", ())), str(sent)


def every(world: World) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each operation so many times as it is to be asked."""
    known = operations(world)
    times = MANY or -(-IN_ALL // len(known))
    yield from (one for one in known for _ in range(times))


def test_no_odd_request_is_a_fault_or_changes_what_it_refuses(world: World) -> None:
    client, odd = world.app.test_client(), Odd(20261129)
    for method, path, said in every(world):
        sent = request(odd, world, method, path, said)
        answered_well(sent, world.ask(client, sent))
    assert world.answers.get(200, 0) > 20 and world.answers.get(422, 0) > 20, world.answers
    assert {401, 404} <= set(world.answers)


def test_odd_requests_reach_what_is_masked_and_leave_a_line_only_where_they_are_answered(world: World) -> None:
    client, odd = world.app.test_client(), Odd(11)
    known = [one for one in operations(world) if "{field}" in one[1]]
    answers = []
    for method, path, said in known * (MANY or 150):
        sent = request(odd, world, method, path, said)
        answer = world.ask(client, sent)
        answered_well(sent, answer)
        answers.append(answer.status_code)
    assert {200, 403, 404} <= set(answers)
    assert 0 < world.count()[-1] <= answers.count(200)


def test_each_field_takes_a_sound_value_and_no_other_becomes_one(world: World) -> None:
    client, odd = world.app.test_client(), Odd(7)
    tries = MANY or 8
    for name in FIELDS:
        literals = [SOUND[name]] if name in SOUND else []
        for value in [*literals, *(odd.literal() for _ in range(tries))]:
            fill = f'{{"words": "话", "{name}": {value}}}' if name != "words" else f'{{"words": {value}}}'
            body = f'{{"process": "every", "unit": {json.dumps(world.unit)}, "fill": {fill}}}'
            headers = {
                "Authorization": f"Bearer {world.tokens['staff']}", "Content-Type": "application/json",
                "Idempotency-Key": f"{name}-{odd.chance.random()}",
            }  # fmt: skip
            sent = Sent("POST", "/api/v1/haicheng/cases", headers=headers, body=body.encode("utf-8", "surrogatepass"))
            answer = world.ask(client, sent)
            answered_well(sent, answer)
            assert answer.status_code in (201, 400, 422), str(sent)
            if value in literals:
                assert answer.status_code == 201, (name, answer.json)
            if answer.status_code == 201:
                number = json.loads(answer.data)["number"]
                assert pages.case(world.ctx, Caller(world.people["staff"]), number).number == number


def test_no_number_or_text_is_too_odd_for_any_parameter_of_the_api(world: World) -> None:
    client, headers = world.app.test_client(), {"Authorization": f"Bearer {world.tokens['staff']}"}
    for method, path, said in operations(world):
        for name in [one["name"] for one in said["parameters"] if one["in"] == "query" and method == "get"]:
            for word in WORDS if MANY else EXTREMES:
                asked = ((name, word.encode("utf-8", "replace").decode()),)
                sent = Sent("GET", f"/api/v1{path.replace('{district}', 'haicheng')}", asked, headers)
                answered_well(sent, world.ask(client, sent))


@pytest.mark.parametrize(
    "path", ["/api/v1/%00", "/%00", "/haicheng/%00", "/api/v1/haicheng/cases/%ed%a0%80", "/%ff", "//", "/api/v1//"]
)
def test_an_address_that_nobody_could_write_leads_nowhere(world: World, path: str) -> None:
    for method in ("GET", "HEAD", "POST", "PUT"):
        answer = world.ask(world.app.test_client(), Sent(method, path))
        assert 300 <= answer.status_code < 500
