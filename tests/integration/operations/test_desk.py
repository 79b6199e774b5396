"""The desk at which passwords are compared has few places, and nobody takes them all."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from engine.errors import Busy
from engine.extend.calls.entering import entered
from engine.hanging import GivenUp
from engine.operations.accounts import accounts, passwords
from tests.bounded import until
from tests.forking import forked, forks
from tests.hanging import ByHand, Hanging
from tests.integration.operations.logging_in import WORD, guess
from tests.town import Town


def test_who_finds_no_place_at_the_desk_is_told_at_once_and_nothing_is_counted(
    lone_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = passwords.Desk(1, 4)
    monkeypatch.setattr(passwords, "desk", lambda: desk)
    going, looking = Event(), Event()

    def slow(_kept: str, _password: str) -> bool:
        looking.set()
        return not going.wait(60)

    monkeypatch.setattr(passwords, "matches", slow)
    crowd = [Thread(target=guess, args=(lone_town, "ann", WORD, f"192.0.2.{n // 2}")) for n in range(4)]
    for one in crowd:
        one.start()
    assert looking.wait(60)
    until(lambda: desk._held.total() == 4)
    with pytest.raises(Busy) as refusal:
        accounts.log_in(lone_town.system, "bo", WORD, "192.0.2.9")
    assert refusal.value.code == "login_busy"
    going.set()
    for one in crowd:
        one.join()
    desk._hands.shutdown()
    assert desk._held.total() == 0


def test_one_address_takes_no_more_than_half_of_the_places() -> None:
    desk = passwords.Desk(1, 4)
    with desk.place("a"), desk.place("a"):
        with pytest.raises(Busy), desk.place("a"):
            raise AssertionError
        with desk.place("b"):
            pass
    with desk.place("a"):
        assert list(desk._held) == ["a"]
    desk._hands.shutdown()


def test_addresses_that_guess_leave_half_of_the_places_to_all_others(
    lone_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = passwords.Desk(1, 4)
    monkeypatch.setattr(passwords, "desk", lambda: desk)
    accounts.create_account(lone_town.system, "ann", "安宁", WORD, {"town": "ann"})
    for n in range(3):
        assert guess(lone_town, f"nobody {n}", address=f"192.0.2.{n}") == "login_refused"
    with desk.place("192.0.2.0"), desk.place("192.0.2.1"):
        for n in range(3):
            with pytest.raises(Busy), desk.place(f"192.0.2.{n}"):
                raise AssertionError
        assert guess(lone_town, "ann", WORD, "192.0.2.77") == "in"
    assert guess(lone_town, "ann", WORD, "192.0.2.0") == "in"
    with desk.place("192.0.2.1"), desk.place("192.0.2.2"), desk.place("192.0.2.0"):
        pass
    desk._hands.shutdown()


def test_a_desk_remembers_no_more_addresses_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_REMEMBERED", 2)
    desk = passwords.Desk(1, 4)
    for address in ("", "a", "b", "a", "c"):
        desk.remember(address, right=False)
    assert list(desk._wrong) == ["a", "c"]
    desk._hands.shutdown()


@forks
def test_a_forked_process_has_a_desk_with_hands_of_its_own() -> None:
    desk = passwords.Desk(1, 4)
    assert desk.do(lambda: "looked at") == "looked at"

    def at_the_desk() -> object:
        with desk.place("a"), desk.place("a"):
            return desk.do(lambda: "looked at")

    with desk.place("a"), desk._lock:
        assert forked(at_the_desk, 20) == "looked at"
    desk._hands.shutdown()


def test_who_is_given_up_at_the_desk_gives_the_place_back_at_once_and_once(dog: ByHand, code: Hanging) -> None:
    """On SQLite who logs in may lend their thread to somebody else's work, and that may hang."""
    desk = passwords.Desk(1, 4)
    hang = entered("odd", Path(__file__).parent, code.wait)

    def log_in() -> None:
        with suppress(GivenUp), desk.place("192.0.2.1"):
            hang()

    lost = Thread(target=log_in)
    lost.start()
    assert code.inside.wait(60)
    assert desk._held.total() == 1
    dog.call_back()
    dog.give_up()
    assert desk._held.total() == 0
    with desk.place("192.0.2.1"):
        code.free.set()
        lost.join()
        assert desk._held == {"192.0.2.1": 1}
    assert not desk._held
