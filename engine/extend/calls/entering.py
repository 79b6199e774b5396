"""The two ways into a plugin's code: what would end the program there is a fault of the plugin's.

A call is watched as well: what never ends is a fault, too. What is only run in ``with`` (imports, migrations) is not.
"""

from __future__ import annotations

import dataclasses
import functools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from engine.clock import Micros
from engine.extend.calls.answers import declared, validating
from engine.extend.calls.faults import ExitError, plugin_fault
from engine.extend.calls.places import below, raised_at, signalled
from engine.extend.calls.watched import Watched
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


def entered(
    plugin: str, folder: Path | None, function: Callable[..., Any], what: str = "", wanted: Any = Any,
    patience: Micros = LIMIT, *, spared: bool = False,
) -> Callable[..., Any]:  # fmt: skip
    """*function* of the plugin as the engine calls it; what it would only say as it is read is read here.

    What it answers is held to the type *wanted*; *what* it is called in the sentence of a fault. A *spared* one rests
    when it hung.
    """
    inside = Watched(plugin, folder, patience, spared=spared)
    validated = None if wanted is Any else validating(plugin, what, wanted, function)

    @functools.wraps(function)
    def call(*given: Any, **named_so: Any) -> Any:
        visit = Visit(inside)
        try:
            with visit:
                if inside.hung:
                    inside.must_be_open()
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
    patience, spared = getattr(contribution, "patience", LIMIT), getattr(contribution, "spared", False)
    changed: dict[str, Any] = {}
    for field in dataclasses.fields(contribution):
        was = getattr(contribution, field.name)
        if isinstance(was, type):
            continue
        if callable(was):
            kind = type(contribution)
            what, wanted = f"{kind.__name__}.{field.name}", declared(kind, field.name)
            now = entered(plugin, folder, was, what, wanted, patience, spared=spared)
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
