"""What a plugin can get wrong, at the start and at the call; each fault names the plugin, its file and its line."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from engine.errors import Misuse, RongtongError
from engine.extend.places import folder_of, raised_at
from engine.i18n import Text, both
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


def register_fault(plugin: str, hook: str, reason: Exception, folder: Path | None) -> PluginError:
    """The error of *plugin* whose *hook*, one that registers, failed for *reason*."""
    said, place = what_of(reason), place_of(reason, folder)
    if isinstance(reason, AnswerError):
        return plugin_error(plugin, said.zh, said.en, place)
    return plugin_error(plugin, f"{hook}出错：{said.zh}", f"{hook} raised {said.en}", place)


class PluginFault(RongtongError):
    """A plugin did at a call what it may not; the text names it and its line, as do ``plugin`` and ``place``."""

    code = "plugin_failed"
    #: The same without the plugin and its line; None where the text alone was given.
    said: Text | None = None


class FenceError(PluginFault):
    """A plugin reached past its own tables on ``ctx.db``. Nothing was sent."""


class SwallowedError(PluginFault):
    """A statement of a plugin failed, and it went on as if nothing were; ``__cause__`` is how it failed."""


class ExitError(PluginFault):
    """A plugin tried to end the program."""


class HungError(PluginFault):
    """A plugin did not come back within the time that it has. Nothing of what it did is kept."""


class AnswerError(PluginFault):
    """A plugin answered what is not declared, a value that is none of its type, or an audience that is nobody."""


F = TypeVar("F", bound=PluginFault)


def plugin_fault(kind: type[F], plugin: str, zh: str, en: str, place: str) -> F:
    """The fault of *plugin* at *place*; *zh* and *en* say what it did, without naming it."""
    who = named(plugin, place)
    fault = kind(Text(f"{who.zh}：{zh}", f"{who.en}: {en}"), plugin=plugin, place=place)
    fault.said = Text(zh, en)
    return fault


def place_of(fault: BaseException, folder: Path | None) -> str:
    """The plugin's line that *fault* is about: what the engine found says it, anything else came through it."""
    if isinstance(fault, RongtongError) and "place" in fault.details:
        return str(fault.details["place"])
    return raised_at(fault, folder)


def what_of(fault: BaseException) -> Text:
    """What *fault* says, without the plugin and its line where that is in it; never a secret."""
    if isinstance(fault, PluginFault) and fault.said is not None:
        return Text(*map(crossed_out, fault.said))
    return both(_line(fault, str(fault)))


def cause_of(fault: BaseException, folder: Path | None) -> Text:
    """What administrators and journals read of *fault*: its kind and the plugin's line, never what people typed.

    What the engine itself refused a plugin says so in its own words.
    """
    place = "" if isinstance(fault, PluginFault) else raised_at(fault, folder)
    said = fault.text if isinstance(fault, (PluginFault, Misuse)) else both(type(fault).__name__)
    return Text(*(crossed_out(f"{words} ({place})" if place else words) for words in said))


def said_of(fault: BaseException, module: str = "") -> Text:
    """What was raised and where, in one line: ``HTTPError: HTTP Error 500 (post/sending.py:31)``.

    The place is the last one in the folder of *module*, where a plugin called a library; without one, where it arose.
    What the engine refused says so in both languages.
    """
    if isinstance(fault, PluginFault):
        return Text(*map(crossed_out, fault.text))  # which says the place
    where = raised_at(fault, folder_of(module)) or raised_at(fault, None)
    said = fault.text if isinstance(fault, RongtongError) else both(str(fault))
    lines = (_line(fault, words) for words in said)
    return Text(*(f"{line} ({where})" if where else line for line in lines))


def _line(fault: BaseException, words: str) -> str:
    return crossed_out(f"{type(fault).__name__}: {words}").strip().partition("\n")[0].removesuffix(":")


def placed(fault: PluginError, plugin: str, place: str) -> PluginError:
    """*fault*, said of *plugin* at *place*."""
    was, now = named(str(fault.details["plugin"])), named(plugin, place)
    text = Text(fault.text.zh.replace(was.zh, now.zh, 1), fault.text.en.replace(was.en, now.en, 1))
    return PluginError(text, plugin=plugin, **({"place": place} if place else {}))
