"""What goes over the wire is packed with gzip where the browser takes it."""

from __future__ import annotations

from gzip import GzipFile
from io import BytesIO
from typing import Final

from flask import Flask, Response, request

from engine.ids import Ids

#: Shorter answers gain nothing.
_LEAST: Final = 700
#: The levels of gzip: a page is packed anew for each reader, a file of ours once for a long time.
_PAGE, _FILE = 4, 9
_TEXT: Final = ("text/", "application/json", "application/javascript", "application/problem+json", "image/svg+xml")


def compress(app: Flask, ids: Ids) -> None:
    """Pack the answers of *app*."""
    app.after_request(lambda response: packed(response, ids))


def packed(response: Response, ids: Ids) -> Response:
    """*response* packed, if it is text that is long enough and the browser asked for it.

    A page that repeats what somebody typed tells by its packed length how much of it stood there already. A name
    inside the packed file, made up and of another length each time, makes that harder to measure.
    """
    if not (response.mimetype or "").startswith(_TEXT) or response.status_code != 200:
        return response
    response.vary.add("Accept-Encoding")
    plain = "Content-Encoding" not in response.headers and not request.headers.get("Range")
    if not plain or not request.accept_encodings["gzip"]:
        return response
    response.direct_passthrough = False  # a file of ours is small enough to be read
    body = response.get_data()
    if len(body) < _LEAST:
        return response
    is_file = request.endpoint == "web.static"
    out = BytesIO()
    name = "" if is_file else ids.token()[: int(ids.digits(2)) % 32]
    with GzipFile(name, "wb", _FILE if is_file else _PAGE, out, mtime=0) as file:
        file.write(body)
    response.set_data(out.getvalue())
    response.headers["Content-Encoding"] = "gzip"
    if is_file and (tag := response.get_etag()[0]):
        response.set_etag(tag, weak=True)  # the same file in another form
    return response
