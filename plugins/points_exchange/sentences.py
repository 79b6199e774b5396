"""How the timeline tells what happened to points, in both languages."""

from __future__ import annotations

from engine.extend import Sentence, Text

SENTENCES = (
    Sentence(
        "points_exchange.coefficient",
        "frozen",
        Text("定下系数：每小时{coefficient}分", "fixed the coefficient: {coefficient} points an hour"),
    ),
    Sentence("points_exchange.attend", "fits", Text("服务时段{served}", "served {served}")),
    Sentence("points_exchange.attend", "unfit", Text("时长对不上：{reason}", "the hours do not fit: {reason_en}")),
    Sentence("points_exchange.earn", "earned", Text("记积分{points}分", "credited {points} points")),
    Sentence(
        "points_exchange.quote",
        "some",
        Text("可用{points}分优惠{discount}，应付{pays}", "{points} points for {discount} off, {pays} to pay"),
    ),
    Sentence(
        "points_exchange.quote",
        "none",
        Text("这次不用积分：现有{available}分", "no points this time: {available} there"),
    ),
    Sentence("points_exchange.hold", "held", Text("冻结积分{points}分", "held {points} points")),
    Sentence(
        "points_exchange.hold",
        "refused",
        Text("积分不够：现有{available}分，还差{missing}分", "not enough points: {available} there, {missing} missing"),
    ),
    Sentence(
        "points_exchange.settle",
        "settled",
        Text(
            "退货后用{points}分优惠{discount}，应付{pays}",
            "now {points} points for {discount} off, {pays} to pay",
        ),
    ),
    Sentence("points_exchange.settle", "unfit", Text("没有重算：{reason}", "not settled: {reason_en}")),
    Sentence(
        "points_exchange.redeem",
        "posted",
        Text("核销积分{points}分，折合{value}", "took {points} points, worth {value}"),
    ),
    Sentence("points_exchange.refund", "refunded", Text("退回积分{points}分", "returned {points} points")),
    Sentence(
        "points_exchange.close_year",
        "closed",
        Text("年底清零：{accounts}户共{points}分", "closed the year: {points} points of {accounts} accounts expired"),
    ),
)
