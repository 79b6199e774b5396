"""Opens every page that can be reached by links, as one reader after the other."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

#: Where a link leads that is no page of the engine's.
_AWAY = re.compile(r"^(?:[a-z]+:|//|#|/static/)")


def crawl(client: FlaskClient, *starts: str, most: int = 400) -> Iterator[tuple[str, TestResponse]]:
    """Every address below *starts* that links lead to, each once, with what it answered; *most* pages at most."""
    waiting, seen = list(starts), set(starts)
    while waiting and most:
        most -= 1
        path = waiting.pop(0)
        answer = client.get(path)
        yield path, answer
        if answer.mimetype != "text/html":
            continue
        for link in re.findall(r'\bhref="([^"]*)"', answer.text):
            target = html.unescape(link).partition("#")[0]
            target = urlsplit(path).path + target if target.startswith("?") else target
            if target and target not in seen and not _AWAY.match(target):
                seen.add(target)
                waiting.append(target)
