"""What keeps a visit safe: response headers, the one cookie, the token in every form, links that stay here."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect

from engine.operations import accounts
from engine.web.site import Site

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
#: After so many seconds it is worth asking a busy database again.
_RETRY: Final = "5"
#: The longest address that a form may lead to: it stands in a header of the answer.
_LONGEST_WAY: Final = 2000
_YEAR: Final = 365 * 24 * 3600

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
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,  # forms hold words, no files yet
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
    )
    csrf.init_app(app)
    app.after_request(lambda response: with_headers(response, site))


def with_headers(response: Response, site: Site) -> Response:
    """Add the headers that every answer carries; pages are never stored, files of a named version always are."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if response.status_code == 503:
        headers.setdefault("Retry-After", _RETRY)
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if site.https:
        headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}; includeSubDomains")
    if request.endpoint == "web.static" and response.status_code == 200 and "v" in request.args:
        headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    elif request.endpoint != "web.static":
        headers.setdefault("Cache-Control", "no-store")
    return response


def here_only(target: str, otherwise: str) -> str:
    """*target* if it is a path on this host, else *otherwise*."""
    parts = urlsplit(target)
    safe = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    plain = all(ord(letter) > 32 and letter != "\\" for letter in target)
    return target if safe and plain and len(target) <= _LONGEST_WAY else otherwise
