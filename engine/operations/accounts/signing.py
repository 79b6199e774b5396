"""The keys that sign cookies and forms: given by who runs the installation, else made once and kept in the database."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from itertools import pairwise, takewhile
from typing import Any, Final

from engine.clock import Micros
from engine.errors import RongtongError
from engine.i18n import Text
from engine.operations.accounts.accounts import LONGEST
from engine.operations.context import System
from engine.store.accounts import signing_keys as rows
from engine.store.transactions.runner import Tx

_BETWEEN: Final = re.compile(r"[\s,]+")
#: Characters that a key, or any other secret of the settings, has at least.
SHORTEST: Final = 16
_LOG: Final = logging.getLogger("rongtong.hub")


def given_keys(words: str) -> tuple[str, ...]:
    """The keys that the setting lists between commas or blanks; RongtongError for one that could be guessed."""
    keys = tuple(key for key in _BETWEEN.split(words) if key)
    if any(len(key) < SHORTEST for key in keys):
        said = Text(f"RONGTONG_SECRET_KEY 里每个密钥至少{SHORTEST}个字符。",
                    f"Each key in RONGTONG_SECRET_KEY has {SHORTEST} characters or more.")  # fmt: skip
        raise RongtongError(said, code="setting")
    return keys


def signing_keys(system: System, given: Sequence[str] = ()) -> tuple[str, ...]:
    """The keys of this installation: the first signs, all are taken.

    Where none are *given*, every machine that serves this database has the one that is kept there, made by whoever
    came first: what it signs opens nothing without the secret of a session, of which the database keeps the digest
    alone. One that was renewed is taken for as long as a session may last.
    """
    return tuple(given) or tuple(str(key.secret) for key in _kept(system))


def renew(system: System, *, at_once: bool = False) -> None:
    """Keep a new key in the database, which whoever starts from now on signs with.

    The old one is taken until no session of it is left or, *at_once*, by nobody who starts from now on.
    """
    now = system.clock.wall()

    def work(tx: Tx) -> None:
        kept = rows.kept(tx)
        number = kept[0].id + 1 if kept else 1
        _make(system, tx, number)  # where somebody else renews it at this moment, theirs is the new one
        oldest = number if at_once else _taken(rows.kept(tx), now)[-1].id
        rows.forget(tx, oldest)

    system.runner.run(work)
    _LOG.info("the key that signs cookies was renewed%s", ", the old one is taken no more" if at_once else "")


def _taken(kept: list[Any], now: Micros) -> list[Any]:
    """Of the keys that are *kept*, the newest first, those that are still taken at *now*."""
    older = takewhile(lambda two: two[0].made_at + LONGEST > now, pairwise(kept))
    return [kept[0], *(key for _, key in older)]


def _kept(system: System) -> list[Any]:
    def make(tx: Tx) -> list[Any]:
        _make(system, tx, 1)
        return rows.kept(tx)

    kept = system.runner.run(rows.kept, write=False) or system.runner.run(make)
    return _taken(kept, system.clock.wall())


def _make(system: System, tx: Tx, number: int) -> None:
    rows.add(tx, number, system.ids.token() + system.ids.token(), system.clock.wall())
