"""Where a plugin's code stands: the file and line of a call, of a fault, of a function, of what a sentence is about.

A place is ``plugin/file.py:12``: the file as it lies in the plugin's folder, and the line.
"""

from __future__ import annotations

import inspect
import re
import signal
import sys
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Final

#: The libraries that call back what they were given.
_LIBRARIES: Final = frozenset({
    "sqlalchemy", "psycopg", "alembic", "pluggy", "contextlib", "functools", "importlib", "_frozen_importlib",
})  # fmt: skip
#: Whose frames lie between a plugin's call and whoever looks for its place.
_OURS: Final = _LIBRARIES | {"engine"}
#: What a sentence puts in quotes, or says of a hook.
_QUOTED: Final = re.compile(r"['“]([^'”]{1,80})['”]|\b((?:register|check|render|on|migrate)_[a-z_]+|[a-z]\w*[._]\w+)")

#: A file and a line of it.
Line = tuple[str, int | None]


def place(file: str, line: int | None, folder: Path | None = None) -> str:
    """A place in somebody's source: the file as it lies in *folder*, else in the folder that holds it, and the line."""
    path = Path(file)
    inside = folder is not None and path.is_relative_to(folder)
    short = path.relative_to(folder.parent).as_posix() if folder and inside else "/".join(path.parts[-2:])
    return f"{short}:{line or 0}"


def called_from(folder: Path | None) -> str:
    """The innermost line of the plugin in *folder* that is running; "" where there is none."""
    return stands_at(sys._getframe(1), folder)


def stands_at(frame: FrameType | None, folder: Path | None) -> str:
    """The innermost line of the plugin in *folder* that *frame* and what called it are in; "" where there is none."""
    return _innermost(((one, one.f_lineno) for one in _outwards(frame)), folder)


def stands_in(frame: FrameType, folder: Path | None) -> bool:
    """Whether *frame* is in the files of the plugin in *folder* itself; without one, in nobody's that are known."""
    if folder is None:
        return _package(frame) not in _OURS | sys.stdlib_module_names
    return Path(frame.f_code.co_filename).is_relative_to(folder)


def template_at() -> Line | None:
    """The innermost template that is just made into a page, and the line of it."""
    for frame in _outwards(sys._getframe(1)):
        template = frame.f_globals.get("__jinja_template__")
        if template is not None and template.filename:
            return template.filename, template.get_corresponding_lineno(frame.f_lineno)
    return None


def raised_at(fault: BaseException, folder: Path | None) -> str:
    """The innermost line of the plugin in *folder* that *fault* came through, or where it is no Python; or ""."""
    if isinstance(fault, SyntaxError) and fault.filename:
        return place(fault.filename, fault.lineno, folder)
    return _innermost(reversed(list(traceback.walk_tb(fault.__traceback__))), folder)


def imported_at(fault: BaseException, name: str) -> str:
    """The same of a plugin called *name* that could not be imported, so that nobody knows its folder yet."""
    frames = reversed(traceback.extract_tb(fault.__traceback__))
    folders = (parent for frame in frames for parent in Path(frame.filename).parents if parent.name == name)
    return raised_at(fault, next(folders, Path(name)))


def below(fault: BaseException) -> bool:
    """Whether *fault* arose in the engine, which a plugin had called, and not in the plugin.

    The innermost frame says so that is no library's: the engine, too, calls what a plugin gave it.
    """
    packages = [_package(frame) for frame, _ in traceback.walk_tb(fault.__traceback__)]
    called = [one for one in packages if one not in _LIBRARIES]
    return any(one != "engine" for one in called) and called[-1] == "engine"


def signalled(fault: BaseException) -> bool:
    """Whether *fault* was raised by what a signal has Python do, whatever ran just then."""
    handlers = (signal.getsignal(number) for number in signal.valid_signals())
    codes = {getattr(inspect.unwrap(one), "__code__", None) for one in handlers if callable(one)}
    return any(frame.f_code in codes for frame, _ in traceback.walk_tb(fault.__traceback__))


def near(frames: Sequence[Line], module: str) -> Line:
    """The last of *frames* in the folder of *module*, or the very last; outermost first."""
    folder = folder_of(module)
    inside = [frame for frame in frames if folder and Path(frame[0]).is_relative_to(folder)]
    return (inside or frames)[-1]


def written_at(thing: Any) -> str:
    """Where the function *thing* is written, or ""."""
    code = getattr(inspect.unwrap(thing), "__code__", None) if callable(thing) else None
    return "" if code is None else place(code.co_filename, code.co_firstlineno)


def quoted_at(sentence: str, folder: Path, but: str) -> str:
    """The first line in the plugin's own files of what *sentence* quotes, *but* one; where none has it, its hooks.

    That is where whoever mends it begins to look: a sentence about several files has no line of its own.
    """
    quoted = [one or other for one, other in _QUOTED.findall(sentence) if (one or other) != but]
    for words in quoted:
        for file in (*sorted(folder.glob("*.py")), folder / "plugin.yaml"):
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else []
            found = next((number for number, line in enumerate(lines, 1) if words in line), 0)
            if found:
                return place(str(file), found, folder)
    return place(str(folder / "hooks.py"), 1, folder)


def folder_of(module: str) -> Path | None:
    """The folder of a *module* that was imported."""
    file = getattr(sys.modules.get(module), "__file__", None)
    return Path(file).parent if file else None


def _outwards(frame: FrameType | None) -> Iterable[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _innermost(lines: Iterable[tuple[FrameType, int]], folder: Path | None) -> str:
    for frame, line in lines:
        file = frame.f_code.co_filename
        if Path(file).is_relative_to(folder) if folder else _package(frame) not in _OURS:
            return place(file, line, folder)
    return ""


def _package(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]
