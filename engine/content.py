"""Where the shipped content is: processes and districts that come with the package, and what may be drawn on pages."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Final

_SYMBOL: Final = re.compile(r'<symbol id="([^"]+)"')


def shipped_workflows() -> Path:
    """The folder ``workflows/``: inside the package when installed from a wheel, beside it in a checkout."""
    inside = Path(str(files("engine"))) / "_workflows"
    return inside if inside.is_dir() else inside.parent.parent / "workflows"


def icons() -> frozenset[str]:
    """The names of the symbols that a page, also a plugin's, may show."""
    return frozenset(_SYMBOL.findall((Path(str(files("engine"))) / "web/static/icons.svg").read_text(encoding="utf-8")))
