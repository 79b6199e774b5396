"""A cashier reads what to collect as on a receipt: on the task, on a phone, and on paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from engine.operations.content.scenario_text import read_scenario
from engine.scenarios import ScenarioRun
from tests.browser.conftest import OpenReader
from tests.browser.town import Town

BOUGHT = """scenario: 用积分买一袋米
district: haicheng
given:
- {points_exchange.given: {member: 苏雅琳, points: 12.1, issuer: 南珠东社区}}
when:
- {start: redemption, as: rice, by: cashier@赤西村, fill: {member: 苏雅琳, what: 五常大米一袋, bill: 39.90}}
then:
- {case: rice, status: open}
"""


@pytest.mark.parametrize("width", [390, 1280])
def test_the_till_shows_what_is_to_pay(town: Town, reader: OpenReader, width: int) -> None:
    scenario, _ = read_scenario(BOUGHT, "bought.yaml")
    run = ScenarioRun(town.context(), town.clock)
    assert scenario
    assert run.play(scenario) == ()
    cashier = reader("cashier", width=width)
    cashier.log_in("cashier")
    cashier.follow(".row .subject")
    receipt = cashier.page.locator(".receipt div")
    expect(receipt).to_have_text(["原价39.90元", "优惠−12.10元", "用分12.1分", "应付27.80元"])
    sizes = [
        int(float(size))
        for size in receipt.locator("dd").evaluate_all(
            "all => all.map(dd => parseFloat(getComputedStyle(dd).fontSize))"
        )
    ]
    assert sizes[-1] > 1.5 * sizes[0]
    cashier.look("redeeming")
    cashier.open(f"/haicheng/cases/{run.cases['rice']}/print")
    expect(cashier.page.locator(".receipt div").last).to_have_text("应付27.80元")
    cashier.look("redeeming-print")
