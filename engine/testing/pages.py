"""Renders a plugin's pages without the engine's own, for tests of what stands on them."""

from __future__ import annotations

from pathlib import Path

from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader, StrictUndefined

from engine.extend import Text, View


def render(folder: Path, view: View, language: str = "zh") -> str:
    """The page that *view* makes of its template in *folder*; layouts and shared macros are bare stand-ins."""
    frame = {
        "layout/staff.html": "{% block title %}{% endblock %}{% block main %}{% endblock %}",
        "ui.html": "{% macro empty(title, text='') %}{{ title }} {{ text }}{% endmacro %}",
    }
    loader = ChoiceLoader([FileSystemLoader(folder), DictLoader(frame)])
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    environment.filters["both"] = lambda zh, en: Text(zh, en).pick(language)
    environment.filters["machine"] = str
    environment.filters["say"] = lambda words: words.pick(language) if isinstance(words, Text) else words
    return environment.get_template(view.template).render(title=view.title, **view.values)
