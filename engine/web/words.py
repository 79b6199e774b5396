"""The door's own words: Chinese as they stand in its source, English from the catalogue beside it."""

from __future__ import annotations

from functools import lru_cache
from gettext import NullTranslations, translation
from pathlib import Path

from markupsafe import Markup

from engine.web.visit import language

_FOLDER = Path(__file__).parent / "translations"


@lru_cache(maxsize=2)
def _catalogue(spoken: str) -> NullTranslations:
    return translation("messages", _FOLDER, [spoken], fallback=True)


def gettext(words: str, /, **values: object) -> str:
    """*words* in the reader's language, with the *values* that they name in place."""
    said = _catalogue(language()).gettext(words)
    return said % values if values else said


@lru_cache(maxsize=1024)
def _marked(spoken: str, words: str) -> Markup:
    return Markup(_catalogue(spoken).gettext(words))  # noqa: S704 - words of a template, not of a person


def marked(words: str, /, **values: object) -> Markup:
    """The same for templates: the *values* are escaped, and a lone %% is a percent sign."""
    said = _marked(language(), words)
    return said % values if values or "%" in said else said
