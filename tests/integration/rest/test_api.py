"""The REST door: starting, deciding, reading, and every way a request can be wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from engine.clock import DAY
from engine.operations import cases
from engine.operations.background.handing import job_body
from engine.operations.background.inner import run_jobs
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.rest.bodies import BODIES
from engine.rest.openapi import OPERATIONS, document
from engine.store import jobs
from engine.store.schema.tables import district
from tests.integration.operations.looking import everything
from tests.integration.rest.conftest import DOORBELL, PRIVATE
from tests.town import HOLD, Town

Headers = Callable[..., dict[str, str]]
HERE = "/api/v1/town"
FORM = {"seat": "7", "people": 3, "why": "读书会"}


def begin(client: FlaskClient, headers: dict[str, str], **fill: Any) -> Any:
    body = {"process": "w1", "unit": "a", "fill": {**FORM, **fill}}
    return client.post(f"{HERE}/cases", json=body, headers=headers)


def test_a_case_is_started_decided_and_read(client: FlaskClient, token: Headers) -> None:
    made = begin(client, token("ann", "k1"))
    assert made.status_code == 201
    number, n = made.json["number"], made.json["opened"][0]
    rows = client.get(f"{HERE}/inbox", headers=token("sun")).json["rows"]
    assert [(row["number"], row["n"]) for row in rows] == [(number, n)]
    done = client.post(f"{HERE}/cases/{number}/tasks/{n}/outcomes/agree", json={}, headers=token("sun", "k2"))
    assert (done.status_code, done.json["end"]) == (200, "done")
    case = client.get(f"{HERE}/cases/{number}", headers=token("ann")).json
    assert case["status"] == "ended"
    assert case["end_title"] == "办成"
    assert client.get(f"{HERE}/inbox", headers=token("sun")).json["rows"] == []


def test_the_same_key_answers_the_same_bytes_and_another_body_is_refused(client: FlaskClient, token: Headers) -> None:
    headers = token("ann", "once")
    first, again = begin(client, headers), begin(client, headers)
    assert first.data == again.data
    other = begin(client, headers, people=4)
    assert (other.status_code, other.json["code"]) == (422, "key_reused")


def test_a_second_decision_is_a_conflict_with_a_sentence(client: FlaskClient, token: Headers) -> None:
    made = begin(client, token("ann", "k1")).json
    where = f"{HERE}/cases/{made['number']}/tasks/{made['opened'][0]}/outcomes/agree"
    assert client.post(where, json={}, headers=token("sun", "a")).status_code == 200
    late = client.post(where, json={}, headers=token("sun", "b"))
    assert late.status_code == 409
    assert late.json["title"].startswith("此件你已在另一窗口办理")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"process": "w1", "unit": "a", "fill": {"people": 0}}, 422, "invalid"),
        ({"process": "w1", "unit": "a", "fill": []}, 422, "invalid"),
        ({"process": "w1", "unit": "a", "surprise": 1}, 422, "invalid"),
        ({"process": "nothing", "unit": "a"}, 404, "no_process"),
        ({"process": "w1", "unit": "b", "fill": FORM}, 403, "forbidden"),
        ({"process": "w1", "unit": "nowhere", "fill": FORM}, 422, "invalid"),
        ([], 422, "invalid"),
    ],
)
def test_a_wrong_body_is_refused_in_words(
    client: FlaskClient, token: Headers, body: Any, status: int, code: str
) -> None:
    answer = client.post(f"{HERE}/cases", json=body, headers=token("ann", "k"))
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.content_type == "application/problem+json"
    assert client.get(f"{HERE}/cases?q=读书会", headers=token("ann")).json["cases"] == []


WRITES = [(path, body) for method, path, _, body, _ in OPERATIONS if method == "post"]


@pytest.mark.parametrize(("path", "body"), WRITES, ids=[path for path, _ in WRITES])
def test_a_key_that_an_operation_does_not_take_is_refused_and_nothing_is_done(
    client: FlaskClient, token: Headers, town: Town, path: str, body: str
) -> None:
    case = town.start("w1")
    ids = {"district": "town", "number": case.number, "n": case.opened[0], "outcome": "agree", "field": "why", "job": "j",
           "account": "a", "token": "t"}
    values: dict[str, Any] = {"fill": {}, "seen": 1}
    takes = document()["paths"][path]["post"].get("requestBody", {"content": {"application/json": {"schema": {}}}})
    known = takes["content"]["application/json"]["schema"].get("properties", {})
    for name in ("opinion", "process", "unit", "for", "to", "text", "reason", "note", "fill", "seen", "password", "colour"):
        before = everything(town)
        address, sent = f"/api/v1{path.format(**ids)}", {name: values.get(name, "x")}
        answer = client.post(address, json=sent, headers=token("cai", f"k-{name}"))
        found = [one["code"] for one in answer.json.get("problems", ())]
        assert ("body-key" in found) is (name not in known), name
        if name not in known:
            assert (answer.status_code, everything(town)) == (422, before)


@pytest.mark.parametrize("answered", ["agree", "decline"])
def test_an_answer_to_a_request_to_hand_on_comes_with_a_word(
    client: FlaskClient, token: Headers, town: Town, answered: str
) -> None:
    ctx, case = town.handing("consent"), town.start("w1")
    cases.transfer(ctx, Caller("sun"), case.number, case.opened[0], "bo", note="出差")
    transfer = f"{HERE}/cases/{case.number}/tasks/{case.opened[0]}/transfer/{answered}"
    assert client.post(transfer, json={"note": "问过了"}, headers=token("cai", "a")).status_code == 200
    assert "问过了" in [line.quote for line in pages.case(ctx, Caller("cai"), case.number).timeline]


@pytest.mark.parametrize(("wide", "found"), [("", 0), ("&wide=", 0), ("&wide=0", 0), ("&wide=1", 1)])
def test_a_wide_search_is_asked_for_in_so_many_words(
    client: FlaskClient, token: Headers, town: Town, wide: str, found: int
) -> None:
    begin(client, token("ann", "k"), seat="东窗")
    town.clock.advance(400 * DAY)
    answer = client.get(f"{HERE}/cases?q=东窗{wide}", headers=token("ann"))
    assert (answer.status_code, len(answer.json["cases"])) == (200, found)
    assert client.get(f"{HERE}/cases?q=东窗&wide=yes", headers=token("ann")).status_code == 422


def test_every_missing_field_is_named_at_once(client: FlaskClient, token: Headers) -> None:
    body = {"process": "w1", "unit": "a", "fill": {}}
    answer = client.post(f"{HERE}/cases", json=body, headers=token("ann", "k"))
    assert {p["path"] for p in answer.json["problems"]} == {"seat", "people", "why"}


@pytest.mark.parametrize("data", [b"{", b"\xff\xfe", b"null"])
def test_what_is_no_json_is_the_callers_fault(client: FlaskClient, token: Headers, data: bytes) -> None:
    headers = {**token("ann", "k"), "Content-Type": "application/json"}
    assert client.post(f"{HERE}/cases", data=data, headers=headers).status_code in (400, 422)
    plain = {**token("ann", "k"), "Content-Type": "text/plain"}
    assert client.post(f"{HERE}/cases", data=b"{}", headers=plain).status_code == 415


def test_writes_need_a_key_and_everything_needs_a_token(client: FlaskClient, token: Headers) -> None:
    assert begin(client, token("ann")).json["problems"][0]["path"] == "Idempotency-Key"
    assert client.get(f"{HERE}/inbox").status_code == 401
    assert client.get(f"{HERE}/inbox", headers={"Authorization": "Bearer nonsense"}).status_code == 401
    assert client.get("/api/v1/elsewhere/inbox").status_code == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_of_a_token_is_written_in_any_case(client: FlaskClient, token: Headers, scheme: str) -> None:
    secret = token("ann")["Authorization"].removeprefix("Bearer ")
    assert client.get(f"{HERE}/inbox", headers={"Authorization": f"{scheme} {secret}"}).status_code == 200


@pytest.mark.parametrize("wrong", ["Basic {}", "{}", "", "Bearer ", "Bearer x", "Token {}"])
def test_whatever_is_no_token_is_told_where_tokens_come_from(client: FlaskClient, token: Headers, wrong: str) -> None:
    secret = token("ann")["Authorization"].removeprefix("Bearer ")
    for language in ("zh", "en"):
        headers = {"Authorization": wrong.format(secret), "Accept-Language": language}
        answer = client.get(f"{HERE}/inbox", headers=headers)
        assert (answer.status_code, answer.json["code"]) == (401, "token")
        assert "rongtong account token" in answer.json["title"]


def test_all_that_is_wrong_with_a_body_is_told_at_once_with_what_there_is(client: FlaskClient, token: Headers) -> None:
    sent = {"process": 7, "fields": {}, "fill": {}}
    headers = token("ann", "k")
    answer = client.post(f"{HERE}/cases", json=sent, headers=headers)
    assert answer.status_code == 422
    assert [(one["path"], one["message"]) for one in answer.json["problems"]] == [
        ("fields", "没有“fields”这一项，可写：process、unit、fill、for。"),
        ("process", "“process”要写成文字。"),
        ("unit", "缺少“unit”，可写：process、unit、fill、for。"),
    ]
    english = client.post(f"{HERE}/cases", json=sent, headers={**headers, "Accept-Language": "en"}).json
    assert english["problems"][2]["message"] == "“unit” is missing; there are: process, unit, fill, for."


@pytest.mark.parametrize(("path", "body"), WRITES, ids=[path for path, _ in WRITES])
def test_whatever_a_body_needs_is_missed_at_its_place(client: FlaskClient, token: Headers, path: str, body: str) -> None:
    ids = {"district": "town", "number": "1", "n": 1, "outcome": "o", "field": "f", "job": "j", "account": "a", "token": "t"}
    answer = client.post(f"/api/v1{path.format(**ids)}", json={}, headers=token("cai", "k"))
    missed = [one["path"] for one in answer.json.get("problems", ()) if one["code"] == "body-missing"]
    assert missed == (BODIES[body].get("required", []) if body else [])


LONG = "x" * 300_000


@pytest.mark.parametrize(
    "sent",
    [
        {LONG: 1}, {"process": LONG, "unit": "a"}, {"process": "w1", "unit": LONG}, {"process": "w1", "unit": "a", "for": LONG},
        {"process": "w1", "unit": "a", "fill": {LONG: 1}}, {"process": "w1", "unit": "a", "fill": {"people": LONG}},
        {"process": "w1", "unit": "a", "fill": {f"no{n}": 1 for n in range(20_000)}},
        {f"no{n}": 1 for n in range(20_000)},
    ],
    ids=range(8),
)  # fmt: skip
def test_a_refusal_quotes_no_more_than_can_be_read(client: FlaskClient, token: Headers, sent: dict[str, object]) -> None:
    answer = client.post(f"{HERE}/cases", json=sent, headers=token("ann", "k"))
    assert answer.status_code in (403, 404, 422)
    assert len(answer.data) < 20_000
    if len(sent.get("fill", sent)) > 100:  # type: ignore[arg-type]
        assert "还有" in answer.json["problems"][50]["message"]
        assert len(answer.json["problems"]) == 51


@pytest.mark.parametrize("query", [f"{LONG[:5000]}=1", f"box={LONG[:5000]}", f"limit={LONG[:5000]}", f"after={LONG[:5000]}"])
def test_nor_does_the_refusal_of_a_query(client: FlaskClient, token: Headers, query: str) -> None:
    answer = client.get(f"{HERE}/inbox?{query}", headers=token("ann"))
    assert (answer.status_code, len(answer.data) < 4000) == (422, True)


def test_a_district_that_is_not_the_tokens_is_not_there(client: FlaskClient, token: Headers) -> None:
    answer = client.get("/api/v1/elsewhere/inbox", headers=token("ann"))
    assert (answer.status_code, answer.json["code"]) == (404, "no_district")


@pytest.mark.parametrize(
    "data",
    [
        b'{"process": "w1", "unit": "a", "fill": {"why": "\\ud83d"}}',
        b'{"process": "w1", "unit": "a", "fill": {"people": 1e999}}',
        b'{"process": "w1", "unit": "a", "fill": {"people": NaN}}',
        b'{"fill": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_what_json_can_write_and_nobody_can_store_is_the_callers_fault(
    client: FlaskClient, token: Headers, data: bytes
) -> None:
    headers = {**token("ann", "k"), "Content-Type": "application/json"}
    answer = client.post(f"{HERE}/cases", data=data, headers=headers)
    assert (answer.status_code, answer.json["problems"][0]["code"]) == (422, "body-json")


def test_a_nul_is_refused_wherever_it_stands(client: FlaskClient, token: Headers) -> None:
    for path in ("/api/v1/%00/inbox", f"{HERE}/cases/%00", f"{HERE}/inbox?q=%00"):
        assert client.get(path, headers=token("ann")).status_code == 404, path
    answer = begin(client, token("ann", "k"), why="a\0b")
    assert (answer.status_code, answer.json["problems"][0]["code"]) == (422, "nul")
    assert begin(client, token("ann", "k"), why=r"typed \u0000").status_code == 201
    assert client.post("/login", data={"login": "a\0", "password": "b"}).status_code < 500


def test_what_leads_nowhere_is_a_problem_too(client: FlaskClient, token: Headers) -> None:
    for method, path, status in (
        ("get", "/api/v1/town/nothing/here", 404),
        ("get", f"{HERE}/cases/1/tasks/x/claim", 404),
        ("get", f"{HERE}/cases/1/tasks/1/claim", 405),
        ("delete", f"{HERE}/inbox", 405),
    ):
        answer = client.open(path, method=method.upper(), headers=token("ann"))
        assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), path


def test_a_number_too_large_for_any_database_names_no_task(client: FlaskClient, token: Headers) -> None:
    number = begin(client, token("ann", "k")).json["number"]
    for n in (2**31, 2**63, 10**30, "9" * 5000):
        assert client.get(f"{HERE}/cases/{number}/tasks/{n}", headers=token("ann")).status_code == 404
        decided = client.post(f"{HERE}/cases/{number}/tasks/{n}/outcomes/agree", json={}, headers=token("ann", "a"))
        assert 400 <= decided.status_code < 500
    seen = {"seen": 10**30}
    task = client.post(f"{HERE}/cases/{number}/tasks/1/outcomes/agree", json=seen, headers=token("ann", "b"))
    assert 400 <= task.status_code < 500


def test_a_case_that_is_not_the_callers_is_not_there(client: FlaskClient, token: Headers) -> None:
    number = begin(client, token("ann", "k")).json["number"]
    foreign = client.get(f"{HERE}/cases/{number}", headers=token("bo"))
    nothing = client.get(f"{HERE}/cases/000000-00000", headers=token("bo"))
    assert (foreign.status_code, foreign.data) == (nothing.status_code, nothing.data)


def test_refusals_speak_the_callers_language(client: FlaskClient, token: Headers) -> None:
    headers = {**token("ann"), "Accept-Language": "en"}
    assert client.get(f"{HERE}/cases/000000-00000", headers=headers).json["title"].startswith("There is no such case")


def test_the_contract_names_exactly_the_routes_there_are(app: Flask) -> None:
    rules = {
        (method.lower(), str(rule).removeprefix("/api/v1").replace("<int:n>", "{n}").replace("<", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if str(rule).startswith("/api/v1") and rule.endpoint != "api.nowhere"
    }
    brought = {("get", f"/{{district}}/plugins{each.path}") for each in (DOORBELL, PRIVATE)}
    assert rules == {(method, path) for method, path, *_ in OPERATIONS} | brought
    assert document()["openapi"] == "3.1.0"


def test_what_plugins_answer_is_in_the_contract(client: FlaskClient) -> None:
    paths = client.get("/api/v1/openapi.json").json["paths"]
    assert paths.keys() == document([DOORBELL, PRIVATE])["paths"].keys()
    (ring,) = paths["/{district}/plugins/bell/ring"].values()
    assert [parameter["name"] for parameter in ring["parameters"]] == ["district", "times"]


def test_a_plugin_answers_the_callers_of_its_districts(client: FlaskClient, token: Headers) -> None:
    address = f"{HERE}/plugins/bell/ring"
    answer = client.get(f"{address}?times=3", headers={**token("ann"), "Accept-Language": "en"})
    assert (answer.status_code, answer.json) == (200, {"for": "ann", "query": {"times": "3"}, "says": "ding"})
    assert client.get(address).status_code == 401


@pytest.mark.parametrize(("person", "status"), [("ann", 404), ("bo", 200), ("cai", 200)])
def test_an_answer_for_one_role_is_not_there_for_others(
    client: FlaskClient, token: Headers, person: str, status: int
) -> None:
    assert client.get(f"{HERE}/plugins/bell/private", headers=token(person)).status_code == status


def test_an_answer_of_a_plugin_that_the_district_does_not_use_is_not_there(
    client: FlaskClient, token: Headers, town: Town
) -> None:
    headers = token("ann")
    kept = town.ctx.district.plugins
    record = json.dumps({name: chosen for name, chosen in kept.items() if name != "bell"})
    statement = update(district).where(district.c.district_id == "town", district.c.key == "plugins")
    town.ctx.runner.run(lambda tx: tx.connection.execute(statement.values(value=record)).rowcount)
    assert client.get(f"{HERE}/plugins/bell/ring", headers=headers).status_code == 404


def test_a_form_that_changed_since_it_was_seen_is_a_conflict(client: FlaskClient, token: Headers, town: Town) -> None:
    made = town.start("hold")
    task = f"{HERE}/cases/{made.number}/tasks"
    seen = client.get(f"{HERE}/cases/{made.number}", headers=token("sun")).json["version"]
    back = {"opinion": "换一个座", "seen": seen}
    n = made.opened[0]
    assert client.post(f"{task}/{n}/outcomes/revise", json=back, headers=token("sun", "r")).status_code == 200
    again = town.act(made, "start", "submit", "ann", fill={"seat": "9"})
    late = {"seen": seen}
    answer = client.post(f"{task}/{again.opened[0]}/outcomes/agree", json=late, headers=token("sun", "a"))
    assert (answer.status_code, answer.json["code"]) == (409, "form_changed")
    fresh = {"seen": again.version}
    assert client.post(f"{task}/{again.opened[0]}/outcomes/agree", json=fresh, headers=token("sun", "b")).status_code == 200


def test_an_administrator_reads_and_retries_what_failed(client: FlaskClient, token: Headers, town: Town) -> None:
    made = town.start("hold", mood="fail")
    assert client.get(f"{HERE}/incidents", headers=token("ann")).status_code == 403
    (found,) = client.get(f"{HERE}/incidents", headers=token("cai")).json["incidents"]
    assert (found["id"], found["tries"]) == (f"{made.number}.{found['n']}", 1)
    retry = f"{HERE}/cases/{made.number}/tasks/{found['n']}/retry"
    first = client.post(retry, headers=token("cai", "r"))
    again = client.post(retry, headers=token("cai", "r"))
    assert (first.status_code, first.data) == (again.status_code, again.data) == (200, first.data)
    assert client.get(f"{HERE}/incidents", headers=token("cai")).json["incidents"][0]["tries"] == 2
    for verb in ("retry", "drop"):
        answer = client.post(f"{HERE}/jobs/none/{verb}", headers=token("cai", verb))
        assert (answer.status_code, answer.json["code"]) == (404, "no_incident")


def test_an_administrator_tries_every_job_of_a_kind_again(client: FlaskClient, token: Headers, town: Town) -> None:
    for n in range(3):
        town.ctx.runner.run(lambda tx, n=n: jobs.enqueue(
            tx, "town", id=f"j{n}", stream="none", n=None, kind="plugin:desk.gone", body=job_body("", 0, {}), run_at=0
        ))  # fmt: skip
    assert run_jobs(town.ctx) == 3
    listed = client.get(f"{HERE}/incidents", headers=token("cai")).json
    assert [(one["job"], one["cause"], one["tries"]) for one in listed["incidents"]] == [
        ("plugin:desk.gone", "这里没有叫“desk.gone”的后续处理", 1)
    ] * 3
    assert [(batch["job"], batch["count"]) for batch in listed["batches"]] == [("plugin:desk.gone", 3)]
    where, wanted = f"{HERE}/jobs/retry", {"job": "plugin:desk.gone"}
    answer = client.post(where, json=wanted, headers=token("ann", "a"))
    assert answer.status_code == 403, answer.json
    for _ in range(2):
        done = client.post(where, json=wanted, headers=token("cai", "k"))
        assert (done.status_code, done.json) == (200, {"job": "plugin:desk.gone", "count": 3})
    assert client.get(f"{HERE}/incidents", headers=token("cai")).json == {"incidents": [], "batches": []}
    assert client.post(where, json=wanted, headers=token("cai", "l")).status_code == 404
    assert client.post(where, json={}, headers=token("cai", "m")).status_code == 422


def test_what_an_action_refuses_of_a_form_is_told_at_its_field(
    client: FlaskClient, token: Headers, town: Town
) -> None:
    town.publish(HOLD.replace("refused: end refused}", "refused: {at_form: correct, then: end refused}}", 1))
    body = {"process": "hold", "unit": "a", "fill": {"seat": "7"}}
    assert client.post(f"{HERE}/cases", json=body, headers=token("ann", "k1")).status_code == 201
    answer = client.post(f"{HERE}/cases", json=body, headers=token("ann", "k2"))
    assert answer.status_code == 422
    assert [(each["path"], each["message"]) for each in answer.json["problems"]] == [("seat", "没有占到：7 is taken。")]


@pytest.mark.parametrize(("unit", "hint"), [("甲社区", "单位的代号是 a"), ("nowhere", ""), ("甲社", "")])
def test_a_unit_that_is_none_is_said_where_a_case_is_started(
    client: FlaskClient, token: Headers, unit: str, hint: str
) -> None:
    body = {"process": "w1", "unit": unit, "fill": FORM}
    refused = client.post(f"{HERE}/cases", json=body, headers=token("ann", "k"))
    assert (refused.status_code, refused.json["problems"][0]["path"]) == (422, "unit")
    assert unit in refused.json["title"]
    assert client.post(f"{HERE}/cases", json={**body, "unit": "b"}, headers=token("ann", "l")).status_code == 403


@pytest.mark.parametrize("times", ["for ever", "none"])
def test_an_endpoint_that_would_end_the_program_is_answered_as_one_that_raises(
    client: FlaskClient, token: Headers, times: str
) -> None:
    answered = client.get(f"{HERE}/plugins/bell/ring", query_string={"times": times}, headers=token("ann"))
    assert (answered.status_code, answered.json["code"]) == (503, "unanswered")
    assert "“bell”" in answered.json["title"]
