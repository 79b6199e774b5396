"""Guesses at a password: counted before they are compared, by name and address."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier, Thread

import pytest

from engine.clock import MINUTE
from engine.errors import Busy
from engine.operations.accounts import accounts, care, passwords
from engine.operations.context import ENGINE
from engine.store.accounts import attempts, familiar
from engine.store.schema import hub
from tests.bounded import until_nothing
from tests.integration.operations.logging_in import WORD, guess
from tests.integration.operations.looking import Seen, rows
from tests.town import Town


@pytest.fixture(autouse=True)
def wide_desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A desk with room for everybody who races here."""
    wide = passwords.Desk(4, 64)
    monkeypatch.setattr(passwords, "desk", lambda: wide)
    yield
    wide._hands.shutdown()


def together(town: Town, login: str, addresses: tuple[str, ...]) -> list[str]:
    """The answers to 96 wrong guesses by sixteen at once, from each of *addresses* in turn."""
    said: list[str] = []
    start = Barrier(16)

    def guesses() -> None:
        start.wait()
        for n in range(6):
            said.append(guess(town, login, address=addresses[n % len(addresses)]))

    threads = [Thread(target=guesses) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


@pytest.mark.parametrize("login", ["ann", "nobody"])
def test_of_guesses_that_come_together_no_more_are_judged_than_may_be(town: Town, login: str) -> None:
    accounts.create_account(town.system, "ann", "安宁", WORD, {"town": "ann"})
    said = together(town, login, ("",))
    assert sorted(set(said)) == ["login_refused", "login_rests"]
    assert (said.count("login_refused"), len(said)) == (attempts.TRIES, 96)


def test_an_address_rests_after_many_wrong_passwords_of_whatever_names_and_no_other_does(
    lone_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "TRIES_OF_ADDRESS", 8)
    accounts.create_account(lone_town.system, "ann", "安宁", WORD, {"town": "ann"})
    said = [guess(lone_town, f"made up {n}", address="192.0.2.1") for n in range(10)]
    assert said == ["login_refused"] * 8 + ["login_rests"] * 2
    assert guess(lone_town, "ann", WORD, "192.0.2.1") == "login_rests"
    assert guess(lone_town, "ann", WORD, "192.0.2.2") == "in"
    lone_town.clock.advance(attempts.REST)
    assert guess(lone_town, "ann", WORD, "192.0.2.1") == "in"
    assert "192.0.2" not in str(rows(lone_town, hub.attempt))


def test_an_office_that_logs_in_rightly_never_rests(lone_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "TRIES_OF_ADDRESS", 3)
    accounts.create_account(lone_town.system, "ann", "安宁", WORD, {"town": "ann"})
    assert [guess(lone_town, "ann", WORD, "192.0.2.1") for _ in range(9)] == ["in"] * 9


HOME, STRANGER = "192.0.2.1", "198.51.100.7"


def resting(town: Town, login: str = "ann", address: str = STRANGER) -> None:
    """Let *login* rest by wrong passwords from *address*."""
    until_nothing(lambda: guess(town, login, address=address) != "login_rests", "guessing", most=200)


def test_strangers_keep_nobody_out_where_they_have_logged_in_before(town: Town) -> None:
    account = accounts.create_account(town.system, "ann", "安宁", WORD, {"town": "ann"})
    assert guess(town, "ann", WORD, HOME) == "in"
    resting(town)
    assert guess(town, "ann", WORD, STRANGER) == "login_rests"
    assert guess(town, "ann", WORD, "192.0.2.2") == "login_rests", "nobody has been there"
    assert guess(town, "ann", WORD, HOME) == "in"
    assert guess(town, "ann", WORD, STRANGER) == "login_rests", "what is right at home forgives no stranger"
    resting(town, address=HOME)
    assert guess(town, "ann", WORD, HOME) == "login_rests", "there, too, one guesses five times"
    care.reset_password(town.ctx, ENGINE, account, WORD * 2, key="new")
    assert guess(town, "ann", WORD * 2, HOME) == "in"


def test_a_network_of_ipv6_is_one_place(lone_town: Town) -> None:
    accounts.create_account(lone_town.system, "ann", "安宁", WORD, {"town": "ann"})
    assert guess(lone_town, "ann", WORD, "2001:db8:0:7::1") == "in"
    resting(lone_town)
    assert guess(lone_town, "Ａnn", WORD, "2001:db8:0:7:ffff::9") == "in"
    assert guess(lone_town, "ann", WORD, "2001:db8:0:8::1") == "login_rests"


def test_where_one_has_logged_in_another_is_not_known(lone_town: Town) -> None:
    for login in ("ann", "bo"):
        accounts.create_account(lone_town.system, login, login, WORD, {"town": login})
    assert guess(lone_town, "bo", WORD, HOME) == "in"
    resting(lone_town)
    assert guess(lone_town, "ann", WORD, HOME) == "login_rests"


def test_where_one_logged_in_is_kept_as_a_digest_that_wants_the_key(lone_town: Town) -> None:
    accounts.create_account(lone_town.system, "ann", "安宁", WORD, {"town": "ann"})
    assert guess(lone_town, "ann", WORD, HOME, ("old key",)) == "in"
    (kept,) = rows(lone_town, hub.familiar)
    assert kept["id"] != familiar.places("ann", HOME, ("",))[0]
    assert HOME not in str(kept)
    resting(lone_town)
    assert guess(lone_town, "ann", WORD, HOME, ("new key",)) == "login_rests"
    assert guess(lone_town, "ann", WORD, HOME, ("new key", "old key")) == "in"
    assert guess(lone_town, "ann", WORD, HOME, ("new key",)) == "in", "it is remembered under the one that signs"


def test_of_no_account_more_places_are_remembered_than_may_be_nor_for_longer(lone_town: Town) -> None:
    account = accounts.create_account(lone_town.system, "ann", "安宁", WORD, {"town": "ann"})
    for n in range(familiar.PLACES + 2):
        lone_town.clock.advance(MINUTE)
        assert guess(lone_town, "ann", WORD, f"192.0.2.{n}") == "in"
    first, kept = familiar.places("ann", "192.0.2.0", ("a key of the cookies",))[0], rows(lone_town, hub.familiar)
    assert (len(kept), first in str(kept)) == (familiar.PLACES, False)
    lone_town.clock.advance(familiar.AGE)
    resting(lone_town)
    assert guess(lone_town, "ann", WORD, "192.0.2.9") == "login_rests"
    lone_town.clock.advance(attempts.REST)
    assert guess(lone_town, "ann", WORD, HOME) == "in"
    assert len(rows(lone_town, hub.familiar)) == 1
    care.disable(lone_town.ctx, ENGINE, account, key="shut")
    assert rows(lone_town, hub.familiar) == []


@pytest.mark.parametrize("login", ["ann", "nobody"])
def test_of_guesses_that_come_together_from_a_place_that_is_known_no_more_are_judged_either(
    town: Town, login: str
) -> None:
    accounts.create_account(town.system, "ann", "安宁", WORD, {"town": "ann"})
    assert guess(town, "ann", WORD, HOME) == "in"
    said = together(town, login, (HOME, STRANGER))
    judged = attempts.TRIES * (2 if login == "ann" else 1)
    assert (said.count("login_refused"), len(said)) == (judged, 96)


def test_a_stranger_learns_from_no_answer_and_no_statement_who_is_known_elsewhere(town: Town) -> None:
    accounts.create_account(town.system, "ann", "安宁", WORD, {"town": "ann"})
    accounts.create_account(town.system, "bo", "薄霜", WORD, {"town": "bo"})
    assert guess(town, "ann", WORD, HOME) == "in"

    def answers(login: str) -> tuple[list[str], list[str]]:
        seen = Seen()
        town.ctx.runner.run(lambda tx: tx.connection.exec_driver_sql("SELECT 1").scalar(), write=False)
        town.system.database.hook = seen
        said = [guess(town, login, address=STRANGER) for _ in range(attempts.TRIES + 2)]
        town.system.database.hook = None
        return said, seen.statements

    known, unknown, nobody = answers("ann"), answers("bo"), answers("nobody")
    assert known == unknown == nobody
    assert len(known[1]) > len(known[0])


def test_who_belongs_nowhere_any_more_does_not_come_in_and_only_the_right_password_tells(lone_town: Town) -> None:
    accounts.create_account(lone_town.system, "gone", "去远", WORD, {"town": "nobody of this town"})
    assert guess(lone_town, "gone") == "login_refused"
    assert guess(lone_town, "gone", WORD) == "login_nowhere"


def test_each_refused_guess_leaves_a_line_with_its_address_and_nothing_that_was_typed(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(attempts, "TRIES_OF_ADDRESS", attempts.TRIES + 2)
    account = accounts.create_account(town.system, "ann", "安宁", WORD, {"town": "ann"})
    caplog.set_level("INFO", "rongtong.security")
    for login, password in (*[("ann", "wrong word")] * attempts.TRIES, ("ann", WORD), ("secret typed", "x"), ("ann", "x")):
        guess(town, login, password, "192.0.2.1")
    guess(town, "ann", "wrong word")
    desk = passwords.Desk(1, 0)
    monkeypatch.setattr(passwords, "desk", lambda: desk)
    with pytest.raises(Busy):
        accounts.log_in(town.system, "ann", WORD, "192.0.2.1")
    desk._hands.shutdown()
    said = [one.getMessage() for one in caplog.records if one.name == "rongtong.security"]
    assert said == [
        *[f"refused login_refused to account {account} from 192.0.2.1"] * attempts.TRIES,
        f"refused login_rests (name) to account {account} from 192.0.2.1",
        "refused login_refused to account unknown from 192.0.2.1",
        f"refused login_rests (address) to account {account} from 192.0.2.1",
        f"refused login_rests (name) to account {account} from ?",
        "refused login_busy from 192.0.2.1",
    ]
    assert not any(typed in caplog.text for typed in ("wrong word", WORD, "secret typed"))
