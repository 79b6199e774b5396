"""What a plugin cannot show is said apart from what stands beside it, in the name that people know the plugin by."""

from __future__ import annotations

from typing import Any

import pytest

from engine.extend.calls import beside
from engine.operations.reading import plugin_parts
from tests.browser.conftest import OpenReader
from tests.browser.town import Town


def unshown(ctx: Any, caller: Any, _name: str, _view: object, _base: str) -> list[Any]:
    """In every slot of a page the part of one plugin that failed."""
    return [beside._notice(ctx.registry, "venue_sharing", caller.language)]


@pytest.mark.parametrize("width", [390, 1280])
def test_what_a_plugin_cannot_show_stands_apart_in_every_slot_and_is_called_as_people_call_it(
    town: Town, reader: OpenReader, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    number = town.loan(16)
    window = reader(f"unshown-{width}", width=width)
    window.log_in("lender")
    monkeypatch.setattr(plugin_parts, "slot", unshown)
    for name, path in {"inbox": "inbox", "case": f"cases/{number}", "start": "start/borrow_venue"}.items():
        window.open(f"/haicheng/{path}")
        window.look(name)
    window.open("/haicheng/inbox")
    window.follow(".row .subject")
    window.look("task")
    said = window.page.locator(".notice").all_inner_texts()
    assert said == ["插件“场地共享”的这一块暂时显示不了。"] * 3, "above the page, beside the task, and above its form"
