"""The hooks of points_exchange: each names what it contributes, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup
from sqlalchemy import Table

from engine.extend import (
    Action,
    Card,
    Endpoint,
    EvidenceSource,
    Invariant,
    Page,
    PageContext,
    ScenarioVerb,
    Sentence,
    Setting,
    Undo,
    hookimpl,
)
from plugins.points_exchange import slots
from plugins.points_exchange.actions import ACTIONS
from plugins.points_exchange.evidence import EVIDENCE
from plugins.points_exchange.operations.invariants import INVARIANTS
from plugins.points_exchange.scenarios import VERBS
from plugins.points_exchange.sentences import SENTENCES
from plugins.points_exchange.settings import SETTINGS
from plugins.points_exchange.tables import TABLES
from plugins.points_exchange.web import CARDS, ENDPOINTS, PAGES


@hookimpl
def register_actions() -> Sequence[Action[Any, Any] | Undo]:
    """Freeze a coefficient, earn, quote, hold, redeem, and the undoing."""
    return ACTIONS


@hookimpl
def register_tables() -> Sequence[Table]:
    """The ledger."""
    return TABLES


@hookimpl
def register_settings() -> Sequence[Setting]:
    """Kinds, coefficients, caps, expiry, the till's rule."""
    return SETTINGS


@hookimpl
def register_sentences() -> Sequence[Sentence]:
    """What the timeline says."""
    return SENTENCES


@hookimpl
def register_evidence() -> Sequence[EvidenceSource]:
    """Whether there are enough points."""
    return EVIDENCE


@hookimpl
def register_pages() -> Sequence[Page]:
    """``/points``."""
    return PAGES


@hookimpl
def register_endpoints() -> Sequence[Endpoint]:
    """Balances, for programs."""
    return ENDPOINTS


@hookimpl
def register_cards() -> Sequence[Card]:
    """Points outstanding and redeemed."""
    return CARDS


@hookimpl
def register_scenario_verbs() -> Sequence[ScenarioVerb]:
    """Balances and postings."""
    return VERBS


@hookimpl
def register_invariants() -> Sequence[Invariant]:
    """What is always true of the ledger."""
    return INVARIANTS


@hookimpl
def render_me_section(ctx: PageContext) -> Markup | None:
    """The reader's points."""
    return slots.mine(ctx)
