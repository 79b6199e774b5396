"""The log of what was refused: to whom, from where, and the kind; never what they typed."""

from __future__ import annotations

import logging
from typing import Final

from engine.errors import Forbidden, NotFound, RongtongError

_LOG: Final = logging.getLogger("rongtong.security")


def log_refusal(refusal: RongtongError, account: str, endpoint: str | None, address: str | None) -> None:
    """Log that *account* asked at *endpoint* for what is not there for it, or what it may not do.

    Whoever tries one number after the other is found by these lines; the number itself may be somebody's words.
    """
    if account and isinstance(refusal, (NotFound, Forbidden)):
        _LOG.info("refused %s to account %s at %s from %s", refusal.code, account, endpoint, address)


def log_turned_away(code: str, address: str) -> None:
    """Log that a request from *address* was refused at the gate, and why, by the word *code*."""
    _LOG.warning("refused %s from %s", code, address or "?")
