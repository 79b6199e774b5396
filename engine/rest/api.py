"""``/api/v1/<district>/…``: start, inbox, case, act, search, processes; every write wants an Idempotency-Key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, current_app, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import MapAdapter

from engine.definition.fields.fill import json_schema
from engine.errors import RongtongError, Unauthenticated
from engine.extend.showing import Endpoint
from engine.i18n import Text
from engine.operations import incidents
from engine.operations.accounts import tokens
from engine.operations.context import Caller, Context, System, no_district
from engine.operations.districts import context
from engine.operations.reading import pages, plugin_parts, read_log
from engine.operations.reading.views import Receipt
from engine.operations.verbs import VERBS, Verb
from engine.rest import asked, problems
from engine.rest.accounts import account_routes
from engine.rest.bodies import BODIES, address
from engine.rest.openapi import document
from engine.rest.shapes import shown, written

_NO_TOKEN: Final = Text(
    "要带令牌：Authorization: Bearer 令牌。令牌由运行本系统的人用 rongtong account token 发给。",
    "Send a token, as Authorization: Bearer TOKEN. Whoever runs the system makes one with rongtong account token.",
)
_BAD_TOKEN: Final = Text(
    "令牌不对或已到期。请运行本系统的人用 rongtong account token 发一个新的。",
    "The token is wrong or has expired. Whoever runs the system makes a new one with rongtong account token.",
)


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
            ("GET", "/<district>/cases/<number>", self.case),
            ("GET", "/<district>/cases/<number>/tasks/<int:n>", self.task),
            *(("POST", address(verb), partial(self.press, verb)) for verb in VERBS.values()),
            ("GET", "/<district>/readings", self.readings),
            ("GET", "/<district>/incidents", self.incidents),
            ("POST", "/<district>/jobs/retry", self.retry_jobs),
            ("POST", "/<district>/jobs/<job>/retry", self.retry_job),
            ("POST", "/<district>/jobs/<job>/drop", self.drop_job),
            *account_routes(self._enter, self._pressing),
            *(("GET", f"/<district>/plugins{each.path}", partial(self.plugin, each)) for each in self._endpoints()),
        )

    def _endpoints(self) -> tuple[Endpoint, ...]:
        return self._system.registry.given(Endpoint)

    # -- reading ---------------------------------------------------------------------------

    def openapi(self) -> Response:
        """The contract of this door."""
        return written(document(self._endpoints()))

    def processes(self, district: str) -> Response:
        """What the caller may start."""
        ctx, caller = self._enter(district)
        return shown({"processes": pages.startable(ctx, caller)})

    def process(self, district: str, process: str) -> Response:
        """The form of a new case as JSON Schema, and as fields."""
        ctx, caller = self._enter(district)
        form = pages.start_form(ctx, caller, process)
        known = pages.definition(ctx, process)
        schema = json_schema(known.fields, known.start.fill, sent=True)
        return shown({"form": form, "schema": schema})

    def inbox(self, district: str) -> Response:
        """A page of a box; ``after`` takes the cursor of the page before."""
        ctx, caller, words = self._asking(district, "box", "process", "due", "q", "after", "limit")
        box, due = asked.one_of(words, "box", pages.BOXES), asked.one_of(words, "due", pages.DUE)
        rest = {name: words.get(name, "") for name in ("process", "q", "after")}
        if rest["after"] and not pages.is_cursor(rest["after"]):
            asked.refused("query-after", "after 要用上一页给的。", "after is what the page before gave.", "after")
        return shown(pages.inbox(ctx, caller, box, due=due, limit=asked.limit(words), **rest))

    def search(self, district: str) -> Response:
        """Cases in which every word of ``q`` stands."""
        ctx, caller, words = self._asking(district, "q", "wide", "limit")
        q, wide, most = words.get("q", ""), asked.one_of(words, "wide", ("", "0", "1")) == "1", asked.limit(words)
        hits = pages.search(ctx, caller, q, wide=wide, limit=most) if q else ()
        return shown({"cases": hits})

    def case(self, district: str, number: str) -> Response:
        """Everything a case page shows."""
        ctx, caller = self._enter(district)
        return shown(pages.case(ctx, caller, number))

    def task(self, district: str, number: str, n: int) -> Response:
        """Everything a task page shows."""
        ctx, caller = self._enter(district)
        return shown(pages.task(ctx, caller, number, n))

    def plugin(self, endpoint: Endpoint, district: str) -> Response:
        """What a plugin of the district answers."""
        ctx, caller, words = self._asking(district, *endpoint.query)
        return shown(plugin_parts.answer(ctx, caller, endpoint, words, f"/{district}"))

    # -- writing ---------------------------------------------------------------------------

    def press(self, verb: Verb, district: str, **place: Any) -> Response:
        """Do *verb* at *place*; a case that begins is a 201 with its address."""
        ctx, caller = self._enter(district) if verb.takes else self._pressing(district)
        said = asked.body(verb.schema) if verb.takes else {}
        done = verb.run(ctx, caller, **place, **verb.arguments(said), key=asked.key())
        if not isinstance(done, Receipt):
            return shown(done)
        answer = Response(done.body, 200, content_type="application/json")  # the stored bytes, however often asked for
        if verb.on == "district":
            answer.status_code = 201
            answer.headers["Location"] = f"/api/v1/{district}/cases/{done.number}"
        return answer

    def readings(self, district: str) -> Response:
        """Who has uncovered what concerns the caller."""
        ctx, caller = self._enter(district)
        return shown({"readings": read_log.about(ctx, caller)})

    def incidents(self, district: str) -> Response:
        """What failed and waits for an administrator."""
        ctx, caller = self._enter(district)
        return shown({"incidents": incidents.incidents(ctx, caller), "batches": incidents.batches(ctx, caller)})

    def retry_jobs(self, district: str) -> Response:
        """Let every job of a kind that failed run at once, as an administrator."""
        ctx, caller = self._enter(district)
        kind = asked.body(BODIES["jobs"])["job"]
        return written({"job": kind, "count": incidents.retry_jobs(ctx, caller, kind, key=asked.key())})

    def retry_job(self, district: str, job: str) -> Response:
        """Let a job that failed run at once, as an administrator."""
        ctx, caller = self._pressing(district)
        incidents.retry_job(ctx, caller, job, key=asked.key())
        return written({"job": job})

    def drop_job(self, district: str, job: str) -> Response:
        """Let a job that failed never run, as an administrator."""
        ctx, caller = self._pressing(district)
        incidents.drop_job(ctx, caller, job, key=asked.key())
        return written({"job": job})

    # -- who calls -------------------------------------------------------------------------

    def _asking(self, district: str, *query: str) -> tuple[Context, Caller, dict[str, str]]:
        """The district, the caller, and what the query says of the parameters *query*, which are all there are."""
        ctx, caller = self._called(district)
        return ctx, caller, asked.query(*query)

    def _enter(self, district: str) -> tuple[Context, Caller]:
        """The district and the caller of a request without a query."""
        return self._asking(district)[:2]

    def _pressing(self, district: str) -> tuple[Context, Caller]:
        """The district and the caller of a request that says everything by its address."""
        entered = self._enter(district)
        asked.nothing()
        return entered

    def _called(self, district: str) -> tuple[Context, Caller]:
        """The district and the person behind the token; to a token of another district this one is not there."""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        secret = secret.strip() if scheme.lower() == "bearer" else ""
        known = tokens.token_caller(self._system, secret, district) if secret else None
        if known is None and secret and tokens.is_token(self._system, secret):
            raise no_district(district)
        if known is None:
            raise Unauthenticated(_NO_TOKEN if not secret else _BAD_TOKEN, code="token")
        account, person = known
        g.account = account
        ctx = context(self._system, district)
        if request.method == "GET":
            ctx = ctx.still()
        return ctx, Caller(person, account, "rest", problems.language())
