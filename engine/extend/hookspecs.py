"""Every hook that a plugin may implement, with its signature and contract; the prefix says when and how it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pluggy
from markupsafe import Markup
from sqlalchemy import Table

from engine.definition.catalogue import FunctionSpec
from engine.errors import Problem
from engine.extend.actions import Action, Undo
from engine.extend.context import CheckContext, PageContext
from engine.extend.contributions import (
    Committed,
    DataFile,
    FieldType,
    Invariant,
    Reaction,
    Resolver,
    ScenarioVerb,
    Setting,
    StoredType,
)
from engine.extend.senders import Sender
from engine.extend.showing import Card, Endpoint, EvidenceSource, Page, Sentence
from engine.extend.shown import CaseShown, FormShown, RowShown, TaskShown

PROJECT: Final = "rongtong"
hookspec: Final = pluggy.HookspecMarker(PROJECT)
hookimpl: Final = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_types() -> Sequence[FieldType | StoredType]:  # type: ignore[empty-body]
    """Field types whose values are ids of the plugin's own things."""


@hookspec
def register_functions() -> Sequence[FunctionSpec]:  # type: ignore[empty-body]
    """Pure functions for formulas."""


@hookspec
def register_actions() -> Sequence[Action[Any, Any] | Undo]:  # type: ignore[empty-body]
    """Actions for ``do:`` steps, and what undoes them."""


@hookspec
def register_resolvers() -> Sequence[Resolver]:  # type: ignore[empty-body]
    """People resolvers for ``ask: plugin.name(…)``."""


@hookspec
def register_tables() -> Sequence[Table]:  # type: ignore[empty-body]
    """The plugin's own tables, made by ``plugin_table``; their migrations lie in ``migrations/``."""


@hookspec
def register_settings() -> Sequence[Setting]:  # type: ignore[empty-body]
    """What a district may set for this plugin in its ``district.yaml``."""


@hookspec
def migrate_settings(version: int, stored: Mapping[str, Any]) -> Mapping[str, Any]:  # type: ignore[empty-body]
    """What a district stored for *version* of this plugin's settings, as the present ones are stored."""


@hookspec
def register_data() -> Sequence[DataFile]:  # type: ignore[empty-body]
    """Files of a district pack's ``data/`` folder that this plugin imports."""


@hookspec
def register_sentences() -> Sequence[Sentence]:  # type: ignore[empty-body]
    """How the timeline tells what the plugin's actions did."""


@hookspec
def register_evidence() -> Sequence[EvidenceSource]:  # type: ignore[empty-body]
    """Lines of 系统核对 beside a decision."""


@hookspec
def register_pages() -> Sequence[Page]:  # type: ignore[empty-body]
    """Pages of the plugin's own."""


@hookspec
def register_endpoints() -> Sequence[Endpoint]:  # type: ignore[empty-body]
    """Reading answers of the API, of the plugin's own."""


@hookspec
def register_cards() -> Sequence[Card]:  # type: ignore[empty-body]
    """Cards on the board."""


@hookspec
def register_scenario_verbs() -> Sequence[ScenarioVerb]:  # type: ignore[empty-body]
    """Words for scenario files."""


@hookspec
def register_invariants() -> Sequence[Invariant]:  # type: ignore[empty-body]
    """What is always true of the plugin's rows, for ``rongtong verify``."""


@hookspec
def register_senders() -> Sequence[Sender]:  # type: ignore[empty-body]
    """Ways out of the machine: for notices, and for jobs that the plugin emits."""


@hookspec
def register_reactions() -> Sequence[Reaction]:  # type: ignore[empty-body]
    """Jobs that follow from events, queued in the event's own transaction."""


@hookspec
def check_start(ctx: CheckContext) -> Sequence[Problem]:  # type: ignore[empty-body]
    """Inside the transaction of a start: any Problem is a veto."""


@hookspec
def check_act(ctx: CheckContext) -> Sequence[Problem]:  # type: ignore[empty-body]
    """Inside the transaction of a decision: any Problem is a veto."""


@hookspec
def on_committed(event: Committed) -> None:
    """After commit, lost in a crash: for caches and metrics only."""


@hookspec
def render_page_notice(ctx: PageContext) -> Markup | None:
    """A notice at the top of every page of the district."""


@hookspec
def render_inbox_row_note(ctx: PageContext, row: RowShown) -> Markup | None:
    """A note in a row of the inbox; called once for each row."""


@hookspec
def render_task_before_form(ctx: PageContext, task: TaskShown) -> Markup | None:
    """Above the form of a task that the reader decides."""


@hookspec
def render_task_aside(ctx: PageContext, task: TaskShown) -> Markup | None:
    """Beside the facts of a task."""


@hookspec
def render_case_facts(ctx: PageContext, case: CaseShown) -> Markup | None:
    """Under the facts of a case."""


@hookspec
def render_case_aside(ctx: PageContext, case: CaseShown) -> Markup | None:
    """A part of its own on the page of a case."""


@hookspec
def render_start_before_form(ctx: PageContext, form: FormShown) -> Markup | None:
    """Above the form that starts a case."""


@hookspec
def render_start_done(ctx: PageContext, case: CaseShown) -> Markup | None:
    """Under the words that tell the reader that their case was started."""


@hookspec
def render_print_foot(ctx: PageContext, case: CaseShown) -> Markup | None:
    """At the foot of the printed sheet."""


@hookspec
def render_me_section(ctx: PageContext) -> Markup | None:
    """A part of the reader's own page, for each of their districts."""
