"""The REST door's contract as an OpenAPI 3.1 document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine import __version__
from engine.definition.values.plain import MOST_SOUGHT
from engine.extend.showing import Endpoint
from engine.operations.reading.pages import BOXES, DUE
from engine.operations.verbs import VERBS, Verb
from engine.operations.writing import LONGEST_KEY
from engine.rest.asked import MOST_LISTED
from engine.rest.bodies import BODIES, address

_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}
_RECEIPT = {
    "type": "object",
    "required": ["case", "number", "version", "status", "end", "opened"],
    "properties": {
        "case": _TEXT,
        "number": {"type": "string", "examples": ["260616-48273"]},
        "version": _NUMBER,
        "status": {"enum": ["open", "suspended", "ended"]},
        "end": _TEXT,
        "opened": {"type": "array", "items": _NUMBER, "description": "tasks that this command opened"},
    },
}
_PROBLEM = {
    "type": "object",
    "required": ["type", "code", "title", "status"],
    "properties": {
        "type": _TEXT,
        "code": _TEXT,
        "title": {"type": "string", "description": "what is wrong and what to do, in the caller's language"},
        "status": _NUMBER,
        "problems": {
            "type": "array",
            "items": {"type": "object", "properties": {"code": _TEXT, "path": _TEXT, "message": _TEXT}},
        },
    },
}
_OBJECT = {"type": "object"}
_KEY = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY}
_QUERY: dict[str, dict[str, Any]] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": MOST_LISTED},
    "wide": {"enum": ["", "0", "1"], "description": "1: cases older than a year too"},
    "box": {"enum": list(BOXES)},
    "due": {"enum": list(DUE)},
    "q": {"type": "string", "description": f"read up to {MOST_SOUGHT} letters and six words"},
}
#: Method, path, summary, the body it takes ("" = none), the query it reads.
Operation = tuple[str, str, str, str, tuple[str, ...]]


def _of_verb(verb: Verb) -> Operation:
    summary = verb.does.en.removesuffix(".")
    summary = f"{summary[0].lower()}{summary[1:]}{', as an administrator' if verb.who == 'admin' else ''}"
    return "post", _path(verb), summary, verb.name if verb.takes else "", ()


def _path(verb: Verb) -> str:
    return address(verb).replace("<int:", "<").replace("<", "{").replace(">", "}")


#: What answers with a receipt: every verb that is decided.
_RECEIPTS = frozenset(_path(verb) for verb in VERBS.values() if verb.command is not None)
OPERATIONS: tuple[Operation, ...] = (
    ("get", "/openapi.json", "this document", "", ()),
    ("get", "/{district}/processes", "what the caller may start", "", ()),
    ("get", "/{district}/processes/{process}", "the form of a new case", "", ()),
    ("get", "/{district}/inbox", "a page of an inbox box", "", ("box", "process", "due", "q", "after", "limit")),
    ("get", "/{district}/cases", "cases in which every word stands", "", ("q", "wide", "limit")),
    ("get", "/{district}/cases/{number}", "a case", "", ()),
    ("get", "/{district}/cases/{number}/tasks/{n}", "a task", "", ()),
    *map(_of_verb, VERBS.values()),
    ("get", "/{district}/readings", "who has uncovered what concerns the caller", "", ()),
    ("get", "/{district}/incidents", "what failed and waits for an administrator", "", ()),
    ("post", "/{district}/jobs/retry", "let every job of a kind that failed run at once, as an administrator", "jobs",
     ()),
    ("post", "/{district}/jobs/{job}/retry", "let a job that failed run at once, as an administrator", "", ()),
    ("post", "/{district}/jobs/{job}/drop", "let a job that failed never run, as an administrator", "", ()),
    ("get", "/{district}/accounts", "the accounts of the district's people, for an administrator", "", ()),
    ("post", "/{district}/accounts/{account}/password", "give an account a new password; end its sessions, tokens",
     "password", ()),
    ("post", "/{district}/accounts/{account}/disable", "shut an account", "", ()),
    ("post", "/{district}/accounts/{account}/enable", "open an account again", "", ()),
    ("post", "/{district}/accounts/{account}/end-sessions", "end every session of an account", "", ()),
    ("get", "/{district}/accounts/{account}/tokens", "the tokens of an account for this district", "", ()),
    ("post", "/{district}/accounts/{account}/tokens/{token}/revoke", "end a token of an account", "", ()),
)


def document(endpoints: Iterable[Endpoint] = ()) -> dict[str, Any]:
    """The OpenAPI document, with the *endpoints* that plugins bring."""
    paths: dict[str, dict[str, Any]] = {}
    brought = (("get", f"/{{district}}/plugins{e.path}", e.summary, "", e.query) for e in endpoints)
    for method, path, summary, body, query in (*OPERATIONS, *brought):
        paths.setdefault(path, {})[method] = _operation(method, path, summary, body, query)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Rongtong", "version": __version__},
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Receipt": _RECEIPT, "Problem": _PROBLEM},
        },
    }


def _operation(method: str, path: str, summary: str, body: str, query: tuple[str, ...]) -> dict[str, Any]:
    named = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _NUMBER if name == "n" else _TEXT} for name in named
    ]
    parameters += [{"name": name, "in": "query", "schema": _QUERY.get(name, _TEXT)} for name in query]
    shown: dict[str, Any] = _OBJECT
    if method == "post":
        shown = {"$ref": "#/components/schemas/Receipt"} if path in _RECEIPTS else shown
        parameters.append(
            {"name": "Idempotency-Key", "in": "header", "required": True, "schema": _KEY}
        )
    good = "201" if path.endswith("/cases") and method == "post" else "200"
    problem = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    refusals = {code: {"description": words, **problem} for code, words in _REFUSALS.items()}
    operation: dict[str, Any] = {
        "summary": summary,
        "operationId": f"{method} {path}",
        "parameters": parameters,
        "responses": {good: {"description": "done", "content": {"application/json": {"schema": shown}}}, **refusals},
    }
    if path == "/openapi.json":
        operation["security"] = []
    if body:
        content = {"application/json": {"schema": BODIES[body]}}
        operation["requestBody"] = {"required": "required" in BODIES[body], "content": content}
    return operation


_REFUSALS = {
    "400": "the body is no JSON",
    "401": "no token, or not for this district",
    "403": "the caller may not",
    "404": "there is no such thing here",
    "409": "the case has moved on",
    "415": "not application/json",
    "422": "the query, body or form has faults, each at its path, or the key was used with another body",
    "503": "the database is busy and nothing was saved, or a plugin does not answer",
}
