"""Dates formatted as on a system that knows no more than the C standard asks for."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

#: What one C library adds to the codes of C89 and others, such as that of Windows, refuse or leave as it is.
_MORE = re.compile(r"%(?![aAbBcdfHIjmMpSUwWxXyYzZ%])")


def refuse_glibc(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on ``%-d`` and the like are a ValueError, as on Windows; a datetime formats by the same function."""
    strftime = time.strftime

    def strict(form: str, *moment: Any) -> str:
        if _MORE.search(form):
            raise ValueError("Invalid format string")
        return strftime(form, *moment)

    monkeypatch.setattr(time, "strftime", strict)
