"""Events of open tasks: clocks ring, tasks change hands, steps fail, and somebody is told."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypedDict, final

from engine.audience import AudienceKey
from engine.runtime.shapes.parts import Clock, Moment, Outcome, PersonId, Seat, Serial, StepId, Whom


class Rang(TypedDict):
    """What an event of a clock says where it came late."""

    meant: NotRequired[Annotated[Moment, "when it should have come; only where the system did not run in time"]]


# -- clocks --------------------------------------------------------------------------------


@final
class Reminded(Rang):
    """Who has a task was reminded of it."""

    e: Literal["reminded"]
    n: Serial
    s: StepId
    due: Annotated[Clock, "the clock from now on"]


@final
class Escalated(Rang):
    """A deadline passed, and the task went up the ladder. That is never a yes."""

    e: Literal["escalated"]
    n: Serial
    s: StepId
    to: Annotated[list[AudienceKey], "the audiences it went to; none where nobody is above"]
    due: Annotated[Clock, "the clock from now on"]
    seats: NotRequired[Annotated[list[Seat], "the seats from now on, where there are any"]]


@final
class ClockSet(TypedDict):
    """A clock over other steps was set, stands still, or goes on."""

    e: Literal["clock"]
    n: Serial
    due: Annotated[Clock, "the clock from now on"]


@final
class Moved(TypedDict):
    """A clock was counted again, because the working calendar has changed."""

    e: Literal["moved"]
    n: Serial
    s: StepId
    was: Annotated[Moment, "the deadline before"]
    due: Annotated[Clock, "the clock from now on"]


# -- whose task it is ----------------------------------------------------------------------


@final
class Reassigned(TypedDict):
    """A task was claimed, given back, or handed to somebody."""

    e: Literal["reassigned"]
    n: Annotated[Serial, "the seat"]
    seat: Annotated[Seat, "the seat from now on"]
    how: Annotated[Literal["claimed", "unclaimed", "transferred"], "`claimed`, `unclaimed` or `transferred`"]
    by: PersonId
    s: StepId
    to: NotRequired[Annotated[str, "the person it was handed to"]]
    agreed: NotRequired[Annotated[str, "the administrator who let it go"]]


@final
class Requested(TypedDict):
    """Somebody asked to hand a task further than its step asks."""

    e: Literal["requested"]
    n: Annotated[Serial, "the seat"]
    s: StepId
    by: PersonId
    to: Annotated[str, "the person for whom"]


@final
class Declined(TypedDict):
    """An administrator did not let a task go further."""

    e: Literal["declined"]
    n: Annotated[Serial, "the seat"]
    s: StepId
    by: Annotated[str, "the administrator"]
    to: Annotated[str, "the person for whom it was asked"]


@final
class Reseated(TypedDict):
    """Whoever was asked may no longer act, so others are asked."""

    e: Literal["reseated"]
    n: Serial
    s: StepId
    seats: Annotated[list[Seat], "the seats from now on"]
    nobody: NotRequired[Annotated[bool, "that nobody is left to ask"]]
    of: NotRequired[Annotated[list[AudienceKey], "the audiences that the roll is made of now"]]


# -- trouble, and what only is told --------------------------------------------------------


@final
class Incident(TypedDict):
    """A step that runs by itself failed. What led to it stands."""

    e: Literal["incident"]
    n: Serial
    why: Annotated[Any, "words for an administrator, as `[zh, en]` where they differ"]
    waits: NotRequired[Annotated[str, "the plugin that it waits for"]]
    at: Moment


@final
class Retried(TypedDict):
    """What failed is tried again."""

    e: Literal["retried"]
    n: Serial
    by: Annotated[str, "who wanted it; empty for the system itself"]


@final
class Noted(Rang):
    """Something for the reader that changes nothing by itself. Without `how` somebody wrote a comment."""

    e: Literal["noted"]
    how: NotRequired[
        Annotated[
            Literal["came", "late", "lapsed", "cancel", "take_back"],
            "`came`: a wait is over; `late`, `lapsed`: silence took an outcome, by rule or because the event has come; "
            "`cancel`: somebody cancels the case; `take_back`: somebody takes a decision back",
        ]
    ]
    by: NotRequired[PersonId]
    n: NotRequired[Serial]
    s: NotRequired[StepId]
    x: NotRequired[Outcome]


@final
class Told(TypedDict):
    """Somebody is told of it."""

    e: Literal["told"]
    to: Annotated[list[Whom], "the audiences"]
    what: Annotated[str, "of what: `STEP.OUTCOME`, `STEP:late`, `end.NAME`, `comment`"]
