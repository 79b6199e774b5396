"""Which addresses count as one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.addresses import counted_as


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_an_address_of_ipv6_counts_as_its_network_of_64_bits(address: object, other: int) -> None:
    if getattr(address, "ipv4_mapped", None) is None:
        beside = type(address)(int(address) >> 64 << 64 | other)  # type: ignore[call-overload, call-arg]
        if beside.ipv4_mapped is None:
            assert counted_as(str(address)) == counted_as(str(beside))
        assert counted_as(str(address)) != counted_as(str(type(address)(int(address) ^ 1 << 64)))  # type: ignore[call-overload, call-arg]


@pytest.mark.parametrize(("words", "counted"), [
    ("10.0.0.1", "10.0.0.1"), ("::ffff:10.0.0.1", "10.0.0.1"), ("fe80::1%eth0", "fe80::/64"), ("", ""), ("unix", "unix"),
])  # fmt: skip
def test_any_other_counts_alone(words: str, counted: str) -> None:
    assert counted_as(words) == counted
