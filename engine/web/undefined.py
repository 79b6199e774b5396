"""What a template of a plugin shows that is not there: an empty place for the reader, once a line of the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

from jinja2 import Undefined

from engine.extend.calls.places import place, template_at
from engine.store.bounded import Bounded

_LOG: Final = logging.getLogger("rongtong.plugins")
#: So many places are remembered.
_MOST: Final = 1000


class Untold(Undefined):
    """A value that is not there. To ask for it (``{% if note %}``) is no fault; to show it, or run through it, is."""

    #: The folders of plugins' templates, and the places that were told: file, line and what is said of it.
    folders: ClassVar[Sequence[Path]]
    told: ClassVar[Bounded[tuple[str, int, str], bool]]

    def __str__(self) -> str:
        self._tell()
        return super().__str__()

    def __iter__(self) -> Iterator[Any]:
        self._tell()
        return super().__iter__()

    def _tell(self) -> None:
        """Say where it is shown, if a plugin's template shows it: the engine's own are held to theirs by tests."""
        found = template_at()
        if found is None:
            return
        file, line = Path(found[0]), found[1] or 0
        folder = next((one for one in self.folders if file.is_relative_to(one)), None)
        message = self._undefined_message
        if folder is not None and (str(file), line, message) not in self.told:
            self.told[str(file), line, message] = True
            where = place(str(file), line, folder.parent)
            _LOG.warning("plugin %s (%s): %s, so the page has an empty place there", folder.parent.name, where, message)


def untold(folders: Sequence[Path]) -> type[Untold]:
    """What stands for a value that is not there in an application with plugins' templates in *folders*."""
    return type("Untold", (Untold,), {"__slots__": (), "folders": folders, "told": Bounded(_MOST)})
