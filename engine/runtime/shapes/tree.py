"""The shape of a case's state: a tree of open steps (*nodes*), each in an open list of steps (a *frame*).

One ``node`` key per frame makes "a list has one active item" true by shape. JSON has no tuples, so what was read from
JSON goes through ``as_state`` before it is used.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, NotRequired, TypeAlias, TypedDict, TypeGuard, final

from engine.audience import AudienceKey
from engine.runtime.shapes.parts import (
    Bad,
    Clock,
    ForPerson,
    Handing,
    Kept,
    Moment,
    Owed,
    Seat,
    Serial,
    StepId,
    Then,
    UnknownKind,
    kinds_of,
)

#: The version of the shape of a state, its ``v``.
VERSION: Final = 1


class Frame(TypedDict, total=False):
    """An open list of steps. With no key at all nothing of it is open yet."""

    node: Annotated[Node, "the one active item"]
    undo: Annotated[list[Owed], "the effects that the list still owes"]
    ret: Annotated[dict[str, int], "how often each exit `STEP.EXIT` has returned"]
    kept: Annotated[Kept, "results that a return keeps until they are passed again"]
    done: Annotated[bool, "of a branch that ended: whether it counts"]


# -- nodes ---------------------------------------------------------------------------------


class _Open(TypedDict):
    """What every open step has."""

    n: Serial
    s: StepId


class _Runs(_Open):
    """What every step has that runs by itself and may fail."""

    bad: NotRequired[Annotated[Bad, "how it failed, where it did"]]


Frames = Annotated[dict[str, Frame], "its lists by key: a branch's name, `>EXIT` for small steps, else empty"]


@final
class Root(_Open):
    """The case itself."""

    k: Literal["root"]
    f: Frames
    due: NotRequired[Annotated[Clock, "the deadline of the case"]]


@final
class AskNode(_Open):
    """People are asked."""

    k: Literal["ask"]
    seats: Annotated[list[Seat], "who is asked; where everybody signs, one seat each"]
    of: NotRequired[Annotated[list[AudienceKey], "where everybody signs: the audiences that the roll was made of"]]
    nobody: NotRequired[Annotated[bool, "that nobody could be asked, so that it lies with who mends such things"]]
    sig: NotRequired[Annotated[dict[str, str], "what was signed so far: seat, outcome"]]
    handing: NotRequired[Annotated[dict[str, Handing], "requests that wait for an administrator, by seat"]]
    due: NotRequired[Annotated[Clock, "its deadline"]]


@final
class DoNode(_Runs):
    """A plugin's action runs."""

    k: Literal["do"]
    ph: Annotated[Literal["run", "incident"], "`run`: it waits for the result; `incident`: it failed"]
    d: NotRequired[Annotated[str, "a digest of what the action was given, where a return may keep the result"]]


@final
class WaitNode(_Open):
    """The case rests until a moment."""

    k: Literal["wait"]
    due: Annotated[Clock, "until when"]


@final
class ChooseNode(_Open):
    """The branch that was chosen is open."""

    k: Literal["choose"]
    f: Frames


@final
class ParallelNode(_Open):
    """Branches are open side by side."""

    k: Literal["parallel"]
    f: Frames


@final
class StageNode(_Open):
    """A list with exits that stay open beside it."""

    k: Literal["stage"]
    f: Frames
    due: NotRequired[Annotated[Clock, "its deadline"]]


@final
class ExitNode(_Open):
    """The small steps of an exit are open."""

    k: Literal["exit"]
    x: Annotated[str, "the exit"]
    f: Frames


@final
class UnwindNode(_Runs):
    """Effects are being released, newest first."""

    k: Literal["unwind"]
    todo: Annotated[list[Owed], "what is still to be released"]
    then: Annotated[Then, "where the case goes on"]
    ph: NotRequired[Annotated[Literal["incident"], "that releasing the first of them failed"]]


@final
class StuckNode(_Runs):
    """A step could not be entered, because a plugin did not answer."""

    k: Literal["stuck"]
    ph: NotRequired[Annotated[Literal["incident"], "that it waits for an administrator or for its plugin"]]


Node: TypeAlias = (
    Root | AskNode | DoNode | WaitNode | ChooseNode | ParallelNode | StageNode | ExitNode | UnwindNode | StuckNode
)
#: Every kind of node.
KINDS: Final = kinds_of(Node, "k")
#: Of those that may fail: steps that are run, and what is on a way between steps.
Running: TypeAlias = DoNode
Unentered: TypeAlias = UnwindNode | StuckNode
#: The nodes that may have a clock, and that may fail; told by these.
Timed: TypeAlias = Root | AskNode | WaitNode | StageNode
Failing: TypeAlias = DoNode | UnwindNode | StuckNode
#: What stands in the tree and is no step.
Between: TypeAlias = Root | ExitNode | UnwindNode | StuckNode
#: In which lists are open.
Owner: TypeAlias = Root | ChooseNode | ParallelNode | StageNode | ExitNode

_TIMED, _FAILING, _RUNNING = (kinds_of(shapes, "k") for shapes in (Timed, Failing, Running))


def may_have_clock(node: Node) -> TypeGuard[Timed]:
    """Whether a clock may be set at *node*."""
    return node["k"] in _TIMED


def is_run(node: Node) -> TypeGuard[Running]:
    """Whether *node* is a step that is run, and says how that goes."""
    return node["k"] in _RUNNING


def may_fail(node: Node) -> TypeGuard[Failing]:
    """Whether *node* runs by itself, so that it may fail."""
    return node["k"] in _FAILING


# -- the state -----------------------------------------------------------------------------

_For = TypedDict("_For", {"for": ForPerson})


@final
class Begun(_For):
    """How the case began."""

    by: Annotated[str, "the person who started it"]
    unit: Annotated[str, "the unit that it was started from"]
    at: NotRequired[Annotated[Moment, "when"]]


@final
class State(TypedDict):
    """A case as it stands after a row of its journal."""

    v: Annotated[int, "the version of this shape"]
    n: Annotated[int, "the last serial that was given out"]
    st: Annotated[Literal["new", "open", "ended"], "`open`, or `ended`"]
    case: Annotated[Begun, "how the case began; empty before it does"]
    data: NotRequired[Annotated[dict[str, Any], "the form: what is filled in, by field; stored apart"]]
    par: Annotated[dict[str, str | list[str]], "the unit, or units, of each party"]
    out: Annotated[dict[str, dict[str, Any]], "what each step recorded that something may still ask for"]
    root: Annotated[Root, "the tree of open steps"]
    acted: NotRequired[Annotated[dict[str, list[str]], "who acted or was acted for, by step"]]
    rounds: NotRequired[Annotated[dict[str, int], "how many times a step has closed, where a formula asks"]]
    later: NotRequired[Annotated[bool, "that something was ever left for a plugin to undo later"]]
    end: NotRequired[Annotated[str, "the end that the case has come to"]]


# -- from JSON -----------------------------------------------------------------------------


def as_node(node: Any) -> Any:
    """*node*, read from JSON, with its seats and what it owes as the tuples that they are; changed in place.

    Raises ``UnknownKind`` where it, or a node in it, is of none that is known.
    """
    if node["k"] not in KINDS:
        raise UnknownKind(f"{node['k']}")
    if "seats" in node:
        node["seats"] = [Seat(*seat) for seat in node["seats"]]
    if "todo" in node:
        node["todo"] = [Owed(*entry) for entry in node["todo"]]
    for frame in node["f"].values() if "f" in node else ():
        if "undo" in frame:
            frame["undo"] = [Owed(*entry) for entry in frame["undo"]]
        if "node" in frame:
            as_node(frame["node"])
    return node


def as_state(state: Any) -> State:
    """*state*, read from JSON, in the shape that it has here; changed in place."""
    as_node(state["root"])
    read: State = state
    return read
