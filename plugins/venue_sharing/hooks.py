"""What the plugin registers; each hook points at the module that holds the substance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup
from sqlalchemy import Table

from engine.extend import (
    Action,
    Card,
    CaseShown,
    DataFile,
    Endpoint,
    EvidenceSource,
    FieldType,
    Invariant,
    Page,
    PageContext,
    ReadContext,
    Record,
    ScenarioVerb,
    Sentence,
    Setting,
    Text,
    TypeSpec,
    Undo,
    ValueType,
    hookimpl,
)
from plugins.venue_sharing import actions, evidence, scenarios, slots, tables, web
from plugins.venue_sharing.operations import seeding, venues
from plugins.venue_sharing.operations.invariants import INVARIANTS
from plugins.venue_sharing.rules import Venue

VENUE = TypeSpec(
    "venue",
    Text("场地", "venue"),
    attributes=(("station", ValueType("unit")), ("name", ValueType("text")), ("capacity", ValueType("integer"))),
    sample="venue-1",
)
SETTINGS = (
    Setting("buffer", ValueType("integer"), Text("场次之间留空几分钟", "minutes between bookings"), 0, min=0, max=240),
    Setting("horizon", ValueType("integer"), Text("最多提前几天", "how many days ahead"), 400, min=1, max=1100),
    Setting("lapse", ValueType("duration"), Text("锁定后多久未定即释放", "holds lapse after")),
)
SENTENCES = (
    Sentence("venue_sharing.hold", "held", Text("系统锁定了场地", "the venue was held")),
    Sentence("venue_sharing.hold", "refused", Text("场地没有锁定：{reason}", "the venue was not held: {reason_en}")),
    Sentence("venue_sharing.confirm", "confirmed", Text("场地预约已生效", "the booking was confirmed")),
    Sentence("venue_sharing.confirm", "expired", Text("场地锁定已到期", "the hold had lapsed")),
    Sentence("venue_sharing.check_out", "checked_out", Text("场地已交还", "the venue was handed back")),
)


def _record(room: Venue) -> Record:
    attributes = {"station": room.station, "name": room.name, "capacity": room.capacity}
    hours = room.hours.words
    hint = Text(f"容{room.capacity}人 {hours.zh}", f"for {room.capacity} people {hours.en}")
    return Record(room.id, room.label, attributes, hint)


def _read(ctx: ReadContext, keys: Sequence[str]) -> Sequence[Record]:
    return [_record(room) for room in venues.venues(ctx, tables.venue.c.id.in_(keys))]


def _find(ctx: ReadContext, words: str, limit: int) -> Sequence[Record]:
    return [_record(room) for room in venues.find_venues(ctx, words, limit)]


@hookimpl
def register_types() -> Sequence[FieldType]:
    """The type ``venue``."""
    return [FieldType(VENUE, _read, _find)]


@hookimpl
def register_actions() -> Sequence[Action[Any, Any] | Undo]:
    """Hold, confirm, check out, and their undoing."""
    return [actions.hold, actions.release, actions.confirm, actions.unconfirm, actions.check_out]


@hookimpl
def register_tables() -> Sequence[Table]:
    """Venues, bookings, half hours."""
    return [tables.venue, tables.booking, tables.slot]


@hookimpl
def register_settings() -> Sequence[Setting]:
    """The buffer between bookings, how far ahead they are taken, and the life of a hold."""
    return SETTINGS


@hookimpl
def register_data() -> Sequence[DataFile]:
    """The venues of a district pack."""
    return [DataFile("venues.yaml", seeding.seed, seeding.check)]


@hookimpl
def register_sentences() -> Sequence[Sentence]:
    """How the timeline tells what happened."""
    return SENTENCES


@hookimpl
def register_evidence() -> Sequence[EvidenceSource]:
    """Checks beside a decision about a held venue."""
    return [EvidenceSource("venue_sharing.hold", evidence.gather)]


@hookimpl
def register_pages() -> Sequence[Page]:
    """What is free, and a venue's week."""
    return web.PAGES


@hookimpl
def register_endpoints() -> Sequence[Endpoint]:
    """What is free, for programs."""
    return web.ENDPOINTS


@hookimpl
def register_cards() -> Sequence[Card]:
    """Venues today."""
    return web.CARDS


@hookimpl
def register_scenario_verbs() -> Sequence[ScenarioVerb]:
    """``venue_sharing.bookings`` in ``then``."""
    return [ScenarioVerb("venue_sharing.bookings", "then", scenarios.bookings, scenarios.KEYS)]


@hookimpl
def register_invariants() -> Sequence[Invariant]:
    """Bookings and half hours agree."""
    return INVARIANTS


@hookimpl
def render_case_facts(ctx: PageContext, case: CaseShown) -> Markup | None:
    """How the booking of a case stands."""
    return slots.booking(ctx, case)
