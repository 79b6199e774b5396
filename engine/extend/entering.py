"""The one way into a plugin's code: whatever would end the program there is a fault of the plugin's like any other."""

from __future__ import annotations

import dataclasses
import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from engine.extend.faults import ExitError, named
from engine.extend.places import below, raised_at
from engine.i18n import Text

T = TypeVar("T")


def interrupts(fault: BaseException) -> bool:
    """Whether *fault* is Ctrl-C, which only the main thread is handed; anything else is somebody's own doing."""
    return isinstance(fault, KeyboardInterrupt) and threading.current_thread() is threading.main_thread()


@contextmanager
def entering(plugin: str, folder: Path | None) -> Iterator[None]:
    """Run what is the *plugin*'s. Raises ExitError where it would end the program, or the thread."""
    try:
        yield
    except Exception:
        raise
    except BaseException as fault:
        _blame(plugin, folder, fault)
        raise


def entered(plugin: str, folder: Path | None, function: Callable[..., Any]) -> Callable[..., Any]:
    """*function* of the plugin as the engine calls it; what it would only say as it is read is read here."""

    @functools.wraps(function)
    def call(*given: Any, **named_so: Any) -> Any:
        try:
            answer = function(*given, **named_so)
            return list(answer) if isinstance(answer, Iterator) else answer
        except Exception:
            raise
        except BaseException as fault:
            _blame(plugin, folder, fault)
            raise

    return call


def sealed(plugin: str, folder: Path | None, contribution: T) -> T:
    """*contribution* of the plugin with every function in it as the engine calls it."""
    if not dataclasses.is_dataclass(contribution) or isinstance(contribution, type):
        return contribution
    changed: dict[str, Any] = {}
    for field in dataclasses.fields(contribution):
        held = getattr(contribution, field.name)
        if isinstance(held, type):
            continue
        now = entered(plugin, folder, held) if callable(held) else sealed(plugin, folder, held)
        if now is not held:
            changed[field.name] = now
    return dataclasses.replace(contribution, **changed) if changed else contribution


def _blame(plugin: str, folder: Path | None, fault: BaseException) -> None:
    """Raise ExitError for *fault*, unless it is Ctrl-C or arose in the engine."""
    if interrupts(fault) or below(fault):
        return
    place, kind = raised_at(fault, folder), type(fault).__name__
    who = named(plugin, place)
    text = Text(f"{who.zh}：想结束整个程序（{kind}）", f"{who.en}: tried to end the program ({kind})")
    raise ExitError(text, plugin=plugin, place=place) from fault
