"""Checking formulas: every name and type when the process is saved, with a hint to the likely meaning."""

from __future__ import annotations

import pickle

import pytest

from engine.definition.expression import Formula, Scope, compile_formula, fits
from engine.definition.values.types import BOOLEAN, DECIMAL, INTEGER, MONEY, TEXT, ValueType
from tests.unit.definition.expression.worlds import SCOPE, codes, formula


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("people + 1", "integer"),
        ("people / 2", "decimal"),
        ("people + rate", "decimal"),
        ("fee + fee", "money"),
        ("fee * 50%", "money"),
        ("rate * fee", "money"),
        ("fee / 3", "money"),
        ("fee / fee", "decimal"),
        ("fee + 10", "money"),
        ("day + 3 days", "date"),
        ("2 workdays + at", "datetime"),
        ("at - at", "duration"),
        ("day - day", "duration"),
        ("length * 2", "duration"),
        ("length + 1 workday", "duration"),
        ("slot.start", "datetime"),
        ("slot.hours", "decimal"),
        ("venue.station", "unit"),
        ("venue.station.name", "text"),
        ("lines.amount", "list"),
        ("sum(lines.amount)", "money"),
        ("only(lines, row.ok)", "table"),
        ("last(lines)", "record"),
        ("last(lines).amount", "money"),
        ("count(lines)", "integer"),
        ("if(urgent, 1, 2.5)", "decimal"),
        ("if(urgent, fee, 10)", "money"),
        ("if(urgent, day, '2026-06-16')", "date"),
        ("round(rate)", "integer"),
        ("round(rate, 1)", "decimal"),
        ("round(fee)", "money"),
        ("points.worth(rate)", "money"),
        ("points.worth(people)", "money"),
        ("today_at('21:00')", "datetime"),
        ("kind in ('商企', '个体')", "boolean"),
        ("[1, 2.5]", "list"),
    ],
)
def test_a_formula_knows_the_type_of_its_value(text: str, kind: str) -> None:
    assert formula(text).type.name == kind


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("pepole", "formula-name"),
        ("venue.statoin", "formula-name"),
        ("lines.amout", "formula-name"),
        ("hold.nr", "formula-name"),
        ("row.ok", "formula-name"),
        ("summ(lines.amount)", "formula-function"),
        ("empty()", "formula-function"),
        ("days_between(day)", "formula-function"),
        ("points.worth(1, 2)", "formula-function"),
        ("kind = '商户'", "formula-option"),
        ("'商户' <> kind", "formula-option"),
        ("kind in ('商企', '商户')", "formula-option"),
        ("'丙' in tags", "formula-option"),
        ("contains(tags, '丙')", "formula-option"),
        ("ok.outcome = 'agre'", "formula-option"),
        ("count(lines, row.what = '凳')", "formula-option"),
        ("title + 1", "formula-type"),
        ("fee * fee", "formula-type"),
        ("fee + people", "formula-type"),
        ("1 / fee", "formula-type"),
        ("day + people", "formula-type"),
        ("day + 2 hours", "formula-type"),
        ("day - at", "formula-type"),
        ("day = at", "formula-type"),
        ("people = title", "formula-type"),
        ("people = '5'", "formula-type"),
        ("fee > people", "formula-type"),
        ("fee = 0.005", "formula-type"),
        ("day > '2026-02-30'", "formula-type"),
        ("title > '甲'", "formula-type"),
        ("slot < slot", "formula-type"),
        ("lines = lines", "formula-type"),
        ("owner = lender", "formula-type"),
        ("people and urgent", "formula-type"),
        ("not people", "formula-type"),
        ("-title", "formula-type"),
        ("sum(people)", "formula-type"),
        ("sum(lines.what)", "formula-type"),
        ("count(lines, row.amount)", "formula-type"),
        ("if(people, 1, 2)", "formula-type"),
        ("if(urgent, 1, '甲')", "formula-type"),
        ("coalesce(people, title)", "formula-type"),
        ("max(title, title)", "formula-type"),
        ("round(title)", "formula-type"),
        ("round(rate, 1.5)", "formula-type"),
        ("is_on(day, 'someday')", "formula-type"),
        ("today_at(people)", "formula-type"),
        ("people in tags", "formula-type"),
        ("people in (1, '甲')", "formula-type"),
        ("(1, '甲')", "formula-type"),
        ("people in (pepole, 1)", "formula-name"),
        ("coalesce(people, pepole)", "formula-name"),
        ("tags = '甲'", "formula-type"),
        ("points.worth(title)", "formula-type"),
        ("has_role(people, 'clerk')", "formula-type"),
    ],
)
def test_what_has_no_meaning_is_refused_when_it_is_saved(text: str, code: str) -> None:
    assert codes(text) == [code]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("pepole > 3", "people"),
        ("venue.statoin", "station"),
        ("kind = '商起'", "商企"),
        ("summ(lines.amount)", "sum"),
        ("settings.answer_on > 1 day", "settings.answer_in"),
        ("lines.amout", "amount"),
        ("slot.begin", "start"),
        ("人数且urgent", "空格"),
        ("people为空", "空格"),
        ("kind = 商企", "引号"),
        ("tags = '甲'", "in"),
        ("at > day", ".date"),
    ],
)
def test_a_misspelt_word_is_met_with_the_right_one(text: str, hint: str) -> None:
    (fault,) = compile_formula(text, SCOPE)  # type: ignore[misc]
    assert fault.hint is not None and hint in fault.hint.zh


def test_every_fault_is_told_at_once_and_none_twice() -> None:
    made = compile_formula("pepole + 1 > 3 and knd = '商企' and title > 3", SCOPE)
    assert not isinstance(made, Formula)
    assert [(fault.code, fault.offset) for fault in made] == [
        ("formula-name", 0),
        ("formula-name", 19),
        ("formula-type", 40),
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("people + 人数", {"people", "人数"}),
        ("venue.station.name", {"venue.station.name"}),
        ("hold.id = title", {"hold.id", "title"}),
        ("sum(lines.amount)", {"lines.amount"}),
        ("count(lines, row.ok and row.n > people)", {"lines", "lines.ok", "lines.n", "people"}),
        ("last(lines).amount", {"lines", "lines.amount"}),
        ("today_at('21:00')", {"today"}),
        ("1 + 1", set()),
    ],
)
def test_a_formula_lists_every_path_it_reads(text: str, names: set[str]) -> None:
    assert formula(text).names == names


@pytest.mark.parametrize(
    ("text", "optional"),
    [
        ("nothing", True),
        ("nothing + 1", True),
        ("people + 1", False),
        ("nothing > 1", False),
        ("coalesce(nothing, 0)", False),
        ("coalesce(nothing, nothing)", True),
        ("if(empty(nothing), 0, nothing)", False),
        ("if(nothing 不为空, nothing, 0)", False),
        ("if(nothing <> empty, nothing, 0)", False),
        ("if(nothing = empty, nothing, 0)", True),
        ("if(nothing > 3, nothing, 0)", False),
        ("if(nothing in (1, 2), nothing, 0)", False),
        ("if(nothing > 3 or urgent, nothing, 0)", True),
        ("if(not empty(nothing) and urgent, nothing, 0)", False),
        ("venue.site", True),
        ("max(nothing, 1)", False),
        ("max(lines.n)", True),
        ("last(lines)", True),
    ],
)
def test_emptiness_is_followed_through_conditions(text: str, optional: bool) -> None:
    assert formula(text).type.optional is optional


def test_the_expected_type_is_asked_for() -> None:
    assert formula("people + 1", "decimal").type.name == "integer"
    assert formula("'2 workdays'", "duration").type.name == "duration"
    assert formula("10.50", "money").type.name == "money"
    assert codes("people", "boolean") == ["formula-type"]
    assert codes("title", "integer", "money") == ["formula-type"]


def test_a_formula_is_a_value_known_by_its_text() -> None:
    one, other = formula("people + 1"), formula("people + 1")
    assert one == other and hash(one) == hash(other)
    assert one != formula("people + 2")
    assert one.run is one.run


def test_a_formula_travels_without_its_function() -> None:
    made = formula("people + 1 > 3 and kind = '商企'")
    assert callable(made.run)
    back = pickle.loads(pickle.dumps(made))
    assert back == made and back.names == made.names and back.type == made.type


def test_a_scope_grows_by_the_item_of_an_each() -> None:
    item = ValueType("record", (("people", INTEGER), ("kind", TEXT)))
    scope = SCOPE.having({"x": item}, {"x.kind": ("甲",)})
    made = compile_formula("x.people + people", scope)
    assert isinstance(made, Formula) and made.names == {"x.people", "people"}
    assert not isinstance(compile_formula("x.kind = '乙'", scope), Formula)
    assert not isinstance(compile_formula("x.people", SCOPE), Formula)


def test_full_width_letters_name_the_same_value() -> None:
    assert formula("ｐｅｏｐｌｅ").names == {"people"}


def test_what_fits_where() -> None:
    assert fits(INTEGER, "decimal") and fits(ValueType("choice"), "text") and fits(TEXT, "calendar")
    assert not fits(DECIMAL, "integer") and not fits(MONEY, "decimal") and not fits(BOOLEAN, "text")


def test_an_empty_scope_still_knows_the_day() -> None:
    assert isinstance(compile_formula("today + 1 day", Scope()), Formula)
    assert isinstance(compile_formula("now + 1 hour", Scope()), Formula)
