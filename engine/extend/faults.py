"""What a plugin can get wrong, at the start and at the call; each fault names the plugin, its file and its line."""

from __future__ import annotations

from pathlib import Path

from engine.errors import Misuse, RongtongError
from engine.extend.places import raised_at
from engine.i18n import Text
from engine.secrecy import crossed_out


class PluginError(RongtongError):
    """A plugin cannot be used; ``details["plugin"]`` is its name, the text says what to change in it."""

    code = "plugin"


def named(plugin: str, place: str = "") -> Text:
    """The plugin and, where it is known, its file and line."""
    if not place:
        return Text(f"插件“{plugin}”", f"plugin {plugin!r}")
    return Text(f"插件“{plugin}”（{place}）", f"plugin {plugin!r} ({place})")


def plugin_error(plugin: str, zh: str, en: str, place: str = "") -> PluginError:
    """The error of *plugin* at *place*; *zh* and *en* say what is wrong and what to do, without naming it."""
    who = named(plugin, place)
    details = {"place": place} if place else {}
    return PluginError(Text(f"{who.zh}不能使用：{zh}", f"{who.en} cannot be used: {en}"), plugin=plugin, **details)


class PluginFault(RongtongError):
    """A plugin did at a call what it may not; the text names it and its line, as do ``plugin`` and ``place``."""

    code = "plugin_failed"


class FenceError(PluginFault):
    """A plugin reached past its own tables on ``ctx.db``. Nothing was sent."""


class SwallowedError(PluginFault):
    """A statement of a plugin failed, and it went on as if nothing were; ``__cause__`` is how it failed."""


class ExitError(PluginFault):
    """A plugin tried to end the program."""


class AnswerError(PluginFault):
    """An action answered what it does not declare, or a value that is none of its type."""


def cause_of(fault: BaseException, folder: Path | None) -> str:
    """What administrators and journals read of *fault*: its kind and the plugin's line, never what people typed.

    What the engine itself refused a plugin says so in its own words.
    """
    if isinstance(fault, PluginFault):
        return crossed_out(fault.text.en)
    place = raised_at(fault, folder)
    said = crossed_out(fault.text.en) if isinstance(fault, Misuse) else type(fault).__name__
    return f"{said} ({place})" if place else said


def placed(fault: PluginError, plugin: str, place: str) -> PluginError:
    """*fault*, said of *plugin* at *place*."""
    was, now = named(str(fault.details["plugin"])), named(plugin, place)
    text = Text(fault.text.zh.replace(was.zh, now.zh, 1), fault.text.en.replace(was.en, now.en, 1))
    return PluginError(text, plugin=plugin, **({"place": place} if place else {}))
