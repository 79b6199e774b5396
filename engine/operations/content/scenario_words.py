"""The words of scenario files: which there are, what each has to or may say, and what is wrong with an entry."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from engine.definition.problem_codes import did_you_mean
from engine.definition.yaml.source import Mapping, Node, Scalar, Sequence
from engine.errors import Problem
from engine.extend.contributions import ScenarioVerb
from engine.i18n import Text, listed
from engine.operations.verbs import VERBS, Verb

Part = Literal["given", "when", "then"]
PARTS: tuple[Part, ...] = ("given", "when", "then")


@dataclass(frozen=True, slots=True)
class Word:
    """What an entry that begins with a word says: keys that it needs, and keys that it may have."""

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.needs, *self.may)


def _word(verb: Verb) -> Word:
    """What is said of *verb*: of a task its step comes first and the case is named beside it, else the case first."""
    must = tuple(one.key for one in verb.takes if one.must)
    may = tuple(one.key for one in verb.takes if not one.must)
    match verb.on:
        case "task":
            return Word(("on", "by", *must), (*may, "seat", "refused"))
        case "field":
            return Word(("by", "field", *must), (*may, "refused"))
        case _:
            return Word(("by", *must), (*may, "refused"))


#: Every command may be one that has to be refused.
COMMANDS = {
    "start": Word(("by",), ("as", "for", "fill", "refused")),
    "act": Word(("on", "by", "outcome"), ("fill", "opinion", "seat", "refused")),
    **{verb.name: _word(verb) for verb in VERBS.values() if "scenario" not in verb.by_hand},
    "clock": Word((), ("refused",)),
    "advance": Word((), ("refused",)),
}
EXPECTATIONS = {
    "case": Word((), ("end", "status", "open", "visited", "subject", "fields")),
    "sent": Word((), ("on", "times", "has")),
}
#: What is not one plain word, and how it is written.
_SHAPES: dict[str, tuple[type[Node], str]] = {
    "fill": (Mapping, "{people: 20}"),
    "fields": (Mapping, "{people: 20}"),
    "open": (Sequence, "[lender_ok]"),
    "visited": (Sequence, "[lender_ok]"),
}


def faults(part: Part, entry: Mapping, verbs: Collection[ScenarioVerb] | None) -> Iterator[Problem]:
    """What is wrong with how *entry* is written; *verbs* are those of plugins, None where they are not known."""
    first = entry.entries[0][0] if entry.entries else None
    known = EXPECTATIONS if part == "then" else COMMANDS
    if first is None:
        yield _fault(entry, "这一行是空的", "this line is empty", _listed(known))
    elif first.text in known:
        yield from _of_word(entry, first.text, known[first.text])
    elif "." in first.text and verbs is None:
        return
    else:
        yield from _of_plugin(part, entry, first, known, verbs or ())


def _of_word(entry: Mapping, name: str, word: Word) -> Iterator[Problem]:
    for key, value in entry.entries:
        if key.text != name and key.text not in word.keys:
            yield _unknown(key, word.keys)
            continue
        shape, example = _SHAPES.get(key.text, (Scalar, ""))
        if not isinstance(value, shape):
            hint = Text(f"例如 {example}", f"such as {example}") if example else None
            yield _fault(value, f"{key.text}的写法不对", f"{key.text} is not written so", hint)
    for missing in [key for key in word.needs if key not in entry.keys]:
        yield _fault(entry, f"{name}这一行缺{missing}", f"{missing} is missing beside {name}")


def _of_plugin(
    part: Part, entry: Mapping, first: Scalar, known: Collection[str], verbs: Collection[ScenarioVerb]
) -> Iterator[Problem]:
    place = "then" if part == "then" else "given"
    names = {verb.name: verb for verb in verbs if verb.place == place}
    verb = names.get(first.text)
    if verb is None:
        zh, en = f"{part}里没有“{first.text}”这个词", f"“{first.text}” is no word for {part}"
        yield _fault(first, zh, en, did_you_mean(first.text, (*known, *names)) or _listed(known))
        return
    for key, _ in entry.entries[1:]:
        if part == "then" or key.text != "refused":
            yield _unknown(key, ("refused",) if part != "then" else ())
    said = entry.get(first.text)
    for key, _ in said.entries if isinstance(said, Mapping) and verb.keys else ():
        if key.text not in verb.keys:
            yield _unknown(key, verb.keys)


def _unknown(key: Scalar, known: Collection[str]) -> Problem:
    hint = did_you_mean(key.text, known) or _listed(known)
    return _fault(key, f"不认识“{key.text}”", f"{key.text} is not known here", hint)


def _listed(known: Collection[str]) -> Text | None:
    named = listed(known)
    return Text(f"可以写：{named.zh}", f"there are: {named.en}") if known else None


def _fault(at: Node, zh: str, en: str, hint: Text | None = None) -> Problem:
    place = at.place
    return Problem("scenario", Text(zh, en), hint, place.file, place.line, place.column)
