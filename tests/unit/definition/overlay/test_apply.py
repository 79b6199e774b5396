"""A district's overlay: seven edits, what the base has to open for them, and what they changed, in words."""

from __future__ import annotations

from typing import Any

import pytest

from engine.definition.language.canonical import document
from engine.definition.language.routes import walk
from engine.definition.load import load_process
from engine.definition.overlay.apply import apply
from engine.definition.overlay.diff import differences
from engine.definition.yaml.source import Node, read
from tests.unit.definition.broken import BROKEN
from tests.unit.definition.catalogue import CATALOGUE

BASE = (BROKEN / "bases" / "base.yaml").read_text("utf-8")


def node_of(text: str, file: str) -> Node:
    node, problems = read(text, file)
    assert node is not None
    assert not problems
    return node


def edited(edits: str, head: str = "") -> tuple[dict[str, Any], list[str]]:
    """The effective document, and the codes of what was refused."""
    overlay = node_of(f"process: base\nextends: common/base\n{head}edits:\n{edits}", "own.yaml")
    tree, problems = apply(node_of(BASE, "base.yaml"), overlay)
    return document(tree), [one.code for one in problems]


def step(made: dict[str, Any], id_: str) -> dict[str, Any]:
    return next(one for one in made["steps"] if one["step"] == id_)


def test_a_setting_a_title_and_options_may_always_be_set() -> None:
    made, refused = edited(
        "- {set: settings.answer_in, to: 1 workday}\n- {set: review.title, to: 初审}\n"
        "- {set: fields.kind.of, to: [丙]}\n- {set: review.outcomes.agree.title, to: 通过}\n"
        "- {set: fields.note.default, to: 无}\n- {set: title, to: 本区申请}\n"
    )
    assert refused == []
    assert made["settings"]["answer_in"]["default"] == "1 workday"
    assert (step(made, "review")["title"], made["title"]) == ("初审", "本区申请")
    assert made["fields"]["kind"]["of"] == ["丙"]
    assert made["fields"]["note"]["default"] == "无"
    assert step(made, "review")["outcomes"]["agree"]["title"] == "通过"


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("review.due.within", "1 workday"),
        ("review.due.within", "4 work hours"),
        ("review.due.within", "1 day"),
        ("review.outcomes.fix.at_most", "2"),
        ("review.outcomes.agree.opinion", "must"),
        ("review.not", "[start]"),
        ("review.sign", "all"),
        ("fields.note.min", "3"),
    ],
)
@pytest.mark.parametrize("edit", ["tighten", "set"])
def test_what_gets_stricter_may_always_be_edited(edit: str, path: str, to: str) -> None:
    assert edited(f"- {{{edit}: {path}, to: {to}}}\n")[1] == []


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("review.due.within", "3 workdays"),
        ("review.due.within", "2 workdays"),
        ("review.due.within", "48 hours"),
        ("review.outcomes.fix.at_most", "3"),
        ("review.outcomes.fix.opinion", "may"),
    ],
)
def test_tighten_has_to_be_tighter(path: str, to: str) -> None:
    assert edited(f"- {{tighten: {path}, to: {to}}}\n")[1] == ["overlay-not-tighter"]


def test_a_limit_that_comes_from_a_setting_cannot_be_compared() -> None:
    assert edited("- {tighten: approve.due.within, to: 1 workday}\n")[1] == ["overlay-cannot-compare"]


def test_people_are_replaced_where_the_base_opens_it() -> None:
    made, refused = edited("- {replace_who: approve, to: [role boss, applicant]}\n")
    assert (step(made, "approve")["ask"], refused) == (["role boss", "applicant"], [])
    assert edited("- {replace_who: review, to: role boss}\n")[1] == ["overlay-closed"]


def test_steps_are_inserted_before_and_after() -> None:
    made, refused = edited(
        "- {insert_before: review, steps: [{step: a, do: x.y}, {step: b, do: x.y}]}\n"
        "- {insert_after: second, steps: [{step: c, do: x.y}]}\n"
        "- {insert_after: a, steps: [{step: d, do: x.y}]}\n"
    )
    assert refused == []
    assert [one["step"] for one in made["steps"]] == ["a", "d", "b", "review", "approve", "last_look", "both"]
    assert [one["step"] for one in step(made, "both")["parallel"]["two"]] == ["second", "c"]


def test_a_step_is_removed_where_the_base_opens_it_and_nothing_names_it() -> None:
    opened = BASE.replace("ask: person approve.who", "ask: applicant")
    overlay = node_of("process: base\nextends: common/base\nedits: [{remove: approve}]\n", "own.yaml")
    tree, problems = apply(node_of(opened, "base.yaml"), overlay)
    assert problems == ()
    assert [one["step"] for one in document(tree)["steps"]] == ["review", "last_look", "both"]


@pytest.mark.parametrize(
    "use",
    [
        "ask: applicant\n  due: {within: 1 day, late: escalate person approve.who}",
        "ask: applicant\n  not: [approve]",
        "ask: person approve.who",
        "if: approve.outcome = 'agree'",
        "do: x.y\n  with: {who: =approve.who}",
    ],
)
def test_a_step_that_something_names_cannot_be_removed(use: str) -> None:
    base = BASE.replace("ask: person approve.who", use)
    overlay = node_of("process: base\nextends: common/base\nedits: [{remove: approve}]\n", "own.yaml")
    assert [one.code for one in apply(node_of(base, "base.yaml"), overlay)[1]] == ["overlay-step-in-use"]


def test_a_step_that_a_return_leads_to_cannot_be_removed() -> None:
    base = BASE.replace("person approve.who", "applicant").replace("then: next}", "then: back approve}")
    overlay = node_of("process: base\nextends: common/base\nedits: [{remove: approve}]\n", "own.yaml")
    assert [one.code for one in apply(node_of(base, "base.yaml"), overlay)[1]] == ["overlay-step-in-use"]


def test_a_word_in_quotes_or_a_role_of_the_same_name_is_no_use_of_a_step() -> None:
    base = BASE.replace("ask: person approve.who", "ask: role approve\n  if: note = 'approve.who'")
    overlay = node_of("process: base\nextends: common/base\nedits: [{remove: approve}]\n", "own.yaml")
    assert apply(node_of(base, "base.yaml"), overlay)[1] == ()


def test_an_outcome_that_returns_or_ends_may_be_added_and_one_that_passes_may_not() -> None:
    made, refused = edited(
        "- {add_outcome: approve, to: {lost: {title: 材料遗失, then: back start, at_most: 1}, past: {then: next}}}\n"
    )
    assert list(step(made, "approve")["outcomes"]) == ["agree", "back_to_review", "lost"]
    assert refused == ["overlay-passes"]


def test_a_step_of_the_overlay_itself_is_open_to_the_overlay() -> None:
    _, refused = edited(
        "- {insert_before: review, steps: [{step: own_look, ask: role desk, outcomes: {ok: {then: next}}}]}\n"
        "- {replace_who: own_look, to: role boss}\n- {add_outcome: own_look, to: {past: next}}\n"
    )
    assert refused == []


def test_an_overlay_cannot_open_a_step_for_itself() -> None:
    _, refused = edited("- {set: review.open, to: [remove]}\n- {remove: review}\n")
    assert refused == ["overlay-closed", "overlay-closed"]


def test_fields_ends_and_plugins_are_added_to_those_of_the_base() -> None:
    made, refused = edited(
        "- {set: title, to: 新}\n",
        "uses: [other]\nfields: {extra: {type: text}, note: {type: date}}\nends: {gone: {}}\n",
    )
    assert refused == ["overlay-there-already"]
    assert list(made["fields"]) == ["note", "kind", "extra"]
    assert made["fields"]["note"]["type"] == "text"
    assert (list(made["ends"]), made["uses"]) == (["done", "refused", "gone"], ["other"])


def test_examples_are_the_overlay_s_own() -> None:
    base = BASE + "examples: [{acts: [review agree], expect: {end: done}}]\n"
    overlay = node_of("process: base\nextends: common/base\ntitle: 新\n", "own.yaml")
    assert "examples" not in document(apply(node_of(base, "base.yaml"), overlay)[0])


def test_problems_of_the_result_point_at_the_file_that_says_it() -> None:
    overlay = node_of("process: base\nextends: b\nedits:\n- {replace_who: approve, to: role boss}\n", "own.yaml")
    tree, _ = apply(node_of(BASE, "base.yaml"), overlay)
    places = {node.place.file for _, node, _ in walk(tree)}
    assert places == {"own.yaml", "base.yaml"}


def test_every_difference_is_typed_and_said_in_both_languages() -> None:
    made, _ = edited(
        "- {set: settings.answer_in, to: 1 workday}\n- {tighten: review.due.within, to: 4 work hours}\n"
        "- {replace_who: approve, to: role boss}\n- {insert_before: review, steps: [{step: a, title: 初看, do: x.y}]}\n"
        "- {add_outcome: review, to: {lost: {title: 材料遗失, then: back start, at_most: 1}}}\n- {remove: second}\n",
        "title: 本区申请\n",
    )
    base = document(node_of(BASE, "base.yaml"))
    found = differences(base, made)
    assert [(one.kind, one.path) for one in found] == [
        ("title", "title"),
        ("setting", "settings.answer_in.default"),
        ("step_added", "a"),
        ("limit", "review.due.within"),
        ("outcome_added", "review.outcomes.lost"),
        ("who", "approve.ask"),
    ]
    by_path = {one.path: one for one in found}
    assert by_path["review.due.within"].sentence.zh == "“审核”·期限·限时：由 2个工作日 改为 4个工作小时"
    assert by_path["approve.ask"].sentence.zh == "“审批”·办理：由 角色 chief 改为 角色 boss"
    assert by_path["approve.ask"].sentence.en == "`approve`, ask: from role chief to role boss"
    assert by_path["a"].sentence == ("最前面加了环节“初看”", "the step `a` is new, first")
    assert (by_path["title"].before, by_path["title"].after) == ("申请", "本区申请")


def test_a_process_does_not_differ_from_itself() -> None:
    base = document(node_of(BASE, "base.yaml"))
    assert differences(base, base) == ()


def told(old: str, new: str) -> set[tuple[str, str]]:
    one, other = document(node_of(old, "")), document(node_of(new, ""))
    return {(difference.kind, difference.path) for difference in differences(one, other)}


def test_a_renamed_step_is_one_that_is_gone_and_one_that_is_new() -> None:
    assert told(BASE, BASE.replace("step: approve", "step: sign")) == {
        ("step_removed", "approve"),
        ("step_added", "sign"),
    }


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ("    agree: {title: 同意, then: next}\n", "", ("outcome_removed", "approve.outcomes.agree")),
        ("{type: text, title: 说明}", "{type: date, title: 说明}", ("changed", "fields.note.type")),
        ("done: {title: 办结}", "done: {title: 办结, tell: applicant}", ("who", "ends.done.tell")),
        ("    fine: {title: 无误, then: next}", "    fine: next", ("title", "last_look.outcomes.fine.title")),
        ("at_most: 3", "at_most: 2", ("limit", "review.outcomes.fix.at_most")),
        ("  title: 复核\n", "  title: 复核\n  if: note = 'x'\n", ("added", "last_look.if")),
    ],
)
def test_each_kind_of_change_is_told(old: str, new: str, difference: tuple[str, str]) -> None:
    before, found, after = BASE.rpartition(old)
    assert found
    assert told(BASE, before + new + after) == {difference}


def test_another_order_is_a_difference_and_so_is_another_list() -> None:
    note, kind = "  note: {type: text, title: 说明}\n", "  kind: {type: choice, of: [甲, 乙], title: 类别}\n"
    assert told(BASE, BASE.replace(note + kind, kind + note)) == {("order", "fields")}
    parts = BASE.split("- step: ")
    swapped = "- step: ".join([parts[0], parts[2], parts[1], *parts[3:]])
    assert told(BASE, swapped) in ({("step_moved", "review")}, {("step_moved", "approve")})


LOOK = "{step: own_look, ask: role desk, outcomes: {ok: next}}"


@pytest.mark.parametrize(
    ("edits", "head", "code"),
    [
        ("  remove: review\n", "", "not-a-list"),
        (f"- {{insert_before: review, steps: {LOOK}}}\n", "", "not-a-list"),
        ("- {insert_after: review, steps: []}\n", "", "no-steps"),
        ("- {add_outcome: review, to: [gone]}\n", "", "not-a-mapping"),
        ("- {set: title, to: 新}\n", "fields: [extra]\n", "not-a-mapping"),
        ("- {set: title, to: 新}\n", "ends: [gone]\n", "not-a-mapping"),
        ("- {set: settings.answer_in.type, to: text}\n", "", "overlay-closed-always"),
    ],
)
def test_no_edit_is_passed_over_in_silence(edits: str, head: str, code: str) -> None:
    made, refused = edited(edits, head)

    assert refused == [code]
    assert [one["step"] for one in made["steps"]] == [one["step"] for one in edited("- {set: title, to: 新}\n")[0]["steps"]]


def test_one_plugin_may_be_added_without_brackets() -> None:
    assert edited("- {set: title, to: 新}\n", "uses: other\n")[0]["uses"][-1] == "other"


def test_a_name_that_the_base_has_is_told_with_the_file_of_the_base() -> None:
    taken = next(line.split("step: ")[1].split(",")[0].strip("} ") for line in BASE.splitlines() if "step: " in line)
    text = f"process: base\nextends: common/base\nfields:\n  {taken}: {{type: text}}\nedits: []\n"
    _, problems = load_process(text, "own.yaml", CATALOGUE, find_base=lambda _: (BASE, "base.yaml"))
    fault = next(one for one in problems if one.code == "name-taken")
    assert "own.yaml" in (fault.file + fault.message.zh)
    assert "base.yaml" in (fault.file + fault.message.zh)
