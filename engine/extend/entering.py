"""The two ways into a plugin's code: what would end the program there is a fault of the plugin's.

A call is watched as well: what never ends is a fault, too. What is only run in ``with`` (imports, migrations) is not.
"""

from __future__ import annotations

import dataclasses
import functools
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

from engine.clock import SECOND, Micros
from engine.extend.answers import declared, validating
from engine.extend.faults import ExitError, HungError, plugin_fault
from engine.extend.places import below, raised_at, signalled, stands_at, stands_in
from engine.hanging import LIMIT, CalledBack, GivenUp, Visit

T = TypeVar("T")


def interrupts(fault: BaseException) -> bool:
    """Whether *fault* is Ctrl-C, or what a server makes of another signal; anything else is somebody's own doing.

    Only the main thread is handed signals. That of a process of gunicorn serves requests, so they come upon plugins.
    """
    if threading.current_thread() is not threading.main_thread():
        return False
    return isinstance(fault, KeyboardInterrupt) or signalled(fault)


class Entering:
    """Run what is the *plugin*'s, in ``with``. Raises ExitError where it would end the program, or the thread.

    It keeps nothing of a run, so one serves all of them. Nobody watches how long it takes.
    """

    def __init__(self, plugin: str, folder: Path | None) -> None:
        self._plugin, self._folder = plugin, folder

    def __enter__(self) -> None:
        """Go in."""

    def __exit__(self, _kind: object, fault: BaseException | None, _trace: object) -> None:
        """Come out, by whatever way."""
        if fault is not None and not isinstance(fault, Exception):
            _blame(self._plugin, self._folder, fault)


class Watched:
    """The *plugin* as who watches sees it in a call that may take as long as its *patience*."""

    def __init__(self, plugin: str, folder: Path | None, patience: Micros) -> None:
        self._plugin, self._folder, self.patience = plugin, folder, patience

    def late(self, frame: FrameType | None) -> HungError:
        """The fault of not having come back, which stands at *frame*."""
        seconds = self.patience // SECOND
        zh = f"{seconds}秒没有办完，已经停下，没有保存"
        en = f"did not come back within {seconds} s; it was stopped, and nothing of it is saved"
        return plugin_fault(HungError, self._plugin, zh, en, stands_at(frame, self._folder))

    def wrote(self, frame: FrameType) -> bool:
        """Whether *frame* is in its own files."""
        return stands_in(frame, self._folder)


def entered(
    plugin: str, folder: Path | None, function: Callable[..., Any], what: str = "", wanted: Any = Any,
    patience: Micros = LIMIT,
) -> Callable[..., Any]:  # fmt: skip
    """*function* of the plugin as the engine calls it; what it would only say as it is read is read here.

    What it answers is held to the type *wanted*; *what* it is called in the sentence of a fault.
    """
    inside = Watched(plugin, folder, patience)
    validated = None if wanted is Any else validating(plugin, what, wanted, function)

    @functools.wraps(function)
    def call(*given: Any, **named_so: Any) -> Any:
        visit = Visit(inside)
        try:
            with visit:
                answer = function(*given, **named_so)
                answer = list(answer) if hasattr(type(answer), "__next__") else answer
            return answer if validated is None else validated(answer)
        except Exception:
            raise
        except BaseException as fault:
            if isinstance(fault, CalledBack):  # on its way out already
                visit.__exit__()
            _blame(plugin, folder, fault)
            raise

    return call


def sealed(plugin: str, folder: Path | None, contribution: T) -> T:
    """*contribution* of the plugin with every function in it as the engine calls it."""
    if not dataclasses.is_dataclass(contribution) or isinstance(contribution, type):
        return contribution
    patience = getattr(contribution, "patience", LIMIT)
    changed: dict[str, Any] = {}
    for field in dataclasses.fields(contribution):
        was = getattr(contribution, field.name)
        if isinstance(was, type):
            continue
        if callable(was):
            kind = type(contribution)
            now = entered(plugin, folder, was, f"{kind.__name__}.{field.name}", declared(kind, field.name), patience)
        else:
            now = sealed(plugin, folder, was)
        if now is not was:
            changed[field.name] = now
    return dataclasses.replace(contribution, **changed) if changed else contribution


def _blame(plugin: str, folder: Path | None, fault: BaseException) -> None:
    """Raise ExitError for *fault*, unless it is a signal's or the watchdog's, or arose in the engine."""
    if isinstance(fault, (CalledBack, GivenUp)) or interrupts(fault) or below(fault):
        return
    place, kind = raised_at(fault, folder), type(fault).__name__
    zh, en = f"想结束整个程序（{kind}）", f"tried to end the program ({kind})"
    raise plugin_fault(ExitError, plugin, zh, en, place) from fault
