"""Refusals as RFC 9457 problem details: here, and only here, an error gets its HTTP status."""

from __future__ import annotations

import json
import logging
from typing import Any

from flask import Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from engine.edge import answers, watch
from engine.errors import (
    Busy,
    Conflict,
    Forbidden,
    Invalid,
    KeyReused,
    NotFound,
    RongtongError,
    Unanswered,
    Unauthenticated,
    UnknownVersion,
    excerpt,
)
from engine.extend.calls.faults import PluginFault
from engine.i18n import Text
from engine.ids import Ids

UNREADABLE = Text("请求的内容读不懂，核对JSON。", "The request cannot be read; check its JSON.")
_LOG = logging.getLogger("rongtong.rest")
_STATUS: tuple[tuple[type[RongtongError], int], ...] = (
    (Invalid, 422),
    (KeyReused, 422),
    (NotFound, 404),
    (Forbidden, 403),
    (Unauthenticated, 401),
    (Conflict, 409),
    (Busy, 503),
    (UnknownVersion, 500),  # what is stored is at fault: neither another request nor waiting mends it
    (PluginFault, 500),
    (Unanswered, 503),
)


def language() -> str:
    """``en`` where the caller prefers it, else Chinese."""
    return request.accept_languages.best_match(("zh", "en"), "zh") or "zh"


def of_refusal(refusal: RongtongError) -> Response:
    """The problem of a refusal, with every fault of a form."""
    watch.log_refusal(refusal, g.get("account", ""), request.endpoint, request.remote_addr)
    status = next((code for kind, code in _STATUS if isinstance(refusal, kind)), 400)
    more: dict[str, Any] = {}
    if isinstance(refusal, Invalid):
        more["problems"] = [
            {"code": p.code, "path": p.path, "message": p.message.pick(language())} for p in excerpt(refusal.problems)
        ]
    return answer(status, refusal.code, refusal.text, **more)


def of_http(refusal: HTTPException) -> Response:
    """What the framework refused: a wrong method, a body that is no JSON."""
    status = refusal.code or 400
    words = {
        400: UNREADABLE,
        404: answers.NOWHERE,
        405: answers.METHOD.text,
        413: Text("内容太大，最多1 MB。", "The body is too large: 1 MB at most."),
        415: Text("请用 application/json。", "Send application/json."),
    }.get(status, Text("请求没有办成。", "The request was not carried out."))
    said = answer(status, f"http_{status}", words)
    if isinstance(refusal, MethodNotAllowed):
        said.allow.update(refusal.valid_methods or ())
    return said


def of_fault(fault: Exception, ids: Ids) -> Response:
    """A defect: logged under a reference that can be read out on the phone; its insides stay inside."""
    reference = ids.reference()
    _LOG.exception("%s", reference, exc_info=fault)
    said = Text(f"系统忙，没有保存成功。编号{reference}。", f"Nothing was saved. Reference {reference}.")
    if request.method == "GET":
        said = Text(f"系统出错，没有读出来，已经保存的内容都在。编号{reference}。",
                    f"It could not be read; nothing that was saved is lost. Reference {reference}.")  # fmt: skip
    return answer(500, "fault", said, reference=reference)


def answer(status: int, code: str, text: Text, **more: Any) -> Response:
    """A problem+json response."""
    body = {"type": f"about:blank#{code}", "code": code, "title": text.pick(language()), "status": status, **more}
    headers = {"Content-Language": language(), "Vary": "Accept-Language, Authorization"}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        headers["Retry-After"] = "5"
    g.answered = code
    return Response(json.dumps(body, ensure_ascii=False), status, headers, content_type="application/problem+json")
