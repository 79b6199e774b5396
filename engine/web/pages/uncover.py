"""显示: a masked value whole, in the answer to this one press and nowhere else, with what was typed kept."""

from __future__ import annotations

from flask import Blueprint, request

from engine.extend.loading.pages import own_address
from engine.operations.reading import pages
from engine.operations.reading.read_log_views import Uncovered
from engine.operations.uncovering import uncover
from engine.web.forms.keeping import bringing_back
from engine.web.pages import cases, tasks
from engine.web.pages.tasks import Page
from engine.web.visit import Visit, visit


def add(web: Blueprint) -> None:
    """Add these presses to the door."""
    web.add_url_rule(own_address("cases", "/<number>/uncover"), "case_uncover", on_case, methods=["POST"])
    web.add_url_rule(own_address("tasks", "/<ref>/uncover"), "task_uncover", on_task, methods=["POST"])


def on_case(district: str, number: str) -> Page:
    """The page of a case with one value whole, and its exits as far as they were typed."""
    here = visit(district)
    return cases.show(here, number, uncovered=_pressed(here, number))


def on_task(district: str, ref: str) -> Page:
    """The page of a task with one value whole, and the decision as far as it was typed."""
    number, n = tasks.split(ref)
    here = visit(district)
    if bringing_back():
        return tasks.once_more(here, number, n, typed=True)
    view = pages.task(here.ctx, here.caller, number, n)  # first: what cannot be shown is not uncovered
    return tasks.show(here, view, typed=True, uncovered=_pressed(here, number))


def _pressed(here: Visit, number: str) -> Uncovered | None:
    """The field of the button that was pressed; none where a page only comes again."""
    field, key = request.form.get("uncover", ""), request.form.get("key", "")
    if bringing_back() or not field:
        return None
    return uncover(here.ctx, here.caller, number, field, key=f"{key}:{field}" if key else "")
