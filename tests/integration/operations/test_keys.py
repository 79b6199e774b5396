"""Idempotency: the same key and body answers the same bytes, another body is refused, and a stale press is told so."""

from __future__ import annotations

import pytest

from engine.errors import Conflict, Forbidden, Invalid, KeyReused, NotFound, RongtongError
from engine.operations import cases
from engine.operations.commands import perform
from engine.operations.context import Caller
from engine.operations.writing import LONGEST_KEY
from tests.integration.operations.looking import broken, everything, history
from tests.town import Town


def test_the_same_start_again_answers_the_same_bytes_and_starts_nothing(town: Town) -> None:
    first = town.start(key="k1")
    before = everything(town)
    assert town.start(key="k1").body == first.body
    assert everything(town) == before


def test_a_stored_answer_is_what_was_answered_at_first(town: Town) -> None:
    first = town.start(key="k1")
    (row,) = history(town)
    assert row["answer"] == first.body


def test_the_same_key_with_another_body_is_refused(town: Town) -> None:
    town.start(key="k1")
    before = everything(town)
    with pytest.raises(KeyReused) as refusal:
        town.start(key="k1", people=4)
    assert "刷新" in refusal.value.text.zh
    assert everything(town) == before


def test_a_key_for_one_verb_is_no_key_for_another(town: Town) -> None:
    case = town.start(key="k1")
    with pytest.raises(KeyReused):
        cases.comment(town.ctx, Caller("ann"), case.number, "收到", key="k1")


def test_keys_belong_to_a_person(town: Town) -> None:
    mine = town.start("w1", key="k1")
    theirs = town.start("w1", by="bea", unit="b", key="k1")
    assert mine.case != theirs.case


def test_an_empty_key_is_no_key(town: Town) -> None:
    assert town.start().case != town.start().case


def test_a_key_may_be_long_but_not_longer(town: Town) -> None:
    longest = "k" * LONGEST_KEY
    assert town.start(key=longest).body == town.start(key=longest).body
    before = everything(town)
    with pytest.raises(Invalid):
        town.start(key=longest + "k")
    assert everything(town) == before


def test_a_double_click_on_a_task_counts_once(town: Town) -> None:
    case = town.start()
    n = cases.open_serial(town.ctx, case.number, "ok")
    first = cases.act(town.ctx, Caller("sun"), case.number, n, "agree", key="click")
    second = cases.act(town.ctx, Caller("sun"), case.number, n, "agree", key="click")
    assert second.body == first.body
    assert [row["command"] for row in history(town)] == ["start", "act"]
    assert broken(town) == []


def test_the_answer_stays_the_same_after_the_case_has_moved_on(town: Town) -> None:
    case = town.start("hold", key="k1")
    town.act(case, "ok", "agree", "sun")
    town.act(case, "hand_over", "over", "sun")
    assert town.start("hold", key="k1").body == case.body
    assert (case.status, case.version) == ("open", 1)


def test_another_opinion_is_another_body(town: Town) -> None:
    case = town.start("hold")
    n = cases.open_serial(town.ctx, case.number, "ok")
    cases.act(town.ctx, Caller("sun"), case.number, n, "talk", opinion="一", key="k")
    with pytest.raises(KeyReused):
        cases.act(town.ctx, Caller("sun"), case.number, n, "talk", opinion="二", key="k")


def test_a_key_whose_command_was_refused_is_free_again(town: Town) -> None:
    with pytest.raises(Invalid):
        town.start(key="k1", people=0)
    assert town.start(key="k1", people=1).status == "open"


def test_a_press_after_a_conflict_is_answered_by_its_own_key(town: Town) -> None:
    case = town.start()
    n = cases.open_serial(town.ctx, case.number, "ok")
    won = cases.act(town.ctx, Caller("sun"), case.number, n, "agree", key="first")
    with pytest.raises(Conflict):
        cases.act(town.ctx, Caller("sun"), case.number, n, "agree", key="second")
    assert cases.act(town.ctx, Caller("sun"), case.number, n, "agree", key="first").body == won.body


def test_a_stale_task_is_told_and_changes_nothing(town: Town) -> None:
    case = town.start("hold")
    n = cases.open_serial(town.ctx, case.number, "ok")
    town.act(case, "ok", "agree", "sun")
    before = everything(town)
    with pytest.raises(Conflict) as refusal:
        cases.act(town.ctx, Caller("sun"), case.number, n, "refuse", opinion="晚了")
    assert refusal.value.code == "task_closed"
    assert "同意" in refusal.value.text.zh, "it says what was decided"
    assert everything(town) == before


def test_a_serial_that_never_was_is_a_stale_task(town: Town) -> None:
    case = town.start("hold")
    with pytest.raises(Conflict) as refusal:
        cases.act(town.ctx, Caller("sun"), case.number, 999, "agree")
    assert refusal.value.code == "task_closed"


def test_an_outcome_that_the_step_has_not_is_told(town: Town) -> None:
    case = town.start("hold")
    with pytest.raises(Conflict) as refusal:
        town.act(case, "ok", "sing", "sun")
    assert refusal.value.code == "no_such_outcome"


def test_an_unknown_case_and_an_unknown_process_are_not_found(town: Town) -> None:
    with pytest.raises(NotFound):
        cases.act(town.ctx, Caller("sun"), "000000-00000", 2, "agree")
    with pytest.raises(NotFound):
        cases.start(town.ctx, Caller("ann"), "nothing", {}, unit="a")


def test_a_start_in_a_unit_where_one_has_no_role_is_forbidden(town: Town) -> None:
    before = everything(town)
    with pytest.raises(Forbidden):
        town.start(unit="b")
    with pytest.raises(Forbidden):
        town.start(by="nobody")
    assert everything(town) == before


def test_every_fault_of_a_form_is_told_at_once_and_nothing_is_saved(town: Town) -> None:
    before = everything(town)
    with pytest.raises(Invalid) as refusal:
        cases.start(town.ctx, Caller("ann"), "w1", {"people": 0, "nonsense": 1}, unit="a")
    paths = {problem.path for problem in refusal.value.problems}
    assert {"seat", "people", "why"} <= paths
    assert everything(town) == before


def test_a_decision_that_needs_a_reason_says_so(town: Town) -> None:
    case = town.start("hold")
    with pytest.raises(Invalid) as refusal:
        town.act(case, "ok", "refuse", "sun", opinion="   ")
    assert refusal.value.problems[0].path == "opinion"


def test_a_process_that_never_rests_is_stopped_and_nothing_of_it_is_saved(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(town)
    monkeypatch.setattr(perform, "MAX_AUTOMATIC", 0)
    with pytest.raises(RongtongError) as refusal:
        town.start()  # one automatic step comes first
    assert refusal.value.code == "restless"
    assert everything(town) == before
    monkeypatch.setattr(perform, "MAX_AUTOMATIC", 1)
    assert town.start().opened


def test_a_word_too_long_is_refused_before_anything_happens(town: Town) -> None:
    case = town.start("hold")
    before = everything(town)
    with pytest.raises(Invalid):
        cases.comment(town.ctx, Caller("ann"), case.number, "长" * 2001)
    with pytest.raises(Invalid):
        cases.comment(town.ctx, Caller("ann"), case.number, "\x00")
    assert everything(town) == before
