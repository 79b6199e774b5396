"""Fields under a condition: said truly on the form that decides it, there or not where it is decided already."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.operations import cases
from engine.operations.context import Caller
from tests.integration.web.conftest import Window
from tests.integration.web.sending import fill_in, form_with
from tests.town import Town

OpenWindow = Callable[[str], Window]
FORM = """
process: form
title: 表
subject: [kind]
fields:
  kind:  {type: choice, of: [个人, 团体], title: 类别}
  many:  {type: integer, title: 人数, when: kind = '团体'}
  note:  {type: text, title: 备注, when: kind = '团体', optional: true}
  after: {type: text, title: 回执, when: kind = '团体'}
start: {who: role staff, fill: [kind, many, note]}
steps:
- {step: ok, title: 审批, ask: role head of start.unit, fill: [after], outcomes: {agree: {title: 同意, then: next}}}
ends: {done: {title: 办成}}
"""


@pytest.fixture
def window(town: Town, at_window: OpenWindow) -> Window:
    town.publish(FORM)
    return at_window("ann")


def test_a_form_says_when_a_field_is_filled_and_calls_optional_what_is(window: Window) -> None:
    window.get("/town/start/form")
    assert "“类别”是“团体”时填 人数 备注 （选填）" in window.words
    assert "人数 （选填）" not in window.words


def test_it_has_to_be_filled_where_it_is_asked_and_only_there(window: Window) -> None:
    window.get("/town/start/form")
    sent = fill_in(form_with(window.page, "f-many"), {"f-kind": "团体"})
    refused = window.client.post("/town/start/form", data=sent)
    assert refused.status_code == 422
    assert '<a href="#f-many">' in refused.text
    assert window.client.post("/town/start/form", data=fill_in(sent, {"f-kind": "个人"})).status_code == 303


@pytest.mark.parametrize(("fill", "there"), [({"kind": "团体", "many": 3}, True), ({"kind": "个人"}, False)])
def test_where_the_condition_is_decided_the_field_is_there_or_not(
    town: Town, window: Window, at_window: OpenWindow, fill: dict[str, object], there: bool
) -> None:
    number = cases.start(town.ctx, Caller("ann"), "form", fill, unit="a").number
    sun = at_window("sun")
    sun.get(f"/town/tasks/{number}.{cases.open_serial(town.ctx, number, 'ok')}")
    assert ('name="f-after"' in sun.page) == there
    assert "时填" not in sun.words
