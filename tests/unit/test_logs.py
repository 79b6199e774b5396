"""Each line of the log says what was under way as it was written, in words or as JSON, and never a secret."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import logs, secrecy
from engine.extend.calls.entering import entered
from engine.extend.context import log_of
from engine.logs import bound, carried

Written = Callable[[str], io.StringIO]
WORK = logging.getLogger("rongtong.work")


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Written:
    """What the engine's log writes in the form that is named."""

    def begin(form: str) -> io.StringIO:
        lines, log = io.StringIO(), logging.getLogger("rongtong")
        monkeypatch.setenv("RONGTONG_LOG", form)
        monkeypatch.setattr(sys, "stderr", lines)
        monkeypatch.setattr(log, "handlers", [])
        logs.quiet(logging.INFO)
        return lines

    return begin


def test_a_line_says_what_is_under_way_behind_its_words(written: Written) -> None:
    lines = written("plain")
    with bound(request="a-1"), bound(case="202606-00001", district=""):
        WORK.warning("one of %d", 2)
    WORK.warning("nothing is")
    first, second = lines.getvalue().splitlines()
    assert first.endswith("WARNING rongtong.work: one of 2 [request=a-1 case=202606-00001]")
    assert second.endswith("WARNING rongtong.work: nothing is")


def test_a_line_of_json_has_the_same_by_name(written: Written) -> None:
    lines = written("json")
    with bound(request="a-1", case="202606-00001"):
        WORK.warning("一行\n%s", "另一行")
    said = json.loads(lines.getvalue())
    assert lines.getvalue().count("\n") == 1
    assert said.pop("timestamp").endswith("Z")
    assert said == {
        "message": "一行\n另一行", "level": "warning", "logger": "rongtong.work", "request": "a-1", "case": "202606-00001",
    }  # fmt: skip


@pytest.mark.parametrize("form", ["plain", "json"])
def test_a_secret_is_in_no_line_in_no_value_beside_it_and_in_no_trace(form: str, written: Written) -> None:
    secret = 'pass"词\\word'
    secrecy.keep([secret])
    lines = written(form)
    with bound(case=secret):
        try:
            raise ValueError(secret)
        except ValueError:
            WORK.exception("asked with %s", secret)
    said = lines.getvalue() if form == "plain" else "\n".join(str(one) for one in json.loads(lines.getvalue()).values())
    assert "asked with ***" in said
    assert "ValueError: ***" in said
    assert secret not in said and "word" not in said


@pytest.mark.parametrize("form", ["plain", "json"])
def test_a_trace_is_there_only_where_a_server_serves(form: str, written: Written) -> None:
    lines = written(form)
    logging.getLogger("rongtong").setLevel(logging.WARNING)
    try:
        raise ValueError("seen")
    except ValueError:
        WORK.exception("it failed")
    assert "Traceback" not in lines.getvalue()


def test_what_is_logged_inside_a_plugin_names_it_once(written: Written) -> None:
    lines = written("json")

    def asked() -> None:
        WORK.warning("of the engine")
        log_of("odd").warning("of its own")

    entered("odd", "odd/hooks.py", asked)()
    engine, own = (json.loads(line) for line in lines.getvalue().splitlines())
    assert engine["plugin"] == "odd"
    assert (own["logger"], "plugin" in own) == ("rongtong.plugin.odd", False)


def test_what_another_thread_does_for_somebody_says_so_and_the_next_does_not(written: Written) -> None:
    lines = written("plain")
    with bound(request="a-1"):
        work = carried(WORK.warning)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work, "for somebody").result()
        pool.submit(carried(WORK.warning), "for nobody").result()
    assert [line.rpartition(": ")[2] for line in lines.getvalue().splitlines()] == ["for somebody [request=a-1]", "for nobody"]


def test_lines_in_words_load_no_library() -> None:
    code = "import sys; from engine import logs; logs.quiet(); sys.exit('structlog' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
