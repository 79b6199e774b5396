"""Which branches of the inbox a box has: one for each audience that a task may ask."""

from __future__ import annotations

import pytest

from engine.audience import ANYBODY, AudienceKey, anyone_key, at_home_key, role_key, user_key
from engine.store.inbox import Box, InboxReader

ME, HEAD, HERE = user_key("me"), role_key("head", "a"), anyone_key("a")
READER = InboxReader("me", (ME, HEAD, HERE, at_home_key("a"), at_home_key("town"), ANYBODY), ((HEAD, "bo"),))


@pytest.mark.parametrize(
    ("box", "assigned", "keys", "lent"),
    [
        ("mine", True, (ME, HEAD), 1),
        ("claimable", False, (HEAD, HERE, ANYBODY), 0),
        ("all", True, (ME, HEAD, HERE, ANYBODY), 1),
    ],
)
def test_a_box_looks_only_for_what_tasks_ask(box: Box, assigned: bool, keys: tuple[AudienceKey, ...], lent: int) -> None:
    shown = READER.shown_in(box)
    assert (shown.assigned, shown.keys, len(shown.lent)) == (assigned, keys, lent)
    assert shown.shape == (assigned, len(keys), lent)
