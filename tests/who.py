"""Changes who is who by hand, as the program does: under a row of the district's journal."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Executable

from engine.operations import who
from engine.operations.context import ENGINE, Context


def change(ctx: Context, statement: Executable, rows: list[dict[str, Any]] | None = None) -> None:
    """Run *statement*, with *rows* where it inserts them."""
    who.change(ctx, ENGINE, "change", {}, lambda tx: tx.connection.execute(statement, rows))
