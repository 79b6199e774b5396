"""Accounts by REST: an administrator reads and mends them; a password comes in and never goes out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from engine.errors import Unauthenticated
from engine.operations.accounts import accounts
from tests.town import Town

Token = Callable[..., dict[str, str]]
WORD, NEW = "茶亭路 2026 good", "a wholly other word"
BASE = "/api/v1/town/accounts"


@pytest.fixture
def ann(town: Town) -> str:
    return accounts.create_account(town.system, "ann", "安宁", WORD, {"town": "ann"})


def test_an_administrator_mends_an_account(client: FlaskClient, town: Town, token: Token, ann: str) -> None:
    admin = token("cai")
    session = accounts.open_session(town.system, ann)
    listed = client.get(BASE, headers=admin).json["accounts"]
    assert [(one["login"], one["sessions"]) for one in listed] == [("ann", 1), ("cai", 0)]
    assert "password" not in listed[0]
    for verb, body in (("password", {"password": NEW}), ("disable", None), ("enable", None), ("end-sessions", None)):
        done = client.post(f"{BASE}/{ann}/{verb}", json=body, headers=token("cai", key=verb))
        assert (done.status_code, done.json) == (200, {"account": ann}), verb
    assert accounts.session(town.system, session) is None
    with pytest.raises(Unauthenticated):
        accounts.log_in(town.system, "ann", WORD)
    assert accounts.log_in(town.system, "ann", NEW)


def test_a_key_that_comes_with_another_password_is_refused_as_with_any_other_body(
    client: FlaskClient, town: Town, token: Token, ann: str
) -> None:
    answers = [
        client.post(f"{BASE}/{ann}/password", json={"password": word}, headers=token("cai", key="k"))
        for word in (NEW, WORD, NEW)
    ]
    assert [answer.status_code for answer in answers] == [200, 422, 200]
    assert answers[1].json["code"] == "key_reused"
    assert accounts.log_in(town.system, "ann", NEW)


def test_a_token_is_listed_without_its_secret_and_revoked(
    client: FlaskClient, town: Town, token: Token, ann: str
) -> None:
    secret = accounts.create_token(town.system, ann, "town", "script")
    path = f"{BASE}/{ann}/tokens"
    answer = client.get(path, headers=token("cai"))
    (one,) = answer.json["tokens"]
    assert secret not in answer.text
    assert client.post(f"{path}/{one['id']}/revoke", headers=token("cai", key="r")).status_code == 200
    assert client.get(path, headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert client.post(f"{path}/{one['id']}/revoke", headers=token("cai", key="s")).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 422), ({"password": "12345678"}, 422), ({"password": 12345678}, 422), ({"password": "x", "more": 1}, 422), (None, 415)],
)  # fmt: skip
def test_a_password_that_cannot_be_one_is_refused_and_changes_nothing(
    client: FlaskClient, town: Town, token: Token, ann: str, body: object, status: int
) -> None:
    answer = client.post(f"{BASE}/{ann}/password", json=body, headers=token("cai", key="k")) if body is not None else (
        client.post(f"{BASE}/{ann}/password", data="password=x", headers=token("cai", key="k"))
    )  # fmt: skip
    assert answer.status_code == status
    assert accounts.log_in(town.system, "ann", WORD)


def test_nobody_else_reads_or_mends_any(client: FlaskClient, token: Token, ann: str) -> None:
    assert client.get(BASE, headers=token("ann")).status_code == 403
    assert client.get(f"{BASE}/{ann}/tokens", headers=token("ann")).status_code == 403
    for verb in ("disable", "enable", "end-sessions"):
        assert client.post(f"{BASE}/{ann}/{verb}", headers=token("ann", key=verb)).status_code == 403
