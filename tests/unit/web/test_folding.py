"""A long history folds what the system said, and never what a person said."""

from __future__ import annotations

from engine.i18n import Text, both
from engine.operations.reading.views import Line, PersonView
from engine.web.folding import FOLDS_ABOVE, Fold, FoldedLine, folded

WHO = PersonView("p", "林小梅")
REMINDED = Text("系统提醒办理“审批”", "System reminded about “approve”")


def system(at: int, words: str = "") -> Line:
    return Line(at, both(words) if words else REMINDED, None, "system")


def comment(at: int, words: str = "收到") -> Line:
    return Line(at, both("林小梅 留言"), WHO, "comment", words)


def test_reminders_in_a_row_are_one_line_that_counts_them() -> None:
    (entry,) = folded([system(1), system(2), system(3)])
    assert isinstance(entry, FoldedLine)
    assert (entry.line.at, entry.times, entry.until) == (1, 3, 3)


def test_the_same_comment_twice_is_two_lines() -> None:
    assert [entry.times for entry in folded([comment(1), comment(2)]) if isinstance(entry, FoldedLine)] == [1, 1]


def test_a_reminder_after_a_comment_begins_anew() -> None:
    assert len(folded([system(1), comment(2), system(3)])) == 3


def test_a_short_history_is_shown_whole() -> None:
    lines = [system(at, f"第{at}行") for at in range(FOLDS_ABOVE)]
    assert [entry.line for entry in folded(lines) if isinstance(entry, FoldedLine)] == lines


def test_in_a_history_of_200_events_every_human_line_stands_open_in_its_place() -> None:
    lines = [comment(at) if at % 20 == 0 else system(at, f"第{at}行") for at in range(200)]
    shown = folded(lines)
    human = [entry.line for entry in shown if isinstance(entry, FoldedLine)]
    assert human == [line for line in lines if line.kind == "comment"]
    hidden = [entry.line for fold in shown if isinstance(fold, Fold) for entry in fold.entries]
    assert hidden == [line for line in lines if line.kind == "system"]
    assert len(shown) == 20
