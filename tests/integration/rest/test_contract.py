"""The API keeps to its own OpenAPI document, whatever is sent: schemathesis makes sound and unsound requests from it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from engine.rest.openapi import OPERATIONS
from tests.town import Town

#: How many requests each operation gets: more by hand than in the run of every day.
MANY = int(os.environ.get("RONGTONG_ODD", "0")) or 10
#: This one takes nothing, so nothing that is sent to it is unsound.
WITHOUT = ("get", "/openapi.json")
TRIED = [
    (method, path, mode)
    for method, path, *_ in OPERATIONS
    for mode in GenerationMode
    if (method, path) != WITHOUT or mode is GenerationMode.POSITIVE
]


@pytest.mark.parametrize(("method", "path", "mode"), TRIED, ids=str)
def test_whatever_is_sent_is_answered_as_the_document_says(
    method: str, path: str, mode: GenerationMode, town: Town, app: Flask, token: Callable[[str], dict[str, str]]
) -> None:
    town.start()
    operation = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)[path][method.upper()]
    headers = {**token("cai"), "Accept-Encoding": "identity"}

    @settings(max_examples=MANY, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def keeps_to_it(case: Any) -> None:
        case.call_and_validate(headers=headers)

    keeps_to_it()
