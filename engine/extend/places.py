"""Where a plugin's code stands: the file and line of a call, of a fault, of a function."""

from __future__ import annotations

import inspect
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Any, Final

#: Whose frames lie between a plugin's call and whoever looks for its place.
_OURS: Final = frozenset({"engine", "sqlalchemy", "psycopg", "pluggy", "contextlib", "functools"})


def called_from(folder: Path | None) -> str:
    """``plugin/file.py:12``, the innermost line of the plugin in *folder* that is running; "" where there is none."""
    return _innermost(((frame, frame.f_lineno) for frame in _outwards(sys._getframe(1))), folder)


def raised_at(fault: BaseException, folder: Path | None) -> str:
    """``plugin/file.py:12``, the innermost line of the plugin in *folder* that *fault* came through, or ""."""
    return _innermost(reversed(list(traceback.walk_tb(fault.__traceback__))), folder)


def written_at(thing: Any) -> str:
    """``plugin/file.py:12``, where the function *thing* is written, or ""."""
    code = getattr(inspect.unwrap(thing), "__code__", None) if callable(thing) else None
    return "" if code is None else _said(code.co_filename, code.co_firstlineno)


def _outwards(frame: FrameType | None) -> Iterable[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _innermost(lines: Iterable[tuple[FrameType, int]], folder: Path | None) -> str:
    for frame, line in lines:
        file = frame.f_code.co_filename
        top = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if Path(file).is_relative_to(folder) if folder else top not in _OURS:
            return _said(file, line)
    return ""


def _said(file: str, line: int) -> str:
    """The file with its folder, which is the plugin's name."""
    return f"{'/'.join(Path(file).parts[-2:])}:{line}"
