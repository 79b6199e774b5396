"""Who administers a district: asked in one place, by every verb that is an administrator's, in its own transaction."""

from __future__ import annotations

from engine.operations.context import Caller, Context, admin_only
from engine.store import answering
from engine.store.transactions.runner import Tx


def is_admin(ctx: Context, tx: Tx, person: str) -> bool:
    """Whether *person* is an administrator of the district today, or stands in for one.

    Whoever is one anywhere in a district sees all of its cases and may cancel, retry and unblock.
    """
    return answering.answers(tx, ctx.id, person, ctx.now, above=False).admin


def require_admin(ctx: Context, tx: Tx, caller: Caller, *, or_installation: bool = False) -> None:
    """Raise ``Forbidden`` unless the caller is an administrator of the district.

    With *or_installation* a caller without a person, who runs the installation itself, may too.
    """
    if not (or_installation and not caller.person) and not is_admin(ctx, tx, caller.person):
        raise admin_only()
