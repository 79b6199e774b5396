"""The gate before all doors, generated over every address: who writes, what every answer carries, what no address is."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import quote

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import Headers
from werkzeug.routing import Rule

from engine.edge import bounds
from engine.store.schema import hub, tables
from tests.integration.odd.conftest import World
from tests.integration.odd.oddities import EXTREMES, Sent

ALWAYS = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cache-Control", "Permissions-Policy")
METHODS = ("HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "CONNECT", "PROPFIND", "post", "WRITE")
_PART = re.compile(r"<(?:([^<>:]*):)?([a-z_]+)>")


def parts(world: World) -> dict[str, str]:
    """Something that there is for each part of an address."""
    return {
        "district": "haicheng", "number": world.numbers[0], "n": "1", "process": "every", "ref": f"{world.numbers[0]}.1",
        "name": "process", "rest": "venues", "path": "haicheng/inbox", "outcome": "fine", "field": "card", "job": "x",
        "filename": "base.css", "person": world.people["staff"], "account": "x", "token": "x",
    }  # fmt: skip


def filled(world: World, rule: Rule, odd: dict[str, str] | None = None) -> str:
    """The address of *rule* with its parts filled in, those in *odd* by what stands there."""
    known = parts(world) | (odd or {})

    def word(found: re.Match[str]) -> str:
        kind, name = found[1] or "", found[2]
        if kind.startswith("any(") and name not in (odd or {}):
            return kind[4:-1].split(",")[0]
        return known[name]

    return _PART.sub(word, rule.rule)


def rules(world: World) -> list[Rule]:
    return sorted(world.app.url_map.iter_rules(), key=lambda rule: (rule.rule, str(rule.methods)))


def asked(world: World, who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.tokens[who]}", "Idempotency-Key": "gate", "Content-Type": "application/json"}


def test_only_post_writes_whatever_the_address(world: World) -> None:
    client, before = world.visitor("staff"), everything(world)
    for rule in rules(world):
        for method in METHODS:
            for headers, body in ((asked(world, "staff"), b"{}"), ({}, b"")):
                sent = Sent(method, filled(world, rule), headers=headers, body=body)
                answer = world.ask(client, sent)
                assert answer.status_code < 500, str(sent)
                if method not in ("HEAD", "OPTIONS"):
                    assert answer.status_code == 405, str(sent)
                    assert answer.allow, str(sent)
                if method == "HEAD":
                    assert answer.data == b""
    assert everything(world) == before


def test_a_head_of_what_starts_a_case_starts_none(world: World) -> None:
    client, before = world.visitor("staff"), world.count()
    answer = world.ask(client, Sent("HEAD", "/haicheng/start/every", headers={"Origin": "http://localhost"},
                                    form=(("f-words", "话"), ("unit", world.unit), ("key", "k"))))  # fmt: skip
    assert answer.status_code == 200
    assert world.count() == before


def test_a_head_is_answered_with_the_headers_of_its_get(world: World) -> None:
    client = world.visitor("admin")
    for rule in rules(world):
        if "GET" not in (rule.methods or ()):
            continue
        path = filled(world, rule)
        got, head = (client.open(path, method=method, headers=asked(world, "admin")) for method in ("GET", "HEAD"))
        assert head.status_code == got.status_code, path
        assert said(head.headers) == said(got.headers), path
        got.close(), head.close()


def said(headers: Headers) -> list[tuple[str, str]]:
    """All headers but the cookie, which renews itself."""
    return sorted((name, value) for name, value in headers if name != "Set-Cookie")


def test_every_answer_carries_the_headers(world: World) -> None:
    client = world.visitor("admin")
    odd = ("/static/none.css", "/static/", "/api/", "/api/v1/", "/api/v2/x", "/%00", "/x/%00", "/healthz", "/" + "x" * 9000)
    for path in (*odd, *(filled(world, rule) for rule in rules(world))):
        for method in ("GET", "POST", "OPTIONS", "PUT"):
            answer = world.ask(client, Sent(method, path))
            assert [name for name in ALWAYS if name not in answer.headers] == [], (method, path)


def odd_words() -> tuple[str, ...]:
    return tuple(dict.fromkeys((*EXTREMES, "%00", "a%00b", "%ED%A0%80", "%FF", "%C0%80", "..%2F..", "%", "%zz", "a%0A", "%0Ab", "%0D%0A", "%E2%80%A8",
                                "a%0Ab%C2%85")))  # fmt: skip


def odd_addresses(world: World) -> Iterator[str]:
    for word in odd_words():
        written = word if word.startswith(("%", "a%", "..%")) else quote(word, errors="replace")
        yield from (f"/{written}", f"/api/{written}", f"/api/v1/{written}", f"/static/{written}", f"/healthz/{written}")
        for rule in rules(world):
            for _, name in _PART.findall(rule.rule):
                yield filled(world, rule, {name: written})


def test_no_part_of_an_address_is_too_odd(world: World, caplog: pytest.LogCaptureFixture) -> None:
    client, before = world.visitor("admin"), everything(world)
    for path in odd_addresses(world):
        for method in ("GET", "POST"):
            answer = client.open(path, method=method, headers=asked(world, "admin"), data=b"{}" if method == "POST" else None)
            answer.close()
            assert answer.status_code < 500, (method, path[:200])
            if answer.status_code >= 400:
                kinds = {"application/problem+json"} if path.startswith("/api/v1/") else {"text/html; charset=utf-8"}
                kinds |= {"application/problem+json"} if path.startswith("/api/") else set()
                assert answer.content_type in kinds, (method, path[:200])
    assert not [line for line in caplog.records if line.levelno >= logging.ERROR]
    assert everything(world) == before


@pytest.mark.parametrize("host", ["evil.test", "localhost, evil.test", "", "localhost@evil.test"])
def test_a_foreign_host_is_refused_at_every_address_but_the_probe(world: World, host: str) -> None:
    client = world.app.test_client()
    for rule in rules(world):
        answer = client.open(filled(world, rule), method="GET", headers={"Host": host})
        assert answer.status_code == (200 if rule.rule == "/healthz" else 400), rule.rule
        assert host not in answer.text or not host


@pytest.mark.parametrize("origin", ["null", "http://evil.test", "https://localhost:1", "http://localhost.evil.test", ""])
def test_a_form_of_a_foreign_page_is_refused_at_every_address(world: World, origin: str) -> None:
    client, before = world.visitor("staff"), everything(world)
    for rule in rules(world):
        if "POST" in (rule.methods or ()):
            answer = client.post(filled(world, rule), headers=asked(world, "staff") | {"Origin": origin}, data=b"{}")
            assert answer.status_code == 403, rule.rule
    assert everything(world) == before


def test_a_body_that_is_too_large_or_of_no_length_is_not_read(world: World) -> None:
    class Unread:
        def read(self, *_: object) -> bytes:
            raise AssertionError("the body was read")

    for rule in rules(world):
        if "POST" not in (rule.methods or ()):
            continue
        path = filled(world, rule)
        for more, status in (
            ({"CONTENT_LENGTH": str(bounds.FORM_READ + 1)}, 413), ({"CONTENT_LENGTH": "9" * 5000}, 413),
            ({"HTTP_TRANSFER_ENCODING": "chunked"}, 411),
            ({"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": "2"}, 400),
            *(({"CONTENT_LENGTH": length}, 400) for length in ("-1", "+1", "1_0", "0x10", "1 2", "²")),
        ):  # fmt: skip
            environ = {"REQUEST_METHOD": "POST", "PATH_INFO": path, "HTTP_HOST": "localhost", "wsgi.input": Unread(), **more}
            said: list[str] = []
            body = world.app.wsgi_app(environ, lambda line, headers, said=said: said.append(line))  # type: ignore[arg-type]
            assert said[0].startswith(str(status)), (path, more, said, list(body))


def test_a_body_that_was_cut_off_is_refused_at_every_address_and_nothing_is_done(world: World) -> None:
    """Whatever the server makes of its end: an end of the stream, or a connection that broke."""

    class Breaks(BytesIO):
        def read(self, *most: int | None) -> bytes:
            if part := super().read(*most):
                return part
            raise ConnectionResetError

    before = everything(world)
    for rule in rules(world):
        if "POST" not in (rule.methods or ()):
            continue
        path = filled(world, rule)
        for kind, body in (("application/json", b"{}"), ("application/x-www-form-urlencoded", b"f-words=1&key=k"), ("", b"x")):
            for sent in (BytesIO(body), Breaks(body), BytesIO()):
                environ = {
                    "REQUEST_METHOD": "POST", "PATH_INFO": path, "HTTP_HOST": "localhost", "CONTENT_TYPE": kind, "wsgi.input": sent,
                    "CONTENT_LENGTH": str(len(body) + 20), "wsgi.input_terminated": True,
                    "HTTP_AUTHORIZATION": f"Bearer {world.tokens['staff']}", "HTTP_IDEMPOTENCY_KEY": "cut",
                }  # fmt: skip
                said: list[str] = []
                world.app.wsgi_app(environ, lambda line, headers, said=said: said.append(line))  # type: ignore[arg-type]
                assert said[0].startswith("400"), (path, kind, said)
    assert everything(world) == before


def test_a_body_that_comes_in_parts_is_whole(world: World) -> None:
    class Parts(BytesIO):
        def read(self, most: int | None = -1) -> bytes:
            return super().read(min(3, most or 3))

    client = world.visitor("staff")
    body = b"lang=en&" + b"x" * 5000
    answer = client.post("/look", environ_overrides={"wsgi.input": Parts(body), "CONTENT_LENGTH": str(len(body)),
                                                     "CONTENT_TYPE": "application/x-www-form-urlencoded"})  # fmt: skip
    assert "传完" not in answer.text


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "Application/X-WWW-Form-URLencoded; charset=utf-8"])
def test_a_form_of_very_many_inputs_is_refused_before_it_is_one(world: World, kind: str) -> None:
    client, before = world.visitor("staff"), world.count()
    body = "&".join(f"k{n}=" for n in range(30_000))
    answer = client.post("/haicheng/start/every", data=body, content_type=kind)
    assert answer.status_code == 413
    assert world.count() == before


def everything(world: World) -> dict[str, int]:
    """How many rows each table has."""
    every = (*tables.metadata.sorted_tables, *(table for table in hub.hub_metadata.sorted_tables if table.name != "session"))
    return world.ctx.runner.run(
        lambda tx: {
            table.name: int(tx.connection.execute(select(func.count()).select_from(table)).scalar_one()) for table in every
        },
        write=False,
    )
