"""The engine's log: single lines on standard error, whoever serves it."""

from __future__ import annotations

import logging
import os

from engine import settings
from engine.secrecy import crossed_out


class _Plain(logging.Formatter):
    """Time, level, logger and words in one line; a server adds where a fault came from, as for who asks for it.

    Whatever it is that somebody logs, no secret of a plugin is in it.
    """

    def format(self, record: logging.LogRecord) -> str:
        return crossed_out(self._whole(record))

    def _whole(self, record: logging.LogRecord) -> str:
        serving = logging.getLogger("rongtong").level <= logging.INFO
        if settings.value("debug", os.environ) or (serving and record.levelno >= logging.ERROR):
            return super().format(record)
        record.message = record.getMessage()
        record.asctime = self.formatTime(record, self.datefmt)
        return self.formatMessage(record)


def quiet(level: int = logging.WARNING) -> None:
    """Let the engine's log speak in single lines on standard error, from *level* on."""
    log = logging.getLogger("rongtong")
    log.setLevel(level)
    if not log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(_Plain("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
        log.addHandler(handler)
        log.propagate = False
