"""What a plugin can get wrong, at the start and at the call; each fault names the plugin, its file and its line.

Every door tells such a fault in the same words: ``told`` has them, and the place.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from engine.errors import Misuse, RongtongError, bounded
from engine.extend.calls.places import folder_of, raised_at
from engine.i18n import Text, both
from engine.secrecy import crossed_out


class _Blamed(RongtongError):
    """What a plugin is to blame for; ``details`` name it, and its ``place`` where that is known."""

    def __init__(self, text: Text, **details: Any) -> None:
        super().__init__(text, **details)
        #: The same without the plugin and its line.
        self.said = self.text


class PluginError(_Blamed):
    """A plugin cannot be used; ``details["plugin"]`` is its name, the text says what to change in it."""

    code = "plugin"


class PluginFault(_Blamed):
    """A plugin did at a call what it may not; the text names it and its line, as do ``plugin`` and ``place``."""

    code = "plugin_failed"


class FenceError(PluginFault):
    """A plugin reached past its own tables, or its district, on ``ctx.db``. Nothing was sent."""


class SwallowedError(PluginFault):
    """A statement of a plugin failed, and it went on as if nothing were; ``__cause__`` is how it failed."""


class ExitError(PluginFault):
    """A plugin tried to end the program."""


class HungError(PluginFault):
    """A plugin did not come back within the time that it has. Nothing of what it did is kept."""


class LeftOutError(HungError):
    """A function of a plugin is not called now: it hung before, which was told then."""


class AnswerError(PluginFault):
    """A plugin answered what is not declared, a value that is none of its type, or an audience that is nobody."""


class HookFailed(PluginFault):
    """A ``check_`` hook raised; the command is rolled back."""


F = TypeVar("F", bound=PluginFault)


class Told(NamedTuple):
    """What a fault says without naming the plugin, and the plugin's line that it is about; "" where none is known."""

    said: Text
    place: str


def told(fault: BaseException, folder: Path | None, *, quoting: bool = False) -> Told:
    """What every door tells of *fault*, which the plugin in *folder* raised; never a secret.

    What the engine refused a plugin says so in its own words. Anything else is told by its kind, and only when
    *quoting* by its words as well: these may hold what people typed.
    """
    if isinstance(fault, PluginFault):
        said = fault.said
    elif isinstance(fault, Misuse):
        said = fault.text
    else:
        words = fault.text if isinstance(fault, RongtongError) else both(str(fault))
        said = Text(*(_line(fault, one if quoting else "") for one in words))
    return Told(bounded(Text(*map(crossed_out, said))), place_of(fault, folder))


def cause_of(fault: BaseException, folder: Path | None, plugin: str = "", *, quoting: bool = False) -> Text:
    """The same in one sentence, for incidents and journals, which names the plugin: the one that is to blame by what
    the engine found, else *plugin*.
    """
    said, place = told(fault, folder, quoting=quoting)
    blamed = fault.details.get("plugin", plugin) if isinstance(fault, PluginFault) else plugin
    if blamed:
        return _naming(named(str(blamed), place), said)
    return Text(*(f"{words} ({place})" if place else words for words in said))


def said_of(fault: BaseException, module: str = "", plugin: str = "") -> Text:
    """The same of what a job raised, with its words: ``plugin 'post' (post/sending.py:31): HTTPError: HTTP Error 500``.

    The place is the last one in the folder of *module*, where a plugin called a library; without one, where it arose.
    """
    folder = folder_of(module)
    return cause_of(fault, folder if place_of(fault, folder) else None, plugin, quoting=True)


def log_of(
    log: logging.Logger, fault: BaseException, folder: Path | None, plugin: str, what: str, *words: object
) -> None:
    """Log that *what*, with its *words*, failed for *fault*, in one line: whoever sees no traceback has the cause."""
    log.error("%s: %s", what % words, cause_of(fault, folder, plugin, quoting=True).en, exc_info=fault)


def place_of(fault: BaseException, folder: Path | None) -> str:
    """The plugin's line that *fault* is about: what the engine found says it, anything else came through it."""
    known = fault.details.get("place") if isinstance(fault, RongtongError) else None
    return str(known or raised_at(fault, folder))


def named(plugin: str, place: str = "") -> Text:
    """The plugin and, where it is known, its file and line."""
    if not place:
        return Text(f"插件“{plugin}”", f"plugin {plugin!r}")
    return Text(f"插件“{plugin}”（{place}）", f"plugin {plugin!r} ({place})")


def meant(word: str, known: Iterable[str]) -> Text:
    """In brackets, what *word* may have been meant for of what is *known*; empty where nothing is near."""
    near = get_close_matches(word, known, 1)
    return Text(f"（是不是 {near[0]}？）", f" (did you mean {near[0]}?)") if near else both("")


def plugin_error(plugin: str, zh: str, en: str, place: str = "") -> PluginError:
    """The error of *plugin* at *place*; *zh* and *en* say what is wrong and what to do, without naming it."""
    who = named(plugin, place)
    text = Text(f"{who.zh}不能使用：{zh}", f"{who.en} cannot be used: {en}")
    error = PluginError(text, **_details(plugin, place))
    error.said = Text(zh, en)
    return error


def plugin_fault(kind: type[F], plugin: str, zh: str, en: str, place: str) -> F:
    """The fault of *plugin* at *place*; *zh* and *en* say what it did, without naming it."""
    fault = kind(_naming(named(plugin, place), Text(zh, en)), **_details(plugin, place))
    fault.said = Text(zh, en)
    return fault


def register_fault(plugin: str, hook: str, reason: Exception, folder: Path | None) -> PluginError:
    """The error of *plugin* whose *hook*, one that registers, failed for *reason*."""
    said, place = told(reason, folder, quoting=True)
    if isinstance(reason, AnswerError):
        return plugin_error(plugin, said.zh, said.en, place)
    return plugin_error(plugin, f"{hook}出错：{said.zh}", f"{hook} failed: {said.en}", place)


def placed(fault: PluginError, plugin: str, place: str) -> PluginError:
    """*fault*, said of *plugin* at *place*."""
    return plugin_error(plugin, fault.said.zh, fault.said.en, place)


def _naming(who: Text, said: Text) -> Text:
    return Text(f"{who.zh}：{said.zh}", f"{who.en}: {said.en}")


def _details(plugin: str, place: str) -> dict[str, str]:
    return {"plugin": plugin, "place": place} if place else {"plugin": plugin}


def _line(fault: BaseException, words: str) -> str:
    return crossed_out(f"{type(fault).__name__}: {words}").strip().partition("\n")[0].removesuffix(":")
