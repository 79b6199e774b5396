"""What stands beside the ledger: checks, pages, figures and the words of scenario files."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.extend import DAY, NotFound, Outcome, Text, Veto, decimal_text
from engine.testing import Trial, render
from plugins.points_exchange import scenarios, slots, web
from plugins.points_exchange.tests.conftest import TrialWith, give

TEMPLATES = Path(__file__).parents[1] / "templates"


def sentences(
    trial: Trial, action: str, inputs: Mapping[str, Any], ended: Outcome | None = None
) -> list[tuple[str, str]]:
    lines = trial.evidence(f"points_exchange.{action}", inputs, ended)
    return [(line.level, line.sentence.zh) for line in lines]


def verb(trial: Trial, name: str, wanted: Mapping[str, Any]) -> list[str]:
    run = {each.name: each.run for each in scenarios.VERBS}[f"points_exchange.{name}"]
    return [problem.message.zh for problem in trial.write(lambda ctx: run(ctx, wanted), "hh")]


def test_the_check_before_a_hold_says_how_many_points_are_missing(trial: Trial) -> None:
    give(trial, "128.5")
    asked = {"member": "qin", "points": "320"}
    assert sentences(trial, "hold", asked) == [("bad", "积分不够：需320分，现有128.5分，还差191.5分。")]
    assert sentences(trial, "hold", {**asked, "points": "28.5"}) == [("ok", "积分够：需28.5分，现有128.5分。")]
    refused = trial.act("points_exchange.hold", asked, unit="hh")
    assert sentences(trial, "hold", asked, refused) == sentences(trial, "hold", asked)
    held = trial.act("points_exchange.hold", {**asked, "points": "28.5"}, unit="hh", case="c1")
    assert sentences(trial, "hold", asked, held) == [("ok", "已冻结28.5分。")]
    assert sentences(trial, "hold", {"points": "320"}) == []


def test_the_check_beside_a_bill_says_what_the_till_gives(trial: Trial) -> None:
    asked = {"member": "qin", "bill": 5005}
    assert sentences(trial, "quote", asked) == [("warn", "没有可用的积分：现有0分。")]
    give(trial, "10")
    assert sentences(trial, "quote", asked) == [
        ("ok", "用2分，优惠5.01元，应付45.04元。"),
        ("warn", "只用1分也能优惠5.00元，更合算。"),
    ]
    quoted = trial.act("points_exchange.quote", asked, unit="hh")
    give(trial, "10")
    (offer,) = trial.evidence("points_exchange.quote", asked, quoted)
    assert [(line.label.zh, line.words.zh) for line in offer.sum] == [
        ("原价", "50.05元"), ("优惠", "−5.01元"), ("用分", "2分"), ("应付", "45.04元"),
    ]  # fmt: skip
    none = trial.act("points_exchange.quote", {"member": "mo", "bill": 5005}, unit="hh")
    assert [(each.path, each.message.zh) for each in none.problems] == [("member", "没有可用的积分：现有0分。")]
    assert sentences(trial, "quote", {"member": "mo", "bill": 5005}, none) == [("warn", "没有可用的积分：现有0分。")]


@pytest.mark.parametrize(
    ("points", "bill", "settings", "path", "words"),
    [
        ("", 199900, {}, "member", "没有可用的积分：现有0分。"),
        ("", 199900, {"if_short": "refuse"}, "member", "没有可用的积分：现有0分。"),
        ("0.5", 199900, {}, "member", "积分太少：现有0.5分，满1分才能用。"),
        ("0.5", 199900, {"if_short": "refuse"}, "member", "积分不够：需40分，现有0.5分，还差39.5分。"),
        ("9", 4, {}, "bill", "这笔太小，抵不了。"),
    ],
)
def test_a_bill_that_no_points_are_taken_for_says_why_and_the_check_says_the_same(
    trial_with: TrialWith, points: str, bill: int, settings: dict[str, Any], path: str, words: str
) -> None:
    trial = trial_with(**settings)
    if points:
        give(trial, points)
    asked = {"member": "qin", "bill": bill}
    none = trial.act("points_exchange.quote", asked, unit="hh", case="c1")
    assert [(each.path, each.message.zh) for each in none.problems] == [(path, words)]
    assert sentences(trial, "quote", asked) == [("warn", words)]


def lines(trial: Trial, action: str, inputs: Mapping[str, Any], ended: Outcome | None) -> list[tuple[str, str]]:
    return [(line.label.zh, line.words.zh) for one in trial.evidence(action, inputs, ended) for line in one.sum]


def test_after_a_return_the_sum_says_what_was_really_taken(trial_with: TrialWith) -> None:
    trial = trial_with(discount="1", cap=100, step="0.01")
    give(trial, "50.5")
    held = trial.act("points_exchange.hold", {"member": "qin", "points": "50.5"}, unit="hh", case="c1")
    given = {"hold": held.outputs["id"], "bill": 6000}
    assert trial.evidence("points_exchange.settle", given) == []
    for wrong in (0, 6000, 6001):
        (told,) = trial.act("points_exchange.settle", {**given, "returned": wrong}, unit="hh", case="c1").problems
        assert (told.path, told.message.zh) == (
            "returned", "退货金额要大于0、少于标价60.00元。全部退货的，积分不扣。",
        )  # fmt: skip
    given["returned"] = 4000
    settled = trial.act("points_exchange.settle", given, unit="hh", case="c1")
    said = [("原价", "60.00元"), ("退货", "−40.00元"), ("优惠", "−20.00元"), ("实扣", "20分"), ("应付", "0.00元")]
    assert lines(trial, "points_exchange.settle", given, None) == said
    taken = {"hold": held.outputs["id"], "points": settled.outputs["points"]}
    trial.act("points_exchange.redeem", taken, unit="hh", case="c1")
    assert lines(trial, "points_exchange.settle", given, settled) == said
    assert sentences(trial, "hold", {"member": "qin", "points": "50.5"}, held) == [
        ("ok", "冻结的50.5分核销20分，退回30.5分。")
    ]
    with pytest.raises(Veto, match="has ended"):
        trial.act("points_exchange.settle", given, unit="hh", case="c1")


@pytest.mark.parametrize(("taken", "words"), [("4", "冻结的4分已核销。"), ("0", "冻结的4分已退回。")])
def test_the_check_of_a_hold_says_what_became_of_it(trial: Trial, taken: str, words: str) -> None:
    give(trial, "10")
    asked = {"member": "qin", "points": "4"}
    held = trial.act("points_exchange.hold", asked, unit="hh", case="c1")
    trial.act("points_exchange.redeem", {"hold": held.outputs["id"], "points": taken}, unit="hh", case="c2")
    assert sentences(trial, "hold", asked, held) == [("ok", words)]


def test_a_refund_is_a_sum_of_its_own(trial: Trial) -> None:
    give(trial, "10")
    held = trial.act("points_exchange.hold", {"member": "qin", "points": "2"}, unit="hh", case="c1")
    posting = trial.act("points_exchange.redeem", {"hold": held.outputs["id"]}, unit="hh", case="c2").outputs["posting"]
    half = {"posting": posting, "bill": 10000, "paid_back": 5000}
    said = [("退款", "50.00元"), ("退分", "1分")]
    assert lines(trial, "points_exchange.refund", half, None) == said
    assert lines(trial, "points_exchange.refund", half, trial.act("points_exchange.refund", half, unit="hh")) == said
    assert trial.evidence("points_exchange.refund", {"posting": posting}) == []


def test_points_are_said_in_one_way_wherever_they_stand(trial: Trial) -> None:
    give(trial, "50.5")
    page = trial.read(web.points, person="qin").values
    asked = {"member": "qin", "points": "50.5"}
    places = [
        page["balances"][0]["available"], page["movements"][0]["points"], page["totals"][0]["issued"],
        str(trial.read(slots.mine, person="qin")), *(figure.value for figure in trial.read(web.figures)[:1]),
        *(words for _, words in sentences(trial, "hold", asked)), *verb(trial, "balance", {"member": "qin", "balance": 1}),
    ]  # fmt: skip
    held = trial.act("points_exchange.hold", asked, unit="hh", case="c1")
    places += [words for _, words in sentences(trial, "hold", asked, held)]
    places += [
        decimal_text(Decimal(held.outputs["points"])),
        trial.read(web.points, person="qin").values["balances"][0]["held"].zh,
    ]
    assert [words for words in places if "50.5" not in words or "50.50" in words] == []


def test_the_check_beside_a_service_says_what_it_brings(trial_with: TrialWith) -> None:
    trial = trial_with(activities=[{"activity": "健康义诊", "coefficient": "1.2"}])
    asked = {"member": "qin", "activity": "健康义诊", "hours": "1.5"}
    assert sentences(trial, "earn", asked) == [("ok", "1.5小时，系数1.2，可记1.8分。")]
    assert sentences(trial, "earn", {**asked, "coefficient": "2"}) == [("ok", "1.5小时，系数2，可记3分。")]
    assert sentences(trial, "earn", {"member": "qin"}) == []
    earned = trial.act("points_exchange.earn", asked, unit="hh")
    assert sentences(trial, "earn", asked, earned) == [("ok", "已记1.8分。")]


def test_the_page_shows_the_reader_their_own_account(trial: Trial) -> None:
    give(trial, "3")
    page = trial.read(web.points, person="qin").values
    assert page["name"] == "覃婉清"
    assert [(each["title"], each["available"]) for each in page["balances"]] == [("网格积分", "3")]
    assert [(each["points"], each["words"].zh) for each in page["movements"]] == [("+3", "服务记分")]
    assert [(each["issued"], each["outstanding"]) for each in page["totals"]] == [("3", "3")]


def test_the_page_shows_the_person_asked_for_or_nobody(trial_with: TrialWith) -> None:
    trial = trial_with(expires="year_end")
    give(trial, "3")
    clerk = {"person": "mo", "posts": frozenset({("cashier", "hh")})}
    asked = trial.read(web.points, **clerk, query={"member": "覃婉清"}).values
    assert [each["soon"].zh for each in asked["balances"]] == ["其中3分2026年12月31日到期"]
    nobody = trial.read(web.points, **clerk, query={"member": "无名"}).values
    assert (nobody["name"], nobody["balances"], nobody["movements"]) == ("", [], [])


@pytest.mark.parametrize(
    ("posts", "settings", "name"),
    [
        ((), {}, ""),
        ((("cashier", "ct"),), {}, ""),
        ((("volunteer", "hh"),), {}, ""),
        ((("staff", "hh"),), {}, "覃婉清"),
        ((("street_admin", "ds"),), {}, "覃婉清"),
        ((("staff", "hh"),), {"lookup": ["cashier"]}, ""),
        ((("volunteer", "hh"),), {"lookup": ["volunteer"]}, "覃婉清"),
    ],
)
def test_an_account_of_another_is_shown_to_who_looks_after_their_unit(
    trial_with: TrialWith, posts: tuple[tuple[str, str], ...], settings: dict[str, Any], name: str
) -> None:
    trial = trial_with(**settings)
    trial.unit("ds", "东街街道")
    trial.units.parents["hh"] = "ds"
    give(trial, "3")
    page = trial.read(web.points, person="mo", posts=frozenset(posts), query={"member": "覃婉清"}).values
    assert page["name"] == name
    assert bool(page["movements"]) == bool(page["balances"]) == bool(name)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_filled_in_either_language(trial: Trial, language: str) -> None:
    empty = render(TEMPLATES, trial.read(web.points, person="qin"), language)
    assert {"zh": "还没有积分记录", "en": "No postings yet"}[language] in empty
    give(trial, "3")
    page = render(TEMPLATES, trial.read(web.points, person="qin"), language)
    assert {"zh": "服务记分", "en": "credited for service"}[language] in page
    assert ">+3</td>" in page
    nobody = render(TEMPLATES, trial.read(web.points, person="qin", query={"member": "<b>"}), language)
    assert "&lt;b&gt;" in nobody


def test_the_card_counts_once_there_is_something_to_count(trial: Trial) -> None:
    assert trial.read(web.figures) == []
    give(trial, "3")
    figures = [(figure.value, figure.label) for figure in trial.read(web.figures)]
    assert figures == [
        ("3", Text("网格积分结余", "网格积分 outstanding")),
        ("0", Text("网格积分已兑", "网格积分 redeemed")),
    ]


def test_a_scenario_gives_points_and_checks_each_figure_that_is_written(trial: Trial) -> None:
    assert verb(trial, "given", {"member": "覃婉清", "points": 10, "issuer": "黄海路社区"}) == []
    assert verb(trial, "balance", {"member": "覃婉清", "balance": 10, "held": 0, "available": "10.00"}) == []
    assert verb(trial, "balance", {"member": "覃婉清", "balance": 8}) == ["覃婉清的balance是10，不是8"]
    assert verb(trial, "postings", {"earn": 1, "redeem": 0}) == []
    assert verb(trial, "postings", {"member": "覃婉清", "earn": 2}) == ["earn过账1次，不是2次"]


@pytest.mark.parametrize(
    ("name", "wanted", "words"),
    [
        ("balance", {"member": "无名", "balance": 1}, "没有找到会员“无名”"),
        ("postings", {"member": "无名", "earn": 1}, "没有找到会员“无名”"),
        ("given", {"member": "无名", "points": 1, "issuer": "黄海路社区"}, "没有找到会员“无名”"),
        ("given", {"member": "覃婉清", "points": 1, "issuer": "天涯"}, "写明发放单位"),
        ("given", {"member": "覃婉清", "points": "很多", "issuer": "黄海路社区"}, "写明发放单位"),
    ],
)
def test_a_scenario_that_names_nobody_or_nothing_is_told(
    trial: Trial, name: str, wanted: dict[str, Any], words: str
) -> None:
    (problem,) = verb(trial, name, wanted)
    assert words in problem


def test_the_readers_own_page_says_what_they_can_spend(trial_with: TrialWith) -> None:
    trial = trial_with(expires="year_end")
    assert trial.read(slots.mine, person="qin") is None
    give(trial, "3.5")
    words = trial.read(slots.mine, person="qin")
    assert words is not None
    assert "<dt>网格积分</dt><dd>3.5</dd>" in words
    assert 'href="/trial/points"' in words
    trial.clock.advance(365 * DAY)
    assert "<dd>0</dd>" in (trial.read(slots.mine, person="qin") or "")


def test_a_program_reads_the_same_accounts_as_the_page(trial: Trial) -> None:
    give(trial, "3.5")
    own = trial.read(web.account, person="qin")
    assert own["balances"] == [
        {"kind": "grid", "title": "网格积分", "available": Decimal("3.50"), "held": Decimal("0.00")}
    ]
    asked = {"person": "mo", "query": {"member": "覃婉清"}}
    assert trial.read(web.account, **asked, posts=frozenset({("staff", "hh")})) == own
    with pytest.raises(NotFound):
        trial.read(web.account, **asked)
