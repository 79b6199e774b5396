"""The frozen values of operations as JSON, in the caller's language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from flask import Response

from engine.definition.values.moments import decimal_text
from engine.i18n import Text
from engine.operations.reading.form_views import FormField
from engine.operations.reading.sent import sent
from engine.rest import problems


def as_json(value: Any, language: str) -> Any:
    """*value* in JSON's own types; a ``Text`` becomes its words in *language*, moments stay microseconds.

    Amounts of a form are yuan as text. What a dataclass does not show of itself is no data.
    """
    if isinstance(value, Text):
        return value.pick(language)
    if isinstance(value, FormField):
        value = sent(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: as_json(getattr(value, f.name), language) for f in fields(value) if f.repr}
    if isinstance(value, Mapping):
        return {str(key): as_json(item, language) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_json(item, language) for item in value]
    return decimal_text(value) if isinstance(value, Decimal) else value


def shown(value: Any) -> Response:
    """An answer that says *value*, in the caller's language."""
    return written(as_json(value, problems.language()))


def written(value: Any) -> Response:
    """An answer of *value*, which is JSON's already."""
    headers = {"Vary": "Accept-Language, Authorization"}
    return Response(json.dumps(value, ensure_ascii=False), 200, headers, content_type="application/json")
