"""What a district chose that its cases read: kept as content, so that a journal row says under which choice it fell.

Whoever changes the choice keeps the content of every process in the same transaction. So a command writes nothing for
it: what it read was committed, and its content with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.operations.context import District
from engine.store import content
from engine.store.text import dump, load
from engine.store.transactions.runner import Tx

#: Of a process without settings, however it is called.
_NONE = ""


def chosen(district: District, process: str) -> str:
    """The hash of what a case of *process* reads of the district's choice."""
    hash_ = district.named.get(process)
    if hash_ is None:
        hash_ = district.named[process] = content.name(_choice(district, process))
    return hash_


def keep(tx: Tx, district: District) -> None:
    """Keep all that a row of any case of *district* may name under its choice."""
    content.keep(tx, district.id, contents(district))


def contents(district: District) -> Iterator[str]:
    """The texts that say what *district* chose: its calendar, the settings of plugins, and the whole by process."""
    yield district.sheets
    yield _plugins(district)
    yield from dict.fromkeys(_choice(district, process) for process in (_NONE, *district.settings))


def parts(choice: str) -> tuple[str, str]:
    """The hashes of the calendar and of the plugins' settings that the text of a *choice* names."""
    said = load(choice)
    return said["calendar"], said["plugins"]


def _choice(district: District, process: str) -> str:
    settings: Any = district.settings.get(process, {})
    calendar, plugins = content.name(district.sheets), content.name(_plugins(district))
    return dump({"calendar": calendar, "plugins": plugins, "settings": settings})


def _plugins(district: District) -> str:
    """What is stored for each plugin, with the version of the settings that it was stored for."""
    return dump(district.plugins)
