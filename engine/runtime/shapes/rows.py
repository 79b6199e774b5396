"""The shape of a row of a case's journal: what one command did, without what people typed."""

from __future__ import annotations

from typing import Annotated, Any, Final, NotRequired, TypeAlias, TypedDict, final

from engine.runtime.shapes.events import Event, as_event
from engine.runtime.shapes.parts import Serial

#: The version of the shape of a row's body, its ``v``, and of the events in it.
VERSION: Final = 1


@final
class Ran(TypedDict):
    """An action of a plugin ran and answered."""

    n: Annotated[Serial, "the serial of this run of its step"]
    do: Annotated[str, "the action"]
    v: Annotated[int, "the version of the action"]
    result: Annotated[str, "the result, as the action declares it"]
    out: Annotated[dict[str, Any], "what it answered"]


@final
class Released(TypedDict):
    """An effect was undone, or left to be."""

    n: Annotated[Serial, "the serial of the run whose effect it was"]
    undo: Annotated[str, "what undoes it"]
    how: Annotated[str, "as in the event `undone`"]


Run: TypeAlias = Ran | Released


@final
class Form(TypedDict):
    """Where what people typed in this command lies."""

    seq: Annotated[int, "the number of the form, in the table `case_data`"]
    digest: Annotated[str, "SHA-256 over its salt, what was filled in and the note"]


class Did(TypedDict):
    """What a command did and what it looked at."""

    ev: Annotated[list[Event], "the events, in order"]
    runs: NotRequired[Annotated[list[Run], "what plugins did, in order"]]
    read: Annotated[
        list[list[Any]],
        "what deciding asked for, in order: `[held, ROLE, UNIT, [[UNIT, [PERSON…]]…]]`, nearest unit first, "
        "`[record, EPOCH, TYPE, ID, {…}]`, `[resolve, EPOCH, NAME, [NAME, WORDS]…, [AUDIENCE…]]`, "
        "and `attr`, `rota`, `may` and `principal` with their answer last",
    ]


_Def = TypedDict("_Def", {"def": Annotated[str, "the hash of the published document that the case keeps to"]})


@final
class Body(Did, _Def):
    """The body of a row. Its columns say the rest: case, number in order, moment, actor, command, hash.

    Where somebody typed what would stand here, there is `{"~salted": DIGEST}` instead; the words lie beside the form.
    """

    v: Annotated[int, "the version of this shape, and of the events in it"]
    chosen: Annotated[str, "the hash, in the table `content`, of what the district had chosen: settings and calendar"]
    eng: Annotated[str, "the version of the engine that wrote it"]
    number: NotRequired[Annotated[str, "the number of the case, in its first row"]]
    form: NotRequired[Annotated[Form, "where what was typed lies, if anything was"]]


def as_body(body: Any) -> Body:
    """*body*, read from JSON, in the shape that it has here; changed in place."""
    for event in body["ev"]:
        as_event(event)
    read: Body = body
    return read
