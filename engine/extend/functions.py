"""Pure functions for formulas, as the engine calls them: what one raises or answers amiss is a fault with its place."""

from __future__ import annotations

from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

from engine.definition.catalogue import FunctionSpec
from engine.extend.entering import entered
from engine.extend.faults import AnswerError, PluginFault, place_of, plugin_fault
from engine.extend.places import written_at
from engine.extend.shapes import fits


def judged(plugin: str, folder: Path | None, spec: FunctionSpec) -> FunctionSpec:
    """*spec* with a call that raises nothing but AnswerError, and answers a value of its type or None."""
    written = spec.call
    if written is None:
        return spec
    call = entered(plugin, folder, written)

    @wraps(written)
    def answer(*given: Any) -> Any:
        try:
            found = call(*given)
        except PluginFault:
            raise
        except Exception as reason:
            kind = type(reason).__name__
            zh, en = f"函数{spec.name}出错（{kind}）", f"function {spec.name} raised {kind}"
            raise plugin_fault(AnswerError, plugin, zh, en, place_of(reason, folder)) from reason
        if found is None or fits(spec.returns, found):
            return found
        zh = f"函数{spec.name}答的是{type(found).__name__}，应为{spec.returns.name}"
        en = f"function {spec.name} answered {type(found).__name__}, not {spec.returns.name}"
        raise plugin_fault(AnswerError, plugin, zh, en, written_at(written))

    return replace(spec, call=answer)
