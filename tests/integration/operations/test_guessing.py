"""Guesses at a password: counted before they are judged, by name and address, at a desk that has few places."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier, Event, Thread

import pytest

from engine.clock import MINUTE
from engine.errors import Busy, Invalid, Unauthenticated
from engine.operations import account_care, accounts, attempts, familiar, passwords
from engine.operations.context import ENGINE
from engine.store import hub
from tests.bounded import until, until_nothing
from tests.forking import forked, forks
from tests.integration.operations.looking import Seen, rows
from tests.town import Town

WORD = "茶亭路 2026 good"


@pytest.fixture(autouse=True)
def wide_desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A desk with room for everybody who races here."""
    wide = passwords.Desk(4, 64)
    monkeypatch.setattr(passwords, "desk", lambda: wide)
    yield
    wide._hands.shutdown()


def guess(
    town: Town, login: str, password: str = "wrong word", address: str = "", keys: tuple[str, ...] = ("a key of the cookies",)
) -> str:
    try:
        accounts.log_in(town.system, login, password, address, keys)
    except Unauthenticated as refusal:
        return refusal.code
    finally:
        town.system.runner.release()
    return "in"


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
    account_care.reset_password(town.ctx, ENGINE, account, WORD * 2, key="new")
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
    account_care.disable(lone_town.ctx, ENGINE, account, key="shut")
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


@pytest.mark.parametrize(
    "easy",
    ["short", "", "12345678", "password", "PASSWORD", "P a s s w o r d", "        ", "11111111", "abababab", "\u3000" * 9,
     "１２３４５６７８", "qwertyuiop", "Ann.Bo.Cai", "x" * 1001],
)  # fmt: skip
def test_a_password_that_is_guessed_first_is_refused(lone_town: Town, easy: str) -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.create_account(lone_town.system, "ann.bo.cai", "安宁", easy, {})
    assert [problem.path for problem in refusal.value.problems] == ["password"]


@pytest.mark.parametrize("good", [WORD, "window-8600", "correct horse battery staple", "今天天气真不错", "\ud83dhalf of a sign"])
def test_any_other_is_taken_and_opens(lone_town: Town, good: str) -> None:
    accounts.create_account(lone_town.system, "ann", "安宁", good * 2, {"town": "ann"})
    assert guess(lone_town, "ann", good * 2) == "in"
    assert guess(lone_town, "ann", good) == "login_refused"


SAME = ("ann", "ANN", " ann ", "ａｎｎ", "a n n", "a\u200bnn", "an\u00adn", "\u202eann", "ann\x00", "ann\ufe0f", "a\ud800nn", "ann\u3164")


@pytest.mark.parametrize("typed", SAME)
def test_a_log_in_name_is_one_however_it_is_typed(lone_town: Town, typed: str) -> None:
    accounts.create_account(lone_town.system, "Ann", "安宁", WORD, {"town": "ann"})
    assert guess(lone_town, typed, WORD) == "in"
    with pytest.raises(Invalid) as refusal:
        accounts.create_account(lone_town.system, typed, "另一个", WORD, {})
    assert [problem.code for problem in refusal.value.problems] == ["login-taken"]


@pytest.mark.parametrize("typed", ["", " ", "\u3000", "\u200b\u202e", "\ud800", "\x00", "\u3164", "a" * 65])
def test_what_nobody_could_type_again_is_no_log_in_name(lone_town: Town, typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.create_account(lone_town.system, typed, "安宁", WORD, {})
    assert [problem.code for problem in refusal.value.problems] == ["login-name"]


def test_a_name_that_cannot_be_kept_is_refused(lone_town: Town) -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.create_account(lone_town.system, "ann", "安\ud800宁", WORD, {})
    assert [problem.path for problem in refusal.value.problems] == ["name"]


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
