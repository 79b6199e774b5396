"""What administrators do about accounts: whom they see, what ends at once, what is journalled, whose are not theirs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, Thread

import pytest
from sqlalchemy import insert

from engine.errors import Busy, Conflict, Forbidden, Invalid, KeyReused, NotFound, RongtongError, Unauthenticated
from engine.operations.accounts import accounts, care, passwords, tokens
from engine.operations.accounts.rows import OPERATOR, By
from engine.operations.context import Caller
from engine.operations.verifying.verify import verify
from engine.store.schema import hub, tables
from engine.store.text import load
from tests.integration.operations.looking import rows
from tests.integration.operations.racing import THREADS, field
from tests.town import Town

WORD, NEW = "茶亭路 2026 good", "a wholly other word"
RUNS_IT = Caller("", door="cli")


class Office:
    """The town, with an account for Ann and one for Cai, who administers it."""

    def __init__(self, town: Town) -> None:
        self.town, self.ctx = town, town.ctx
        self.ann = accounts.create_account(town.system, "ann", "安宁", WORD, {"town": "ann"})
        self.cai = accounts.create_account(town.system, "cai", "蔡", WORD, {"town": "cai"})
        self.admin = Caller("cai", self.cai, "web")

    def elsewhere(self, account: str, person: str) -> None:
        row = {"account": account, "district_id": "next", "person": person}
        self.town.system.runner.run(lambda tx: tx.connection.execute(insert(hub.membership).values(**row)).rowcount)

    def opens(self, password: str = WORD, login: str = "ann") -> bool:
        try:
            accounts.log_in(self.town.system, login, password)
        except Unauthenticated:
            return False
        return True

    def journal(self) -> list[tuple[str, str, dict[str, object]]]:
        """What was done to accounts that there were."""
        return [row for row in self.whole_journal() if row[0] not in ("account.add", "account.token")]

    def whole_journal(self, district: str = "town") -> list[tuple[str, str, dict[str, object]]]:
        found = [
            row for row in rows(self.town, tables.journal)
            if row["stream"].startswith("account:") and row["district_id"] == district
        ]  # fmt: skip
        return [(row["command"], row["actor"], load(row["body"])) for row in found]


@pytest.fixture
def office(town: Town) -> Office:
    return Office(town)


def test_whose_name_rests_comes_in_with_the_password_that_they_were_given(office: Office) -> None:
    for _ in range(6):
        with pytest.raises(RongtongError) as refused:
            accounts.log_in(office.town.system, "ann", "no word of hers")
    assert refused.value.code == "login_rests"
    care.reset_password(office.ctx, office.admin, office.ann, NEW)
    assert office.opens(NEW)


def test_an_administrator_sees_who_has_an_account_and_nobody_else_does(office: Office) -> None:
    accounts.open_session(office.town.system, office.ann)
    accounts.create_token(office.town.system, office.ann, "town", "script")
    office.elsewhere(office.ann, "x")
    ann, cai = care.accounts_of(office.ctx, office.admin)
    assert (ann.login, ann.person, ann.sessions, ann.tokens, ann.elsewhere, ann.here, ann.disabled) == (
        "ann", "ann", 1, 1, True, True, False,
    )  # fmt: skip
    assert (cai.login, cai.sessions, cai.elsewhere, cai.has_password) == ("cai", 0, False, True)
    (token,) = care.tokens_of(office.ctx, office.admin, office.ann)
    assert token.name == "script"
    assert care.accounts_of(office.ctx, RUNS_IT) == (ann, cai)
    for read in (care.accounts_of, lambda ctx, who: care.tokens_of(ctx, who, office.ann)):
        with pytest.raises(Forbidden):
            read(office.ctx, Caller("ann", office.ann, "web"))


def test_a_new_password_opens_the_old_one_does_not_and_sessions_and_tokens_end(office: Office) -> None:
    office.elsewhere(office.ann, "far")
    session = accounts.log_in(office.town.system, "ann", WORD)
    mine = [accounts.create_token(office.town.system, office.ann, district, "x") for district in ("town", "next")]
    other = accounts.create_token(office.town.system, office.cai, "town", "y")
    care.reset_password(office.ctx, RUNS_IT, office.ann, NEW, key="k")
    assert accounts.session(office.town.system, session) is None
    assert [tokens.is_token(office.town.system, token) for token in (*mine, other)] == [False, False, True]
    assert not office.opens()
    assert office.opens(NEW)
    assert office.journal() == [("account.password", "", {"account": office.ann, "changed": 3})]
    stored = str([rows(office.town, table) for table in (tables.journal, tables.case_data, hub.account)])
    assert NEW not in stored
    with pytest.raises(Invalid):
        care.reset_password(office.ctx, RUNS_IT, office.ann, "12345678")


def test_an_account_that_is_shut_loses_everything_at_once_and_is_opened_again(office: Office) -> None:
    session = accounts.log_in(office.town.system, "ann", WORD)
    token = accounts.create_token(office.town.system, office.ann, "town", "script")
    care.disable(office.ctx, office.admin, office.ann)
    assert accounts.session(office.town.system, session) is None
    assert tokens.token_caller(office.town.system, token, "town") is None
    assert not office.opens()
    care.enable(office.ctx, office.admin, office.ann)
    assert accounts.session(office.town.system, session) is None
    assert office.opens()


def test_sessions_and_one_token_end_and_another_stays(office: Office) -> None:
    session = accounts.log_in(office.town.system, "ann", WORD)
    one, two = (accounts.create_token(office.town.system, office.ann, "town", name) for name in ("one", "two"))
    care.end_sessions(office.ctx, office.admin, office.ann)
    assert accounts.session(office.town.system, session) is None
    known = {token.name: token.id for token in care.tokens_of(office.ctx, office.admin, office.ann)}
    care.revoke_token(office.ctx, office.admin, office.ann, known["one"])
    assert tokens.token_caller(office.town.system, one, "town") is None
    assert tokens.token_caller(office.town.system, two, "town") is not None
    with pytest.raises(NotFound):
        care.revoke_token(office.ctx, office.admin, office.ann, known["one"])


#: Every verb on an account as a whole.
VERBS: tuple[Callable[..., None], ...] = (
    lambda ctx, who, one, key="": care.reset_password(ctx, who, one, NEW, key=key),
    lambda ctx, who, one, key="": care.disable(ctx, who, one, key=key),
    lambda ctx, who, one, key="": care.enable(ctx, who, one, key=key),
    lambda ctx, who, one, key="": care.end_sessions(ctx, who, one, key=key),
)


@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_is_anybody_s_but_an_administrator_s(office: Office, verb: Callable[..., None]) -> None:
    before = rows(office.town, hub.account)
    with pytest.raises(Forbidden):
        verb(office.ctx, Caller("bo", "", "web"), office.ann)
    with pytest.raises(Forbidden):  # and nobody else learns whether there is such an account
        verb(office.ctx, Caller("bo", "", "web"), "nothing")
    for unknown in ("nothing", ""):
        with pytest.raises(NotFound):
            verb(office.ctx, office.admin, unknown)
    assert rows(office.town, hub.account) == before
    assert office.journal() == []


@pytest.mark.parametrize("verb", VERBS)
def test_an_account_of_two_districts_is_no_one_district_s(office: Office, verb: Callable[..., None]) -> None:
    office.elsewhere(office.ann, "somebody")
    before = rows(office.town, hub.account)
    with pytest.raises(Forbidden) as refusal:
        verb(office.ctx, office.admin, office.ann)
    assert refusal.value.code == "account_elsewhere"
    assert "next" not in refusal.value.text.en + refusal.value.text.zh
    assert rows(office.town, hub.account) == before
    verb(office.ctx, RUNS_IT, office.ann)
    assert [actor for _, actor, _ in office.journal()] == [""]


@pytest.mark.parametrize("verb", VERBS)
def test_an_account_of_another_district_is_not_there(office: Office, verb: Callable[..., None]) -> None:
    foreign = accounts.create_account(office.town.system, "far", "远", WORD, {"next": "far"})
    for who in (office.admin, RUNS_IT):
        with pytest.raises(NotFound):
            verb(office.ctx, who, foreign)


@pytest.mark.parametrize("verb", VERBS)
def test_the_same_key_does_it_once_and_another_request_of_it_is_refused(
    office: Office, verb: Callable[..., None]
) -> None:
    for _ in range(2):
        verb(office.ctx, office.admin, office.ann, key="k")
    assert len(office.journal()) == 1
    with pytest.raises(KeyReused):
        verb(office.ctx, office.admin, office.cai, key="k") if verb is not VERBS[1] else care.enable(
            office.ctx, office.admin, office.ann, key="k"
        )


def test_nobody_shuts_themselves_out(office: Office) -> None:
    for who in (office.admin, Caller("cai", "", "cli")):
        with pytest.raises(Conflict):
            care.disable(office.ctx, who, office.cai)
    care.disable(office.ctx, RUNS_IT, office.cai)


class Hashing:
    """The hasher of the test, which counts what is hashed."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.light, self.count = passwords.hasher(), 0
        patch.setattr(passwords, "hasher", lambda: self)

    def hash(self, password: bytes) -> str:
        self.count += 1
        return self.light.hash(password)

    def verify(self, kept: str, password: bytes) -> bool:
        return self.light.verify(kept, password)


def test_a_password_is_hashed_for_nobody_who_may_not_set_it_and_once_for_one_key(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = accounts.create_account(office.town.system, "far", "远", WORD, {"next": "far"})
    office.elsewhere(office.cai, "somebody")
    hashing = Hashing(monkeypatch)
    for who, account in (
        (Caller("bo", "", "web"), office.ann), (Caller("bo", "", "web"), "nothing"), (office.admin, "nothing"),
        (office.admin, foreign), (office.admin, office.cai),
    ):  # fmt: skip
        with pytest.raises((Forbidden, NotFound)):
            care.reset_password(office.ctx, who, account, NEW)
    with pytest.raises(Invalid):
        care.reset_password(office.ctx, office.admin, office.ann, NEW, key="k" * 201)
    assert hashing.count == 0
    for _ in range(3):
        care.reset_password(office.ctx, office.admin, office.ann, NEW, key="k")
    with pytest.raises(KeyReused):
        care.reset_password(office.ctx, office.admin, office.cai, NEW, key="k")
    assert hashing.count == 1


def reset(office: Office, password: str, key: str) -> str:
    """What setting Ann's *password* comes to."""
    try:
        care.reset_password(office.ctx, office.admin, office.ann, password, key=key)
    except KeyReused as refusal:
        return refusal.code
    return "set"


def test_a_key_that_comes_again_with_another_password_is_refused_and_with_the_same_one_answered(office: Office) -> None:
    assert reset(office, NEW, "k") == "set"
    assert [reset(office, word, "k") for word in (NEW + "!", NEW, WORD)] == ["key_reused", "set", "key_reused"]
    assert office.opens(NEW)
    care.disable(office.ctx, office.admin, office.ann, key="other")
    assert reset(office, NEW, "other") == "key_reused", "that key shut the account"
    assert len(office.journal()) == 2


def test_a_password_that_was_set_again_since_is_not_called_done_under_the_first_key(office: Office) -> None:
    requests = ((NEW, "a"), (WORD, "b"), (NEW, "c"))
    assert [reset(office, *request) for request in requests] == ["set"] * 3
    assert [reset(office, *request) for request in requests] == ["key_reused", "key_reused", "set"]


@pytest.mark.parametrize(("other", "comes_to"), [(NEW, "set"), (NEW + "!", "key_reused")])
def test_a_request_that_meets_its_key_while_it_hashes_is_answered_or_refused_alike(
    office: Office, monkeypatch: pytest.MonkeyPatch, other: str, comes_to: str
) -> None:
    hashed = passwords.hashed

    def meanwhile(password: str, whose: str) -> str:
        monkeypatch.setattr(passwords, "hashed", hashed)
        assert reset(office, other, "k") == "set"
        return hashed(password, whose)

    monkeypatch.setattr(passwords, "hashed", meanwhile)
    assert reset(office, NEW, "k") == comes_to
    assert office.opens(other)
    assert len(office.journal()) == 1


def test_the_journal_holds_nothing_that_a_password_can_be_tried_on(office: Office) -> None:
    for key in ("a", "b"):
        assert reset(office, NEW, key) == "set"
    first, second = (row["request_hash"] for row in rows(office.town, tables.journal) if row["request_key"] in ("a", "b"))
    assert first != second, "the salt that made them differ is in the account's row alone, while its password stands"


def test_who_sets_passwords_takes_half_of_the_places_and_waits_in_no_queue(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = passwords.Desk(1, 4)
    monkeypatch.setattr(passwords, "desk", lambda: desk)
    with desk.place(office.cai), desk.place(office.cai):
        with pytest.raises(Busy) as refusal:
            care.reset_password(office.ctx, office.admin, office.ann, NEW)
        assert refusal.value.code == "login_busy"
        assert office.opens(), "whoever logs in finds a place"
    care.reset_password(office.ctx, office.admin, office.ann, NEW)
    assert office.opens(NEW)
    desk._hands.shutdown()


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("verb", VERBS[:2])
def test_a_log_in_that_is_under_way_does_not_outlive_a_new_password_or_a_shutting(
    office: Office, monkeypatch: pytest.MonkeyPatch, verb: Callable[..., None], again: bool
) -> None:
    looked = passwords.matches

    def meanwhile(kept: str, password: str) -> bool:
        right = looked(kept, password)
        monkeypatch.setattr(passwords, "matches", looked)
        verb(office.ctx, office.admin, office.ann)
        if again:
            care.reset_password(office.ctx, office.admin, office.ann, WORD)  # another hash of the same
        return right

    monkeypatch.setattr(passwords, "matches", meanwhile)
    with ThreadPoolExecutor(1) as wide:
        desk = passwords.Desk(2, 4)
        monkeypatch.setattr(passwords, "desk", lambda: desk)
        with pytest.raises(Unauthenticated) as refusal:
            wide.submit(accounts.log_in, office.town.system, "ann", WORD).result()
    desk._hands.shutdown()
    assert refusal.value.code == "login_refused"
    care.enable(office.ctx, office.admin, office.ann)
    assert rows(office.town, hub.session) == [], "nor does it come back"


@pytest.mark.parametrize("verb", VERBS[:2])
def test_whichever_comes_first_a_log_in_or_what_ends_it_no_session_is_left(
    office: Office, verb: Callable[..., None]
) -> None:
    """The two at once, many times: of a log-in that got in before, the session ends, too."""

    start = Barrier(2)

    def log_in() -> None:
        start.wait()
        with suppress(Unauthenticated):
            accounts.log_in(office.town.system, "ann", WORD, "192.0.2.1")
        office.town.system.runner.release()

    def end() -> None:
        start.wait()
        verb(office.ctx, office.admin, office.ann)
        office.town.system.runner.release()

    for _ in range(8):
        care.enable(office.ctx, RUNS_IT, office.ann)
        care.reset_password(office.ctx, RUNS_IT, office.ann, WORD)
        threads = [Thread(target=log_in), Thread(target=end)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert rows(office.town, hub.session) == []


def test_no_session_of_an_account_that_is_shut_begins_without_a_password_either(office: Office) -> None:
    care.disable(office.ctx, office.admin, office.ann)
    with pytest.raises(Unauthenticated):
        accounts.open_session(office.town.system, office.ann)
    assert rows(office.town, hub.session) == []


BEGINNINGS: dict[str, Callable[[Office, By], object]] = {
    "account.add": lambda office, by: accounts.create_account(office.town.system, "new", "新", WORD, {"town": "bo"}, by),
    "account.token": lambda office, by: accounts.create_token(office.town.system, office.ann, "town", "script", 30, by),
}


@pytest.mark.parametrize("command", BEGINNINGS)
@pytest.mark.parametrize("by", [OPERATOR, {"town": "cai"}])
def test_how_an_account_or_a_token_begins_is_a_row_of_the_district_s_journal(
    office: Office, command: str, by: By
) -> None:
    before = office.whole_journal()
    secret = BEGINNINGS[command](office, by)
    (row,) = (one for one in office.whole_journal() if one not in before)
    assert row[:2] == (command, ("" if by is OPERATOR else by["town"]))
    if command == "account.add":
        assert row[2] == {"account": secret, "person": "bo"}
    else:
        assert str(secret) not in str(row)
        (token,) = care.tokens_of(office.ctx, office.admin, office.ann)
        assert row[2] == {"account": office.ann, "token": token.id, "days": 30}
    assert verify(office.ctx).broken == ()


@pytest.mark.parametrize("command", BEGINNINGS)
def test_nobody_begins_one_in_the_name_of_who_administers_nothing(
    office: Office, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables_of_it = (hub.account, hub.membership, hub.token, tables.journal)
    before, hashing = [rows(office.town, table) for table in tables_of_it], Hashing(monkeypatch)
    for by, code in (({"town": "bo"}, "admin_only"), ({"town": "bo", "next": "cai"}, "admin_only"), ({"next": "cai"}, "admin_only")):
        with pytest.raises(Forbidden) as refusal:
            BEGINNINGS[command](office, by)
        assert refusal.value.code == code
    assert [rows(office.town, table) for table in tables_of_it] == before
    assert hashing.count == 0


def test_an_account_of_two_districts_begins_in_both_journals_and_at_no_one_district_s_hands(office: Office) -> None:
    both = {"town": "bo", "next": "somebody"}
    with pytest.raises(Forbidden) as refusal:
        accounts.create_account(office.town.system, "two", "二", None, both, {"town": "cai"})
    assert refusal.value.code == "account_elsewhere"
    made = accounts.create_account(office.town.system, "two", "二", None, both)
    for district, person in both.items():
        assert ("account.add", "", {"account": made, "person": person}) in office.whole_journal(district)


def test_nobody_gets_a_token_for_a_district_that_is_not_theirs(office: Office) -> None:
    before = rows(office.town, tables.journal)
    for account, district in ((office.ann, "next"), ("nothing", "town")):
        with pytest.raises(NotFound):
            accounts.create_token(office.town.system, account, district, "script")
    with pytest.raises(Invalid):
        accounts.create_token(office.town.system, office.ann, "town", "\ud800")
    assert (rows(office.town, hub.token), rows(office.town, tables.journal)) == ([], before)


def test_of_many_who_make_one_log_in_at_once_one_gets_it_and_the_others_are_told(office: Office) -> None:
    with field(office.town) as threads:
        for number in range(4):
            told = threads.race(lambda one, number=number: accounts.create_account(
                office.town.system, f"Same{number}", f"{one}", None, {"town": "bo"}
            ))  # fmt: skip
            refused = [one for one in told if isinstance(one, Invalid)]
            assert [one.problems[0].code for one in refused] == ["login-taken"] * (THREADS - 1)
            (made,) = (one for one in told if isinstance(one, str))
            assert [row["id"] for row in rows(office.town, hub.account) if row["login"] == f"same{number}"] == [made]
    assert len([row for row in office.whole_journal() if row[0] == "account.add"]) == 2 + 4
