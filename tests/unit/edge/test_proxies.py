"""Who is a trusted proxy, and which address asks."""

from __future__ import annotations

import pytest

from engine.edge.proxies import Proxies, proxies_in
from engine.errors import RongtongError


@pytest.mark.parametrize(
    ("setting", "peer"),
    [
        ("127.0.0.1", "127.0.0.1"), ("10.0.0.0/8", "10.200.3.4"), ("192.168.1.7, 10.0.0.0/8", "10.0.0.1"),
        ("１０.0.0.0/8，192.168.1.7", "192.168.1.7"), ("::1", "::1"), ("fd00::/8", "fd12::9"), ("10.0.0.0/8", "::ffff:10.0.0.1"),
        ("0.0.0.0/0", "8.8.8.8"), ("::ffff:10.0.0.1", "10.0.0.1"), ("::ffff:10.0.0.1", "::ffff:10.0.0.1"),
        ("::ffff:10.0.0.0/104", "10.9.9.9"), ("fe80::/10", "fe80::1%eth0"),
    ],
)  # fmt: skip
def test_addresses_and_networks_are_taken(setting: str, peer: str) -> None:
    assert peer in proxies_in(setting)
    assert proxies_in(setting).asker(peer, "6.6.6.6, 7.7.7.7") == "7.7.7.7"


@pytest.mark.parametrize(
    ("setting", "peer"),
    [("", "127.0.0.1"), (" , ", "127.0.0.1"), ("127.0.0.1", "127.0.0.2"), ("10.0.0.0/8", "11.0.0.1"),
     ("10.0.0.0/8", "fd00::1"), ("::1", "127.0.0.1"), ("127.0.0.1", ""), ("127.0.0.1", "unix")],
)  # fmt: skip
def test_nobody_else_is_believed(setting: str, peer: str) -> None:
    assert peer not in proxies_in(setting)
    assert proxies_in(setting).asker(peer, "6.6.6.6") == peer


@pytest.mark.parametrize("word", ["proxy.lan", "localhost", "10.0.0.0/33", "10.0.0.1/8", "10.0.0", "10.*", "[::1]", "127.0.0.1:80"])
@pytest.mark.parametrize("setting", ["{}", "127.0.0.1,{}", "{} ,10.0.0.0/8"])
def test_what_would_match_nobody_is_refused_with_the_name_of_the_setting(setting: str, word: str) -> None:
    with pytest.raises(RongtongError) as refusal:
        proxies_in(setting.format(word))
    for said in refusal.value.text:
        assert word in said and "RONGTONG_TRUSTED_PROXIES" in said


@pytest.mark.parametrize("forwarded", ["", "unknown", "fe80::1%", "fe80::1%" + "a word " * 9, "6.6.6.6, ", "6.6.6.6:80", "<b>", "10.0.0.1\x1b[0m"])
def test_a_proxy_that_names_no_address_asks_itself(forwarded: str) -> None:
    assert Proxies(proxies_in("10.0.0.0/8").networks).asker("10.0.0.1", forwarded) == "10.0.0.1"


def test_a_network_with_bits_behind_its_mask_is_told_how_it_is_written() -> None:
    with pytest.raises(RongtongError) as refusal:
        proxies_in("10.0.0.1/8")
    said = refusal.value.text
    assert "10.0.0.0/8" in said.zh and "behind its mask" in said.en
