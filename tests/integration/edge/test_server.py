"""Who is slow or comes many times harms nobody else: bounds of connections, heads, bodies and answers."""

from __future__ import annotations

import pytest

from engine.clock import SECOND
from engine.edge import bounds
from tests.integration.edge.street import DOWNLOAD, HEALTH, LIMITS, MUCH, Narrow, Street


def test_half_sent_requests_of_one_address_keep_nobody_out_not_even_there(street: Street) -> None:
    slow = [street.come(b"GET / HTTP/1.1\r\nHost: loc") for _ in range(40)]
    assert b"200 OK" in street.ask(HEALTH)
    assert b"200 OK" in street.ask(HEALTH, "127.0.0.2")
    assert sum(not street.gone(one) for one in slow) < LIMITS.each


def test_all_addresses_of_one_network_of_ipv6_have_the_bound_of_one(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept, hosts = street.server.accept, iter([f"2001:db8:0:7::{n}" for n in range(1, 9)] + ["2001:db8:0:8::1"])
    monkeypatch.setattr(street.server, "accept", lambda: (accept()[0], (next(hosts), 1)))
    held = [street.come(b"GET /") for _ in range(9)]
    assert [street.gone(one) for one in held] == [True] * 3 + [False] * 6


def test_many_addresses_together_keep_nobody_out(street: Street) -> None:
    for n in range(2, 9):
        for _ in range(LIMITS.each):
            street.come(b"GET /", f"127.0.1.{n}")
            assert len(street.server.active_channels) <= LIMITS.connections + LIMITS.each + 1
    assert b"200 OK" in street.ask(HEALTH)


def test_whoever_comes_while_another_is_put_out_keeps_the_connection(street: Street) -> None:
    """The one that is put out frees the number of its socket, and the newcomer is the next who gets a number."""
    half = b"GET / HTTP/1.1\r\nHost: loc"
    for _ in range(LIMITS.each):
        street.come(half)
    for _ in range(8):
        street.come_meanwhile(half)
        newcomer = street.come_meanwhile(HEALTH, "127.0.0.2")
        assert b"200 OK" in street.heard(newcomer)
        newcomer.close()


def test_whoever_comes_while_an_answer_that_nobody_takes_ends_keeps_the_connection(street: Street) -> None:
    for _ in range(3):
        street.come(DOWNLOAD)
        street.clock.advance(LIMITS.taking)
        street.turn()
        newcomer = street.come_meanwhile(HEALTH, "127.0.0.2")
        assert b"200 OK" in street.heard(newcomer)
        newcomer.close()


def test_a_connection_that_is_being_answered_makes_room_for_nobody(street: Street) -> None:
    busy = [street.come() for _ in range(3)]
    for one in busy:
        one.sendall(HEALTH)
    street.round(answering=False)
    for _ in range(30):
        street.come(b"GET /")
    assert all(b"200 OK" in street.heard(one) for one in busy)


def test_an_answer_that_is_being_taken_makes_room_for_nobody(street: Street) -> None:
    slow = street.come(DOWNLOAD)
    for _ in range(LIMITS.each + 3):
        street.come(b"GET /")
        street.come(HEALTH)
    assert len(street.drained(slow)) > MUCH


def test_whoever_takes_no_answer_fills_no_more_than_an_address_may_and_not_for_long(street: Street) -> None:
    for _ in range(LIMITS.each * 3):
        street.come(DOWNLOAD)
    assert len(street.server.active_channels) <= LIMITS.each
    assert b"200 OK" in street.ask(HEALTH, "127.0.0.2")
    street.clock.advance(LIMITS.taking)
    street.round()
    assert b"200 OK" in street.ask(HEALTH)


def test_addresses_full_of_answers_that_nobody_takes_do_not_let_the_server_hold_more_than_it_may(street: Street) -> None:
    for n in range(2, 8):
        for _ in range(LIMITS.each):
            street.come(DOWNLOAD, f"127.0.1.{n}")
    assert len(street.server.active_channels) <= LIMITS.connections + LIMITS.each
    street.clock.advance(LIMITS.taking)
    street.round()
    assert b"200 OK" in street.ask(HEALTH)


def test_where_all_is_held_by_answers_that_nobody_takes_whoever_comes_has_the_time_of_a_head(street: Street) -> None:
    for n in range(2, 6):
        for _ in range(3):
            street.come(DOWNLOAD, f"127.0.1.{n}")
    assert len(street.server.active_channels) == LIMITS.connections
    quick, slow = street.come(address="127.0.0.2"), street.come(address="127.0.0.3")
    quick.sendall(HEALTH)
    assert b"200 OK" in street.heard(quick)
    street.clock.advance(LIMITS.head)
    street.come(HEALTH, "127.0.0.4")
    assert [street.gone(one) for one in (quick, slow)].count(True) == 1


def test_an_answer_lasts_as_long_as_it_is_taken(street: Street) -> None:
    slow, still = street.come(DOWNLOAD), street.come(DOWNLOAD, "127.0.0.2")
    taken = 0
    for _ in range(8):
        street.clock.advance(LIMITS.taking // 2)
        taken += len(street.heard(slow, most=bounds.LEAST_TAKEN * 20))
        street.round()
    assert street.gone_after_all(still)
    assert taken + len(street.drained(slow)) > MUCH


@pytest.mark.parametrize(("each", "ends"), [(bounds.LEAST_TAKEN // 5, True), (bounds.LEAST_TAKEN // 4, False)])
def test_an_answer_that_trickles_ends(street: Street, each: int, ends: bool) -> None:
    slow = street.come()
    (channel,) = street.server.active_channels.values()
    channel.socket = line = Narrow(channel.socket)
    slow.sendall(DOWNLOAD)
    street.round()
    for _ in range(12):
        line.free += each
        street.round()
        street.clock.advance(LIMITS.taking // 4)
    line.free = MUCH * 2
    assert street.gone_after_all(slow) is ends


def test_an_answer_of_which_much_was_taken_ends_where_no_more_is(street: Street) -> None:
    stalls = street.come()
    (channel,) = street.server.active_channels.values()
    channel.socket = line = Narrow(channel.socket)
    stalls.sendall(DOWNLOAD)
    street.round()
    line.free = MUCH // 4
    for _ in range(2):
        street.round()
        street.clock.advance(LIMITS.taking)
    line.free = MUCH * 2
    assert street.gone_after_all(stalls)


def test_who_sends_the_next_request_before_the_answer_gets_one_answer_and_the_end(street: Street) -> None:
    said = street.ask(HEALTH * 50)
    assert said.count(b"HTTP/1.") == 1
    assert b"Connection: close" in said
    guest = street.come(HEALTH)
    assert street.heard(guest).count(b"HTTP/1.") == 1
    guest.sendall(HEALTH)
    assert street.heard(guest).count(b"HTTP/1.") == 1


def test_a_proxy_may_hold_as_many_connections_as_there_are(street: Street) -> None:
    held = [street.come(b"GET /", "127.0.9.9") for _ in range(LIMITS.each + 3)]
    assert not any(street.gone(one) for one in held)


def test_a_head_has_its_time_however_steadily_it_trickles(street: Street) -> None:
    slow = street.come(b"GET / HT")
    for _ in range(9):
        street.clock.advance(SECOND)
        slow.sendall(b"x")
        assert not street.gone(slow)
    street.clock.advance(SECOND)
    assert street.gone(slow)


def test_a_body_has_its_time_and_is_taken_when_it_comes_in_it(street: Street) -> None:
    head = b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n"
    quick, slow = street.come(head), street.come(head)
    for _ in range(3):
        street.clock.advance(9 * SECOND)
        slow.sendall(b"x")
        street.round()
    quick.sendall(b"four")
    assert b"okfour" in street.heard(quick)
    street.clock.advance(3 * SECOND)
    assert street.gone(slow)


def test_a_connection_without_a_request_is_kept_for_a_while(street: Street) -> None:
    used, fresh = street.come(HEALTH), street.come()
    assert b"200 OK" in street.heard(used)
    street.clock.advance(LIMITS.idle - 1)
    assert not street.gone(used)
    assert not street.gone(fresh)
    street.clock.advance(1)
    assert street.gone(used)
    assert street.gone(fresh)
