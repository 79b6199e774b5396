"""An administrator answers a request to hand a task on, with a word, or reads why it cannot be agreed to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.definition.district.model import Beyond
from engine.errors import Conflict
from engine.operations import cases
from engine.operations.context import Caller
from engine.operations.reading import pages
from engine.operations.reading.views import Receipt
from engine.runtime import hands, refusals
from tests.integration.web.conftest import Window
from tests.integration.web.sending import form_with
from tests.town import Town

CAI = Caller("cai")


@pytest.fixture
def asked(town: Town) -> Receipt:
    """A case whose task its holder would hand to Bo."""
    ctx, case = town.handing("consent"), town.start("w1")
    cases.transfer(ctx, Caller("sun"), case.number, case.opened[0], "bo", note="出差")
    return case


@pytest.mark.parametrize("verb", ["agree_transfer", "decline_transfer"])
def test_an_answer_takes_a_word_that_all_can_read(
    at_window: Callable[[str], Window], town: Town, asked: Receipt, verb: str
) -> None:
    cai, where = at_window("cai"), f"/town/incidents/{asked.number}.{asked.opened[0]}/{verb}"
    cai.get("/town/incidents")
    assert f'action="{where}"' in cai.page
    sent = form_with(cai.page, "note")
    assert cai.post(where, key=sent["key"], note="长" * 2001).status_code == 422
    assert "最多写2000字" in cai.words and "长" * 2001 in cai.page
    assert cai.post(where, key=sent["key"], note="问过本人").status_code == 303
    lines = pages.case(town.ctx, CAI, asked.number).timeline
    assert "问过本人" in [line.quote for line in lines]


def test_what_cannot_be_agreed_to_is_said_on_the_page_where_it_can_be_declined(
    at_window: Callable[[str], Window], town: Town, asked: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object) -> None:
        raise refusals.not_for_them()

    monkeypatch.setattr(hands, "terms", refuse)
    with pytest.raises(Conflict):
        cases.answer_transfer(town.ctx, CAI, asked.number, asked.opened[0], True)
    cai, where = at_window("cai"), f"/town/incidents/{asked.number}.{asked.opened[0]}"
    cai.get("/town/incidents")
    assert cai.post(f"{where}/agree_transfer", key="k", note="可以").status_code == 409
    assert "不能同意转办" in cai.words and "可以" in cai.page
    assert cai.post(f"{where}/decline_transfer", key="k2").status_code == 303
    cai.get("/town/incidents")
    assert "没有异常" in cai.words


@pytest.mark.parametrize("beyond", ["refuse", "consent"])
def test_where_nobody_can_be_chosen_a_sentence_says_so_and_no_empty_list_is_shown(
    at_window: Callable[[str], Window], town: Town, beyond: Beyond, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = town.start("w1", by="bea", unit="b")
    monkeypatch.setattr("engine.app.context", lambda *_given: town.handing(beyond))
    bo = at_window("bo")
    bo.get(f"/town/tasks/{case.number}.{case.opened[0]}")
    assert ("没有别人能办这个环节" in bo.words) is (beyond == "refuse")
    assert ('id="to.transfer"' in bo.page) is (beyond == "consent")


@pytest.mark.parametrize("typed", [{}, {"to.transfer": "sun"}], ids=["nobody", "no reason"])
def test_what_is_wrong_with_handing_on_stands_at_its_box(
    at_window: Callable[[str], Window], town: Town, typed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.app.context", lambda *_given: town.handing("reason"))
    case, bo = town.start("w1", by="bea", unit="b"), at_window("bo")
    page = f"/town/tasks/{case.number}.{case.opened[0]}"
    bo.get(page)
    assert bo.post(f"{page}/transfer", **typed).status_code == 422
    box = "note.transfer" if typed else "to.transfer"
    assert f'<a href="#{box}">' in bo.page and f'id="{box}-wrong"' in bo.page
