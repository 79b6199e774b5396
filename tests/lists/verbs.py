"""Every verb on a case: on what it is done, who may, and how each door has it; a door with a form of its own says why."""

from __future__ import annotations

from collections.abc import Iterator

from engine.cli.root import COMMANDS
from engine.cli.verbs import NAMES
from engine.operations.content import scenario_words
from engine.operations.verbs import VERBS, Door, Verb
from engine.rest.bodies import address
from engine.web.forms.presses import on_pages


def lines() -> Iterator[str]:
    """A block of lines for each verb: itself, then its doors."""
    for verb in VERBS.values():
        takes = ", ".join(one.key + ("" if one.must else "?") for one in verb.takes)
        yield f"{verb.name}({takes})  on {verb.on}, by {verb.who}"
        for door, has in doors(verb).items():
            why = f" ({verb.by_hand[door]})" if door in verb.by_hand else ""
            yield f"    {door}: {has}{why}"


def doors(verb: Verb) -> dict[Door, str]:
    """How each door has *verb*; "" where one has it not."""
    name = verb.name.replace("_", "-")
    pages = [page for page in ("task", "case") if getattr(verb, page) and verb.name in on_pages(page)]
    return {
        "web": ", ".join(pages) or ("by hand" if "web" in verb.by_hand else ""),
        "rest": f"POST {address(verb)}",
        "cli": f"rongtong {name}" if name in {*NAMES, *COMMANDS} else "",
        "scenario": f"{verb.name}: {', '.join(scenario_words.COMMANDS[verb.name].keys)}"
        if verb.name in scenario_words.COMMANDS else "",
    }  # fmt: skip
