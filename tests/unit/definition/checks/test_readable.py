"""What only some may see stays with them: in no subject or party, not told by who is asked, in no field for more."""

from __future__ import annotations

import pytest

from tests.unit.definition.loading import codes, load

PROCESS = """\
process: sample
title: 样例
subject: [SUBJECT]
parties:
  home: {unit: start.unit}
  other: {unit: PARTY}
fields:
  plain:  {type: text}
  secret: {type: text, see: [home]}
  count:  {type: integer, see: [home]}
  tell:   {type: phone, sensitive: true}
  card:   {type: id_number}
  near:   {type: unit, see: [home]}
  far:    {type: unit}
  copy:   COPY
start: {who: role staff, fill: [plain, secret, count, tell, card, near, far]}
steps: [{step: ok, ask: role a, outcomes: {agree: {set: {plain: SET}, then: next}}}]
ends: {done: {}}
"""


def sample(subject: str = "plain", party: str = "far", copy: str = "{type: text, value: =plain}", put: str = "好") -> str:
    """The process with these parts."""
    return (
        PROCESS.replace("SUBJECT", subject).replace("PARTY", party).replace("COPY", copy).replace("SET", put)
    )


@pytest.mark.parametrize("subject", ["plain", "plain, tell", "card", "copy, far"])
def test_a_subject_of_what_all_may_see_is_sound(subject: str) -> None:
    assert codes(sample(subject)) == []


@pytest.mark.parametrize("subject", ["secret", "plain, secret", "count"])
def test_a_subject_names_nothing_that_only_some_may_see(subject: str) -> None:
    assert codes(sample(subject)) == ["subject-see"]


def test_a_party_does_not_follow_from_what_only_some_may_see() -> None:
    assert codes(sample(party="near")) == ["party-see"]


@pytest.mark.parametrize(
    ("copy", "found"),
    [
        ("{type: text, value: =secret}", ["see-lost"]),
        ("{type: text, value: =secret, see: [home, other]}", ["see-lost"]),
        ("{type: text, value: =secret, see: [home]}", []),
        ("{type: boolean, value: =count > 3}", ["see-lost"]),
        ("{type: text, value: =tell}", ["mask-lost"]),
        ("{type: text, value: =card}", ["mask-lost"]),
        ("{type: text, value: =card, sensitive: true}", []),
        ("{type: id_number, value: =card}", []),
        ("{type: boolean, value: =empty(tell)}", []),
        ("{type: text, default: =start.unit.name}", []),
    ],
)
def test_what_is_reckoned_from_a_field_is_for_as_few(copy: str, found: list[str]) -> None:
    assert codes(sample(copy=copy)) == found


@pytest.mark.parametrize(("put", "found"), [("=secret", ["see-lost"]), ("=tell", ["mask-lost"]), ("=copy", [])])
def test_what_an_outcome_sets_is_for_as_few(put: str, found: list[str]) -> None:
    assert codes(sample(put=put)) == found


@pytest.mark.parametrize("of", ["", ", see: [home]", ", sensitive: true"])
@pytest.mark.parametrize(
    ("how", "tells"),
    [
        ("ask: person helper", True),
        ("ask: [role a, person helper]", True),
        ("ask: role a of there", True),
        ("ask: [{if: not empty(helper), who: role a}, {else: true, who: role b}]", False),
        ("ask: role a, not: [person helper]", False),
        ("ask: role a, due: {within: 2 days, late: escalate person helper}", True),
    ],
)
def test_who_is_asked_does_not_follow_from_what_only_some_may_see(how: str, tells: bool, of: str) -> None:
    process, problems = load(f"""\
process: sample
title: 样例
parties: {{home: {{unit: start.unit}}}}
fields:
  helper: {{type: person{of}}}
  there: {{type: unit{of}}}
start: {{who: role staff, fill: [helper, there]}}
steps: [{{step: ok, {how}, outcomes: {{agree: next}}}}]
ends: {{done: {{}}}}
""")
    assert process is not None, "it warns and does not refuse"
    found = [one for one in problems if one.code == "asked-see"]
    assert [one.warning for one in found] == [True] * (tells and of != "")
