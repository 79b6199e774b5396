"""What a check writes down: the problem at the place where its key path stands in the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.definition.model import Place
from engine.definition.problem_codes import did_you_mean, problem
from engine.errors import Problem


class Findings:
    """Collects problems; ``places`` knows where each key path stands."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self.places = places
        self.problems: list[Problem] = []

    def add(self, code: str, path: str, known: Iterable[str] = (), *, warning: bool = False, **args: Any) -> None:
        """Write down *code* at *path*; *known* names that ``name`` may have been meant for become its hint."""
        hint = did_you_mean(str(args.get("name", "")), known)
        self.problems.append(problem(code, self.place(path), path, hint=hint, warning=warning, **args))

    def place(self, path: str) -> Place:
        """Where *path*, or the nearest key around it, stands."""
        while path and path not in self.places:
            path = path.rpartition(".")[0]
        return self.places.get(path, Place())
