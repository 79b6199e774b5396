"""A scenario that is wrong, or goes otherwise than it says, is told the line and what to do."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from engine.cli.scenarios import Theatre
from engine.content import shipped_workflows
from engine.extend.registry import Registry
from engine.operations.content.library import Library

LIBRARY = Library(shipped_workflows(), Registry.discovered())
#: Memory where the machine offers it, since each commit is synced.
FAST = "/dev/shm" if Path("/dev/shm").is_dir() else None

WORDS = """scenario: 同一时段不会借给两家
district: haicheng
when:
- {start: borrow_venue, as: c1, by: staff@南珠东社区, fill: {venue: 黄海路社区/多功能厅, slot: 2025-01-16 14:00/16:00, people: 50, purpose: 端午包粽子}}
then:
- {case: c1, status: open}
"""


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with TemporaryDirectory(prefix="rongtong-", dir=FAST) as place:
        yield Theatre(LIBRARY, Path(place))


@pytest.mark.parametrize(
    ("written", "instead", "line", "said"),
    [
        ("南珠东社区,", "南珠东舍区,", 4, "没有叫“南珠东舍区”的单位，是不是：南珠东社区"),
        ("多功能厅", "多功能亭", 4, "没有叫“黄海路社区/多功能亭”的场地"),
        ("haicheng", "haishang", 1, "没有区县包“haishang”"),
        ("status: open", "status: ended", 6, "status应该是ended，实际是open"),
        ("case: c1", "case: c2", 6, "没有叫“c2”的办件"),
        ("start: borrow_venue", "started: borrow_venue", 4, "when里没有“started”这个词（是不是 start？）"),
        ("then:", "than:", 5, "没有“than”这一段"),
        ("people: 50", "people: 五十", 4, "人数要写成整数"),
        ("by: staff", "by: dispatcher", 4, "南珠东社区没有人是派单员"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    theatre: Theatre, written: str, instead: str, line: int, said: str
) -> None:
    assert written in WORDS
    problems = theatre.play(WORDS.replace(written, instead), "mine.yaml")
    assert [(p.file, p.line) for p in problems][:1] == [("mine.yaml", line)]
    assert said in problems[0].line_of_text()


def test_a_refusal_that_was_foretold_is_no_fault(theatre: Theatre) -> None:
    told = WORDS.replace("people: 50", "people: 五十").replace(
        "purpose: 端午包粽子}", "purpose: 端午包粽子}, refused: 整数"
    )
    told = told.replace(
        "- {case: c1, status: open}", "- {venue_sharing.bookings: {venue: 黄海路社区/多功能厅, held: 0}}"
    )
    assert theatre.play(told, "mine.yaml") == ()


def test_time_does_not_go_back(theatre: Theatre) -> None:
    told = WORDS.replace("when:", "when:\n- {clock: 2026-06-10 09:00}\n- {clock: 2026-06-09 09:00}")
    assert "时间不能倒回" in theatre.play(told, "mine.yaml")[0].message.zh


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("venue_sharing.bookings: 黄海路社区", "插件“venue_sharing”看不懂venue_sharing.bookings的写法"),
        ("partner_registry.partners: {kind: 商企, count: 很多}", "插件“partner_registry”看不懂"),
    ],
)
def test_a_word_of_a_plugin_that_is_written_wrong_is_told_with_its_line(
    theatre: Theatre, words: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL, "rongtong.plugins"):
        (problem,) = theatre.play(WORDS.replace("- {case: c1, status: open}", f"- {{{words}}}"), "mine.yaml")
    assert (problem.line, problem.code) == (6, "plugin-content")
    assert said in problem.line_of_text()
