"""What is no request of ours is refused by its head, before a byte of its body is kept."""

from __future__ import annotations

import re

import pytest

from engine.edge import bounds
from engine.edge.answers import ALWAYS
from tests.integration.edge.street import HEALTH, Street


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300000000\r\n\r\n", 413),
        (b"POST /login HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 300000000\r\n\r\n", 413),
        (b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % (bounds.PRESS + 1), 413),
        (b"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", 400),
        (b"POST /api/v1/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % (bounds.JSON + 1), 413),
        (b"POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (b"POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"POST /a HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (b"POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400),
        (b"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400),
        (b"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\nhello", 400),
        (b"GET /a HTTP/1.1\r\n\r\n", 400),
        (b"GET /a HTTP/1.1\r\nHost: localhost\r\nHost: evil.test\r\n\r\n", 400),
        (b"GET /a HTTP/1.1\r\nHost: evil.test\r\n\r\n", 400),
        (b"GET /a HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * bounds.HEAD + b"\r\n\r\n", 431),
        (b"GET /a HTTP/1.1\r\nHost : localhost\r\n\r\n", 400),
        (b"get /a HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    ],
)  # fmt: skip
def test_what_is_no_request_of_ours_is_refused_by_its_head_with_the_headers_of_every_answer(
    street: Street, head: bytes, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    said = street.ask(head)
    lines = [one.getMessage() for one in caplog.records if one.name == "rongtong.security"]
    assert len(lines) == 1
    assert re.fullmatch(r"refused (http_\d{3}|host|length|length_twice) from 127\.0\.0\.1", lines[0])
    assert said.startswith((b"HTTP/1.1 %d " % status, b"HTTP/1.0 %d " % status)), said[:200]
    answered = said.partition(b"\r\n\r\n")[0].decode().lower()
    assert [name for name, _ in ALWAYS if f"\r\n{name.lower()}: " not in answered] == []
    assert b"waitress" not in said


@pytest.mark.parametrize("head", [
    b"GET /a HTTP/1.1\r\nHost: evil.test\r\n", b"POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n",
    b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300000000\r\n",
])  # fmt: skip
@pytest.mark.parametrize(
    ("peer", "forwarded", "asks"),
    [
        ("127.0.9.9", b"1.2.3.4, 6.6.6.6", "6.6.6.6"), ("127.0.9.9", b"::ffff:6.6.6.6", "::ffff:6.6.6.6"),
        ("127.0.9.9", b"who?", "127.0.9.9"), ("127.0.0.1", b"6.6.6.6", "127.0.0.1"),
    ],
)  # fmt: skip
def test_a_refusal_is_logged_with_the_address_that_asks(
    street: Street, caplog: pytest.LogCaptureFixture, head: bytes, peer: str, forwarded: bytes, asks: str
) -> None:
    street.ask(head + b"X-Forwarded-For: " + forwarded + b"\r\n\r\n", peer)
    lines = [one.getMessage() for one in caplog.records if one.name == "rongtong.security"]
    assert [line.rpartition(" ")[2] for line in lines] == [asks]


def test_what_is_sent_behind_a_refused_head_is_no_second_request(street: Street) -> None:
    inner = b"GET /inner HTTP/1.1\r\nHost: localhost\r\n\r\n"
    head = b"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert street.ask(head % len(inner) + inner).count(b"HTTP/1.") == 1


def test_a_head_s_answer_has_no_body(street: Street) -> None:
    said = street.ask(HEALTH.replace(b"GET", b"HEAD"))
    assert b"Content-Length: 2" in said
    assert said.endswith(b"\r\n\r\n")
