"""Between a form on a page and a fill."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from engine.errors import Problem
from engine.i18n import both
from engine.operations.reading.form_views import FormField
from engine.web.forms import fill as forms
from engine.web.forms import tables


def field(kind: str, value: Any = None, **more: Any) -> FormField:
    return FormField("it", both("它"), kind, value, **more)


@pytest.mark.parametrize(
    ("kind", "stored", "texts"),
    [
        ("text", "借一天", {"f-it": "借一天"}),
        ("integer", 20, {"f-it": "20"}),
        ("integer", 0, {"f-it": "0"}),
        ("money", 1250, {"f-it": "12.50"}),
        ("boolean", False, {"f-it": "false"}),
        ("date", "2026-06-16", {"f-it": "2026-06-16"}),
        ("datetime", "2026-06-16T14:00", {"f-it.date": "2026-06-16", "f-it.time": "14:00"}),
        (
            "period",
            "2026-06-16T14:00/2026-06-16T16:00",
            {"f-it.date": "2026-06-16", "f-it.from": "14:00", "f-it.until": "16:00", "f-it.to": ""},
        ),
        (
            "period",
            "2026-06-16T14:00/2026-06-17T08:30",
            {"f-it.date": "2026-06-16", "f-it.from": "14:00", "f-it.until": "08:30", "f-it.to": "2026-06-17"},
        ),
        ("period", None, {"f-it.date": "", "f-it.from": "", "f-it.until": "", "f-it.to": ""}),
    ],
)
def test_a_stored_value_fills_the_inputs_of_its_field(kind: str, stored: Any, texts: dict[str, str]) -> None:
    assert forms.widgets([field(kind, stored)])[0].texts == texts


@pytest.mark.parametrize(
    ("kind", "typed", "fill"),
    [
        ("text", {"f-it": "  借一天 "}, "借一天"),
        ("integer", {"f-it": "二十"}, "二十"),
        ("text", {"f-it": "   "}, None),
        ("text", {}, None),
        ("datetime", {"f-it.date": "2026-06-16", "f-it.time": "14:00"}, "2026-06-16 14:00"),
        (
            "period",
            {"f-it.date": "2026-06-16", "f-it.from": "14:00", "f-it.until": "16:00"},
            "2026-06-16 14:00/16:00",
        ),
        (
            "period",
            {"f-it.date": "2026-06-16", "f-it.from": "14:00", "f-it.until": "08:30", "f-it.to": "2026-06-17"},
            "2026-06-16 14:00/2026-06-17 08:30",
        ),
        ("period", {"f-it.date": "", "f-it.from": "", "f-it.until": ""}, None),
    ],
)
def test_what_was_typed_is_read_as_one_text(kind: str, typed: dict[str, str], fill: Any) -> None:
    assert forms.read([field(kind)], MultiDict(typed)) == {"it": fill}


def test_choices_come_back_as_a_list() -> None:
    typed = MultiDict([("f-it", "一"), ("f-it", "三")])
    assert forms.read([field("choices")], typed) == {"it": ["一", "三"]}
    assert forms.read([field("choices")], MultiDict()) == {"it": None}
    assert forms.widgets([field("choices")], form=typed)[0].ticked == ("一", "三")


COLUMNS = (FormField("name", both("姓名"), "text"), FormField("age", both("年龄"), "integer", required=False))


def test_blank_lines_of_a_table_are_left_out() -> None:
    typed = MultiDict({"f-it.count": "3", "f-it.0.name": "李", "f-it.2.name": "王", "f-it.2.age": "80"})
    assert forms.read([field("table", columns=COLUMNS)], typed) == {"it": [{"name": "李"}, {"name": "王", "age": "80"}]}


def test_a_table_with_nothing_typed_is_empty() -> None:
    assert forms.read([field("table", columns=COLUMNS)], MultiDict({"f-it.count": "3"})) == {"it": None}


@pytest.mark.parametrize("count", ["", "-1", "９", "many", "1" * 40])
def test_a_count_that_is_none_or_beyond_reason_does_no_harm(count: str) -> None:
    rows = forms.widgets([field("table", columns=COLUMNS)], form=MultiDict({"f-it.count": count}))[0].rows
    assert len(rows) == tables.BLANK_ROWS


@pytest.mark.parametrize("sent_rows", [(999_998,), (0, 999_998), tuple(range(500_000, 500_040)), (4, 9, 49_999)])
def test_a_table_has_no_more_rows_than_inputs_were_sent_for(sent_rows: tuple[int, ...]) -> None:
    typed = MultiDict({"f-it.count": "999999"} | {f"f-it.{place}.name": "x" for place in sent_rows})
    (widget,) = forms.widgets([field("table", columns=COLUMNS)], form=typed)
    most = len(sent_rows) + tables.BLANK_ROWS
    assert tables.rows_in("f-it", (), typed) <= most
    assert len(widget.rows) <= most
    assert len(widget.hidden) <= most * len(COLUMNS)


def test_a_table_shows_its_lines_and_blank_ones_after_them() -> None:
    rows = forms.widgets([field("table", [{"name": "李", "age": 80}], columns=COLUMNS)])[0].rows
    assert len(rows) == 1 + tables.BLANK_ROWS
    assert [cell.texts for cell in rows[0]] == [{"f-it.0.name": "李"}, {"f-it.0.age": "80"}]


NAMES = (
    FormField("name", both("姓名"), "text"),
    FormField("may", both("可否"), "choices", options=(("是", both("是")),)),
)
ROWS = [{"name": f"人{n}", "may": ["是"]} for n in range(450)]
LONG = field("table", ROWS, columns=NAMES)


def sent(widget: forms.Widget) -> MultiDict[str, str]:
    """What a browser sends of a table as it stands on the page."""
    assert widget.at is not None
    cells = (cell for row in widget.rows for cell in row)
    places = [("f-it.count", str(widget.at.count)), ("f-it.first", str(widget.at.first))]
    return MultiDict([*places, *widget.hidden, *(pair for cell in cells for pair in cell.pairs)])


def test_rows_beyond_what_a_page_edits_stay_as_they_are() -> None:
    (widget,) = forms.widgets([LONG])
    assert len(widget.rows) == tables.STRETCH
    assert forms.read([LONG], sent(widget)) == {"it": ROWS}


def test_the_rows_of_a_table_that_no_form_held_stay_as_they_are() -> None:
    assert forms.read([LONG], MultiDict()) == {"it": ROWS}


def test_every_row_can_be_turned_to_and_what_was_typed_before_comes_along() -> None:
    form = sent(forms.widgets([LONG])[0])
    form["f-it.0.name"] = "改名"
    form.poplist("f-it.1.may")
    form["f-it.2.name"] = ""
    form.poplist("f-it.2.may")
    seen = list(range(tables.STRETCH))
    while True:
        at = forms.widgets([LONG], form=form)[0].at
        assert at is not None
        if at.after is None:
            break
        form[tables.TURN] = f"f-it:{at.after}"
        (widget,) = forms.widgets([LONG], form=form)
        assert widget.at is not None
        seen += widget.at.edited
        form = sent(widget)
    assert seen == list(range(len(ROWS) + tables.BLANK_ROWS))
    form[f"f-it.{len(ROWS)}.name"] = "新人"
    kept = forms.read([LONG], form)["it"]
    assert kept == [{"name": "改名", "may": ["是"]}, {"name": "人1"}, *ROWS[3:], {"name": "新人"}]


def test_a_row_that_is_wrong_is_turned_to_wherever_it_stands() -> None:
    form = sent(forms.widgets([LONG])[0])
    form[tables.TURN] = f"f-it:{tables.STRETCH}"
    form = sent(forms.widgets([LONG], form=form)[0])
    wrong = Problem("x", both("写全名。"), path="it.250.name")
    (widget,) = forms.widgets([LONG], form=form, problems=[wrong])
    assert widget.at is not None
    assert 250 in widget.at.edited
    assert forms.anchors([widget])["it.250.name"] == "f-it.250.name"
    (first,) = forms.widgets([LONG], form=form, problems=[replace(wrong, path="it.3.name")])
    assert first.at is not None
    assert 3 in first.at.edited


def test_more_rows_than_may_be_kept_are_read_and_left_to_the_check() -> None:
    typed = {f"f-it.{n}.name": str(n) for n in range(1500)}
    assert len(forms.read([field("table", columns=NAMES)], MultiDict({"f-it.count": "1500", **typed}))["it"]) == 1500


def test_a_problem_stands_at_its_field_and_what_was_typed_stays() -> None:
    wrong = Problem("x", both("填写人数。"), path="it")
    widget = forms.widgets([field("integer", 3)], form=MultiDict({"f-it": "many"}), problems=[wrong])[0]
    assert widget.wrong == both("填写人数。")
    assert widget.texts == {"f-it": "many"}


def test_a_problem_in_a_table_stands_at_the_line_that_was_typed() -> None:
    typed = MultiDict({"f-it.count": "3", "f-it.0.name": "李", "f-it.2.name": "王", "f-it.2.age": "old"})
    wrong = Problem("x", both("年龄要写成整数。"), path="it.1.age")
    rows = forms.widgets([field("table", columns=COLUMNS)], form=typed, problems=[wrong])[0].rows
    assert [[cell.wrong for cell in row] for row in rows] == [
        [None, None],
        [None, None],
        [None, both("年龄要写成整数。")],
    ]


def test_the_inputs_of_an_outcome_carry_its_name() -> None:
    typed = MultiDict({"f-agree-it": "3", "f-refuse-it": "4"})
    assert forms.read([field("integer")], typed, "refuse") == {"it": "4"}
