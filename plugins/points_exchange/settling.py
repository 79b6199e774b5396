"""The action that reckons anew at the counter: part of the goods went back, so less of what is held is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from engine.extend import Money, Problem, StepContext, Text, action, money_words
from plugins.points_exchange import rules
from plugins.points_exchange.operations import holds
from plugins.points_exchange.settings import Policy
from plugins.points_exchange.spending import Offer, Terms, till_rule


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleIn(Terms):
    """What is held for which bill, and the price of what went back."""

    hold: Annotated[str, Text("冻结编号", "hold")]
    bill: Annotated[Money, Text("账单", "bill")]
    returned: Annotated[Money, Text("退货金额", "returned goods")]


@dataclass(frozen=True, slots=True)
class Settled(Offer):
    """The offer for what the member keeps."""

    title: ClassVar[Text] = Text("已重算", "settled")


@dataclass(frozen=True, slots=True)
class Unfit:
    """No part of the bill can have gone back for that much."""

    title: ClassVar[Text] = Text("退货金额不对", "not part of the bill")
    refusing: ClassVar[bool] = True
    reason: str
    reason_en: str

    def problems(self, _: SettleIn) -> Sequence[Problem]:
        """The sentence at the price of what went back."""
        return [Problem("points-returned", Text(self.reason, self.reason_en), path="returned")]


@action("points_exchange.settle", title=Text("退货后重新算账", "settle after a return"), reads=True)
def settle(ctx: StepContext, given: SettleIn) -> Settled | Unfit:
    """The till's offer for what is kept, from the points that are held; it takes nothing."""
    if not 0 < given.returned < given.bill:
        bill = money_words(given.bill)
        zh = f"退货金额要大于0、少于标价{bill.zh}。全部退货的，积分不扣。"
        en = f"What went back costs more than 0 and less than {bill.en}; if all of it did, no points are taken."
        return Unfit(zh, en)
    kept = holds.open_points(ctx, given.hold)
    offer = rules.settled(given.bill, given.returned, kept, till_rule(Policy(ctx.settings), given))
    return Settled(rules.decimal(offer.points), offer.discount, offer.pays)
