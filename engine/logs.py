"""The engine's log: lines on standard error, whoever serves it, each with what was under way as it was written."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from threading import get_ident
from typing import TYPE_CHECKING, Any, Final, TypeVar

from engine import settings
from engine.hanging import Visit
from engine.i18n import Text
from engine.secrecy import crossed_out

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor

P = TypeVar("P")
T = TypeVar("T")
_UNDER_WAY: Final[ContextVar[Mapping[str, str]]] = ContextVar("under_way", default={})  # noqa: B039 - never changed


class bound:  # noqa: N801 - used as a function is; a generator in its place costs every command two microseconds
    """Have each line that is logged inside say *names*, such as ``case``; one without words is left out."""

    __slots__ = ("_names", "_token")

    _token: Token[Mapping[str, str]]

    def __init__(self, **names: str) -> None:
        self._names = names

    def __enter__(self) -> None:
        self._token = _UNDER_WAY.set({**_UNDER_WAY.get(), **self._names})

    def __exit__(self, *_: object) -> None:
        _UNDER_WAY.reset(self._token)


def carried(work: Callable[[P], T]) -> Callable[[P], T]:
    """*work* as if it were done here, whichever thread does it: its lines say what is under way here."""
    here = _UNDER_WAY.get()
    if not here:
        return work

    def carried_out(given: P) -> T:
        token = _UNDER_WAY.set(here)
        try:
            return work(given)
        finally:
            _UNDER_WAY.reset(token)

    return carried_out


def under_way(record: logging.LogRecord) -> dict[str, str]:
    """What a line says beside its words; the plugin is the one that is being asked, if its logger does not name it."""
    said = {name: words for name, words in _UNDER_WAY.get().items() if words}
    visit = Visit.innermost.get(get_ident())
    if visit is None or record.name.endswith(f".{visit.host.plugin}"):
        return said
    return {**said, "plugin": visit.host.plugin}


class _Plain(logging.Formatter):
    """Time, level, logger and words in one line; a server adds where a fault came from, as for who asks for it.

    Whatever it is that somebody logs, no secret of a plugin is in it.
    """

    def format(self, record: logging.LogRecord) -> str:
        return crossed_out(self._whole(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is the library's
        beside = " ".join(f"{name}={words}" for name, words in under_way(record).items())
        return f"{super().formatMessage(record)} [{beside}]" if beside else super().formatMessage(record)

    def _whole(self, record: logging.LogRecord) -> str:
        if _shows_where(record):
            return super().format(record)
        record.message = record.getMessage()
        record.asctime = self.formatTime(record, self.datefmt)
        return self.formatMessage(record)


def _shows_where(record: logging.LogRecord) -> bool:
    """Whether a line of *record* has the trace of its fault."""
    serving = logging.getLogger("rongtong").level <= logging.INFO
    return bool(settings.value("debug", os.environ)) or (serving and record.levelno >= logging.ERROR)


def _json() -> logging.Formatter:
    """A JSON object for each line. The library costs 20 MB and a tenth of a second, so only who wants it loads it."""
    from structlog import processors, stdlib

    class Whole(stdlib.ProcessorFormatter):
        def format(self, record: logging.LogRecord) -> str:
            return crossed_out(super().format(record))

    def beside(_logger: Any, _method: str, said: EventDict) -> EventDict:
        record: logging.LogRecord = said["_record"]
        if not _shows_where(record):
            said.pop("exc_info", None)
        return {**said, **under_way(record)}

    stamped = processors.TimeStamper(fmt="iso", utc=True)
    before: list[Processor] = [stdlib.add_log_level, stdlib.add_logger_name, beside, stamped]
    told: list[Processor] = [stdlib.ProcessorFormatter.remove_processors_meta, processors.EventRenamer("message")]
    rendered = processors.JSONRenderer()  # in ASCII, as ``secrecy`` knows how a secret is spelled there
    return Whole(foreign_pre_chain=before, processors=[processors.format_exc_info, *told, rendered])


def spoken(text: Text) -> str:
    """*text* for a line of the log: in the one language of the settings, else in both."""
    one = settings.value("lang", os.environ)
    return text.pick(one) if one or text.zh == text.en else f"{text.zh} {text.en}"


def quiet(level: int = logging.WARNING) -> None:
    """Let the engine's log speak on standard error, from *level* on, in the form that the settings want."""
    log = logging.getLogger("rongtong")
    log.setLevel(level)
    if not log.handlers:
        handler = logging.StreamHandler()
        plain = _Plain("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z")
        handler.setFormatter(_json() if settings.value("log", os.environ) == "json" else plain)
        log.addHandler(handler)
        log.propagate = False
