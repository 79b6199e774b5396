"""What a state and its events are made of: seats, effects that are owed, clocks, and the words for their keys."""

from __future__ import annotations

from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    NotRequired,
    TypeAlias,
    TypedDict,
    final,
    get_args,
    get_type_hints,
)

from engine.audience import AudienceKey, user_key
from engine.clock import Micros
from engine.runtime.spans import Span

Serial = Annotated[int, "the serial of an open step or seat; one count per case"]
StepId = Annotated[str, "the id of the step in its process; `start` is the first form"]
PersonId = Annotated[str, "the id of a person"]
ForPerson = Annotated[str, "the person for whom it was done; empty for oneself"]
Outcome = Annotated[str, "the outcome, as the process calls it"]
Whom = Annotated[AudienceKey, "who is meant: `user:PERSON`, `role:ROLE@UNIT`, `any@UNIT`"]
Moment = Annotated[Micros, "a moment: microseconds since 1970-01-01 00:00 UTC"]



class UnknownKind(ValueError):
    """What was read from JSON says a kind that no shape here has."""


def kinds_of(shapes: Any, key: str) -> frozenset[str]:
    """What each of *shapes*, one or a union of them, says under *key*: the kind that it is."""
    return frozenset(get_args(get_type_hints(shape)[key])[0] for shape in get_args(shapes) or (shapes,))


class Seat(NamedTuple):
    """Who is asked at an open `ask`: one audience, or one signer. In JSON a list of its three parts."""

    n: Serial
    audience: Whom
    holder: Annotated[str, "the person who has claimed it; empty for nobody"] = ""

    @property
    def hands(self) -> AudienceKey:
        """The audience in whose hands it is: who has claimed it, else whoever is asked."""
        return user_key(self.holder) if self.holder else self.audience


class Owed(NamedTuple):
    """An effect of an action that may have to be undone. In JSON a list of its three parts."""

    item: Annotated[str, "the step of the list that owes it"]
    n: Annotated[int, "the serial of the run whose effect it is"]
    step: Annotated[str, "the step whose action ran"]


Address: TypeAlias = Annotated[
    tuple[int, str], "a list of steps: the serial of the node that it belongs to (0 is the case), and its key there"
]

_From = TypedDict("_From", {"from": Annotated[Moment, "when the step opened"]})


@final
class Clock(_From):
    """The clock of an open step: what it counts, so that it can count it again, and when it rings.

    `base` and `span` are what is counted: to the deadline `at`, or, once it is `over`, to the `next` rung. While the
    clock stands still there is `left`; going on counts it from then. A clock of an urgent moment alone has `before` and
    no deadline.
    """

    i: Annotated[int, "which rung of the ladder comes next, from 0"]
    base: NotRequired[Annotated[Moment, "from when it counts"]]
    span: NotRequired[Annotated[Span, "what it counts: a list of `[amount, unit]`"]]
    at: NotRequired[Annotated[Moment, "the deadline"]]
    rem: NotRequired[Annotated[list[Micros], "the moments of the reminders still to come"]]
    next: NotRequired[Annotated[Moment, "when the next rung happens"]]
    ping: NotRequired[Annotated[Moment, "when it rings next, for whatever reason"]]
    before: NotRequired[Annotated[Moment, "the event before which an answer is needed"]]
    lapse: NotRequired[Annotated[Moment, "the same moment, where the step then ends by itself"]]
    over: NotRequired[Annotated[bool, "that the deadline has passed"]]
    left: NotRequired[Annotated[Span, "what was still to be counted when it stopped"]]
    whole: NotRequired[Annotated[int, "how long the deadline was before it first stopped"]]


@final
class Record(TypedDict):
    """A result that a return keeps, so that nobody need be asked again."""

    n: Annotated[int, "the serial of the run whose effect it is; 0 where it left none"]
    d: Annotated[str, "a digest of what it rested on"]
    out: Annotated[dict[str, Any], "what the step recorded"]


@final
class Kept(TypedDict):
    """What a return keeps of the list it returned in."""

    mode: Annotated[str, "`changed`: a result stands on the same grounds; `resume`: it stands"]
    by: Annotated[str, "the step that returned"]
    of: Annotated[dict[str, Record], "each kept result, by step"]


@final
class Bad(TypedDict):
    """How a step failed."""

    times: Annotated[int, "how often it was tried"]
    at: Annotated[Moment, "since when it fails"]
    why: Annotated[Any, "why it did last: words, in both languages as `[zh, en]` where they differ"]
    waits: Annotated[str, "the plugin that it waits for; empty for none"]


@final
class Handing(TypedDict):
    """A request to hand a task further than its step asks."""

    by: Annotated[str, "the person who asks"]
    to: Annotated[str, "the person for whom they ask"]


@final
class Then(TypedDict):
    """Where a case goes on once everything is released."""

    go: Annotated[
        Literal["exit", "ended", "dropped", "at", "finish", "open", "take_back"],
        "`exit`: the exit `x` of `s`; `ended`: the end `name`; `dropped`: the branch does not count; `at`: the step "
        "`s` again; `finish`: the list ends; `open`: the step `s`; `take_back`: the decision at seat `n` is taken back",
    ]
    s: NotRequired[StepId]
    x: NotRequired[Annotated[str, "the exit"]]
    name: NotRequired[Annotated[str, "the end"]]
    n: NotRequired[Serial]
