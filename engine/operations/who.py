"""Who is who, as the journal of the district holds it: whoever changes units, people, roles or rotas says so there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from engine.operations.context import Caller, Context
from engine.operations.writing import Wish, Written, write
from engine.store import districts, verify_reads
from engine.store.text import digest
from engine.store.transactions.runner import Tx

#: The key under which a district keeps a digest of the rows of each of these tables, by a digest in its journal.
KEPT: Final = "who"


def kept(tx: Tx, district: str) -> str:
    """What stands under that key when the rows are as they are now."""
    return json.dumps(verify_reads.who(tx, district), sort_keys=True)


def change(ctx: Context, caller: Caller, command: str, said: dict[str, Any], work: Callable[[Tx], object]) -> None:
    """Change rows of who is who by *work*, beside every pack, under a row of the journal ``org`` that holds *said*."""

    def changing(ctx: Context, tx: Tx) -> Written:
        work(tx)
        value = kept(tx, ctx.id)
        districts.keep(tx, [ctx.id], {KEPT: value})
        return Written(None, {**said, "changed": {KEPT: digest(value)}})

    write(ctx, caller, Wish("org", command, said), changing)
