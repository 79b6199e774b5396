"""From the text of a process to its checked model, with every fault of the file at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from engine.definition.catalogue import Catalogue
from engine.definition.checks import check
from engine.definition.language import canonical, keywords
from engine.definition.model import Process
from engine.definition.overlay.apply import apply
from engine.definition.parse.process import read_process
from engine.definition.problem_codes import problem
from engine.definition.yaml import source
from engine.definition.yaml.source import Mapping, Node, Scalar
from engine.errors import Invalid, Problem

#: Finds the process that an overlay names: its text and file, or None if there is none.
FindBase = Callable[[str], tuple[str, str] | None]
#: How many overlays may stand on each other.
MOST_OVERLAYS = 4


def load_process(
    text: str, file: str, catalogue: Catalogue, *, find_base: FindBase
) -> tuple[Process | None, tuple[Problem, ...]]:
    """The process that *text* says, and all that is wrong or doubtful, in the order of the file.

    The process is None if any problem is more than a warning. *find_base* finds what ``extends`` names.
    """
    node, problems = effective(text, file, find_base)
    if node is None:
        return None, tidy(problems)
    process, reader = read_process(node, catalogue)
    problems = (*problems, *_not_explained(reader.problems, problems))
    if process is not None:
        problems = (*problems, *check(process, reader))
    if process is None or any(not one.warning for one in problems):
        return None, tidy(problems)
    document = canonical.document(node)
    return replace(process, document=document, hash=canonical.content_hash(document), file=file), tidy(problems)


def load_text(text: str, catalogue: Catalogue, file: str = "", *, find_base: FindBase = lambda _: None) -> Process:
    """The process that *text* says. Raises Invalid with all its problems."""
    process, problems = load_process(text, file, catalogue, find_base=find_base)
    if process is None:
        raise Invalid(tuple(one for one in problems if not one.warning))
    return process


def process_from_document(document: dict[str, Any], catalogue: Catalogue) -> Process:
    """A process that was published: *document* is trusted to have passed the checks of its day.

    What the reader only objects to by now stops no case that is under way. Raises Invalid if something of it cannot be
    read any more, for instance because a plugin is gone.
    """
    process, reader = read_process(source.node_from(document), catalogue)
    if process is None or set(reader.problems) - set(reader.objections):
        raise Invalid(tidy(reader.problems))
    return replace(process, document=document, hash=canonical.content_hash(document))


def effective(text: str, file: str, find_base: FindBase, depth: int = 0) -> tuple[Node | None, tuple[Problem, ...]]:
    """The document in canonical words with its overlays applied; None if it cannot be told what it says."""
    node, problems = _in_canonical_words(text, file)
    if node is None:
        return None, problems
    named = node.get("extends") if isinstance(node, Mapping) else None
    if not isinstance(named, Scalar):
        return node, problems
    found = find_base(named.text) if depth < MOST_OVERLAYS else None
    if found is None:
        code = "unknown-base" if depth < MOST_OVERLAYS else "too-many-overlays"
        return None, (*problems, problem(code, named, "extends", name=named.text))
    base, faults = effective(*found, find_base, depth + 1)
    if base is None:
        broken = () if depth else (problem("broken-base", named, "extends", name=named.text),)
        return None, (*problems, *faults, *broken)
    applied, more = apply(base, node)
    return applied, (*problems, *faults, *more)


@lru_cache(maxsize=16)
def _in_canonical_words(text: str, file: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """The document of *text* as written, remembered: several districts stand on the same process."""
    node, problems = source.read(text, file)
    if node is None:
        return None, problems
    node = keywords.canonical(node)
    return node, (*problems, *keywords.doubled(node))


def _not_explained(found: Iterable[Problem], by: tuple[Problem, ...]) -> Iterable[Problem]:
    """Those of *found* that do not stand on a line which YAML already read otherwise than meant."""
    spoilt = {(one.file, one.line) for one in by if one.code.startswith("yaml-")}
    return (one for one in found if (one.file, one.line) not in spoilt)


def tidy(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """In the order of the file, none twice."""
    once = {(one.file, one.line, one.column, one.code, one.path, one.message): one for one in problems}
    return tuple(sorted(once.values(), key=lambda one: (one.file, one.line, one.column, one.code, one.path)))
