"""All that a plugin may import: hooks, declarations, contexts and the values a plugin hands over."""

from __future__ import annotations

from engine.audience import anyone_key, role_key, user_key
from engine.clock import DAY, HOUR, MINUTE, Micros
from engine.definition.catalogue import FunctionSpec, Parameter, ResolverSpec, TypeSpec
from engine.definition.values.durations import Duration
from engine.definition.values.forms import decode, encode
from engine.definition.values.hours import read_hours
from engine.definition.values.inputs import parse_input
from engine.definition.values.moments import (
    Period,
    day_end,
    decimal_text,
    midnight,
    nearest_period,
    to_datetime,
    to_micros,
)
from engine.definition.values.plain import folded, narrow, tidy, whole_number
from engine.definition.values.saying import (
    WEEKDAYS,
    clock_words,
    date_words,
    day_words,
    hours_words,
    moment_words,
    money_words,
    span_words,
    weekday_words,
    yuan_text,
)
from engine.definition.values.types import ValueType
from engine.errors import Invalid, NotFound, Problem
from engine.errors import Vetoed as Veto
from engine.extend.actions import Action, Outcome, Undo, Undone, action, undo
from engine.extend.context import (
    ActionContext,
    CaseRef,
    CheckContext,
    Directory,
    JobContext,
    LockOrder,
    Named,
    PageContext,
    ReadContext,
    SeedContext,
    StepContext,
    WriteContext,
)
from engine.extend.contributions import (
    Committed,
    DataFile,
    FieldType,
    Invariant,
    Reaction,
    Record,
    Resolver,
    ScenarioVerb,
    Setting,
    StoredType,
)
from engine.extend.emitted import Job, Message
from engine.extend.hookspecs import hookimpl
from engine.extend.loading.tables import plugin_table, ref
from engine.extend.senders import Out, Sender
from engine.extend.shapes import Money, Of, PersonId, UnitId
from engine.extend.showing import Amount, Card, Endpoint, Evidence, EvidenceSource, Figure, Page, Sentence, View
from engine.extend.shown import CaseShown, FormShown, RowShown, TaskShown
from engine.i18n import Text, both, listed

__all__ = [
    # hooks and declarations
    "hookimpl", "action", "undo", "Action", "Undo", "Undone", "Outcome", "plugin_table", "ref",
    # words, faults, values
    "Text", "both", "listed", "Problem", "Veto", "NotFound", "Invalid", "Micros", "MINUTE", "HOUR", "DAY", "Period",
    "Duration", "Money", "Of", "PersonId", "UnitId", "ValueType", "day_end", "decode", "encode", "parse_input",
    "midnight", "to_datetime", "to_micros", "decimal_text", "nearest_period",
    "clock_words", "date_words", "day_words", "hours_words", "moment_words", "money_words", "span_words",
    "weekday_words", "WEEKDAYS", "folded", "narrow", "tidy", "whole_number", "yuan_text", "read_hours",
    # what the language is told
    "TypeSpec", "FunctionSpec", "ResolverSpec", "Parameter",
    # whom a resolver names and a message reaches
    "user_key", "role_key", "anyone_key",
    # contexts
    "ReadContext", "WriteContext", "StepContext", "ActionContext", "CheckContext", "PageContext", "SeedContext",
    "CaseRef", "JobContext", "Out", "Directory", "Named", "LockOrder", "Message", "Job",
    # what slots show
    "CaseShown", "TaskShown", "RowShown", "FormShown",
    # contributions
    "FieldType", "StoredType", "Record", "Resolver", "Setting", "DataFile", "Sentence", "Evidence", "EvidenceSource",
    "Amount",
    "Page", "View", "Endpoint", "Card", "Figure", "ScenarioVerb", "Invariant", "Reaction", "Sender", "Committed",
]  # fmt: skip
