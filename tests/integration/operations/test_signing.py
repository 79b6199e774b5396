"""The key that signs cookies: one for all machines of a database, whoever comes first, or those that are given."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from sqlalchemy import delete

from engine.errors import RongtongError
from engine.operations.accounts.accounts import LONGEST
from engine.operations.accounts.signing import given_keys, renew, signing_keys
from engine.store.schema import hub
from tests.integration.operations.looking import rows
from tests.integration.operations.racing import THREADS, field
from tests.town import Town


def test_whoever_comes_first_makes_the_key_and_all_have_it(town: Town) -> None:
    for _ in range(15):
        town.system.runner.run(lambda tx: tx.connection.execute(delete(hub.signing_key)).rowcount)
        found: list[tuple[str, ...]] = []
        start = Barrier(3)

        def come(found: list[tuple[str, ...]] = found, start: Barrier = start) -> None:
            start.wait()
            found.append(signing_keys(town.system))
            town.system.runner.release()

        machines = [Thread(target=come) for _ in range(3)]
        for machine in machines:
            machine.start()
        for machine in machines:
            machine.join()
        assert len(found) == 3
        assert len(set(found)) == 1
        assert len(found[0][0]) >= 48
        assert [row["secret"] for row in rows(town, hub.signing_key)] == list(found[0])


def test_keys_that_are_given_come_before_the_one_that_is_kept(lone_town: Town) -> None:
    kept = signing_keys(lone_town.system, given_keys(" "))
    assert signing_keys(lone_town.system, given_keys("a-key-of-this-year, a-key-of-last-year")) == (
        "a-key-of-this-year", "a-key-of-last-year",
    )  # fmt: skip
    assert signing_keys(lone_town.system) == kept


def test_a_key_that_could_be_guessed_is_refused(lone_town: Town) -> None:
    with pytest.raises(RongtongError, match="RONGTONG_SECRET_KEY"):
        given_keys("a-key-of-this-year,short")


def test_a_renewed_key_signs_and_the_old_one_is_taken_as_long_as_a_session_of_it_may_last(town: Town) -> None:
    (first,) = signing_keys(town.system)
    renew(town.system)
    second, *older = signing_keys(town.system)
    assert older == [first] and second != first
    town.clock.advance(LONGEST // 2)
    renew(town.system)
    third, *older = signing_keys(town.system)
    assert older == [second, first]
    town.clock.advance(LONGEST // 2)
    assert signing_keys(town.system) == (third, second)
    renew(town.system)
    assert signing_keys(town.system)[1:] == (third, second)
    assert first not in {row["secret"] for row in rows(town, hub.signing_key)}


def test_a_key_that_is_renewed_at_once_leaves_none_beside_it(town: Town) -> None:
    old = {*signing_keys(town.system)}
    renew(town.system)
    old |= {*signing_keys(town.system)}
    renew(town.system, at_once=True)
    (new,) = signing_keys(town.system)
    assert new not in old
    assert [row["secret"] for row in rows(town, hub.signing_key)] == [new]


def test_a_key_can_be_renewed_before_there_is_one_and_by_many_together(town: Town) -> None:
    town.system.runner.run(lambda tx: tx.connection.execute(delete(hub.signing_key)).rowcount)
    with field(town) as threads:
        for many in (1, 2):
            assert threads.race(lambda _: renew(town.system)) == [None] * THREADS
            assert len(signing_keys(town.system)) >= many
    kept = [row["id"] for row in rows(town, hub.signing_key)]
    assert sorted(kept) == list(range(1, len(kept) + 1))
