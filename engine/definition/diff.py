"""What one process says otherwise than another: a district's changes to its base, a version's to the one before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from engine.definition.key_kinds import Key
from engine.definition.phrases import Phrases
from engine.definition.slots import PROCESS, Slot, rows_of
from engine.i18n import Text, both

DifferenceKind = Literal[
    "title", "setting", "who", "limit", "step_added", "step_removed", "outcome_added", "outcome_removed",
    "added", "removed", "changed",
]  # fmt: skip
_LIMITS = frozenset({"within", "by", "before", "remind", "late", "at_most", "min", "max"})
_CHINESE = Phrases(to_chinese=True)


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: where (``lender_ok.due.within``), what stood there and what stands there now, and in words.

    ``before`` and ``after`` are plain data of the canonical documents; None where nothing stood or stands.
    """

    kind: DifferenceKind
    path: str
    before: Any
    after: Any
    sentence: Text


def differences(base: dict[str, Any], effective: dict[str, Any]) -> tuple[Difference, ...]:
    """What *effective* says otherwise than *base*; both are canonical documents."""
    old, new = dict(_steps(base.get("steps"))), dict(_steps(effective.get("steps")))
    titles = {id_: _title_of(step, id_) for id_, (step, _) in {**old, **new}.items()}
    found = [
        one
        for key, row in rows_of(PROCESS).items()
        if key not in ("process", "steps", "edits", "examples", "extends")
        for one in _compare(base.get(key), effective.get(key), Slot.of(row), (_Word.of(row),), (key,))
    ]
    found += [_step_gone(id_, step, titles) for id_, (step, _) in old.items() if id_ not in new]
    for id_, (step, after) in new.items():
        if id_ in old:
            word = _Word(Text(f"“{titles[id_]}”", f"`{id_}`"))
            found += _compare(_flat(old[id_][0]), _flat(step), Slot("step"), (word,), (id_,))
        else:
            found.append(_step_new(id_, step, after, titles))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Word:
    """How one part of a path is said."""

    text: Text

    @classmethod
    def of(cls, row: Key) -> _Word:
        return cls(row.title)


def _steps(steps: Any) -> Iterator[tuple[str, tuple[dict[str, Any], str]]]:
    """Every step below, by id, with the id of the one before it in its list."""
    before = ""
    for step in steps if isinstance(steps, list) else ():
        if not isinstance(step, dict):
            continue
        yield str(step.get("step", "")), (step, before)
        before = str(step.get("step", ""))
        for inside in _lists_in(step):
            yield from _steps(inside)


def _lists_in(step: dict[str, Any]) -> Iterator[Any]:
    yield from (step.get("stage"), step.get("steps"))
    yield from _values(step.get("parallel"))
    for branch in step.get("choose") or ():
        if isinstance(branch, dict):
            yield from (branch.get("steps"), branch.get("else"))
    for exit_ in _values(step.get("outcomes")):
        if isinstance(exit_, dict):
            yield exit_.get("steps")


def _values(mapping: Any) -> tuple[Any, ...]:
    return tuple(mapping.values()) if isinstance(mapping, dict) else ()


def _flat(step: dict[str, Any]) -> dict[str, Any]:
    """The step without the steps inside it, which are compared by their own ids."""
    flat = {key: value for key, value in step.items() if key not in ("stage", "steps", "parallel")}
    if isinstance(step.get("outcomes"), dict):
        flat["outcomes"] = {name: _exit(value) for name, value in step["outcomes"].items()}
    if isinstance(step.get("choose"), list):
        flat["choose"] = [branch.get("if", "else") for branch in step["choose"] if isinstance(branch, dict)]
    return flat


def _exit(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        return {"then": value}
    return {key: inner for key, inner in value.items() if key != "steps"}


def _compare(
    before: Any, after: Any, slot: Slot, words: tuple[_Word, ...], path: tuple[str, ...]
) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        rows = rows_of(slot)
        for key in {**before, **after}:
            row = rows.get(key)
            below = slot.inner if slot.named else Slot.of(row) if row else Slot("any")
            word = _Word.of(row) if row else _Word(_named(before, after, key))
            yield from _compare(before.get(key), after.get(key), below, (*words, word), (*path, key))
        return
    yield Difference(_kind(before, after, path), ".".join(path), before, after, _sentence(before, after, slot, words))


def _kind(before: Any, after: Any, path: tuple[str, ...]) -> DifferenceKind:
    if path[0] == "settings":
        return "setting"
    if "outcomes" in path and path[-2] == "outcomes":
        return "outcome_added" if before is None else "outcome_removed"
    if path[-1] == "title":
        return "title"
    if path[-1] in ("ask", "who", "by") and path[-2:-1] != ("due",):
        return "who"
    if path[-1] in _LIMITS:
        return "limit"
    return "added" if before is None else "removed" if after is None else "changed"


def _sentence(before: Any, after: Any, slot: Slot, words: tuple[_Word, ...]) -> Text:
    zh = "的".join(word.text.zh for word in words)
    en = ", ".join(word.text.en for word in words)
    if before is None:
        shown = _shown(after, slot)
        return Text(f"{zh}：新增 {shown.zh}", f"{en}: {shown.en} is new")
    if after is None:
        shown = _shown(before, slot)
        return Text(f"{zh}：去掉了 {shown.zh}", f"{en}: {shown.en} is gone")
    old, new = _shown(before, slot), _shown(after, slot)
    return Text(f"{zh}：由 {old.zh} 改为 {new.zh}", f"{en}: from {old.en} to {new.en}")


def _shown(value: Any, slot: Slot) -> Text:
    if isinstance(value, list):
        items = [_shown(item, slot.inner) for item in value]
        return Text("、".join(item.zh for item in items), ", ".join(item.en for item in items))
    if isinstance(value, dict):
        title = value.get("title")
        return both(str(title)) if title else both(", ".join(f"{key}: {inner}" for key, inner in value.items()))
    kind = "target" if slot.kind == "exit" else slot.kind
    return Text(_CHINESE.of(kind, str(value), slot.options), str(value))


def _named(before: dict[str, Any], after: dict[str, Any], key: str) -> Text:
    inner = after.get(key, before.get(key))
    title = inner.get("title") if isinstance(inner, dict) else None
    return Text(f"“{title or key}”", f"`{key}`")


def _title_of(step: dict[str, Any], id_: str) -> str:
    return str(step.get("title", id_))


def _step_gone(id_: str, step: dict[str, Any], titles: dict[str, str]) -> Difference:
    text = Text(f"删去环节“{titles[id_]}”", f"the step `{id_}` is gone")
    return Difference("step_removed", id_, step, None, text)


def _step_new(id_: str, step: dict[str, Any], after: str, titles: dict[str, str]) -> Difference:
    where = Text(f"在“{titles[after]}”之后", f"after `{after}`") if after else Text("在最前面", "first in its list")
    text = Text(f"{where.zh}加了环节“{titles[id_]}”", f"the step `{id_}` is new, {where.en}")
    return Difference("step_added", id_, None, step, text)
