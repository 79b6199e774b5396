"""Who is meant is said in words, whatever stands there."""

from __future__ import annotations

import pytest

from engine.i18n import Text, both
from engine.operations.reading.people import people_of
from tests.town import Town


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("user:sun", both("孙立")),
        ("role:staff@a", Text("甲社区工作人员", "staff of 甲社区")),
        ("role:district_admin@", Text("区管理员", "district administrator")),
        ("any@a", Text("甲社区任何人", "anyone of 甲社区")),
        ("any@", Text("任何人", "anyone")),
        ("unit@a", Text("甲社区任何人", "anyone of 甲社区")),
        ("spoilt", both("spoilt")),
    ],
)
def test_an_audience_is_said_in_both_languages(key: str, words: Text, town: Town) -> None:
    assert town.ctx.runner.run(lambda tx: people_of(town.ctx, tx).audience(key), write=False) == words
