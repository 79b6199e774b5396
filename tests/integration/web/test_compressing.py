"""What goes over the wire is packed where the browser takes it, and says the same unpacked."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest

from engine.web import compressing
from tests.integration.web.conftest import Window

TAKES = {"Accept-Encoding": "gzip, deflate, br"}
SHEET = "/static/components.css"


def test_pages_files_and_answers_are_packed_and_say_the_same(at_window: Callable[[str], Window]) -> None:
    ann = at_window("ann")
    for path in ("/town/start", SHEET, "/api/v1/openapi.json"):
        with ann.client.get(path) as plain, ann.client.get(path, headers=TAKES) as packed:
            assert "Content-Encoding" not in plain.headers
            assert packed.headers["Content-Encoding"] == "gzip"
            assert "Accept-Encoding" in packed.headers["Vary"]
            assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
            unpacked = gzip.decompress(packed.data)
            assert len(unpacked) == len(plain.data)
            assert path != SHEET or unpacked == plain.data


def test_what_is_short_or_no_text_stays_as_it_is(at_window: Callable[[str], Window]) -> None:
    ann = at_window("ann")
    for path in ("/healthz", "/town/inbox.xlsx"):
        with ann.client.get(path, headers=TAKES) as answer:
            assert answer.status_code == 200
            assert "Content-Encoding" not in answer.headers, path


def test_a_packed_file_that_was_seen_is_not_sent_again(at_window: Callable[[str], Window]) -> None:
    ann = at_window("ann")
    with ann.client.get(SHEET, headers=TAKES) as first:
        tag = first.headers["ETag"]
    with ann.client.get(SHEET, headers={**TAKES, "If-None-Match": tag}) as again:
        assert again.status_code == 304


def test_what_a_cache_keeps_a_file_by_is_said_with_all_of_it_with_a_part_and_where_it_has_not_changed(
    at_window: Callable[[str], Window],
) -> None:
    ann, said = at_window("ann"), []
    with ann.client.get(f"{SHEET}?v=1", headers=TAKES) as whole:
        tag = whole.headers["ETag"]
    for more in ({}, {"Range": "bytes=0-9"}, {"If-None-Match": tag}):
        with ann.client.get(f"{SHEET}?v=1", headers={**TAKES, **more}) as answer:
            said.append((answer.status_code, answer.headers["Vary"], answer.headers["Cache-Control"]))
    kept = ("Accept-Encoding", "public, max-age=31536000, immutable")
    assert said == [(200, *kept), (206, *kept), (304, *kept)]


def test_a_file_is_packed_once(at_window: Callable[[str], Window], monkeypatch: pytest.MonkeyPatch) -> None:
    ann = at_window("ann")
    with ann.client.get(SHEET, headers=TAKES) as first:
        seen = first.data
    monkeypatch.setattr(compressing, "GzipFile", None)
    with ann.client.get(SHEET, headers=TAKES) as again:
        assert again.data == seen


def test_the_same_page_is_never_of_the_same_length_for_long(at_window: Callable[[str], Window]) -> None:
    ann = at_window("ann")
    lengths = {len(ann.client.get("/town/start", headers=TAKES).data) for _ in range(12)}
    assert len(lengths) > 3
