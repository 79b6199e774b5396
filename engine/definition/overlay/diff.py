"""What one process says otherwise than another: a district's changes to its base, a version's to the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any, Literal

from engine.definition.language.phrases import PhraseTable as Keywords
from engine.definition.language.slots import PROCESS, Slot, rows_of
from engine.definition.model import Process, Step
from engine.definition.telling.phrasing import Phrases, quoted
from engine.i18n import Text, both, joined, listed

DifferenceKind = Literal[
    "title", "setting", "who", "limit", "step_added", "step_removed", "step_moved", "outcome_added",
    "outcome_removed", "order", "added", "removed", "changed",
]  # fmt: skip
#: What names a process or belongs to one file alone is no difference of what it says.
_OWN = ("process", "extends", "edits", "examples", "steps")
_LIMITS = frozenset({"within", "by", "before", "remind", "late", "at_most", "min", "max"})
_CHINESE = Keywords(to_chinese=True)


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


@dataclass(frozen=True, slots=True)
class _Step:
    """A step with the list that holds it and the one before it there."""

    data: dict[str, Any]
    owner: str
    before: str

    @property
    def title(self) -> str:
        return str(self.data.get("title", self.data.get("step", "")))


@dataclass(frozen=True, slots=True)
class _Where:
    """A place in both documents: its path, what may stand there, and how it is said."""

    path: tuple[str, ...]
    slot: Slot
    words: Text

    def below(self, key: str, value: Any) -> _Where:
        """The place behind *key*, where *value* stands in one of the documents."""
        row = rows_of(self.slot).get(key)
        slot = self.slot.inner if self.slot.named else Slot.of(row) if row else Slot("any")
        title = value.get("title", key) if isinstance(value, dict) else key
        said = row.title if row else Text(f"“{title}”", f"`{key}`")
        return _Where((*self.path, key), slot, Text(f"{self.words.zh}·{said.zh}", f"{self.words.en}, {said.en}"))


def differences(base: dict[str, Any], effective: dict[str, Any]) -> tuple[Difference, ...]:
    """What *effective* says otherwise than *base*; both are canonical documents."""
    found: list[Difference] = []
    for key, row in rows_of(PROCESS).items():
        if key not in _OWN:
            found += _compare(base.get(key), effective.get(key), _Where((key,), Slot.of(row), row.title))
    old, new = dict(_steps(base.get("steps"), "")), dict(_steps(effective.get("steps"), ""))
    found += [_gone(id_, step) for id_, step in old.items() if id_ not in new]
    moved = _moved(old, new)
    for id_, step in new.items():
        if id_ not in old:
            found.append(_added(id_, step, new))
            continue
        if id_ in moved:
            found.append(_moves(id_, old[id_], step, new))
        where = _Where((id_,), Slot("step"), Text(f"“{step.title}”", f"`{id_}`"))
        found += _compare(_flat(old[id_].data), _flat(step.data), where)
    return tuple(found)


def in_words(
    difference: Difference, before: Process, after: Process, *, role: Callable[[str], Text] = both
) -> Text:
    """The sentence of *difference* with people, fields and deadlines called as the sentences of a process call them."""
    step, _, key = difference.path.partition(".")
    old, new = before.index.get(step), after.index.get(step)
    if key not in _SPOKEN or old is None or new is None:
        return difference.sentence
    was, is_ = (_SPOKEN[key](Phrases(process, role), found[0]) for process, found in ((before, old), (after, new)))
    title = quoted(new[0].title)
    if was is None or is_ is None or was == is_:
        return difference.sentence
    what = Text(f"{title.zh}的{rows_of(Slot('step'))[key].chinese[0]}", f"{title.en}, {key}")
    return Text(f"{what.zh}：由 {was.zh} 改为 {is_.zh}", f"{what.en}: from {was.en} to {is_.en}")


def _asked(phrases: Phrases, step: Step) -> Text | None:
    return phrases.who(step.who) if step.who is not None else None


def _skipped_unless(phrases: Phrases, step: Step) -> Text | None:
    return phrases.formula(step.if_) if step.if_ is not None else None


def _shown_fields(phrases: Phrases, step: Step) -> Text | None:
    return phrases.fields(step.show) if step.who is not None else None


def _filled_fields(phrases: Phrases, step: Step) -> Text | None:
    return phrases.fields(step.fill) if step.who is not None else None


#: What the sentences of a process say better than the words of the file.
_SPOKEN: Mapping[str, Callable[[Phrases, Step], Text | None]] = {
    "ask": _asked, "if": _skipped_unless, "show": _shown_fields, "fill": _filled_fields,
}  # fmt: skip


def _steps(steps: Any, owner: str) -> Iterator[tuple[str, _Step]]:
    """Every step below, by id."""
    before = ""
    for step in steps if isinstance(steps, list) else ():
        if isinstance(step, dict):
            id_ = str(step.get("step", ""))
            yield id_, _Step(step, owner, before)
            before = id_
            for key, inside in _lists_in(step):
                yield from _steps(inside, f"{id_}.{key}")


def _lists_in(step: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from (("stage", step.get("stage")), ("steps", step.get("steps")))
    yield from _named(step.get("parallel"))
    for position, branch in enumerate(step.get("choose") or ()):
        if isinstance(branch, dict):
            yield str(position), branch.get("steps", branch.get("else"))
    for name, exit_ in _named(step.get("outcomes")):
        if isinstance(exit_, dict):
            yield f">{name}", exit_.get("steps")


def _named(mapping: Any) -> tuple[tuple[str, Any], ...]:
    return tuple(mapping.items()) if isinstance(mapping, dict) else ()


def _moved(old: dict[str, _Step], new: dict[str, _Step]) -> frozenset[str]:
    """The steps of both that stand in another list, or elsewhere among the others."""
    one, other = [id_ for id_ in old if id_ in new], [id_ for id_ in new if id_ in old]
    matched = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    stayed = {id_ for block in matched for id_ in one[block.a : block.a + block.size]}
    return frozenset(id_ for id_ in one if id_ not in stayed or old[id_].owner != new[id_].owner)


def _flat(step: dict[str, Any]) -> dict[str, Any]:
    """The step without the steps inside it, which are compared by their own ids; its exits in the long form."""
    flat = {key: value for key, value in step.items() if key not in ("stage", "steps", "parallel")}
    if isinstance(step.get("parallel"), dict):
        flat["parallel"] = dict.fromkeys(step["parallel"], "")
    if isinstance(step.get("outcomes"), dict):
        flat["outcomes"] = {name: _exit(value) for name, value in step["outcomes"].items()}
    if isinstance(step.get("choose"), list):
        flat["choose"] = [{"if": one["if"]} for one in step["choose"] if isinstance(one, dict) and "if" in one]
    return flat


def _exit(value: Any) -> dict[str, Any]:
    exit_ = value if isinstance(value, dict) else {"then": value}
    return {key: inner for key, inner in exit_.items() if key != "steps"}


def _compare(before: Any, after: Any, where: _Where) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            one, other = before.get(key), after.get(key)
            yield from _compare(one, other, where.below(key, one if other is None else other))
        if where.slot.named:
            yield from _order(before, after, where)
    elif before != after:
        kind = _kind(before, after, where.path)
        yield Difference(kind, ".".join(where.path), before, after, _sentence(before, after, where))


def _order(before: dict[str, Any], after: dict[str, Any], where: _Where) -> Iterator[Difference]:
    old, new = [key for key in before if key in after], [key for key in after if key in before]
    if old != new:
        there = replace(where, words=Text(f"{where.words.zh}的次序", f"the order of {where.words.en}"))
        yield Difference("order", ".".join(where.path), old, new, _sentence(old, new, there))


def _kind(before: Any, after: Any, path: tuple[str, ...]) -> DifferenceKind:
    last, owner = path[-1], path[-2] if len(path) > 1 else ""
    if path[0] == "settings":
        return "setting"
    if owner == "outcomes":
        return "outcome_added" if before is None else "outcome_removed"
    if last == "title":
        return "title"
    if last in ("ask", "who", "tell") or (last == "by" and owner != "due"):
        return "who"
    if last in _LIMITS:
        return "limit"
    return "added" if before is None else "removed" if after is None else "changed"


def _sentence(before: Any, after: Any, where: _Where) -> Text:
    zh, en = where.words
    old, new = _shown(before, where.slot), _shown(after, where.slot)
    if before is None:
        return Text(f"{zh}：新增 {new.zh}", f"{en}: {new.en} is new")
    if after is None:
        return Text(f"{zh}：去掉了 {old.zh}", f"{en}: {old.en} is gone")
    return Text(f"{zh}：由 {old.zh} 改为 {new.zh}", f"{en}: from {old.en} to {new.en}")


def _shown(value: Any, slot: Slot) -> Text:
    if isinstance(value, list):
        return listed(_shown(item, slot.inner) for item in value)
    if isinstance(value, dict):
        rows = rows_of(slot)
        parts = []
        for key, inner in value.items():
            row = rows.get(key)
            said = _shown(inner, Slot.of(row) if row else slot.inner)
            parts.append(Text(f"{row.chinese[0] if row else key} {said.zh}", f"{key} {said.en}"))
        return joined(parts)
    kind = {"exit": "target", "value": "duration"}.get(slot.kind, slot.kind)
    return Text(_CHINESE.of(kind, str(value), slot.options), str(value))


def _gone(id_: str, step: _Step) -> Difference:
    text = Text(f"删去环节“{step.title}”", f"the step `{id_}` is gone")
    return Difference("step_removed", id_, step.data, None, text)


def _added(id_: str, step: _Step, new: dict[str, _Step]) -> Difference:
    place = _place(step, new)
    text = Text(f"{place.zh}加了环节“{step.title}”", f"the step `{id_}` is new, {place.en}")
    return Difference("step_added", id_, None, step.data, text)


def _moves(id_: str, old: _Step, step: _Step, new: dict[str, _Step]) -> Difference:
    place = _place(step, new)
    text = Text(f"环节“{step.title}”移到{place.zh}", f"the step `{id_}` moves, {place.en}")
    return Difference("step_moved", id_, old.before, step.before, text)


def _place(step: _Step, new: dict[str, _Step]) -> Text:
    if step.before:
        return Text(f"“{new[step.before].title}”之后", f"after `{step.before}`")
    owner = step.owner.partition(".")[0]
    return Text(f"“{new[owner].title}”里的最前面" if owner else "最前面", f"first in `{owner}`" if owner else "first")
