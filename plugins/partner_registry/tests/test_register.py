"""Check, enrol, suspend and find, on both databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.extend import FieldType, Outcome, Resolver, Veto, both
from engine.testing import Trial, render
from plugins.partner_registry import web
from plugins.partner_registry.operations import register
from plugins.partner_registry.scenarios import partners
from plugins.partner_registry.tests.conftest import PARTNERS, TrialWith

TEMPLATES = Path(__file__).parents[1] / "templates"
SHOP = {"kind": "商企", "name": "海风餐馆", "unit": "hh", "contact": "qin", "skills": ["餐饮"]}


def act(trial: Trial, action: str, inputs: dict[str, Any], case: str = "c1") -> Outcome:
    return trial.act(f"partner_registry.{action}", inputs, unit="hh", case=case)


def count(trial: Trial, **wanted: Any) -> list[Any]:
    """What is wrong with the count that is wanted; nothing when it is right."""
    return list(trial.write(lambda ctx: partners(ctx, wanted), "hh"))


def find(trial: Trial, skill: str, unit: str, **more: Any) -> Outcome:
    return act(trial, "find", {"skill": skill, "unit": unit, **more})


def test_a_party_is_new_a_duplicate_or_there_in_another_form(trial: Trial) -> None:
    new = {"kind": "个体", "name": "新来的", "unit": "hh"}
    assert act(trial, "check", new).name == "new"
    same = {"kind": "个体", "name": "阿强 理发", "unit": "hh"}
    assert act(trial, "check", same).outputs == {"existing": "aq"}
    other = act(trial, "check", {**same, "kind": "商企"})
    assert (other.name, other.outputs) == ("other_form", {"existing": "aq"})
    renamed = {"kind": "firm", "name": "换了名字", "unit": "hh", "code": "91350100m000100y43"}
    assert act(trial, "check", renamed).outputs == {"existing": "kj"}


def test_an_enrolled_partner_is_found_and_leaves_when_that_is_undone(trial: Trial) -> None:
    receipt = act(trial, "enrol", SHOP).outputs
    assert count(trial, name="海风餐馆", status="active", kind="商企", unit="黄海路社区", skill="餐饮") == []
    assert trial.undo("partner_registry.remove", receipt, unit="hh", case="c1") == "undone"
    assert trial.undo("partner_registry.remove", receipt, unit="hh", case="c1") == "nothing_left"
    assert count(trial, name="海风餐馆", status="quit") == []
    assert act(trial, "check", {"kind": "商企", "name": "海风餐馆", "unit": "hh"}, "c2").name == "new"


def test_the_same_step_enrols_once_and_another_one_is_vetoed(trial: Trial) -> None:
    first = act(trial, "enrol", SHOP)
    assert act(trial, "enrol", SHOP) == first
    with pytest.raises(Veto, match="enrolled in this form a moment ago"):
        act(trial, "enrol", SHOP, "c2")
    assert count(trial, name="海风餐馆") == []


def test_one_party_enrolled_eight_times_at_once_is_there_once(trial: Trial) -> None:
    def enrol(shop: dict[str, Any], case: str) -> bool:
        try:
            act(trial, "enrol", shop, case)
        except Veto:
            return False
        return True

    for number in range(20):
        shop = {**SHOP, "name": f"海风餐馆{number}"}
        cases = [trial.case(f"r{number}-{thread}", "hh") for thread in range(8)]
        done = trial.race(*(lambda shop=shop, case=case: enrol(shop, case) for case in cases))
        assert done.count(True) == 1


def test_a_pending_partner_is_not_found_until_it_is_activated(trial: Trial) -> None:
    key = act(trial, "enrol", {**SHOP, "pending": True}).outputs["id"]
    assert find(trial, "餐饮", "hh").name == "none"
    receipt = act(trial, "activate", {"partner": key}, "c2").outputs
    assert receipt == {"partner": key, "was": "pending"}
    assert find(trial, "餐饮", "hh").outputs["partner"] == key
    assert trial.undo("partner_registry.restore", receipt, unit="hh", case="c2") == "undone"
    assert find(trial, "餐饮", "hh").name == "none"


def test_a_suspended_partner_is_not_found_until_that_is_undone(trial: Trial) -> None:
    receipt = act(trial, "suspend", {"partner": "kj", "reason": "证照待核"}).outputs
    assert find(trial, "医疗", "hh").name == "none"
    again = act(trial, "suspend", {"partner": "kj"}, "c2").outputs
    assert again == {"partner": "kj", "was": ""}
    assert trial.undo("partner_registry.restore", again, unit="hh", case="c2") == "nothing_left"
    assert trial.undo("partner_registry.restore", receipt, unit="hh", case="c1") == "undone"
    assert find(trial, "医疗", "hh").outputs["partner"] == "kj"


def test_a_partner_that_left_stays_away(trial: Trial) -> None:
    shop = act(trial, "enrol", SHOP).outputs
    receipt = act(trial, "suspend", {"partner": shop["id"]}, "c2").outputs
    trial.undo("partner_registry.remove", shop, unit="hh", case="c1")
    assert trial.undo("partner_registry.restore", receipt, unit="hh", case="c2") == "kept"


def test_the_nearest_along_the_tree_is_found(trial: Trial) -> None:
    assert find(trial, "文艺", "hh").outputs == {"partner": "wy", "contact": "mo", "unit": "ct", "distance": 2}
    assert find(trial, "医疗", "hh").outputs["distance"] == 4
    assert find(trial, "医疗", "hh", within=3).name == "none"
    assert find(trial, "文艺", "hh", besides="wy").name == "none"


def test_a_partner_whose_licence_ended_is_not_found(trial: Trial) -> None:
    trial.clock.advance(3 * 366 * 86_400_000_000)
    assert find(trial, "医疗", "hh").name == "none"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "公司"}, "no form"), ({"name": "（）"}, "name"), ({"code": "123"}, "wrong check sign"),
        ({"name": "字" * 201}, "200 letters"), ({"code": "9" * 201}, "200 letters"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_vetoed_with_a_sentence(trial: Trial, change: dict[str, str], words: str) -> None:
    with pytest.raises(Veto, match=words):
        act(trial, "enrol", {**SHOP, **change})


def test_a_district_may_take_codes_as_they_are(trial_with: TrialWith) -> None:
    trial = trial_with(check_code=False)
    assert act(trial, "enrol", {**SHOP, "code": "123"}).name == "enrolled"


def test_a_process_may_ask_a_partner_and_read_it(trial: Trial) -> None:
    resolver = trial.registry.resolver("partner_registry.contact")
    kind = trial.registry.field_type("partner")
    assert isinstance(resolver, Resolver)
    assert isinstance(kind, FieldType)
    assert trial.read(lambda ctx: resolver.resolve(ctx, {"partner": "wy"})) == ["user:mo"]
    assert trial.read(lambda ctx: resolver.resolve(ctx, {"partner": "gone"})) == []
    (record,) = trial.read(lambda ctx: kind.read(ctx, ["wy", "gone"]))
    assert (record.label, record.hint) == ("晚霞文艺队", both("社群 · 茶亭路社区"))
    expected = {"name": "晚霞文艺队", "contact": "mo", "unit": "ct", "kind": "社群", "status": "在册"}
    assert record.attributes == expected
    act(trial, "suspend", {"partner": "wy"})
    assert trial.read(lambda ctx: resolver.resolve(ctx, {"partner": "wy"})) == [], "it takes no orders for now"


@pytest.mark.parametrize("words", ["晚霞", "晚霞文艺队", "文艺", "茶亭路社区", "wy"])
def test_a_partner_is_found_by_what_people_type(trial: Trial, words: str) -> None:
    kind = trial.registry.field_type("partner")
    assert kind is not None
    assert [record.id for record in trial.read(lambda ctx: kind.find(ctx, words, 5))] == ["wy"]


def test_the_checks_beside_a_decision_speak_of_likeness_and_code(trial: Trial) -> None:
    inputs = {"kind": "商企", "name": "换了名字", "unit": "hh", "code": "91350100M000100Y43"}
    lines = trial.evidence("partner_registry.enrol", inputs)
    assert [(line.level, line.sentence.zh) for line in lines] == [
        ("bad", "名册里已有“康健门诊”，类别是商企。"),
        ("ok", "统一社会信用代码校验位相符。"),
    ]


def test_the_same_file_changes_nothing_and_a_new_one_what_differs(trial: Trial) -> None:
    act(trial, "suspend", {"partner": "wy"})
    assert not trial.seed("partners.yaml", PARTNERS)
    assert count(trial, name="晚霞文艺队", status="suspended") == []
    assert not trial.seed("partners.yaml", [{**PARTNERS[1], "skills": ["法律"]}])
    assert count(trial, skill="法律") == []
    assert count(trial, skill="文艺", count=0) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"unit": "天涯"}, "没有单位“天涯”"),
        ({"contact": "无名"}, "没有人员“无名”"),
        ({"kind": "公司"}, "类别写个体"),
        ({"members": "多"}, "人数写整数"),
        ({"color": "red"}, "不认识“color”"),
        ({"name": ""}, "缺少“name”"),
        ({"id": "aq2"}, "与另一个合伙人重复"),
    ],
)
def test_a_faulty_row_is_told_and_left_out(trial: Trial, change: dict[str, str], words: str) -> None:
    (problem,) = trial.seed("partners.yaml", [{**PARTNERS[0], "id": "aq", **change}])
    assert words in problem.message.zh
    assert problem.path.startswith("0.")


def test_an_id_that_is_written_twice_is_told(trial: Trial) -> None:
    (problem,) = trial.seed("partners.yaml", [PARTNERS[0], PARTNERS[1], {**PARTNERS[2], "id": "aq"}])
    assert (problem.path, problem.message.zh) == ("2.id", "编号“aq”写了两次，改掉一个。")


def test_the_roster_is_searched_and_counted(trial: Trial) -> None:
    staff = frozenset({("staff", "hh")})
    page = trial.read(web.roster, unit="hh", query={"q": "康健"}, posts=staff).values
    (row,) = page["rows"]
    assert (row["name"], row["unit"], row["contact"], row["skills"]) == ("康健门诊", "平安街社区", "汪蓉", both("医疗"))
    assert [(key, number) for key, _, number in page["kinds"]] == [("individual", 1), ("group", 1), ("firm", 1)]
    assert [figure.value for figure in trial.read(web.figures)] == ["1", "1", "1"]


def test_the_roster_names_a_contact_to_who_works_here_and_to_themselves(trial: Trial) -> None:
    def contact(**reader: Any) -> str:
        (row,) = trial.read(web.roster, query={"q": "康健"}, **reader).values["rows"]
        return str(row["contact"])

    assert contact(person="somebody") == ""
    assert contact(posts=frozenset({("volunteer", "hh")})) == "汪蓉"
    mine = trial.read(lambda ctx: ctx.directory.find_person("汪蓉"))
    assert contact(person=mine) == "汪蓉"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_roster_is_filled_in_either_language(trial: Trial, language: str) -> None:
    page = render(TEMPLATES, trial.read(web.roster), language)
    assert "晚霞文艺队" in page
    assert {"zh": "在册", "en": "active"}[language] in page
    nobody = render(TEMPLATES, trial.read(web.roster, query={"q": "<b>"}), language)
    assert "&lt;b&gt;" in nobody


def test_a_scenario_is_told_what_is_not_as_it_should_be(trial: Trial) -> None:
    assert [problem.message.zh for problem in count(trial, kind="商企", count=2)] == [
        "名册里kind=商企的合伙人有1个，不是2个"
    ]
    assert trial.read(lambda ctx: register.find(ctx, "gone")) is None
