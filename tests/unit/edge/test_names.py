"""Under which names a system may be asked for, and whose pages may send to it."""

from __future__ import annotations

import pytest

from engine.edge.names import Names, public_address
from engine.errors import RongtongError

PUBLIC = Names("https://rt.example/rong")
LOCAL = Names(host="127.0.0.1")
LAN = Names(host="0.0.0.0")
NAMED = Names(host="rong.lan")
ODD = (
    "", " ", "evil.test", "rt.example.evil.test", "evil.test, rt.example", "rt.example,rt.example", "rt.example/x", "a@rt.example",
    "rt.example:99999", "rt.example:x", "[::1", "rt.example#", "rt.example?x", "localhost.evil.test", "127.0.0.1.evil.test",
    "rt.example evil.test", "rt\texample", "rt.example\n",
)  # fmt: skip


@pytest.mark.parametrize("host", ODD)
def test_no_odd_name_is_ours(host: str) -> None:
    assert not any(names.asked(host) for names in (PUBLIC, LOCAL, LAN, NAMED))


@pytest.mark.parametrize("host", ["rt.example", "RT.example", "rt.example:443"])
def test_with_a_public_address_its_name_alone_is_ours(host: str) -> None:
    assert PUBLIC.asked(host)
    assert not LOCAL.asked(host)


@pytest.mark.parametrize("host", ["localhost", "localhost:8600", "127.0.0.1:9", "[::1]:8600", "rt.example:80", "10.0.0.5"])
def test_a_public_address_makes_every_other_name_foreign(host: str) -> None:
    assert not PUBLIC.asked(host)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8600", "localhost.", "127.0.0.1:9", "[::1]:8600"])
def test_without_one_the_machine_s_own_names_are_ours(host: str) -> None:
    assert LOCAL.asked(host)
    assert LAN.asked(host)


@pytest.mark.parametrize("host", ["10.0.0.5:8600", "[fd00::5]:8600"])
def test_a_number_is_ours_where_other_machines_may_come(host: str) -> None:
    assert LAN.asked(host)
    assert NAMED.asked(host)
    assert not LOCAL.asked(host)


def test_the_name_that_is_listened_on_is_ours() -> None:
    assert NAMED.asked("rong.lan:8600")
    assert not LAN.asked("rong.lan:8600")


@pytest.mark.parametrize(
    ("names", "origin", "host", "ours"),
    [
        (PUBLIC, "https://rt.example", "rt.example", True),
        (PUBLIC, "https://rt.example:443", "rt.example", True),
        (PUBLIC, "http://rt.example", "rt.example", False),
        (PUBLIC, "https://rt.example:8443", "rt.example", False),
        (PUBLIC, "https://sub.rt.example", "rt.example", False),
        (LOCAL, "http://localhost:8600", "localhost:8600", True),
        (LOCAL, "https://localhost", "localhost", True),
        (LOCAL, "http://localhost:8601", "localhost:8600", False),
        (LOCAL, "http://127.0.0.1:8600", "localhost:8600", False),
        *((names, origin, "localhost:8600", False) for names in (PUBLIC, LOCAL) for origin in (
            "null", "", "evil", "http://evil.test", "file://", "http://localhost:8600/", "http://a@localhost:8600",
            "chrome-extension://localhost:8600", "http://localhost:8600 http://evil.test", "http://[::1",
        )),
    ],
)  # fmt: skip
def test_a_form_comes_from_a_page_of_ours(names: Names, origin: str, host: str, ours: bool) -> None:
    assert names.sent_from(origin, host) is ours


@pytest.mark.parametrize("words", ["foo", "rongtong.example", "localhost:8600", "//rt.example", "http://", "https:///x", "ftp://rt.example",
                                   "http://a b", "http://[::1", "https://rt.example?x", "https://rt.example/#x", "https://u@rt.example"])  # fmt: skip
def test_a_public_address_that_nobody_could_ask_for_is_refused_by_its_variable(words: str) -> None:
    with pytest.raises(RongtongError) as refusal:
        public_address(words)
    for said in refusal.value.text:
        assert words in said and "RONGTONG_PUBLIC_URL" in said


@pytest.mark.parametrize("words", ["", "http://rt.example", "https://RT.example/rong/", "http://[::1]:8600", "http://10.0.0.1:80"])
def test_a_public_address_is_taken_as_it_is_written(words: str) -> None:
    assert public_address(words) == words
