"""Staff at a terminal: start, inbox, act, case, with names as people say them."""

from __future__ import annotations

import re

import pytest

from engine.cli import options
from engine.operations.background.handing import job_body
from engine.operations.background.inner import run_jobs
from engine.operations.districts import all_contexts
from engine.store import jobs
from tests.integration.cli.conftest import DAY, Said, Terminal

FILL = (
    "--fill", "venue=黄海路社区/多功能厅", "--fill", f"slot={DAY} 14:00/16:00", "--fill", "people=50",
    "--fill", "purpose=端午包粽子",
)  # fmt: skip


def borrow(terminal: Terminal, *more: str) -> Said:
    return terminal.on("start", "borrow_venue", "--as", "staff@南珠东社区", *FILL, *more)


def test_a_case_goes_from_the_start_to_the_lender_s_answer(terminal: Terminal) -> None:
    assert borrow(terminal).code == 0
    row = terminal.on("inbox", "--as", "station_admin@黄海路社区", "--json").json["rows"][0]
    assert "多功能厅" in row["subject"]
    said = terminal.on("act", f"{row['number']}.{row['n']}", "agree", "--as", "station_admin@黄海路社区")
    assert said.code == 0, said.err
    assert "使用中" in said.out
    shown = terminal.on("case", row["number"], "--as", "staff@南珠东社区")
    assert "借方：南珠东社区" in shown.out
    assert "同意" in shown.out


def test_an_act_finds_the_only_open_step_by_itself(terminal: Terminal) -> None:
    number = borrow(terminal, "--json").json["number"]
    said = terminal.on("act", number, "refuse", "--opinion", "那天有固定课", "--as", "station_admin@黄海路社区")
    assert said.code == 0, said.err
    assert "未借成" in said.out


def test_the_verbs_of_the_table_are_commands(terminal: Terminal) -> None:
    lender, asker = ("--as", "station_admin@黄海路社区"), ("--as", "staff@南珠东社区")
    number = borrow(terminal, "--json").json["number"]
    row = terminal.on("inbox", *lender, "--json").json["rows"][0]
    task = f"{number}.{row['n']}"
    for args in (("claim", task, *lender), ("unclaim", task, *lender), ("comment", number, "--text", "请尽快", *asker)):
        said = terminal.on(*args)
        assert said.code == 0, said.err
    assert "请尽快" in terminal.on("case", number, *asker).out
    assert terminal.on("act", task, "agree", *lender).code == 0
    assert terminal.on("take-back", number, *lender, "--json").json["number"] == number, "it finds what was decided last"
    for args in (("claim", number, *lender), ("comment", number, *asker)):
        assert terminal.on(*args).code == 2, "a task without its serial, a comment without words"


def test_the_same_key_starts_one_case(terminal: Terminal) -> None:
    first = borrow(terminal, "--key", "k1", "--json").json
    assert borrow(terminal, "--key", "k1", "--json").json == first


def test_the_same_key_with_another_form_is_refused(terminal: Terminal) -> None:
    borrow(terminal, "--key", "k1")
    said = borrow(terminal, "--key", "k1", "--fill", "people=20")
    assert said.code == 1
    assert "提交编号" in said.err


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("start", "borrow_venue", "--as", "staff@南珠东社区", "--fill", "venue=黄海路社区/多功能亭"), "多功能厅"),
        (("start", "borrow_venue", "--as", "staff@南珠东舍区"), "是不是：南珠东社区"),
        (("start", "borrow_venue", "--as", "dispatcher@南珠东社区"), "没有人是派单员"),
        (("start", "borrow_venue", "--as", "staff@南珠东社区"), "场地"),
        (("start", "borrow", "--as", "staff@南珠东社区"), "没有发布事项"),
        (("start", "borrow_venue", "--as", "谁也不是"), "没有叫“谁也不是”的人员"),
        (("inbox", "--as", "韦燕妮", "--district", "nowhere"), "没有叫“nowhere”的区县"),
        (("case", "000000-00000"), "没有找到这件"),
        (("act", "000000-00000.1", "agree", "--as", "韦燕妮"), "没有找到这件"),
    ],
)
def test_what_is_refused_is_said_in_both_languages_and_changes_nothing(
    terminal: Terminal, args: tuple[str, ...], words: str
) -> None:
    said = terminal.on(*args)
    assert said.code == 1
    assert words in said.err
    assert re.search("[a-z]+ [a-z]+", said.err.splitlines()[1])
    assert terminal.on("verify", "--json").json["cases"] == 0


def test_every_fault_of_a_form_is_told_at_once(terminal: Terminal) -> None:
    said = terminal.on("start", "borrow_venue", "--as", "staff@南珠东社区", "--fill", "people=五十", "--json")
    paths = {problem["path"] for problem in said.json["error"]["problems"]}
    assert said.code == 1
    assert {"people", "venue", "slot", "purpose"} <= paths


def test_a_task_that_was_dealt_with_says_by_whom(terminal: Terminal) -> None:
    number = borrow(terminal, "--json").json["number"]
    act = ("act", f"{number}.2", "agree", "--as", "station_admin@黄海路社区")
    assert terminal.on(*act).code == 0
    again = terminal.on("act", f"{number}.2", "agree", "--as", "staff@黄海路社区")
    assert again.code == 1
    assert "劳志远" in again.err


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("inbox",), "用 --as 写明"),
        (("act", "260616-1.x", "agree", "--as", "韦燕妮"), "不是环节号"),
        (("start", "borrow_venue", "--as", "韦燕妮", "--fill", "people"), "字段=内容"),
    ],
)
def test_what_is_written_wrong_is_a_usage_error(terminal: Terminal, args: tuple[str, ...], words: str) -> None:
    said = terminal.on(*args)
    assert said.code == 2
    assert words in said.err


ADMIN = ("--as", "district_admin@海城区")


def fail_a_step(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> str:
    """A loan whose hold fails; its number."""
    with monkeypatch.context() as broken:
        broken.setattr("plugins.venue_sharing.actions.Held", None)
        said = borrow(terminal, "--json")
    assert said.code == 0, said.err
    return str(said.json["number"])


def test_an_administrator_lists_and_retries_what_failed(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    number = fail_a_step(terminal, monkeypatch)
    assert terminal.on("incidents", "--as", "staff@南珠东社区").code == 1
    shown = terminal.on("incidents", *ADMIN)
    assert shown.out.startswith("1 处异常。")
    assert "已试1次" in shown.out
    incident = terminal.on("incidents", *ADMIN, "--json").json[0]["id"]
    said = terminal.on("retry", incident, *ADMIN)
    assert (said.code, number in said.out) == (0, True), said.err
    assert terminal.on("incidents", *ADMIN).out.startswith("0 处异常。")
    assert terminal.on("retry", incident, *ADMIN).code == 1
    assert terminal.on("retry", "no-job", *ADMIN).code == 1
    assert terminal.on("retry", incident, "--drop", *ADMIN).code == 2
    assert terminal.on("retry", "--all", "send:nobody", *ADMIN).code == 1
    assert terminal.on("retry", "--all", "notice", "--drop", *ADMIN).code == 2


def two_jobs_fail(terminal: Terminal) -> None:
    """Two jobs of a case that no plugin knows any more."""
    said = borrow(terminal, "--json")
    with options.opened(terminal.url) as system:
        (ctx,) = all_contexts(system)
        for n in range(2):
            ctx.runner.run(lambda tx, n=n: jobs.enqueue(
                tx, ctx.id, id=f"j{n}", stream=said.json["case"], n=None, kind="plugin:venue_sharing.gone",
                body=job_body("", 0, {}), run_at=0,
            ))  # fmt: skip
        assert run_jobs(ctx) == 2


def test_an_administrator_tries_every_job_of_a_kind_again(terminal: Terminal) -> None:
    two_jobs_fail(terminal)
    listed = terminal.on("incidents", *ADMIN)
    assert "这里没有叫“venue_sharing.gone”的后续处理" in listed.out
    assert re.search(r"j0  \d+月\d+日\d+:\d\d起  ", listed.out)
    assert "2 项，全部重试：rongtong retry --all plugin:venue_sharing.gone" in listed.out
    assert terminal.on("retry", "--all", "plugin:venue_sharing.gone", *ADMIN).out.startswith("2项已重新排队，系统马上再试。")
    assert terminal.on("incidents", *ADMIN).out.startswith("0 处异常。")


def test_while_a_plugin_is_away_nothing_of_it_is_counted_as_done_and_that_it_waits_is_said(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_jobs_fail(terminal)
    monkeypatch.setenv("RONGTONG_WITHOUT", "venue_sharing")
    for command in (("retry", "--all", "plugin:venue_sharing.gone"), ("retry", "j0")):
        told = terminal.on(*command, *ADMIN)
        assert told.code == (0 if "--all" in command else 1)
        assert ("项已重新排队，插件“venue_sharing”恢复后系统再试。" in told.out) is (told.code == 0)
    worked = terminal.on("work", "--once")
    assert "haicheng：2 项等插件“venue_sharing”恢复。" in worked.out
    again = terminal.on("work", "--once")
    assert again.out.startswith("办了 0 项。")
    assert "haicheng：2 项等插件“venue_sharing”恢复。 haicheng: 2 waiting for plugin venue_sharing." in again.out
    assert terminal.on("work", "--once", "--json").json == {"done": 0}


def test_an_administrator_cancels_a_case_that_failed(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    number = fail_a_step(terminal, monkeypatch)
    assert terminal.on("cancel", number, "--reason", "场地停用", "--as", "staff@南珠东社区").code == 1
    said = terminal.on("cancel", number, "--reason", "场地停用", *ADMIN)
    assert said.code == 0, said.err
    assert terminal.on("incidents", *ADMIN, "--json").json == []


def test_what_is_taken_is_told_at_its_field_and_starts_nothing(terminal: Terminal) -> None:
    borrow(terminal)
    said = borrow(terminal, "--json")
    assert said.code == 1
    (problem,) = said.json["error"]["problems"]
    assert problem["path"] == "slot"
    assert "这个时段已被南珠东社区预约。最近的空档是" in problem["message"]["zh"]
    assert len(terminal.on("inbox", "--as", "station_admin@黄海路社区", "--json").json["rows"]) == 1
