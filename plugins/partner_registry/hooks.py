"""The hooks of partner_registry: each names what it contributes, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table

from engine.extend import (
    Action,
    Card,
    DataFile,
    EvidenceSource,
    FieldType,
    Invariant,
    Page,
    Resolver,
    ScenarioVerb,
    Sentence,
    Setting,
    Undo,
    hookimpl,
)
from plugins.partner_registry.actions import ACTIONS
from plugins.partner_registry.engaging import disengage, engage
from plugins.partner_registry.evidence import EVIDENCE
from plugins.partner_registry.operations.diary import INVARIANTS
from plugins.partner_registry.operations.seeding import DATA
from plugins.partner_registry.scenarios import VERBS
from plugins.partner_registry.sentences import SENTENCES
from plugins.partner_registry.settings import SETTINGS
from plugins.partner_registry.tables import TABLES
from plugins.partner_registry.types import RESOLVERS, TYPES
from plugins.partner_registry.web import CARDS, PAGES


@hookimpl
def register_types() -> Sequence[FieldType]:
    """The type ``partner``."""
    return TYPES


@hookimpl
def register_actions() -> Sequence[Action[Any, Any] | Undo]:
    """Check, enrol, suspend, activate, find, and the undoing."""
    return (*ACTIONS, engage, disengage)


@hookimpl
def register_resolvers() -> Sequence[Resolver]:
    """A partner's contact."""
    return RESOLVERS


@hookimpl
def register_tables() -> Sequence[Table]:
    """The register."""
    return TABLES


@hookimpl
def register_settings() -> Sequence[Setting]:
    """How codes are checked, how far a search goes."""
    return SETTINGS


@hookimpl
def register_data() -> Sequence[DataFile]:
    """``data/partners.yaml``."""
    return DATA


@hookimpl
def register_sentences() -> Sequence[Sentence]:
    """What the timeline says."""
    return SENTENCES


@hookimpl
def register_evidence() -> Sequence[EvidenceSource]:
    """Whether a party is new."""
    return EVIDENCE


@hookimpl
def register_pages() -> Sequence[Page]:
    """``/partners``."""
    return PAGES


@hookimpl
def register_cards() -> Sequence[Card]:
    """Partners by kind."""
    return CARDS


@hookimpl
def register_invariants() -> Sequence[Invariant]:
    """Nobody is promised twice at one time."""
    return INVARIANTS


@hookimpl
def register_scenario_verbs() -> Sequence[ScenarioVerb]:
    """How many partners there are."""
    return VERBS
