"""Who has left the district opens nothing of it any more, at whatever address, by session or by token."""

from __future__ import annotations

import re

from sqlalchemy import update

from engine.extend.showing import Endpoint
from engine.operations.reading import plugin_parts
from engine.store.schema import tables
from tests.integration.odd.conftest import World
from tests.integration.odd.oddities import Sent
from tests.integration.odd.test_gate import asked, filled, rules


def test_who_has_left_opens_no_page_and_no_endpoint_of_a_district_or_its_plugins(world: World) -> None:
    client = world.visitor("staff")
    pages = [f"/haicheng{re.sub('<[^<>]*>', world.venue, page.path)}" for page in plugin_parts.pages(world.ctx)]
    endpoints = [f"/api/v1/haicheng/plugins{one.path}" for one in world.ctx.registry.given(Endpoint)]
    inside = [
        filled(world, rule) for rule in rules(world)
        if "GET" in (rule.methods or ()) and "<district>" in rule.rule and rule.endpoint != "web.plugin_page"
    ]  # fmt: skip
    every = [*pages, *endpoints, *inside]
    assert len(pages) > 2 and len(endpoints) > 1 and len(inside) > 10
    before = {path: world.ask(client, Sent("GET", path, headers=asked(world, "staff"))).status_code for path in every}
    assert sum(status == 200 for status in before.values()) > 10
    p, person = tables.person, world.people["staff"]
    world.ctx.runner.run(
        lambda tx: tx.connection.execute(update(p).where(p.c.id == person).values(until=world.ctx.now)).rowcount
    )
    for path in every:
        answer = world.ask(client, Sent("GET", path, headers=asked(world, "staff")))
        assert answer.status_code in (401, 403, 404), (path, answer.status_code)
    shown = world.ask(client, Sent("GET", "/me"))
    assert shown.status_code in (200, 404)
    for page in plugin_parts.pages(world.ctx):
        assert page.title.zh not in shown.text


def test_nothing_of_a_plugin_is_shown_but_through_the_one_place_that_asks() -> None:
    """A page, an endpoint and a part of a page are handed a PageContext, and one function makes it."""
    from tests.architecture.source import modules

    makers = [module.place for module in modules("engine") if "PageContext(" in module.text.replace("class PageContext(", "")]
    assert makers == ["engine/operations/plugin_contexts.py", "engine/testing/trial.py"]
    users = [
        module.place
        for module in modules("engine")
        if re.search(r"plugin_contexts\.page_context\(|plugin_contexts import .*\bpage_context", module.text)
    ]
    assert users == ["engine/operations/reading/plugin_parts.py"]
