"""The keys that sign cookies and forms: given by who runs the installation, else made once and kept in the database."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import bindparam, select

from engine.errors import Invalid, Problem
from engine.i18n import Text
from engine.operations.context import System
from engine.store import hub
from engine.store.sql import Statement
from engine.store.transaction import Tx

_BETWEEN: Final = re.compile(r"[\s,]+")
_SHORTEST: Final = 16
_k = hub.signing_key.c
_MAKE: Final = Statement(
    lambda insert: (
        insert(hub.signing_key)
        .values(id=1, secret=bindparam("secret"), made_at=bindparam("now"))
        .on_conflict_do_nothing()
    )
)
_KEPT: Final = Statement(select(_k.secret).where(_k.id == 1))


def signing_keys(system: System, given: str) -> tuple[str, ...]:
    """The keys of this installation: the first signs, all are taken. *given* lists them between commas or blanks.

    Without any, every machine that serves this database has the one that is kept there, made by whoever came first:
    what it signs opens nothing without the secret of a session, of which the database keeps the digest alone. Raises
    ``Invalid`` for a key that could be guessed.
    """
    keys = tuple(key for key in _BETWEEN.split(given) if key)
    if any(len(key) < _SHORTEST for key in keys):
        said = Text(f"RONGTONG_SECRET_KEY 里每个密钥至少{_SHORTEST}个字符。",
                    f"Each key in RONGTONG_SECRET_KEY has {_SHORTEST} characters or more.")  # fmt: skip
        raise Invalid((Problem("secret-key", said, path="RONGTONG_SECRET_KEY"),))
    return keys or (_kept(system),)


def _kept(system: System) -> str:
    found = system.runner.run(lambda tx: tx.one(_KEPT), write=False)
    return str(found.secret) if found else str(system.runner.run(lambda tx: _made(system, tx)))


def _made(system: System, tx: Tx) -> str:
    tx.change(_MAKE, secret=system.ids.token() + system.ids.token(), now=system.clock.wall())
    return str(tx.one(_KEPT).secret)
