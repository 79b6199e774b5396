"""The project's own source, parsed once, for the tests of this folder to read."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

#: The house, ground first. A module imports only from floors below its own; ARCHITECTURE.md shows the same table.
FLOORS = (
    ("errors", "audience", "clock", "ids", "settings", "secrecy", "logs", "i18n", "content", "addresses", "cached",
     "debugging", "hanging", "otherwise"),
    ("definition",),
    ("runtime",),
    ("store",),
    ("extend",),
    ("operations",),
    ("scenarios", "demo"),
    ("edge",),
    ("web", "rest", "worker", "metrics"),
    ("app",),
    ("cli", "testing", "wsgi"),
)
DOORS = FLOORS[8]
FLOOR_OF = {part: number for number, parts in enumerate(FLOORS) for part in parts}


@dataclass(frozen=True)
class Module:
    """A Python file: its path below the root, its dotted name, its text and its tree."""

    path: Path
    name: str
    text: str
    tree: ast.Module

    @property
    def part(self) -> str:
        """The part of the engine it belongs to (``store``), or "" for ``engine/__init__.py``."""
        return [*self.name.split("."), ""][1]

    @property
    def place(self) -> str:
        """The path below the root, as a reader would write it."""
        return self.path.as_posix()

    def imports(self) -> Iterator[tuple[int, str]]:
        """Every module this one names in an import, inside functions too, with the line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = node.module or ""
                yield from ((node.lineno, _imported(base, alias.name)) for alias in node.names)


def _imported(base: str, name: str) -> str:
    """``from engine import web`` names ``engine.web``; ``from engine.ids import Ids`` names ``engine.ids``."""
    inner = f"{base}.{name}"
    is_module = base.split(".")[0] in ("engine", "plugins", "tests", "tools") and _exists(inner)
    return inner if is_module else base


@functools.cache
def _exists(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


@functools.cache
def modules(folder: str) -> tuple[Module, ...]:
    """Every Python file below *folder*, in order."""
    return tuple(_read(path) for path in sorted((ROOT / folder).rglob("*.py")))


def _read(path: Path) -> Module:
    relative = path.relative_to(ROOT)
    parts = relative.with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    text = path.read_text("utf-8")
    return Module(relative, name, text, ast.parse(text))


def product() -> tuple[Module, ...]:
    """What is installed: the engine and the plugins without their tests."""
    inside = modules("engine") + modules("plugins")
    return tuple(module for module in inside if "tests" not in module.path.parts)
