"""What keeps a visit safe: the one cookie, the token in every form, links that stay here."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect

from engine.edge import answers, bounds
from engine.operations.accounts import accounts
from engine.web.site import Site

#: The longest address that a form may lead to: it stands in a header of the answer.
_LONGEST_WAY: Final = 2000

csrf = CSRFProtect()


def secure(app: Flask, site: Site) -> None:
    """Set the cookie and the form token of *app*; the token is checked by this door alone, not by others."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-rt" if site.https else "rt",
        SESSION_COOKIE_SECURE=site.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=timedelta(microseconds=accounts.LONGEST),
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=bounds.FORM,  # forms hold words, no files yet
        MAX_FORM_MEMORY_SIZE=bounds.FORM,
    )
    csrf.init_app(app)
    app.after_request(keep_files)


def keep_files(response: Response) -> Response:
    """Let browsers keep a file of a named version for good; what is not there is not kept."""
    if request.endpoint == "web.static" and response.status_code in (200, 206, 304) and "v" in request.args:
        response.headers["Cache-Control"] = f"public, max-age={answers.YEAR}, immutable"
    return response


def here_only(target: str, default: str) -> str:
    """*target* if it is a path on this host, else *default*."""
    parts = urlsplit(target)
    safe = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    plain = all(ord(letter) > 32 and letter != "\\" for letter in target)
    return target if safe and plain and len(target) <= _LONGEST_WAY else default
