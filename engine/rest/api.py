"""``/api/v1/<district>/…``: start, inbox, case, act, search, processes; every write wants an Idempotency-Key."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import MapAdapter

from engine.definition.fields import json_schema
from engine.definition.inputs import NUL
from engine.errors import Invalid, Problem, RongtongError, Unauthenticated
from engine.extend.contributions import Endpoint
from engine.i18n import Text
from engine.operations import accounts, cases, incidents, reading
from engine.operations.context import Caller, Context, System, no_district
from engine.operations.districts import context
from engine.operations.showing import plugin_views
from engine.operations.views import Receipt
from engine.rest import problems
from engine.rest.openapi import document
from engine.rest.shapes import as_json

#: A body may be this large, in bytes.
LARGEST = 1024 * 1024
#: A NUL as JSON writes it, and not a backslash that somebody typed before ``u0000``.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_WHOLE = {"fill": dict, "opinion": str, "process": str, "unit": str, "for": str, "to": str, "text": str, "seen": int}


def create_api(system: System) -> Blueprint:
    """The REST door of *system* as a blueprint."""
    api = Blueprint("api", __name__, url_prefix="/api/v1")
    door = Door(system)
    api.register_error_handler(RongtongError, problems.of_refusal)
    api.register_error_handler(HTTPException, problems.of_http)
    api.register_error_handler(Exception, lambda fault: problems.of_fault(fault, system.ids))
    for method, path, view in door.routes():
        api.add_url_rule(path, f"{method} {path}".replace(".", ""), view, methods=[method])
    api.add_url_rule("/<path:path>", "nowhere", _nowhere, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    return api


def _nowhere(path: str) -> Response:
    """What leads nowhere in this door is answered by it, not by the pages: with the methods that would, or 404."""
    adapter = current_app.create_url_adapter(request)
    takes = [method for method in ("GET", "POST") if adapter and _leads(adapter, method)]
    return problems.of_http(MethodNotAllowed(takes) if takes else NotFound(path))


def _leads(adapter: MapAdapter, method: str) -> bool:
    rule, _ = adapter.match(method=method, return_rule=True)
    return str(rule.endpoint) != "api.nowhere"


class Door:
    """The routes, over one system."""

    def __init__(self, system: System) -> None:
        self._system = system

    def routes(self) -> tuple[tuple[str, str, Callable[..., Response]], ...]:
        """Method, path and view of every route; the OpenAPI document is compared with them."""
        return (
            ("GET", "/openapi.json", self.openapi),
            ("GET", "/<district>/processes", self.processes),
            ("GET", "/<district>/processes/<process>", self.process),
            ("GET", "/<district>/inbox", self.inbox),
            ("GET", "/<district>/cases", self.search),
            ("POST", "/<district>/cases", self.start),
            ("GET", "/<district>/cases/<number>", self.case),
            ("GET", "/<district>/cases/<number>/tasks/<int:n>", self.task),
            ("POST", "/<district>/cases/<number>/tasks/<int:n>/outcomes/<outcome>", self.act),
            ("POST", "/<district>/cases/<number>/tasks/<int:n>/claim", self.claim),
            ("POST", "/<district>/cases/<number>/tasks/<int:n>/unclaim", self.unclaim),
            ("POST", "/<district>/cases/<number>/tasks/<int:n>/transfer", self.transfer),
            ("POST", "/<district>/cases/<number>/tasks/<int:n>/take-back", self.take_back),
            ("POST", "/<district>/cases/<number>/comments", self.comment),
            ("POST", "/<district>/cases/<number>/cancel", self.cancel),
            ("POST", "/<district>/cases/<number>/tasks/<int:n>/retry", self.retry),
            ("GET", "/<district>/incidents", self.incidents),
            ("POST", "/<district>/jobs/<job>/retry", self.retry_job),
            ("POST", "/<district>/jobs/<job>/drop", self.drop_job),
            *(("GET", f"/<district>/plugins{each.path}", partial(self.plugin, each)) for each in self._endpoints()),
        )

    def _endpoints(self) -> tuple[Endpoint, ...]:
        return self._system.registry.given("register_endpoints", Endpoint)

    # -- reading ---------------------------------------------------------------------------

    def openapi(self) -> Response:
        """The contract of this door."""
        return _json(document(self._endpoints()))

    def processes(self, district: str) -> Response:
        """What the caller may start."""
        ctx, caller = self._enter(district)
        return _shown({"processes": reading.startable(ctx, caller)})

    def process(self, district: str, process: str) -> Response:
        """The form of a new case as JSON Schema, and as fields."""
        ctx, caller = self._enter(district)
        form = reading.start_form(ctx, caller, process)
        schema = json_schema(reading.definition(ctx, process).fields, reading.definition(ctx, process).start.fill)
        return _shown({"form": form, "schema": schema})

    def inbox(self, district: str) -> Response:
        """A page of a box; ``after`` takes the cursor of the page before."""
        ctx, caller = self._enter(district)
        asked = {name: request.args.get(name, "") for name in ("process", "due", "q", "after")}
        page = reading.inbox(ctx, caller, request.args.get("box", "mine"), limit=_limit(), **asked)
        return _shown(page)

    def search(self, district: str) -> Response:
        """Cases in which every word of ``q`` stands."""
        ctx, caller = self._enter(district)
        words = request.args.get("q", "").strip()
        hits = reading.search(ctx, caller, words, wide="wide" in request.args, limit=_limit()) if words else ()
        return _shown({"cases": hits})

    def case(self, district: str, number: str) -> Response:
        """Everything a case page shows."""
        ctx, caller = self._enter(district)
        return _shown(reading.case(ctx, caller, number))

    def task(self, district: str, number: str, n: int) -> Response:
        """Everything a task page shows."""
        ctx, caller = self._enter(district)
        return _shown(reading.task(ctx, caller, number, n))

    def plugin(self, endpoint: Endpoint, district: str) -> Response:
        """What a plugin of the district answers."""
        ctx, caller = self._enter(district)
        return _shown(plugin_views.answer(ctx, caller, endpoint, request.args.to_dict(), f"/{district}"))

    # -- writing ---------------------------------------------------------------------------

    def start(self, district: str) -> Response:
        """Start a case; 201 with its receipt, the stored one for a key that was used before."""
        ctx, caller = self._enter(district)
        body = _body()
        made = cases.start(
            ctx, caller, body.get("process", ""), body.get("fill", {}), unit=body.get("unit", ""), key=_key(),
            for_person=body.get("for", ""),
        )  # fmt: skip
        answer = _receipt(made)
        answer.status_code = 201
        answer.headers["Location"] = f"/api/v1/{district}/cases/{made.number}"
        return answer

    def act(self, district: str, number: str, n: int, outcome: str) -> Response:
        """Take an outcome of an open task or stage."""
        ctx, caller = self._enter(district)
        body = _body()
        done = cases.act(
            ctx, caller, number, n, outcome, fill=body.get("fill", {}), opinion=body.get("opinion", ""), key=_key(),
            seen_version=body.get("seen"),
        )  # fmt: skip
        return _receipt(done)

    def claim(self, district: str, number: str, n: int) -> Response:
        """Take a task for oneself."""
        ctx, caller = self._enter(district)
        return _receipt(cases.claim(ctx, caller, number, n, key=_key()))

    def unclaim(self, district: str, number: str, n: int) -> Response:
        """Give a claimed task back."""
        ctx, caller = self._enter(district)
        return _receipt(cases.unclaim(ctx, caller, number, n, key=_key()))

    def transfer(self, district: str, number: str, n: int) -> Response:
        """Hand a task to another person."""
        ctx, caller = self._enter(district)
        return _receipt(cases.transfer(ctx, caller, number, n, _body().get("to", ""), key=_key()))

    def take_back(self, district: str, number: str, n: int) -> Response:
        """Take back one's own last decision."""
        ctx, caller = self._enter(district)
        return _receipt(cases.take_back(ctx, caller, number, n, key=_key()))

    def comment(self, district: str, number: str) -> Response:
        """Leave a word on the case."""
        ctx, caller = self._enter(district)
        return _receipt(cases.comment(ctx, caller, number, _body().get("text", ""), key=_key()))

    def cancel(self, district: str, number: str) -> Response:
        """End the whole case, as an administrator."""
        ctx, caller = self._enter(district)
        return _receipt(cases.cancel(ctx, caller, number, _body().get("text", ""), key=_key()))

    def retry(self, district: str, number: str, n: int) -> Response:
        """Let an automatic step that failed run again, as an administrator."""
        ctx, caller = self._enter(district)
        return _receipt(cases.retry(ctx, caller, number, n, key=_key()))

    def incidents(self, district: str) -> Response:
        """What failed and waits for an administrator."""
        ctx, caller = self._enter(district)
        return _shown({"incidents": incidents.incidents(ctx, caller)})

    def retry_job(self, district: str, job: str) -> Response:
        """Let a job that was given up run again, as an administrator."""
        ctx, caller = self._enter(district)
        incidents.retry_job(ctx, caller, job, key=_key())
        return _json({"job": job})

    def drop_job(self, district: str, job: str) -> Response:
        """Let a job that was given up never run, as an administrator."""
        ctx, caller = self._enter(district)
        incidents.drop_job(ctx, caller, job, key=_key())
        return _json({"job": job})

    # -- who calls -------------------------------------------------------------------------

    def _enter(self, district: str) -> tuple[Context, Caller]:
        """The district and the person behind the token; to a token of another district this one is not there."""
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        known = accounts.token_caller(self._system, secret, district) if kind == "Bearer" and secret else None
        if known is None and secret and accounts.is_token(self._system, secret):
            raise no_district(district)
        if known is None:
            raise Unauthenticated(
                Text("令牌不对或已到期。在“我的”里重新生成。", "The token is wrong or has expired; make a new one."),
                code="token",
            )
        account, person = known
        return context(self._system, district), Caller(person, account, "rest", problems.language())


def _limit() -> int:
    given = request.args.get("limit", "20")
    return min(max(int(given), 1), 100) if given.isdecimal() and len(given) < 4 else 20


def _key() -> str:
    """The request's Idempotency-Key, which every write needs."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key or len(key) > 200:
        words = Text("Idempotency-Key 要写1到200个字符。", "Send an Idempotency-Key of 1 to 200 characters.")
        raise Invalid((Problem("idempotency-key", words, path="Idempotency-Key"),))
    return key


def _body() -> dict[str, Any]:
    """The request's JSON object, with keys that this door knows and values of the right type."""
    if request.content_length is not None and request.content_length > LARGEST:
        words = Text("内容太大，最多1 MB。", "The body is too large: 1 MB at most.")
        raise Invalid((Problem("body-large", words),))
    body = _read()
    if not isinstance(body, dict):
        raise Invalid((Problem("body-object", Text("内容要是一个JSON对象。", "The body has to be a JSON object.")),))
    wrong = [key for key, value in body.items() if not isinstance(value, _WHOLE.get(key, ()))]
    if wrong:
        words = Text(f"没有“{wrong[0]}”这一项，或类型不对。", f"“{wrong[0]}” is unknown or of the wrong type.")
        raise Invalid((Problem("body-key", words, path=wrong[0]),))
    return body


def _read() -> Any:
    """What the body says; half a character or an endless number, which nobody could store, is refused."""
    try:
        body = request.get_json()
        written = json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (RecursionError, ValueError):
        raise Invalid((Problem("body-json", problems.UNREADABLE),)) from None
    if _NUL.search(written):
        raise Invalid((NUL,))
    return body


def _shown(value: Any) -> Response:
    return _json(as_json(value, problems.language()))


def _receipt(made: Receipt) -> Response:
    """The stored bytes, the same however often they are asked for."""
    return Response(made.body, 200, content_type="application/json")


def _json(value: Any) -> Response:
    headers = {"Vary": "Accept-Language, Authorization"}
    return Response(json.dumps(value, ensure_ascii=False), 200, headers, content_type="application/json")
