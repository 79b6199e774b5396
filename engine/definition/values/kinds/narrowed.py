"""Kinds that plugins bring: stored as a built-in kind is, with a say of their own in what fits and how it reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final

from engine.clock import Micros
from engine.definition.values.kinds.shared import never_plain
from engine.definition.values.kinds.table import BUILT_IN
from engine.definition.values.types import Asked, Schema, ValueKind
from engine.i18n import Text

#: The kinds that one may be stored as: single values that live as they are stored.
BASES: Final = ("text", "integer", "money", "boolean")


def narrowed(
    base: str, name: str, title: Text, *, form: Text | None = None, settle: Callable[[Any], Any] | None = None,
    say: Callable[[Any], Text | None] | None = None, widget: str = "", sample: Any = None,
) -> ValueKind:  # fmt: skip
    """A kind called *name* that is stored as *base* is.

    *settle* answers how a stored value is kept, or in words what is wrong with it; *say* its words, None for those of
    the base. *widget* is a template of the plugin's. Without these, as while the plugin is away, it is as its base.
    """
    under = BUILT_IN[base]
    sample = under.sample if sample is None else sample
    schema = under.schema if settle is None else partial(_schema, under)
    return replace(
        under, name=name, title=title, words=(), form=form or under.form, settle=settle, bounds="", most=0,
        say=under.said if say is None else partial(_said, under, say), schema=schema,
        plain=under.plain if settle is None else never_plain, sample=sample,
        is_word=False, is_number=False, quoted=f"'{sample}'" if under.stored is str else "", phrase="value",
        widget=widget or under.widget,
    )  # fmt: skip


def _schema(under: ValueKind, kind: ValueKind, one: Asked) -> Schema:
    return {**under.schema(under, one), "format": kind.name}


def _said(under: ValueKind, say: Callable[[Any], Text | None], stored: Any, now: Micros | None) -> Text:
    return say(stored) or under.said(stored, now)
