"""Whatever a plugin sends, the rows of another district are neither read nor changed: every shape in every wrong way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any

import pytest
from sqlalchemy import (
    ColumnElement,
    Executable,
    and_,
    case,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    literal_column,
    not_,
    null,
    or_,
    select,
    text,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from engine.extend.calls.faults import FenceError
from engine.extend.registry import Registry
from engine.store.databases.database import Database
from engine.testing import Trial
from tests import desk

OURS, THEIRS = "trial", "elsewhere"
seat, note = desk.seat, desk.note
s, n = desk.seat.c, desk.note.c
Condition = ColumnElement[bool]
_ANY = s.effect != "nothing"


def _raw(words: str) -> Condition:
    return text(words).bindparams(d=OURS)  # type: ignore[return-value]


#: Conditions on a row of ``desk_seat`` that hold only of the district's own.
RIGHT: dict[str, Condition] = {
    "plain": s.district_id == OURS,
    "the other way round": literal(OURS) == s.district_id,
    "last": and_(_ANY, s.district_id == OURS),
    "in brackets": and_(s.name != "", and_(_ANY, s.district_id == OURS).self_group()),
    "beside an or": and_(s.district_id == OURS, or_(s.name == "1", _ANY)),
    "beside a not": and_(not_(s.name == "x"), s.district_id == OURS),
    "beside a case": and_(case((s.name == "1", 1), else_=2) > 0, s.district_id == OURS),
    "after between": and_(s.name.between("0", "9"), s.district_id == OURS),
    "as words": _raw("((desk_seat.district_id = :d) and name is distinct from 'x')"),
}
#: Such as hold of another's, or may.
WRONG: dict[str, Condition] = {
    "none": _ANY,
    "true": true(),
    "or": or_(s.district_id == OURS, s.name == "1"),
    "or in brackets": and_(_ANY, or_(s.district_id == OURS, s.name == "1")),
    "and, then or": _raw("desk_seat.district_id = :d and name = 'x' or name = '1'"),
    "or, then and": _raw("name = '1' or desk_seat.district_id = :d and name = 'x'"),
    "unequal": s.district_id != OURS,
    "not": not_(and_(s.district_id == OURS, s.name == "1")),
    "not in words": _raw("not (desk_seat.district_id = :d)"),
    "not without brackets": _raw("not desk_seat.district_id = :d"),
    "either truth": _raw("(desk_seat.district_id = :d) in (true, false)"),
    "is false": _raw("(desk_seat.district_id = :d) is false"),
    "equal to a truth": _raw("(desk_seat.district_id = :d) = (name = '2')"),
    "equal twice": _raw("(desk_seat.district_id = :d) is not null"),
    "greater": s.district_id < OURS,
    "like": s.district_id.like("%"),
    "itself": s.district_id == s.district_id,
    "another column": s.district_id == s.effect,
    "another district": s.district_id == THEIRS,
    "another in words": _raw(f"desk_seat.district_id = '{THEIRS}' and :d = :d"),
    "another beside": and_(s.district_id == OURS, s.district_id == THEIRS),
    "made of two": s.district_id == literal("else") + literal("where"),
    "a function": s.district_id == func.coalesce(literal(THEIRS), literal(OURS)),
    "of a function": func.lower(s.district_id) == OURS,
    "not known": s.district_id == func.coalesce(null(), s.district_id),
    "in a case": case((and_(_ANY, s.district_id == OURS, _ANY), true()), else_=true()),
    "within between": _raw("(name between '0' and desk_seat.district_id) = (:d = :d)"),
    "as a remark": _raw("name = '1' /* and desk_seat.district_id = :d */ and :d = :d"),
    "as a text": _raw("name <> 'desk_seat.district_id = ' and :d = :d"),
    "of a query's answer": s.district_id == select(literal(THEIRS)).scalar_subquery(),
    "some of many": s.district_id.in_([literal_column(f"'{THEIRS}'"), literal_column(f"'{OURS}'")]),
    "a pair": tuple_(s.district_id, s.name).in_([tuple_(literal(THEIRS), literal("1"))]),
    "of the query around": _raw("exists (select 1 where desk_seat.district_id = :d) or name = '1'"),
}
Shape = Callable[[Condition], Executable]
_mine = n.district_id == OURS
_with = (n.district_id == s.district_id) & (n.effect == s.effect)
#: What can be done with the rows that a condition finds.
SHAPES: dict[str, Shape] = {
    "select": lambda found: select(seat).where(found),
    "count": lambda found: select(func.max(s.effect)).where(found).group_by(s.name).having(or_(s.name != "", false())),
    "order": lambda found: select(s.effect).where(found).order_by(s.name).limit(5),
    "update": lambda found: update(seat).where(found).values(effect="taken"),
    "delete": lambda found: delete(seat).where(found),
    "returning": lambda found: update(seat).where(found).values(effect="x").returning(s.effect, s.name),
    "join": lambda found: select(s.effect, n.words).join(note, _with).where(found),
    "outer join": lambda found: select(s.effect, n.words).outerjoin(note, _with).where(found),
    "joined on": lambda found: select(s.effect).select_from(note).join(seat, and_(found, s.effect == n.effect)).where(_mine),
    "outer joined on": lambda found: select(n.effect, s.effect).select_from(note).outerjoin(seat, found).where(_mine),
    "beside": lambda found: select(s.effect, n.words).where(found, n.district_id == s.district_id),
    "exists": lambda found: select(n.words).where(_mine, exists(select(1).where(found, s.effect == n.effect))),
    "correlated": lambda found: select(s.effect, select(func.max(n.words)).where(_with).scalar_subquery()).where(found),
    "in": lambda found: select(n.words).where(_mine, n.effect.in_(select(s.effect).where(found))),
    "answered": lambda found: select(select(func.max(s.effect)).where(found).scalar_subquery(), n.effect).where(_mine),
    "derived": lambda found: select(select(s.effect).where(found).subquery("found")),
    "with": lambda found: select(select(s.effect).where(found).cte("found")),
    "union": lambda found: select(n.effect).where(_mine).union_all(select(s.effect).where(found)),
    "union first": lambda found: select(s.effect).where(found).union(select(n.effect).where(_mine)),
    "update by": lambda found: update(note).where(_mine).values(words=select(func.max(s.effect)).where(found).scalar_subquery()),
    "update from": lambda found: update(note).where(n.district_id == s.district_id, found).values(words=s.effect),
    "delete by": lambda found: delete(note).where(_mine, n.effect.in_(select(s.effect).where(found))),
    "insert from": lambda found: insert(note).from_select(
        ["district_id", "effect", "words"], select(s.district_id, s.effect + s.name, s.name).where(found)
    ),
    "insert with": lambda found: insert(note).from_select(
        ["district_id", "effect"], select(literal(OURS), select((s.effect + s.name).label("e")).where(found).subquery())
    ),
}  # fmt: skip
_UPSERT = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def _values(district: str) -> dict[str, Any]:
    return {"district_id": district, "name": "9", "effect": "new"}


def whole(dialect: str) -> dict[str, tuple[Executable, Any, bool]]:
    """Statements that are right or wrong as they are, with what is sent beside, and whether they are right."""
    upsert = _UPSERT[dialect](seat).values(_values(OURS) | {"name": "1"})
    key, ours = ["district_id", "name"], s.district_id == OURS
    return {
        "insert": (insert(seat).values(_values(OURS)), None, True),
        "insert many": (insert(seat), [_values(OURS), _values(OURS) | {"name": "8"}], True),
        "insert many, answering": (insert(seat).returning(s.name), [_values(OURS), _values(OURS) | {"name": "8"}], True),
        "insert rows": (insert(seat).values([_values(OURS), _values(OURS) | {"name": "8"}]), None, True),
        "insert or leave": (upsert.on_conflict_do_nothing(), None, True),
        "insert or change": (upsert.on_conflict_do_update(index_elements=key, set_={"effect": upsert.excluded.effect}), None, True),
        "insert elsewhere": (insert(seat).values(_values(THEIRS)), None, False),
        "insert many, one elsewhere": (insert(seat), [_values(OURS), _values(THEIRS)], False),
        "insert rows, one elsewhere": (insert(seat).values([_values(OURS), _values(THEIRS)]), None, False),
        "insert what is asked": (insert(seat).values(_values(OURS) | {"district_id": func.lower(THEIRS)}), None, False),
        "insert or move": (upsert.on_conflict_do_update(index_elements=key, set_={"district_id": THEIRS}), None, False),
        "insert from, elsewhere": (
            insert(note).from_select(["district_id", "effect"], select(literal(THEIRS), s.effect).where(ours)), None, False,
        ),
        "move": (update(seat).where(ours).values(district_id=THEIRS), None, False),
        "stay": (update(seat).where(ours).values(district_id=OURS), None, False),
        "move among others": (text("update desk_seat set effect = 'x', \"district_id\" = 'elsewhere' "
                                   "where district_id = :d"), {"d": OURS}, False),
        "move by pairs": (text("update desk_seat set (effect, district_id) = ('x', 'elsewhere') "
                               "where district_id = :d"), {"d": OURS}, False),
        "named apart": (text("select effect from desk_seat where district_id = :b and name <> :a"),
                        {"a": OURS, "b": THEIRS}, False),
        "named": (text("select effect from desk_seat where name <> :a and district_id = :b"),
                  {"b": OURS, "a": THEIRS}, True),
        "renamed": (text("select s.effect from desk_seat as s where s.district_id = :d"), {"d": OURS}, True),
        "another renamed so": (text("select a.effect from desk_seat a, (select 'elsewhere' as district_id) b "
                                    "where a.district_id = b.district_id and :d = :d"), {"d": OURS}, False),
        "an outer join's other side": (text("select s.effect from desk_seat s left join desk_note n on "
                                            "s.district_id = :d and n.district_id = :d"), {"d": OURS}, False),
        "in a circle": (text("select a.effect from desk_seat a, desk_seat b where a.district_id = b.district_id "
                             "and b.district_id = a.district_id and :d = :d"), {"d": OURS}, False),
        "using": (text("select s.effect from desk_seat s join desk_note n using (district_id, effect) "
                       "where s.district_id = :d"), {"d": OURS}, True),
        "many of them": (text("update desk_seat set effect = 'x' where district_id = :d and name = :n"),
                         [{"d": OURS, "n": "1"}, {"d": THEIRS, "n": "1"}], False),
    }  # fmt: skip


@pytest.fixture
def trial(db: Database) -> Iterator[Trial]:
    """The desk in a district, and the rows of another beside its own."""
    made = Trial(db, Registry([desk.plugin()]), "desk", "2026-06-10T09:00")
    seat.metadata.create_all(db.engine)
    made.unit("u", "甲社区")
    with db.engine.begin() as connection:
        for district in (OURS, THEIRS):
            connection.execute(insert(seat), [{"district_id": district, "name": x, "effect": district} for x in "12"])
            connection.execute(insert(note), {"district_id": district, "effect": district, "words": district})
    yield made
    made.close()


class _Back(Exception):
    """Nothing of it is kept."""


def sent(trial: Trial, statement: Executable, given: Any = None) -> bool:
    """Whether *statement* may be sent; the other district's rows are as they were, and none is read."""
    outcome: list[bool] = []

    def work(tx: Any) -> None:
        def theirs() -> list[Any]:
            all_of = (select(t).where(t.c.district_id == THEIRS).order_by(*t.primary_key.columns) for t in (seat, note))
            return [tuple(row) for one in all_of for row in tx.connection.execute(one)]

        before = theirs()
        assert len(before) == 3
        try:
            answer = trial.action_context(tx, "u").db.execute(statement, given)
            found = answer.all() if answer.returns_rows else []
        except FenceError as refused:
            assert "district" in refused.text.en and ("区县" in refused.text.zh)
            assert str(refused.details["place"]).startswith("operations/test_fence_districts.py:")
            outcome.append(False)
        else:
            assert not any(THEIRS in str(row) for row in found), statement
            outcome.append(True)
        assert theirs() == before, statement
        raise _Back

    with pytest.raises(_Back):
        trial.runner.run(work)
    return outcome[-1]


def as_text(statement: Any, dialect: Any) -> tuple[Executable, Mapping[str, Any]]:
    """The same as ``text()``, with its parameters by name."""
    named = type(dialect)(paramstyle="named")
    compiled = statement.compile(dialect=named, compile_kwargs={"render_postcompile": True})
    return text(str(compiled).replace("::", "\\:\\:")), compiled.params


def test_what_is_held_to_the_district_is_sent_in_every_shape(trial: Trial) -> None:
    dialect = trial.database.engine.dialect
    for (name, shape), (how, found) in product(SHAPES.items(), RIGHT.items()):
        assert sent(trial, shape(found)), (name, how)
        assert sent(trial, *as_text(shape(found), dialect)), (name, how, "as text")


def test_what_may_be_about_another_district_is_refused_in_every_shape(trial: Trial) -> None:
    dialect = trial.database.engine.dialect
    for (name, shape), (how, found) in product(SHAPES.items(), WRONG.items()):
        assert not sent(trial, shape(found)), (name, how)
        assert not sent(trial, *as_text(shape(found), dialect)), (name, how, "as text")


def test_what_is_inserted_and_moved_and_named_is_of_the_district(trial: Trial) -> None:
    for name, (statement, given, right) in whole(trial.database.dialect).items():
        assert sent(trial, statement, given) is right, name
