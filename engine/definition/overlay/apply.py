"""Applies a district's overlay to the process that it extends: seven kinds of edit, each naming what exists.

The edited tree keeps the places of both files, so that a problem points at the file where it was written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.definition.language.keywords import canonical
from engine.definition.language.routes import Route, changed, node_at, steps_of, walk, with_entry
from engine.definition.language.slots import PROCESS, Slot, rows_of, slots_of
from engine.definition.overlay.rules import FREE_KEYS, names_step, open_to, stricter
from engine.definition.problem_codes import did_you_mean, problem
from engine.definition.yaml.source import Mapping, Node, Scalar, Sequence, data_of
from engine.errors import Problem

_EDITS = ("set", "tighten", "replace_who", "insert_before", "insert_after", "remove", "add_outcome")
_BESIDE = {"insert_before": "steps", "insert_after": "steps", "remove": ""}
#: What stands in an overlay beside its edits; fields and ends add new ones to the base's.
_ADDS = ("fields", "ends")
_OWN = ("process", "extends", "title", "uses", "examples", "edits", *_ADDS)


def apply(base: Node, overlay: Node) -> tuple[Node, tuple[Problem, ...]]:
    """The effective process, and everything wrong with the overlay's edits (those are left out).

    Both may be written in either language; the result is canonical. Examples are the overlay's own: the base's
    were written for its shape.
    """
    base, overlay = canonical(base), canonical(overlay)
    if not isinstance(base, Mapping) or not isinstance(overlay, Mapping):
        return base, ()
    work = _Overlay(base)
    work.head(overlay)
    edits = overlay.get("edits")
    for edit in work.items(edits, "edits") if edits else ():
        work.edit(edit)
    return work.tree, tuple(work.problems)


class _Overlay:
    """The tree as edited so far, and the problems found."""

    def __init__(self, base: Mapping) -> None:
        entries = tuple((key, value) for key, value in base.entries if key.text != "examples")
        self.tree: Mapping = Mapping(entries, base.place)
        self.opened = {id_: open_to(step) for id_, (_, step) in steps_of(base).items()}
        self.problems: list[Problem] = []

    def head(self, overlay: Mapping) -> None:
        """Take what stands beside the edits."""
        for key, value in overlay.entries:
            if key.text not in _OWN:
                self._say("overlay-key", key, key.text)
            elif key.text in _ADDS:
                self._add(key, value)
            elif key.text == "uses":
                value = Sequence((value,), value.place) if isinstance(value, Scalar) else value
                self.tree = with_entry(self.tree, key, _joined(self.tree.get("uses"), value))
            elif key.text == "process" and data_of(value) != _shown(self.tree.get("process")):
                self._say("overlay-renamed", value, _shown(self.tree.get("process")))
            elif key.text != "edits":
                self.tree = with_entry(self.tree, key, value)

    def items(self, node: Node, path: str, empty: str = "") -> tuple[Node, ...]:
        """The items of a list; a fault where there is none, or where it is *empty*."""
        if not isinstance(node, Sequence):
            self.problems.append(problem("not-a-list", node, path))
        elif not node.items and empty:
            self.problems.append(problem(empty, node, path))
        return _items(node)

    def _entries(self, node: Node, path: str) -> tuple[tuple[Scalar, Node], ...]:
        if isinstance(node, Mapping):
            return node.entries
        self.problems.append(problem("not-a-mapping", node, path))
        return ()

    def edit(self, edit: Node) -> None:
        """Make one edit, or write down why not."""
        found = [name for name in _EDITS if isinstance(edit, Mapping) and edit.get(name) is not None]
        beside = {_BESIDE.get(name, "to") for name in found} - {""}
        whole = isinstance(edit, Mapping) and len(found) == 1 and set(edit.keys) == {*found, *beside}
        target = edit.get(found[0]) if whole and isinstance(edit, Mapping) else None
        if not isinstance(edit, Mapping) or not isinstance(target, Scalar):
            self._say("overlay-edit-shape", edit, "")
            return
        content = edit.get(next(iter(beside))) if beside else None
        if found[0] in ("set", "tighten"):
            self._set(target, content or target, tighten=found[0] == "tighten")
            return
        step = self._step(target)
        if step:
            makers: dict[str, Callable[[Scalar, Route, Mapping, Node], None]] = {
                "replace_who": self._replace_who, "insert_before": self._insert_before,
                "insert_after": self._insert_after, "remove": self._remove, "add_outcome": self._add_outcome,
            }  # fmt: skip
            makers[found[0]](target, *step, content or target)

    def _say(self, code: str, at: Node, name: str, known: tuple[str, ...] = (), **args: Any) -> None:
        hint = did_you_mean(name, known) if known else None
        self.problems.append(problem(code, at, f"edits.{name}" if name else "edits", hint=hint, name=name, **args))

    def _put(self, route: Route, *into: Node) -> None:
        tree = changed(self.tree, route, *into)
        self.tree = tree if isinstance(tree, Mapping) else self.tree

    def _add(self, key: Scalar, value: Node) -> None:
        there = self.tree.get(key.text)
        merged = there if isinstance(there, Mapping) else Mapping((), value.place)
        for name, one in self._entries(value, key.text):
            if merged.get(name.text) is None:
                merged = with_entry(merged, name, one)
            else:
                self._say("overlay-there-already", name, f"{key.text}.{name.text}")
        self.tree = with_entry(self.tree, key, merged)

    def _step(self, target: Scalar) -> tuple[Route, Mapping] | None:
        steps = steps_of(self.tree)
        if target.text not in steps:
            self._say("overlay-unknown-step", target, target.text, tuple(steps))
        return steps.get(target.text)

    def _open(self, target: Scalar, step: str, needs: str) -> bool:
        # A step that the overlay itself put in is the overlay's own.
        if step in self.opened and needs not in self.opened[step]:
            self._say("overlay-closed", target, target.text, needs=needs)
            return False
        return True

    def _set(self, target: Scalar, content: Node, *, tighten: bool) -> None:
        parts = target.text.split(".")
        if parts[0] == "settings" and len(parts) == 2:
            parts.append("default")
        place = self._place(target, parts)
        if place is None:
            return
        route, parent = place
        before = parent.get(parts[-1])
        free = parts[0] == "settings" and parts[-1] != "type" and not tighten
        if not free and not self._may_set(target, parts, before, content, tighten=tighten):
            return
        key = parent.key(parts[-1]) or Scalar(parts[-1], place=target.place)
        self._put(route, with_entry(parent, key, content))

    def _may_set(self, target: Scalar, parts: list[str], before: Node | None, content: Node, *, tighten: bool) -> bool:
        if parts[-1] in FREE_KEYS and not tighten:
            return True
        verdict = stricter(parts[-1], before, content)
        if verdict:
            return True
        if tighten:
            code = "overlay-cannot-compare" if verdict is None else "overlay-not-tighter"
            self._say(code, content, target.text, before=_shown(before), after=_shown(content))
            return False
        if parts[0] in steps_of(self.tree):
            return self._open(target, parts[0], "loosen")
        self._say("overlay-closed-always", target, target.text)
        return False

    def _place(self, target: Scalar, parts: list[str]) -> tuple[Route, Mapping] | None:
        """The mapping that holds the last part of the path; all parts before it exist, and it may stand there."""
        steps = steps_of(self.tree)
        route, node, slot = ((), self.tree, PROCESS) if parts[0] not in steps else (*steps[parts[0]], Slot("step"))
        for part in parts[1 if parts[0] in steps else 0 : -1]:
            entries = list(slots_of(node, slot))
            position = next((i for i, (name, *_) in enumerate(entries) if name == part), None)
            below = entries[position][2] if position is not None else None
            if position is None or not isinstance(below, Mapping):
                known = tuple(steps) if node is self.tree else ()
                self._nothing(target, part, (*known, *(name for name, *_ in entries)))
                return None
            route, node, slot = (*route, position), below, entries[position][3]
        last = parts[-1]
        if (node.get(last) is None and last not in rows_of(slot)) or (len(parts) == 1 and last in steps):
            self._nothing(target, last, (*node.keys, *rows_of(slot)))
            return None
        return route, node

    def _nothing(self, target: Scalar, part: str, known: tuple[str, ...]) -> None:
        hint = did_you_mean(part, known)
        self.problems.append(
            problem("overlay-unknown-path", target, f"edits.{target.text}", hint=hint, name=target.text)
        )

    def _replace_who(self, target: Scalar, route: Route, step: Mapping, content: Node) -> None:
        key = step.key("ask")
        if key is None:
            self._say("overlay-not-asked", target, target.text)
        elif self._open(target, target.text, "replace_who"):
            self._put(route, with_entry(step, key, content))

    def _insert_before(self, target: Scalar, route: Route, step: Mapping, content: Node) -> None:
        self._put(route, *self.items(content, f"edits.{target.text}.steps", "no-steps"), step)

    def _insert_after(self, target: Scalar, route: Route, step: Mapping, content: Node) -> None:
        self._put(route, step, *self.items(content, f"edits.{target.text}.steps", "no-steps"))

    def _remove(self, target: Scalar, route: Route, step: Mapping, _: Node) -> None:
        if not self._open(target, target.text, "remove"):
            return
        if len(_items(node_at(self.tree, route[:-1]))) == 1:
            self._say("overlay-last-step", target, target.text)
            return
        for inside in steps_of_list(step):
            for other, node, slot in walk(self.tree):
                outside = other[: len(route)] != route
                if outside and isinstance(node, Scalar) and names_step(node, slot, inside):
                    used = f"{node.place.file}:{node.place.line}"
                    self._say("overlay-step-in-use", target, inside, used=used)
                    return
        self._put(route)

    def _add_outcome(self, target: Scalar, route: Route, step: Mapping, content: Node) -> None:
        there = step.get("outcomes")
        outcomes = there if isinstance(there, Mapping) else Mapping((), content.place)
        for name, exit_ in self._entries(content, f"{target.text}.outcomes"):
            if outcomes.get(name.text) is not None:
                self._say("overlay-there-already", name, f"{target.text}.outcomes.{name.text}")
            elif _passes(exit_) and "loosen" not in self.opened.get(target.text, frozenset({"loosen"})):
                self._say("overlay-passes", name, name.text)
            else:
                outcomes = with_entry(outcomes, name, exit_)
        key = step.key("outcomes") or Scalar("outcomes", place=content.place)
        self._put(route, with_entry(step, key, outcomes))


def steps_of_list(step: Mapping) -> tuple[str, ...]:
    """The id of *step* and of every step inside it."""
    whole = Mapping(((Scalar("steps"), Sequence((step,))),))
    return tuple(steps_of(whole))


def _items(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, Sequence) else ()


def _passes(exit_: Node) -> bool:
    then = exit_.get("then") if isinstance(exit_, Mapping) else exit_
    return isinstance(then, Scalar) and then.text == "next"


def _joined(base: Node | None, more: Node) -> Node:
    have = _items(base) if base else ()
    return Sequence((*have, *(item for item in _items(more) if item not in have)), more.place)


def _shown(node: Node | None) -> str:
    return "—" if node is None else str(data_of(node))
