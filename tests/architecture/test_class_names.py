"""A class has a name of its own in the engine, so that a reader who meets it knows which one it is."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.architecture.source import Module, modules

_STORED = "a shape of what is stored, and what is made of it"
_ROOM = "each is its room's own, and no module knows both"
#: Names that several classes have, and why.
TWICE = {
    "Ask": "a step of a process, and what a formula asks of a plugin",
    "Choices": _ROOM,
    "Clock": "the seam of time, and a clock of a case as it is stored",
    "Failure": "what a demo lets fail, and the kinds of what a database refuses",
    "Fault": _ROOM,
    "Form": _STORED,
    "Incident": _STORED,
    "Job": "what a plugin hands over, and what a worker claimed",
    "Known": _ROOM,
    "Line": _ROOM,
    "Names": _ROOM,
    "Operation": "a node of a formula's tree, and what it stands for",
    "Owed": _STORED,
    "Person": "one as stored, and one as found",
    "Reach": _ROOM,
    "Reader": _ROOM,
    "Record": "a thing of a plugin's, and what is stored of a result",
    "Shown": "a field as read, and what a box shows",
    "Standing": _ROOM,
    "Start": "how a case may begin, and the command that begins one",
    "Task": "a row of the inbox, and one of the server's own",
    "Told": "a result, a stored event and a fault in words: none of them meet",
    "Turn": "a command as it is decided, and one as it was",
    "Undone": "a command, and the event that it leaves",
    "Visit": _ROOM,
    "Written": _ROOM,
}


def twice(among: Iterable[Module]) -> Mapping[str, list[str]]:
    """The public names that several classes have, each with where they stand. What begins with ``_`` is its module's own."""
    found: dict[str, list[str]] = defaultdict(list)
    for module in among:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(f"{module.place}:{node.lineno}")
    return {name: places for name, places in found.items() if len(places) > 1}


def test_no_two_classes_have_one_name_without_a_reason() -> None:
    faults = {name: places for name, places in twice(modules("engine")).items() if name not in TWICE}
    assert not faults, "\n".join(f"{name}: {', '.join(places)}" for name, places in faults.items())


def test_the_list_holds_no_name_that_is_one_classs_own() -> None:
    assert TWICE.keys() - twice(modules("engine")).keys() == set()


def met(module: Module) -> list[str]:
    """Names that *module* takes from two places, so that one of them has to be called otherwise."""
    taken = [
        (alias.name, node.module)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("engine.")
        for alias in node.names
        if alias.name[0].isupper() and not alias.name.isupper()
    ]
    places: dict[str, set[str]] = defaultdict(set)
    for name, place in taken:
        places[name].add(place)
    return [f"{module.place}: {name}" for name, found in places.items() if len(found) > 1]


def test_no_module_has_to_call_one_of_two_otherwise() -> None:
    faults = [fault for module in modules("engine") for fault in met(module)]
    assert not faults, "\n".join(faults)


def test_a_name_that_is_given_twice_is_found() -> None:
    made_up = [
        Module(Path(f"engine/{name}.py"), f"engine.{name}", text, ast.parse(text))
        for name, text in (("one", "class Turn: ...\nclass _Own: ..."), ("two", "class Turn: ...\nclass _Own: ..."))
    ]
    assert twice(made_up) == {"Turn": ["engine/one.py:1", "engine/two.py:1"]}


def test_a_module_that_takes_two_of_one_name_is_found() -> None:
    text = "from engine.one import Turn\nfrom engine.two import Turn as Other"
    assert met(Module(Path("engine/three.py"), "engine.three", text, ast.parse(text))) == ["engine/three.py: Turn"]
