"""Seats climb to the nearest unit with a holder; a person answers to their own keys and to those they stand in for."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Table, insert, update

from engine.audience import user_key
from engine.definition.calendar.working import calendar_from
from engine.store import answering, people
from engine.store.directory import StoreDirectory
from engine.store.facts import LiveFacts
from engine.store.schema import tables
from engine.store.schema.columns import NEVER
from engine.store.transactions.runner import Runner, Tx
from tests.integration.store.conftest import NOON, D


def add(runner: Runner, table: Table, *rows: dict[str, Any]) -> None:
    """Insert dated rows of the district."""
    dated = {"since": 0, "until": NEVER} if "since" in table.c else {}
    runner.run(lambda tx: tx.connection.execute(insert(table), [{"district_id": D, **dated, **row} for row in rows]))


def grant(runner: Runner, person: str, role: str, unit: str, **dates: int) -> None:
    """Give *person* a role on a unit."""
    add(
        runner,
        tables.role_grant,
        {"id": f"{person}{role}{unit}", "person": person, "role": role, "unit_id": unit, **dates},
    )


def seat(runner: Runner, role: str, unit: str, *excluded: str) -> tuple[str, tuple[str, ...]] | None:
    """Who has the seat at noon."""
    return runner.run(lambda tx: people.seat(tx, D, role, unit, NOON, excluded), write=False)


def answers(runner: Runner, person: str, at: int = NOON) -> answering.Answers:
    """What a person answers to."""
    return runner.run(lambda tx: answering.answers(tx, D, person, at), write=False)


def test_a_seat_is_found_at_the_unit_itself(town: Runner) -> None:
    grant(town, "p1", "head", "u3")
    grant(town, "p2", "head", "u3")
    grant(town, "p3", "head", "u2")
    assert seat(town, "head", "u3") == ("role:head@u3", ("p1", "p2"))


def test_who_is_excluded_is_left_out_before_climbing(town: Runner) -> None:
    grant(town, "p1", "head", "u3")
    grant(town, "p3", "head", "u2")
    assert seat(town, "head", "u3", "p1") == ("role:head@u2", ("p3",))
    assert seat(town, "head", "u3", "p1", "p3") is None
    assert seat(town, "head", "u1") is None


@pytest.mark.parametrize("dates", [{"since": NOON + 1}, {"until": NOON}])
def test_a_grant_counts_only_while_it_lasts(town: Runner, dates: dict[str, int]) -> None:
    grant(town, "p1", "head", "u3", **dates)
    assert seat(town, "head", "u3") is None
    assert "role:head@u3" not in answers(town, "p1").keys


def test_a_person_who_left_holds_no_seat(town: Runner) -> None:
    grant(town, "p1", "head", "u3")
    town.run(
        lambda tx: tx.connection.execute(update(tables.person).where(tables.person.c.id == "p1").values(until=NOON))
    )
    assert seat(town, "head", "u3") is None
    assert answers(town, "p1") == answering.Answers((), {}, ())


def merge(runner: Runner) -> None:
    """Let the station u3 go up in u4 at noon."""
    change = update(tables.unit).where(tables.unit.c.id == "u3").values(until=NOON, successor="u4")
    runner.run(lambda tx: tx.connection.execute(change))


def test_a_successor_comes_before_climbing(town: Runner) -> None:
    grant(town, "p1", "head", "u3")
    grant(town, "p2", "head", "u4")
    grant(town, "p3", "head", "u2")
    assert seat(town, "head", "u3") == ("role:head@u3", ("p1",))
    merge(town)
    assert seat(town, "head", "u3") == ("role:head@u4", ("p2",))
    assert seat(town, "head", "u3", "p2") == ("role:head@u2", ("p3",))


def test_a_merge_shows_in_the_way_up_and_in_the_directory(town: Runner) -> None:
    merge(town)

    def read(tx: Tx) -> tuple[Any, ...]:
        names = StoreDirectory(tx, D, NOON)
        return people.path(tx, D, "u3", NOON), names.path("u3"), [u.id for u in names.units()]

    way = ("u4", "u2", "u1")
    assert town.run(read, write=False) == (way, way, ["u1", "u2", "u4"])


def test_a_loop_in_the_tree_ends(town: Runner) -> None:
    town.run(lambda tx: tx.connection.execute(update(tables.unit).where(tables.unit.c.id == "u1").values(parent="u3")))
    assert seat(town, "head", "u3") is None
    assert set(answers(town, "p1").keys) >= {"any@u1", "any@u2", "any@u3"}


def test_a_person_answers_to_what_is_theirs(town: Runner) -> None:
    grant(town, "p1", "head", "u4")
    found = answers(town, "p1")
    assert set(found.keys) == {
        "user:p1", "role:head@u4", "any@",
        *(f"{everybody}@u{n}" for everybody in ("any", "unit") for n in range(1, 5)),
    }  # fmt: skip
    assert set(found.units) == {"u3", "u4"}
    assert (found.works_here, answers(town, "p2").works_here) == (True, False), "a role, and none"


def test_a_deputy_answers_for_whom_they_stand_in(town: Runner) -> None:
    grant(town, "p1", "head", "u3")
    grant(town, "p1", "clerk", "u3")
    add(town, tables.deputy, {"id": "x", "person": "p1", "deputy": "p2", "role": None, "reason": "休假"})
    assert answers(town, "p2").standing_in == {"user:p1": ("p1",), "role:head@u3": ("p1",), "role:clerk@u3": ("p1",)}
    assert "any@u3" not in answers(town, "p2").keys


def test_a_deputy_of_one_role_answers_for_that_role_while_it_lasts(town: Runner) -> None:
    grant(town, "p1", "head", "u3")
    grant(town, "p1", "clerk", "u3")
    add(
        town,
        tables.deputy,
        {"id": "x", "person": "p1", "deputy": "p2", "role": "head", "until": NOON + 1, "reason": ""},
    )
    assert answers(town, "p2").standing_in == {"role:head@u3": ("p1",)}
    assert answers(town, "p2", NOON + 1).standing_in == {}


def test_an_administrator_also_answers_for_the_district(town: Runner) -> None:
    grant(town, "p4", "district_admin", "u1")
    assert {"role:district_admin@u1", "role:district_admin@"} <= set(answers(town, "p4").keys)


def test_a_rota_holds_until_its_next_row(town: Runner) -> None:
    add(
        town,
        tables.rota,
        {"name": "host", "unit_id": "u2", "from_day": "2026-06-01", "audience": "role:head@u3"},
        {"name": "host", "unit_id": "u2", "from_day": "2026-07-01", "audience": "role:head@u4"},
    )

    def on(day: str, unit: str = "u2") -> str | None:
        return town.run(lambda tx: people.on_duty(tx, D, "host", unit, day), write=False)

    assert [on(day) for day in ("2026-05-31", "2026-06-01", "2026-06-30", "2027-01-01")] == [
        None, "role:head@u3", "role:head@u3", "role:head@u4",
    ]  # fmt: skip
    assert on("2026-06-01", "u3") is None


def test_a_unit_finds_the_hub_of_its_alliance_while_it_is_a_member(town: Runner) -> None:
    add(
        town,
        tables.unit_member,
        {"alliance": "u4", "member": "u3"},
        {"alliance": "u2", "member": "u3", "until": NOON},
        {"alliance": "u3", "member": "u4", "since": NOON + 1},
    )

    def hubs(at: int) -> list[str]:
        def read(tx: Tx) -> list[str]:
            names = StoreDirectory(tx, D, at)
            return [names.hub(unit) for unit in ("u3", "u4", "u1", "nowhere")]

        return town.run(read, write=False)

    def around(unit: str) -> tuple[str, set[str]]:
        def read(tx: Tx) -> tuple[str, set[str]]:
            names = StoreDirectory(tx, D, NOON)
            return names.parent(unit), set(names.allies(unit))

        return town.run(read, write=False)

    assert hubs(NOON) == ["u4", "u4", "u1", ""]
    assert around("u3") == ("u2", {"u3", "u4"})
    assert around("u4") == ("u2", {"u3", "u4"})
    assert around("u1") == ("", {"u1"})
    assert around("nowhere") == ("", {"nowhere"})
    assert hubs(NOON - 1) == ["u2", "u4", "u1", ""], "of two the first by id"
    assert hubs(NOON + 1) == ["u4", "u3", "u1", ""]


def test_names_are_found_by_id_name_and_short_name(town: Runner) -> None:
    def read(tx: Tx) -> list[Any]:
        names = StoreDirectory(tx, D, NOON)
        units = [names.find_unit(w) for w in ("u3", "南珠东社区", "南珠东社区居委会", "没有")]
        persons = [names.find_person(w) for w in ("p2", "李强", "王芳", "没有")]
        return [*units, *persons, names.unit_name("u3"), names.person_name("p2"), names.unit_name("x"), names.path("x")]

    assert town.run(read, write=False) == [
        "u3", "u3", "u3", None, "p2", "p2", None, None, "南珠东社区", "李强", "", (),
    ]  # fmt: skip


class Counting:
    """Counts the statements that pass."""

    statements = 0

    def before(self, sql: str, parameters: Any) -> None:
        self.statements += 1

    def after(self, sql: str, parameters: Any, rows: int) -> None:
        """Nothing to see after it."""


class Live(LiveFacts):
    """Facts of the town at noon, with one plugin type and one resolver."""

    def __init__(self, tx: Tx, roles: tuple[str, ...] = ()) -> None:
        calendar = calendar_from({"years": {}, "hours": ["09:00-12:00", "14:00-18:00"]}, None)
        super().__init__(
            tx, D, NOON, directory=StoreDirectory(tx, D, NOON), settings={"answer_in": "2 workdays"},
            calendar=calendar, roles=roles,
        )  # fmt: skip

    def read_record(self, type_name: str, key: str) -> dict[str, Any] | None:
        return {name: f"{type_name}.{key}.{name}" for name in ("size", "colour")}

    def resolved(self, resolver: str, args: dict[str, Any]) -> tuple[str, ...]:
        return (user_key(args["who"]),)


def test_facts_are_asked_once_and_recorded(town: Runner) -> None:
    grant(town, "p1", "head", "u3")
    town.database.hook = counting = Counting()

    def work(tx: Tx) -> list[list[Any]]:
        facts = Live(tx)
        counting.statements = 0
        for _ in range(3):
            assert facts.attr("unit", "u3", "short") == "南珠东社区"
            assert facts.attr("thing", "t1", "size") == "thing.t1.size"
            assert facts.seat("head", "u3", ()) == "role:head@u3"
            assert facts.holders("head", "u3", ()) == ("p1",)
            assert facts.seat("head", "u3", ("p1",)) is None
            assert facts.may("p1", "role:head@u3")
            assert not facts.may("p2", "role:head@u3")
            assert facts.nobody("u3") == "role:district_admin@"
            assert facts.resolve("team.find", {"who": "p9"}) == ("user:p9",)
        assert counting.statements == 5  # the unit, two roles, and twice the person who is not a holder
        return facts.used()

    used = town.run(work, write=False)
    assert ["attr", "unit", "u3", "short", "南珠东社区"] in used
    assert ["record", 0, "thing", "t1", {"size": "thing.t1.size", "colour": "thing.t1.colour"}] in used
    assert ["held", "head", "u3", [["u3", ["p1"]]]] in used, "whoever is excluded"
    assert ["held", "district_admin", "u3", []] in used, "nobody, which is not the same as not asked"
    assert ["may", "p2", "role:head@u3", False] in used
    assert not [fact for fact in used if fact[:2] == ["may", "p1"]], "that they hold the role says it"
    assert len(used) == len({str(one) for one in used})


def test_plugins_are_asked_anew_after_an_action_but_not_who_is_who(town: Runner) -> None:
    grant(town, "p1", "head", "u3")
    town.database.hook = counting = Counting()

    def work(tx: Tx) -> None:
        sizes = iter(["small", "large"])
        facts = Live(tx)
        facts.read_record = lambda kind, key: {"size": next(sizes)}
        assert facts.may("p1", str(facts.seat("head", "u3", ())))
        assert [facts.attr("thing", "t1", "size") for _ in range(2)] == ["small", "small"]
        facts.forget()
        counting.statements = 0
        assert facts.attr("thing", "t1", "size") == "large"
        assert facts.may("p1", str(facts.seat("head", "u3", ())))
        assert counting.statements == 0
        told = [fact for fact in facts.used() if fact[0] == "record"]
        assert told == [["record", 0, "thing", "t1", {"size": "small"}], ["record", 1, "thing", "t1", {"size": "large"}]]

    town.run(work, write=False)


def test_what_is_asked_to_be_shown_is_not_recorded(town: Runner) -> None:
    def work(tx: Tx) -> None:
        facts = Live(tx)
        facts.attr("thing", "t1", "size")
        facts.decided()
        assert facts.attr("thing", "t2", "size") == "thing.t2.size"
        facts.attr("thing", "t1", "colour")
        assert [fact[:4] for fact in facts.used()] == [["record", 0, "thing", "t1"]]
        assert facts.asked == {("record", 0, "thing", "t1"): {"size"}}

    town.run(work, write=False)


def test_the_roles_of_a_process_are_looked_up_together(town: Runner) -> None:
    grant(town, "p1", "head", "u3")
    grant(town, "p2", "staff", "u2")
    town.database.hook = counting = Counting()

    def work(tx: Tx) -> None:
        facts = Live(tx, roles=("head", "staff"))
        counting.statements = 0
        assert facts.seat("staff", "u3", ()) == "role:staff@u2"
        assert facts.holders("head", "u3", ()) == ("p1",)
        assert counting.statements == 1

    town.run(work, write=False)


def test_facts_say_for_whom_somebody_stands_in(town: Runner) -> None:
    grant(town, "p1", "head", "u3")
    add(town, tables.deputy, {"id": "x", "person": "p1", "deputy": "p2", "role": None, "reason": ""})

    def read(tx: Tx) -> list[str]:
        facts = Live(tx)
        return [facts.principal(p, "role:head@u3") for p in ("p1", "p2", "p3")]

    assert town.run(read, write=False) == ["", "p1", ""]
