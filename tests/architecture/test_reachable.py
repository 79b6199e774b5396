"""No file lies about that nobody needs: from each way into the product its modules are all reached."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from engine.cli.root import COMMANDS
from tests.architecture.source import ROOT, Module, product

#: What is started or imported by its name from outside, and by whom.
STARTED = {
    "engine.wsgi": "a server of several processes",
    "engine.testing": "whoever tests a plugin",
    "engine.definition.language.schema": "make schema",
}
#: What is found by its folder.
_FOUND_BY_FOLDER = "migrations"
#: A sender, which a worker finds by words: ``plugins.example.sending:send``.
_BY_WORDS = re.compile(r"([a-z_]+(?:\.[a-z_]+)+):[a-z_]+")


def ways_in() -> frozenset[str]:
    """The modules at which somebody comes in: scripts, plugins, commands, and what is started by its name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    scripts = [words.partition(":")[0] for words in project["scripts"].values()]
    points = [words for group in project["entry-points"].values() for words in group.values()]
    commands = [f"engine.cli.{name}" for name in COMMANDS.values()]
    return frozenset({*scripts, *(words.partition(":")[0] for words in points), *commands, *STARTED})


def reached(modules: Iterable[Module], ways: Collection[str]) -> frozenset[str]:
    """The names of *modules* that are imported, by way of each other too, from *ways*."""
    every = {module.name: module for module in modules}
    seen: set[str] = set()
    coming = [name for name in ways if name in every]
    while coming:
        name = coming.pop()
        if name not in seen:
            seen.add(name)
            coming += _named(every[name], every)
    return frozenset(seen)


def _named(module: Module, every: Mapping[str, Module]) -> list[str]:
    """What *module* imports or names in words, and the packages that these lie in."""
    words = (n.value for n in ast.walk(module.tree) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    by_words = (found[1] for said in words if (found := _BY_WORDS.fullmatch(said)))
    named = {*(name for _, name in module.imports()), *by_words}
    packages = {name.rsplit(".", depth)[0] for name in {*named, module.name} for depth in range(1, name.count(".") + 1)}
    return [name for name in named | packages if name in every]


def looked_at() -> tuple[Module, ...]:
    return tuple(module for module in product() if _FOUND_BY_FOLDER not in module.path.parts)


def test_every_module_is_reached_from_a_way_into_the_product() -> None:
    modules = looked_at()
    dead = {module.name: module.place for module in modules if module.text.strip()}
    for name in reached(modules, ways_in()):
        dead.pop(name, None)
    assert not dead, "nobody imports: " + ", ".join(dead.values())


def test_each_way_in_is_there() -> None:
    assert ways_in() - {module.name for module in looked_at()} == set()


def test_a_module_that_only_its_like_imports_is_found() -> None:
    texts = {
        "engine.made_up.way_in": "from engine.made_up.used import thing",
        "engine.made_up.used": "SEND = 'engine.made_up.by_words:send'",
        "engine.made_up.by_words": "",
        "engine.made_up": "",
        "engine.made_up.dead": "from engine.made_up.dead_too import thing",
        "engine.made_up.dead_too": "from engine.made_up.dead import thing",
    }
    modules = [Module(Path(f"{name.replace('.', '/')}.py"), name, text, ast.parse(text)) for name, text in texts.items()]
    assert set(texts) - reached(modules, ["engine.made_up.way_in"]) == {"engine.made_up.dead", "engine.made_up.dead_too"}


def handed_on(module: Module) -> list[str]:
    """Names that *module* takes from another one only to hand them on: ``from a import b as b``."""
    return [
        f"{module.place}:{node.lineno} {alias.name}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname == alias.name
    ]


def test_no_name_is_handed_on_by_a_module_that_does_not_have_it() -> None:
    faults = [fault for module in product() for fault in handed_on(module)]
    assert not faults, "\n".join(faults)


def test_a_name_that_is_handed_on_is_found() -> None:
    text = "from engine.errors import Problem as Problem"
    assert handed_on(Module(Path("engine/made_up.py"), "engine.made_up", text, ast.parse(text)))
