"""What is to be done in place of a thread that is given up, as each part of the way that it went said beforehand."""

from __future__ import annotations

from collections.abc import Callable
from threading import get_ident
from typing import ClassVar, Protocol

from engine.clock import Micros

#: What is done about a thread that is given up: it gets the fault, and answers the one that its own caller is told.
Then = Callable[[Exception], Exception]


class Held(Protocol):
    """What a thread holds that another one cannot end while it is just being used. All is asked by another one."""

    @property
    def patience(self) -> Micros | None:
        """How long others wait for it, whatever is done meanwhile; None where nobody does."""
        ...

    def stop(self) -> None:
        """Bring its thread back from there, if it is there."""
        ...

    def shut(self) -> bool:
        """The same, and let it in no more; whether it is out."""
        ...


class otherwise:  # noqa: N801 - reads as the statement that it is
    """In ``with``: what is to be done where this thread is given up inside. The innermost is asked first.

    Nobody is given up before *held* is out of use.
    """

    __slots__ = ("held", "then")
    #: What each thread is inside of, outermost first.
    around: ClassVar[dict[int, list[otherwise]]] = {}

    def __init__(self, then: Then, held: Held | None = None) -> None:
        self.then, self.held = then, held

    def __enter__(self) -> None:
        """From here on."""
        self.around.setdefault(get_ident(), []).append(self)

    def __exit__(self, *_how: object) -> None:
        """Until here."""
        thread = get_ident()
        left = self.around.get(thread)
        while left and left.pop() is not self:  # who was called back while it began this has left it here
            pass
        if not left:
            self.around.pop(thread, None)


def held_by(thread: int) -> list[Held]:
    """What *thread* holds."""
    return [one.held for one in otherwise.around.get(thread, ()) if one.held is not None]
