"""From a form to words for a reader there is one way, so that no new page can go past what the reader may have."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.source import DOORS, Module, product

#: File → why it may look into a form. Whoever shows one asks ``glance``.
LOOKS_IN = {
    "engine/operations/reading/glance.py": "the one way",
    "engine/operations/access.py": "whether an exit names a person follows from the form; nothing of it is shown",
    "engine/operations/commands/checking.py": "plugins check what is being filled",
    "engine/operations/commands/work.py": "decide is given the state",
    "engine/operations/commands/recording.py": "writes the form; its subject is made in glance",
    "engine/operations/reading/history.py": "says which fields changed; what is told of them is told by a glance",
    "engine/operations/reading/parts.py": "makes the environment of formulas and the glance",
    "engine/operations/reading/choices.py": "what a field offers follows from the form; nothing of it is shown",
    "engine/operations/reading/pressed.py": "which fields a press asks follows from the form, and the rows that it did not hold",
    "engine/operations/reading/start.py": "what a field offers follows from the form; nothing of it is shown",
    "engine/operations/verifying/case.py": "compares what is stored",
    "engine/demo/acting.py": "makes up what invented people fill in",
    "engine/demo/making.py": "makes up what invented people fill in",
    "engine/operations/content/adopt.py": "the data files of a pack, not a form",
}
#: File → why it may put a stored value into words.
WORDS = {
    "engine/operations/reading/glance.py": "the one way",
    "engine/operations/reading/parts.py": "hands them to the glance of a page",
    "engine/operations/commands/recording.py": "hands them to the subject, which is made in glance",
}


def looks(module: Module) -> Iterator[int]:
    """The lines in which a module takes the form out of a case or a state."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in ("data", "whole"):
            yield node.lineno
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value == "data":
            yield node.lineno


def above() -> list[Module]:
    """The floors that could show something: the operations and what stands on them."""
    return [module for module in product() if module.part in ("operations", "scenarios", "demo", *DOORS, "app", "cli", "testing")]


def test_only_the_glance_looks_into_a_form_to_show_it() -> None:
    faults = [f"{m.place}:{line}" for m in above() if m.place not in LOOKS_IN for line in looks(m)]
    assert not faults, "ask a Glance: " + ", ".join(faults)


def test_only_the_glance_puts_stored_values_into_words() -> None:
    faults = [
        f"{module.place}:{line}"
        for module in product()
        if module.place not in WORDS
        for line, name in module.imports()
        if name == "engine.operations.reading.wording"
    ]
    assert not faults, "ask a Glance: " + ", ".join(faults)


def test_the_lists_hold_nothing_that_does_not_look() -> None:
    looking = {module.place for module in above() if any(True for _ in looks(module))}
    speaking = {m.place for m in product() if any(name == "engine.operations.reading.wording" for _, name in m.imports())}
    assert set(LOOKS_IN) - looking == set()
    assert set(WORDS) - speaking == set()
