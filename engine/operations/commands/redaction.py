"""What a journal row leaves out of its body because somebody typed it: kept beside the form, by a salted digest.

Deciding asks the world with words from the form, an attribute may be somebody's phone, and an action may repeat what it
was told. The journal is never changed, so these stand there as digests, and their values where they can be erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from engine.cached import cached_property
from engine.definition.catalogue import Catalogue
from engine.definition.model import Field, Process
from engine.definition.values.kinds.table import kind_of
from engine.definition.values.types import ValueType
from engine.extend.actions import RESERVED
from engine.runtime.shapes.events import Event
from engine.runtime.shapes.rows import Did, Run
from engine.store.text import digest, dump

#: The key under which a digest stands where a value was; no name of the language or of a plugin is written so.
SALTED: Final = "~salted"
#: The kinds of event that bring results of earlier steps back: outputs may stand anywhere in them.
RESTORING: Final = frozenset({"returned", "taken_back"})

Question = list[Any]


class Redaction:
    """*questions*, *events* and *runs* of a row without typed words; ``kept`` are those, by the digest left there.

    *asked* is what was decided on of each record that *questions* tell whole.
    """

    def __init__(
        self, process: Process, catalogue: Catalogue, form: Mapping[str, Any], *, questions: list[Question],
        asked: Mapping[tuple[Any, ...], set[str]], events: list[Event], runs: list[Run],
    ) -> None:  # fmt: skip
        self._process, self._catalogue, self._form = process, catalogue, form
        self._questions, self._asked = questions, asked
        self._did: Did = {"ev": events, "read": questions}
        if runs:
            self._did["runs"] = runs
        self.kept: dict[str, Any] = {}
        #: Whether there is anything to take out, so that the row needs a salt.
        self.needed: bool = self._finds()

    def _finds(self) -> bool:
        if any(map(self._told, self._questions)):
            return True
        return any(map(self._repeats, outputs((*self._did["ev"], *self._did.get("runs", ())))))

    def said(self, salt: str) -> Did:
        """What the row says, by the names of its body. Without a *salt* there is no place for words beside it."""
        read = [self._question(one, salt) for one in self._questions]
        if not self.needed:
            return {**self._did, "read": read}
        said: Did = {"ev": self._outputs(self._did["ev"], salt), "read": read}
        if "runs" in self._did:
            said["runs"] = self._outputs(self._did["runs"], salt)
        return said

    @cached_property
    def _typed(self) -> set[str]:
        """Every word that somebody typed into the form. Most rows have no output to look for one in."""
        process, form = self._process, self._form
        typed = {word for field in process.fields for word in _typed(field, form.get(field.name))}
        # Whatever the form keeps beside its fields was written at a step: an opinion.
        return typed | {said for name, said in form.items() if name not in process.named and _is_word(said)}

    def _repeats(self, said: str) -> bool:
        return any(word in said for word in self._typed)

    def _told(self, question: Question) -> bool:
        """Whether something text-like was decided on: an argument, or an answer."""
        if question[0] == "record" and question[-1] is not None:
            asked = self._asked.get(tuple(question[:-1]), set())
            return any(question[-1].get(name) is not None for name in asked & self._texts_of(question))
        return any(True for _ in self._places(question))

    def _question(self, question: Question, salt: str) -> Question:
        if question[0] == "record" and question[-1] is not None:
            return [*question[:-1], dict(self._record(question, salt))]
        changed = list(question)
        for place in self._places(question):
            part = question[place]
            is_argument = isinstance(part, tuple)
            changed[place] = [part[0], self._out(part[1], salt)] if is_argument else self._out(part, salt)
        return changed

    def _record(self, question: Question, salt: str) -> Iterator[tuple[str, Any]]:
        """A record as the row tells it; text that nobody asked for is left out where no row lies beside this one."""
        texts = self._texts_of(question)
        for name, value in question[-1].items():
            if name not in texts or value is None:
                yield name, value
            elif salt:
                yield name, self._out(value, salt)

    def _texts_of(self, question: Question) -> set[str]:
        """The attributes of a record that may hold what somebody typed."""
        spec = self._catalogue.types.get(question[2])
        return {name for name, of in spec.attributes if _text_like(of)} if spec else set(question[-1])

    def _places(self, question: Question) -> Iterator[int]:
        """Where in a question about anything else something text-like stands: an argument, or the answer at its end."""
        if question[0] == "resolve":
            spec = self._catalogue.resolvers.get(question[2])
            types = {parameter.name: parameter.type for parameter in spec.parameters} if spec else {}
            yield from (n for n, part in enumerate(question[3:-1], 3) if _text_like(types.get(part[0])))
        if question[0] == "attr" and question[1] == "person" and question[3] != "unit" and question[-1] is not None:
            yield len(question) - 1

    def _outputs(self, part: Any, salt: str, *, inside: bool = False) -> Any:
        """*part* with every output taken out that repeats what somebody typed."""
        if isinstance(part, dict):
            return {
                key: value if inside and key in RESERVED else self._outputs(value, salt, inside=inside or key == "out")
                for key, value in part.items()
            }
        if isinstance(part, (list, tuple)):
            return [self._outputs(one, salt, inside=inside) for one in part]
        if inside and isinstance(part, str) and self._repeats(part):
            return self._out(part, salt)
        return part

    def _out(self, value: Any, salt: str) -> dict[str, str]:
        name = salted(salt, value)
        self.kept[name] = value
        return {SALTED: name}


def outputs(entries: Iterable[Mapping[str, Any]]) -> list[str]:
    """The text in every output that events or runs hold: deep only in events that bring results back."""
    said: list[str] = []
    for entry in entries:
        if entry.get("e") in RESTORING:
            said += (one for output in found(entry) for one in _texts(output))
        elif "out" in entry and not entry["out"].keys() <= RESERVED:
            said += _texts(entry["out"])
    return said


def found(part: Any) -> Iterator[Any]:
    """Every output in *part*, however deep."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield from [value] if key == "out" else found(value)
    elif isinstance(part, (list, tuple)):
        for one in part:
            yield from found(one)


def _texts(output: Any) -> list[str]:
    """The text in an output, but for what the engine itself writes there."""
    if isinstance(output, str):
        return [output]
    if isinstance(output, dict):
        return [said for key, value in output.items() if key not in RESERVED for said in _texts(value)]
    return [said for one in output for said in _texts(one)] if isinstance(output, (list, tuple)) else []


def salted(salt: str, value: Any) -> str:
    """The digest that stands for *value*."""
    return digest(salt, dump(value))


def digests(body: Any) -> set[str]:
    """Every digest that stands in a row's *body* for a value."""
    if isinstance(body, dict):
        return {body[SALTED]} if SALTED in body else set().union(*map(digests, body.values()))
    return set().union(*map(digests, body)) if isinstance(body, list) else set()


def restored(body: Any, kept: Mapping[str, Any]) -> Any:
    """The *body* of a row with the values that are still kept; what was erased is empty."""
    if isinstance(body, dict):
        if SALTED in body:
            return kept.get(body[SALTED])
        return {key: restored(value, kept) for key, value in body.items()}
    return [restored(one, kept) for one in body] if isinstance(body, list) else body


def _typed(field: Field, value: Any) -> Iterator[str]:
    """The words in a field that somebody typed."""
    for column in field.columns:
        for row in value or ():
            yield from _typed(column, row.get(column.name))
    if kind_of(field.type).typed and _is_word(value):
        yield value


def _is_word(value: Any) -> bool:
    """Whether it can be looked for; a single sign is a word of everything."""
    return isinstance(value, str) and len(value) > 1


def _text_like(of: ValueType | None) -> bool:
    """Whether a value of this type may hold what somebody typed; one of no known type may."""
    if of is None:
        return True
    kind = kind_of(of)
    return kind.typed or kind.rows
