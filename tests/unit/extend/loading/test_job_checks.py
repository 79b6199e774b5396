"""What runs by job is looked at when the engine starts, and what is handed over when it is handed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from engine.clock import MINUTE
from engine.extend import Job, Message, Reaction, Sender, both
from engine.extend.calls.faults import PluginError
from engine.extend.loading.job_checks import Unfit
from engine.extend.registry import Registry
from engine.extend.senders import LONGEST_SEND
from engine.runtime.evolve import KINDS
from tests import desk
from tests.unit.extend.plugins_for_tests import giving, plugin

SENDER = Sender("post.sms", both("sms"), lambda ctx, body: body, "os.path:join")


def react(ctx: Any, body: Mapping[str, Any]) -> None:
    """Nothing to do."""


def registry(*reactions: Reaction, senders: tuple[Sender, ...] = (SENDER,)) -> Registry:
    hooks = {"register_reactions": giving(*reactions), "register_senders": giving(*senders)}
    return Registry([desk.plugin(), plugin("post", **hooks)])


@pytest.mark.parametrize(
    "event",
    ["", *KINDS, "desk.hold.held", "desk.hold.refused", "desk.release.undone", "desk.release.kept", "engine.tell.told",
     "elsewhere.lend.lent"],
)  # fmt: skip
def test_a_reaction_may_wait_for_whatever_can_come_and_for_what_is_not_installed(event: str) -> None:
    assert registry(Reaction("post.on", event, react)).job("post.on") is not None


@pytest.mark.parametrize(
    ("event", "meant"),
    [("end", "ended"), ("sined", "signed"), ("desk.hold.hold", "desk.hold.held"), ("desk.hold", "desk.hold.held"),
     ("desk.release.gone", ""), ("whatever", "")],
)  # fmt: skip
def test_a_reaction_to_what_never_comes_closes_its_plugin(event: str, meant: str) -> None:
    with pytest.raises(PluginError) as refusal:
        registry(Reaction("post.on", event, react))
    assert refusal.value.details["plugin"] == "post"
    assert f"“{event}”" in refusal.value.text.zh
    assert meant in refusal.value.text.en


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "sms"}, "has to start with"),
        ({"send": "os.path"}, '"module:function"'),
        ({"send": "os.path:"}, '"module:function"'),
        ({"send": "os.path:nothing"}, '"module:function"'),
        ({"send": "os.path:sep"}, '"module:function"'),
        ({"send": "no.such.module:send"}, "cannot be imported: ModuleNotFoundError"),
        ({"limit": 0}, "within 0 and 300 seconds"),
        ({"limit": LONGEST_SEND + 1}, "within 0 and 300 seconds"),
        ({"name": "post.on"}, "is a reaction and a sender"),
    ],
)
def test_a_sender_that_could_never_send_closes_its_plugin(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(PluginError) as refusal:
        registry(Reaction("post.on", "", react), senders=(replace(SENDER, **wrong),))
    assert refusal.value.details["plugin"] == "post"
    assert said in refusal.value.text.en


@pytest.mark.parametrize(
    "thing",
    [Message("user:ann", both("hello")), Job("post.on", {}), Job("post.sms", {"to": ["a", 1, None, 1.5]}, MINUTE)],
)
def test_what_can_be_delivered_or_run_is_taken(thing: object) -> None:
    registry(Reaction("post.on", "", react)).check_handed("post", thing)


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        (Job("post.of", {}), "no reaction or sender 'post.of'; has: post.on, post.sms"),
        (Job("desk.hold", {}), "no reaction or sender"),
        (Job("post.on", {"x": object()}), "is not JSON: x is "),
        (Job("post.on", {"x": Decimal(1)}), "is not JSON: x is "),
        (Job("post.on", {"x": float("nan")}), "is not JSON"),
        (Job("post.on", {"x": "\ud800"}), "is not JSON"),
        (Job("post.on", {1: "x", "y": 2}), "is not JSON"),
        (Job("post.on", "words"), "is not JSON"),
        (Job("post.on", {}, "tomorrow"), "in microseconds"),
        ("hello", "not str"),
        (None, "not NoneType"),
    ],
)
def test_what_could_never_be_delivered_or_run_is_refused_where_it_is_handed_over(thing: Any, said: str) -> None:
    with pytest.raises(Unfit) as refusal:
        registry(Reaction("post.on", "", react)).check_handed("post", thing)
    assert refusal.value.details["plugin"] == "post"
    assert said in refusal.value.text.en


def test_a_body_that_holds_itself_is_refused() -> None:
    body: dict[str, Any] = {}
    body["again"] = body
    with pytest.raises(Unfit):
        registry(Reaction("post.on", "", react)).check_handed("post", Job("post.on", body))
