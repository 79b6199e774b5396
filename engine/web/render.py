"""What templates may say: words in the reader's language, moments, icons and addresses of files."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any, Final

from flask import Flask, current_app, g, get_flashed_messages
from jinja2 import pass_context
from markupsafe import Markup, escape

from engine.clock import Micros
from engine.errors import excerpt
from engine.extend.calls.beside import Unshown
from engine.i18n import Text
from engine.operations.context import Caller, Context
from engine.operations.reading import plugin_parts
from engine.operations.reading.advice import calendar_advice
from engine.operations.reading.views import TaskRow, TaskView
from engine.web import addresses, menu, times
from engine.web.folding import folded
from engine.web.forms.fill import Widget, variants
from engine.web.forms.keeping import typed
from engine.web.site import Demo, Site
from engine.web.undefined import untold
from engine.web.visit import language, look, signed_in, site, visit_or_none
from engine.web.words import marked

_LOG: Final = logging.getLogger("rongtong.plugins")


def furnish(app: Flask, held: Site) -> None:
    """Give the templates of *app* their filters and names."""
    addresses.furnish(app)
    app.jinja_env.undefined = untold(held.plugin_templates)
    app.jinja_env.filters.update(
        say=say, both=both_ways, machine=times.machine, folded=folded, variants=variants, excerpt=excerpt
    )
    app.jinja_env.globals.update(_=marked, bold=bold, due=due, site=held, slot=slot, typed=typed, own_input=own_input)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    bare = bool(g.get("bare"))
    here, stage = None if bare else visit_or_none(), None if bare else site().demo
    now = here.now if here else 0
    return {
        "here": here,
        "who": None if bare else signed_in(),
        "language": language(),
        "look": look(),
        "moment": lambda at: say(times.moment(at, now)),
        "deadline": lambda at: say(times.deadline(at, now)),
        "day": lambda at: say(times.day(at, now)),
        "stamp": lambda at: say(times.stamp(at)),
        "held_for": lambda at: say(times.waiting(at, now)),
        "with_you": lambda at: say(times.with_you(at, now)),
        "flashed": get_flashed_messages(with_categories=True),
        "new_key": site().system.ids.new,
        "rail": menu.own(here),
        "menu": menu.of_plugins(here),
        "advice": lambda: say(calendar_advice(here.ctx, here.caller)) if here else "",
        "persona_bar": _cast(stage) if stage and signed_in() else (),
    }


@lru_cache(maxsize=4)
def _cast(stage: Demo) -> tuple[tuple[str, Text], ...]:
    """Who is in the thin bar; only the cards say what waits for each."""
    return tuple((persona.key, persona.title) for persona in stage.personas())


def own_input(widget: Widget, described: str, label: str) -> Markup:
    """What a plugin's own template draws for a field; "" where it fails, and the engine's plain input stands there."""
    try:
        drawn = current_app.jinja_env.get_template(widget.template).module
        return Markup(drawn.inputs(widget, described, label))  # type: ignore[attr-defined]  # noqa: S704
    except Exception:
        _LOG.exception("the widget %s cannot be drawn", widget.template)
        return Markup()


def slot(name: str, view: Any = None) -> Markup:
    """What plugins show in slot *name* of a page of a district that shows *view*."""
    here = visit_or_none()
    return slot_of(here.ctx, here.caller, name, view) if here else Markup()


def slot_of(ctx: Context, caller: Caller, name: str, view: Any = None) -> Markup:
    """The same for a page that belongs to no district."""
    parts = plugin_parts.slot(ctx, caller, name, view, f"/{ctx.id}")
    return Markup().join(part for part in parts if not isinstance(part, Unshown) or _once(f"{name} {part}"))


def _once(notice: str) -> bool:
    """Whether this page says *notice* for the first time: a note of each row fails in each."""
    said: set[str] = g.setdefault("said", set())
    known = notice in said
    said.add(notice)
    return not known


def say(words: Text | str | None) -> str:
    """*words* in the reader's language; plain text, escaped by the template as any other."""
    if words is None:
        return ""
    return words.pick(language()) if isinstance(words, Text) else words


@pass_context  # or the words, which never change, would be picked once, as the template is compiled
def both_ways(_: object, zh: str, en: str) -> str:
    """A template's own words in the reader's language, for plugins: ``{{ '查看'|both('Show') }}``."""
    return Text(zh, en).pick(language())


def due(row: TaskRow | TaskView, now: Micros) -> str:
    """The words of a due chip."""
    if row.needed_by is None:
        return ""
    return say(times.due_words(row.needed_by, row.needed_why, row.due_class, now))


def bold(sentence: str, name: str) -> Markup:
    """*sentence* with the first *name* in it set in bold."""
    before, found, after = sentence.partition(name) if name else (sentence, "", "")
    return escape(before) + (Markup("<b>{}</b>").format(found) if found else "") + escape(after)


def drawing(svg: str) -> Markup:
    """Markup that this door drew itself, from escaped parts."""
    return Markup(svg)  # noqa: S704
