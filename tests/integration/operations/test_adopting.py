"""Adopting a pack again: who is no longer named has nothing any more, and what they did stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.clock import DAY
from engine.definition.district.model import Alliance, DeputyRow, DistrictPack, GrantRow, PersonRow
from engine.definition.load import load_text
from engine.definition.model import Place
from engine.errors import Invalid, NotFound
from engine.i18n import both
from engine.ids import RandomIds
from engine.operations.content.adopt import adopt, adopt_process
from engine.operations.content.pack import Pack
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.store import answering
from engine.store.directory import StoreDirectory
from engine.store.schema import tables
from tests.integration.operations.looking import everything, rows, watching
from tests.town import CALENDAR, GRANTS, PERSONS, UNITS, W1, Town
from tests.who import change

PACK = DistrictPack("town", both("小城"), both("小城"), plugins={"desk": {}}, units=UNITS, persons=PERSONS,
                    grants=GRANTS, deputies=(DeputyRow("cai", "ann", date(2026, 1, 1), date(2027, 1, 1)),),
                    file="town.yaml")  # fmt: skip
WHO = ("unit", "unit_member", "person", "role_grant", "deputy", "rota")


def _adopt(town: Town, pack: DistrictPack) -> None:
    adopt(town.system, Pack(pack, (CALENDAR,)), Caller("cai"))


def _keys(town: Town, person: str) -> tuple[str, ...]:
    return town.ctx.runner.run(lambda tx: answering.audience_keys(tx, "town", person, town.clock.at), write=False)


def test_who_left_the_pack_answers_to_nothing(lone_town: Town) -> None:
    case = lone_town.start("w1")
    lone_town.act(case, "ok", "agree", "sun")
    _adopt(lone_town, PACK)
    assert "role:district_admin@c" in _keys(lone_town, "ann")
    assert "role:head@s" in _keys(lone_town, "sun")
    stayed = tuple(person for person in PERSONS if person.id != "sun")
    grants = tuple(grant for grant in GRANTS if grant.person != "sun")
    _adopt(lone_town, replace(PACK, deputies=(), persons=stayed, grants=grants))
    assert "role:district_admin@c" not in _keys(lone_town, "ann")
    assert _keys(lone_town, "sun") == ()
    with pytest.raises(NotFound):
        pages.case(lone_town.ctx, Caller("sun"), case.number)
    _adopt(lone_town, PACK)
    assert "role:head@s" in _keys(lone_town, "sun"), "and back again"


def test_a_unit_that_the_pack_takes_out_of_an_alliance_stands_alone_again(lone_town: Town) -> None:
    def hub() -> str:
        ctx = lone_town.ctx
        return ctx.runner.run(lambda tx: StoreDirectory(tx, ctx.id, lone_town.clock.at).hub("a"), write=False)

    allied = replace(PACK, alliances=(Alliance("b", ("a", "d")),))
    for pack, leads in ((PACK, "a"), (allied, "b"), (PACK, "a"), (allied, "b")):
        _adopt(lone_town, pack)
        assert hub() == leads


def test_the_same_pack_again_changes_nothing(lone_town: Town) -> None:
    _adopt(lone_town, PACK)
    before = everything(lone_town)
    _adopt(lone_town, PACK)
    assert everything(lone_town) == before


def test_the_same_pack_again_writes_no_row_of_who_is_who(town: Town) -> None:
    _adopt(town, PACK)
    town.clock.advance(DAY)
    with watching(town) as watch:
        _adopt(town, PACK)
    assert watch.writes, "the watch sees what is written"
    assert not [write for write in watch.writes if write.split()[1] in WHO]


@pytest.mark.parametrize("many", [3, 300])
def test_many_people_come_and_go_in_as_many_statements_as_a_few(town: Town, many: int) -> None:
    persons = tuple(PersonRow(f"p{n}", f"人{n}", "a") for n in range(many))
    grants = tuple(GrantRow(one.id, "staff", "a") for one in persons)
    deputies = tuple(DeputyRow(one.id, "ann", date(2026, 1, 1), date(2027, 1, 1)) for one in persons)
    _adopt(town, PACK)
    town.clock.advance(DAY)
    more = replace(PACK, persons=(*PERSONS, *persons), grants=(*GRANTS, *grants), deputies=(*PACK.deputies, *deputies))
    for pack in (more, PACK):
        with watching(town) as watch:
            _adopt(town, pack)
        assert {name: sent for name, sent in watch.writes.items() if name.split()[1] in WHO} == {
            "INSERT person": 1, "INSERT role_grant": 1, "INSERT deputy": 1
        }
    ended = {row["until"] for row in rows(town, tables.role_grant) if row["person"] == "p2"}
    assert ended == {town.clock.at}


RATED = W1.replace("fields:", "settings:\n  stars: {type: integer, title: 几星, default: 3, min: 1, max: 5}\nfields:", 1)
RATED = RATED.replace("ask: role head", "if: settings.stars > 0\n  ask: role head", 1)


def test_a_setting_outside_its_bounds_is_not_adopted_and_nothing_is_changed(lone_town: Town) -> None:
    process = load_text(RATED, lone_town.ctx.catalogue)
    places = {"settings.w1.stars": Place("town.yaml", 7, 5)}
    pack = replace(PACK, processes=("w1",), settings={"w1": {"stars": "9"}}, places=places)
    before = everything(lone_town)

    with pytest.raises(Invalid) as refused:
        adopt(lone_town.system, Pack(pack, (CALENDAR,), (process,)), Caller("cai"))

    assert [(one.code, one.path, one.line) for one in refused.value.problems] == [
        ("field-range", "settings.w1.stars", 7)
    ]
    assert everything(lone_town) == before


def test_a_version_that_narrows_a_setting_below_what_the_district_has_is_refused(lone_town: Town) -> None:
    wide = load_text(RATED, lone_town.ctx.catalogue)
    narrow = load_text(RATED.replace("max: 5", "max: 4"), lone_town.ctx.catalogue)
    pack = replace(PACK, processes=("w1",), settings={"w1": {"stars": "5"}})
    town = Town(adopt(lone_town.system, Pack(pack, (CALENDAR,), (wide,)), Caller("cai")), lone_town.clock)

    with pytest.raises(Invalid) as refused:
        adopt_process(town.ctx, Caller("cai"), narrow)

    assert [(one.code, one.path) for one in refused.value.problems] == [("field-range", "settings.w1.stars")]


def _entered(town: Town) -> None:
    """Somebody enters in the program that ann stands in for sun."""
    row = {"district_id": "town", "id": RandomIds(town.clock).new(), "person": "sun", "deputy": "ann", "role": None,
           "since": town.clock.at, "until": town.clock.at + 9 * DAY, "reason": "休假"}  # fmt: skip
    change(town.ctx, tables.deputy.insert(), [row])


def test_a_pack_ends_no_deputy_that_people_entered(lone_town: Town) -> None:
    _adopt(lone_town, PACK)
    _entered(lone_town)
    for pack in (PACK, replace(PACK, deputies=())):
        lone_town.clock.advance(DAY)
        _adopt(lone_town, pack)
        assert "role:head@s" in _keys(lone_town, "ann")
    assert "role:district_admin@c" not in _keys(lone_town, "ann"), "what the pack gave ends with the pack"


@pytest.mark.parametrize("gone", ["sun", "ann"])
def test_a_deputy_that_people_entered_ends_with_whoever_leaves_the_pack(lone_town: Town, gone: str) -> None:
    _adopt(lone_town, PACK)
    _entered(lone_town)
    lone_town.clock.advance(DAY)
    stayed = tuple(person for person in PERSONS if person.id != gone)
    grants = tuple(grant for grant in GRANTS if grant.person != gone)
    _adopt(lone_town, replace(PACK, deputies=(), persons=stayed, grants=grants))
    (entered,) = [row for row in rows(lone_town, tables.deputy) if row["person"] == "sun"]
    assert entered["until"] == lone_town.clock.at


def test_two_deputies_that_differ_in_the_role_alone_are_two(lone_town: Town) -> None:
    days = date(2026, 1, 1), date(2027, 1, 1)
    both_roles = tuple(DeputyRow("cai", "ann", *days, role=role) for role in ("", "staff", "district_admin"))
    for _ in range(2):
        _adopt(lone_town, replace(PACK, deputies=both_roles))
        lone_town.clock.advance(DAY)
        held = [row["role"] for row in rows(lone_town, tables.deputy) if row["until"] > lone_town.clock.at]
        assert sorted(role or "" for role in held) == ["", "district_admin", "staff"]
