"""What a plugin can get wrong: what stops the start, and the words for what it raised later; both name the place."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from traceback import extract_tb

from engine.errors import RongtongError
from engine.i18n import Text


class PluginError(RongtongError):
    """A plugin cannot be used; ``details["plugin"]`` is its name, the text says what to change in it."""

    code = "plugin"


def plugin_error(plugin: str, zh: str, en: str) -> PluginError:
    """The error of *plugin*; *zh* and *en* say what is wrong and what to do, without naming it."""
    text = Text(f"插件“{plugin}”不能使用：{zh}", f"plugin {plugin!r} cannot be used: {en}")
    return PluginError(text, plugin=plugin)


def said_of(error: BaseException, module: str = "") -> str:
    """What was raised and where, in one line: ``HTTPError: HTTP Error 500 (post/sending.py:31)``.

    The place is the last one in the folder of *module*, where a plugin called a library; without one, where it arose.
    """
    words = f"{type(error).__name__}: {error}".strip().partition("\n")[0].removesuffix(":")
    frames = [(frame.filename, frame.lineno) for frame in extract_tb(error.__traceback__)]
    return f"{words} ({place(*near(frames, module))})" if frames else words


def near(frames: Sequence[tuple[str, int | None]], module: str) -> tuple[str, int | None]:
    """The last of *frames* in the folder of *module*, or the very last; each is a file and a line, outermost first."""
    file = getattr(sys.modules.get(module), "__file__", None)
    inside = [frame for frame in frames if file and Path(frame[0]).is_relative_to(Path(file).parent)]
    return (inside or frames)[-1]


def place(file: str, line: int | None) -> str:
    """A place in somebody's source, short enough to be read: the file within its folder, and the line."""
    return f"{'/'.join(Path(file).parts[-2:])}:{line or 0}"
