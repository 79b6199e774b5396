"""How much one request, one address and all of them together may take of a server; each figure stands here once."""

from __future__ import annotations

from typing import Final, NamedTuple

from engine.clock import SECOND, Micros

#: Bytes of a body that is a press and no more: language, look, the way out.
PRESS: Final = 16 * 1024
#: Bytes of a JSON body.
JSON: Final = 1024 * 1024
#: Bytes of a form that is taken, and of one that is read to be given back, because it is too large to be taken.
FORM: Final = 1024 * 1024
FORM_READ: Final = 4 * 1024 * 1024
#: Bytes of a request's first line and headers, and how many inputs a form has: a long table is edited in parts.
HEAD: Final = 64 * 1024
FIELDS: Final = 20_000
#: Bytes of an answer that are taken even over a line of 10 kbit/s in the time that there is for so many.
LEAST_TAKEN: Final = 64 * 1024
_LARGEST_WITHOUT_SESSION: Final = {"/login": PRESS, "/look": PRESS, "/logout": PRESS, "/demo": PRESS}
_API: Final = "/api/"


def largest(method: str, path: str, *, known: bool) -> int:
    """How many bytes of a body a request may have.

    A log-in carries along what somebody wrote before the session ended: whoever is *known*, by a cookie, may send it.
    """
    if method in ("GET", "HEAD", "OPTIONS"):
        return PRESS  # nobody reads it
    if path.startswith(_API):
        return JSON
    if path == "/login" and known:
        return FORM_READ
    return _LARGEST_WITHOUT_SESSION.get(path, FORM_READ)


class Bounds(NamedTuple):
    """What a server that faces the network takes at once, and how long it waits; lengths in microseconds.

    ``connections`` of all, ``each`` of one address; ``head`` and ``body`` are how long a request may take to arrive,
    ``idle`` how long a connection is kept without one; in each ``taking`` an answer gets on by ``LEAST_TAKEN`` bytes.
    """

    connections: int = 300
    each: int = 60
    head: Micros = 15 * SECOND
    body: Micros = 60 * SECOND
    idle: Micros = 60 * SECOND
    taking: Micros = 60 * SECOND
