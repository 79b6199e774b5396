"""Reads rows of plain values out of the nodes of a district pack and collects what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from engine.definition.problem_codes import did_you_mean, problem
from engine.definition.yaml.source import Mapping, Node, Scalar, Sequence
from engine.errors import Problem

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Rows:
    """The faults found so far; every method answers something usable beside them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def fault(self, code: str, at: Node, path: str, known: Iterable[str] = (), **args: Any) -> None:
        """Note one fault; *known* names that ``name`` may have been meant for become its hint."""
        meant = did_you_mean(str(args.get("name", "")), known)
        self.problems.append(problem(code, at, path, hint=meant, **args))

    def doubt(self, code: str, at: Node, path: str, **args: Any) -> None:
        """Note what is allowed and seldom meant."""
        self.problems.append(problem(code, at, path, warning=True, **args))

    def mapping(self, node: Node, path: str, keys: Iterable[str], required: Iterable[str] = ()) -> dict[str, Node]:
        """The values of a mapping by key; unknown and missing keys are faults."""
        known = tuple(keys)
        found = {}
        for key, value in self.named(node, path):
            if key.text in known:
                found[key.text] = value
            else:
                self.fault("unknown-key", key, f"{path}.{key.text}".lstrip("."), known, name=key.text)
        if isinstance(node, Mapping):
            for name in required:
                if name not in found:
                    self.fault("missing-key", node, path, name=name)
        return found

    def named(self, node: Node, path: str) -> Iterator[tuple[Scalar, Node]]:
        """The entries of a mapping."""
        if isinstance(node, Mapping):
            yield from node.entries
        else:
            self.fault("not-a-mapping", node, path)

    def items(self, node: Node | None, path: str) -> tuple[Node, ...]:
        """The items of a list; none where there is no list."""
        if isinstance(node, Sequence):
            return node.items
        if node is not None:
            self.fault("not-a-list", node, path)
        return ()

    def word(self, node: Node | None, path: str) -> str:
        """The text of a plain value, "" where there is none."""
        if isinstance(node, Scalar):
            return node.text
        if node is not None:
            self.fault("not-text", node, path)
        return ""

    def days(self, row: dict[str, Node], path: str) -> tuple[date | None, date | None]:
        """``since`` and ``until`` of *row*, the first and the last day."""
        since, until = (self.day(row.get(key), path) for key in ("since", "until"))
        if since and until and until < since:
            self.fault("days-reversed", row["until"], path, since=since, until=until)
        return since, until

    def day(self, node: Node | None, path: str) -> date | None:
        """A day written as ``2026-06-16``, None where there is none."""
        words = self.word(node, path)
        try:
            if _DAY.fullmatch(words):
                return date.fromisoformat(words)
        except ValueError:
            pass
        if node:
            self.fault("day-form", node, path, name=words)
        return None
