"""What goes over the wire is packed with gzip where the browser takes it."""

from __future__ import annotations

from functools import lru_cache
from gzip import GzipFile
from io import BytesIO
from typing import Final

from flask import Flask, Response, request

from engine.ids import Ids

#: Shorter answers gain nothing.
_LEAST: Final = 700
#: The levels of gzip: a page is packed anew for each reader, a file of ours once for a long time.
_PAGE, _FILE = 4, 9
#: The answers that a cache keeps by what was asked for: a file, a part of it, and that it has not changed.
_SAYS_HOW: Final = (200, 206, 304)
_TEXT: Final = ("text/", "application/json", "application/javascript", "application/problem+json", "image/svg+xml")


def compress(app: Flask, ids: Ids) -> None:
    """Pack the answers of *app*."""
    app.after_request(lambda response: packed(response, ids))


def packed(response: Response, ids: Ids) -> Response:
    """*response* packed, if it is text that is long enough and the browser asked for it.

    A page that repeats what somebody typed tells by its packed length how much of it stood there already. A name
    inside the packed file, made up and of another length each time, makes that harder to measure.
    """
    if not (response.mimetype or "").startswith(_TEXT) or response.status_code not in _SAYS_HOW:
        return response
    response.vary.add("Accept-Encoding")
    plain = response.status_code == 200 and "Content-Encoding" not in response.headers
    if not plain or not request.accept_encodings["gzip"]:
        return response
    response.direct_passthrough = False  # a file of ours is small enough to be read
    body = response.get_data()
    if len(body) < _LEAST:
        return response
    is_file = request.endpoint == "web.static"
    response.set_data(_file(body) if is_file else _gzip(body, _PAGE, ids.token()[: int(ids.digits(2)) % 32]))
    response.headers["Content-Encoding"] = "gzip"
    if is_file and (tag := response.get_etag()[0]):
        response.set_etag(tag, weak=True)  # the same file in another form
    return response


@lru_cache(maxsize=32)
def _file(body: bytes) -> bytes:
    """A file of ours, packed once: to pack it takes several times as long as to send it."""
    return _gzip(body, _FILE)


def _gzip(body: bytes, level: int, name: str = "") -> bytes:
    out = BytesIO()
    with GzipFile(name, "wb", level, out, mtime=0) as file:
        file.write(body)
    return out.getvalue()
