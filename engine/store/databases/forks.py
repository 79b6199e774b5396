"""What a forked process begins anew: no open connection, nobody's turn and no thread is handed down to a child."""

from __future__ import annotations

import os
from typing import Any, ClassVar
from weakref import WeakSet

_told: Any = getattr(os, "register_at_fork", None)  # where processes can be forked


class ForkAware:
    """Something that holds connections, turns or threads; in a child ``forked`` is called before anything else runs."""

    _all: ClassVar[WeakSet[ForkAware]] = WeakSet()

    def __init__(self) -> None:
        #: What the parent holds: kept, because whatever is thrown away is closed, and a connection is not the child's
        #: to close. A locked file is: the child's end of it would keep the lock beyond the parent's life.
        self._parents: list[object] = []
        ForkAware._all.add(self)

    def forked(self) -> None:
        """Begin anew in a process that was just forked off, and leave to its parent what the parent has open."""
        raise NotImplementedError

    @staticmethod
    def all_forked() -> None:
        """Have every one of this process begin anew."""
        for one in tuple(ForkAware._all):
            one.forked()


if _told is not None:
    _told(after_in_child=ForkAware.all_forked)
