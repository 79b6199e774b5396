"""What a process may do with points, and how each of it is undone."""

from __future__ import annotations

from typing import Any

from engine.extend import Action, Undo
from plugins.points_exchange.attending import attend
from plugins.points_exchange.earning import coefficient, earn, revoke
from plugins.points_exchange.operations.closing import close_year
from plugins.points_exchange.settling import settle
from plugins.points_exchange.spending import hold, quote, redeem, refund, release, restore

ACTIONS: tuple[Action[Any, Any] | Undo, ...] = (
    coefficient,
    attend,
    earn,
    revoke,
    quote,
    hold,
    release,
    settle,
    redeem,
    restore,
    refund,
    close_year,
)
