"""Events of a case and its steps: how they begin, are filled in, open, close, are released and returned to."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypedDict, final

from engine.runtime.shapes.parts import Address, ForPerson, Kept, Moment, Outcome, PersonId, Serial, StepId
from engine.runtime.shapes.tree import Node, Root, UnwindNode

_In = TypedDict("_In", {"in": Annotated[Address, "the list of steps"]})
_InFrom = TypedDict("_InFrom", {"from": Annotated[Address, "the list that kept the result"]})
_For = TypedDict("_For", {"for": ForPerson})
_As = TypedDict("_As", {"as": NotRequired[Annotated[str, "the person for whom a deputy typed it"]]})


# -- how a case begins and ends ------------------------------------------------------------


@final
class Started(_For, _As):
    """Somebody sent the first form, and the case began."""

    e: Literal["started"]
    process: Annotated[str, "the process"]
    hash: Annotated[str, "the hash of the published document that the case keeps to"]
    by: PersonId
    unit: Annotated[str, "the unit from which"]
    at: Moment


@final
class Ended(TypedDict):
    """The case is over."""

    e: Literal["ended"]
    end: Annotated[str, "which end of the process; `cancelled` where somebody cancelled it"]
    at: Moment


# -- the form ------------------------------------------------------------------------------


@final
class Filled(TypedDict):
    """Fields were filled in, set, or derived. The row names them; the values lie apart, so that they can be erased."""

    e: Literal["filled"]
    values: NotRequired[Annotated[dict[str, Any], "the stored value of each field, null where it was emptied"]]
    names: NotRequired[Annotated[list[str], "the fields; this is all that the journal's row says"]]


@final
class Joined(TypedDict):
    """A party of the case is another unit now."""

    e: Literal["joined"]
    party: Annotated[str, "the party, as the process calls it"]
    unit: Annotated[str | list[str], "its unit, or units"]


# -- steps open and close ------------------------------------------------------------------


@final
class Opened(_In):
    """A step opened."""

    e: Literal["opened"]
    node: Annotated[Node, "the open step as it stands in the state"]


@final
class Signed(_For):
    """Somebody took an outcome at a task, or at an exit beside it."""

    e: Literal["signed"]
    n: Annotated[Serial, "the serial of the seat, or of the step"]
    s: StepId
    x: Outcome
    by: PersonId
    partial: NotRequired[Annotated[bool, "that others still have to sign"]]


@final
class Closed(TypedDict):
    """A step closed. `x` is `unwound` after a release and `stuck` where the step is entered again."""

    e: Literal["closed"]
    n: Serial
    x: Annotated[str, "the exit that it took"]
    s: NotRequired[StepId]
    out: NotRequired[Annotated[dict[str, Any], "what it recorded"]]
    owes: NotRequired[Annotated[bool, "that its effect may have to be undone"]]
    final: NotRequired[Annotated[bool, "that its effect can never be undone"]]


@final
class Skipped(_In, _InFrom):
    """A step was passed again after a return, and its kept result stands."""

    e: Literal["skipped"]
    s: StepId
    why: Annotated[str, "`changed`: nothing that it rests on has changed; `resume`: it need not be asked"]


@final
class BranchDone(TypedDict):
    """A branch of a parallel step ended."""

    e: Literal["branch_done"]
    n: Annotated[Serial, "the serial of the parallel step"]
    key: Annotated[str, "the branch"]
    counted: Annotated[bool, "whether it counts to what the step needs"]


# -- releasing and returning ---------------------------------------------------------------


@final
class Unwinding(_In):
    """What effects a way out leaves behind begin to be released."""

    e: Literal["unwinding"]
    node: Annotated[UnwindNode, "what is released, and where the case goes on"]


@final
class Undone(TypedDict):
    """One effect was released."""

    e: Literal["undone"]
    n: Annotated[Serial, "the serial of the releasing"]
    of: Annotated[Serial, "the serial of the run whose effect it was"]
    s: StepId
    how: Annotated[str, "`undone`, `nothing_left`, `kept` (it had taken effect), or `owed` (its plugin does it later)"]


@final
class Returned(_In):
    """The case went back to an earlier step of a list."""

    e: Literal["returned"]
    to: Annotated[str, "the step that it went back to"]
    by: Annotated[str, "the step that sent it back"]
    x: Outcome
    kept: Annotated[Kept | None, "results that may stand when they are passed again; null for none"]
    forget: Annotated[list[str], "the steps whose records are forgotten"]


@final
class Unkept(_In):
    """A kept result will not be used again."""

    e: Literal["unkept"]
    s: Annotated[str | None, "whose; null for all of the list"]


@final
class Counted(_In):
    """A return was counted, for `at_most`."""

    e: Literal["counted"]
    key: Annotated[str, "`STEP.EXIT`"]


@final
class TakenBack(TypedDict):
    """A decision was taken back: the case is what its history makes of it without that decision."""

    e: Literal["taken_back"]
    n: Annotated[Serial, "the seat whose decision it was"]
    root: Annotated[Root, "the tree as it is now"]
    known: Annotated[int, "whatever is open up to this serial is open as it was"]
    serial: Annotated[int, "the last serial that was given out"]
    out: Annotated[dict[str, dict[str, Any]], "what steps recorded"]
    par: Annotated[dict[str, str | list[str]], "the parties"]
    data: NotRequired[Annotated[dict[str, Any], "the whole form; it lies apart, as what was filled in does"]]
    acted: Annotated[dict[str, list[str]], "who acted, by step"]
    rounds: Annotated[dict[str, int], "how many times steps have closed"]
