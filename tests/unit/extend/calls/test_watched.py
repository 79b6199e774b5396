"""What hung is not entered again while its thread is away; what only adds to a page rests as well."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from engine.clock import HOUR, MINUTE
from engine.extend import Card, EvidenceSource, Invariant, Page, Text, hookspecs
from engine.extend.calls.entering import entered, sealed
from engine.extend.calls.faults import HungError, LeftOutError
from engine.extend.calls.watched import REST, left_out
from engine.extend.registers import REGISTERS
from engine.extend.registry import Registry
from engine.hanging import GivenUp
from tests.bounded import until
from tests.hanging import ByHand, Hanging
from tests.unit.extend.plugins_for_tests import plugin

HERE = Path(__file__).parents[3]
HOOKS = sorted(
    name for name, spec in vars(hookspecs).items()
    if hasattr(spec, f"{hookspecs.PROJECT}_spec") and name not in REGISTERS
)  # fmt: skip
AWAY = "an earlier call of it has not come back; until it has, this process does not call it again"
W = Text("怪", "odd")


@pytest.fixture
def pool(code: Hanging) -> Iterator[ThreadPoolExecutor]:
    """Threads to call it in."""
    with ThreadPoolExecutor(5) as made:
        yield made
        code.free.set()


def hang(dog: ByHand, code: Hanging, pool: ThreadPoolExecutor, call: Any, *, for_good: bool = False) -> Future[Any]:
    """Have *call* hang until it is called back, or given up."""
    code.inside.clear()
    called = pool.submit(call)
    assert code.inside.wait(60)
    heard = code.called
    dog.call_back()
    if for_good:
        if call.__name__ == "swallow":
            until(lambda: code.called > heard)
        dog.give_up()
    return called


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_that_only_adds_to_others_work_rests_when_it_hung_and_any_other_is_asked_again(
    hook: str, dog: ByHand, code: Hanging, pool: ThreadPoolExecutor
) -> None:
    def function() -> Any:
        return code.spin()

    registry = Registry([plugin("odd", **{hook: function})])
    ((_, ask),) = registry.implementations(hook, ["odd"])
    called = hang(dog, code, pool, lambda: ask({}))
    assert isinstance(called.exception(60), HungError)
    code.free.set()
    ((_, ask),) = registry.implementations(hook, ["odd", "another"])
    spared = hook.startswith(("render_", "on_"))
    rest = [said.en for said in left_out(["odd"])]
    if not spared:
        assert rest == []
        with pytest.raises(Exception, match="answered str") if hook.startswith(("check", "migrate")) else pool:
            ask({})
        return
    (said,) = rest
    assert said.startswith("plugin 'odd' (") and said.endswith("): it hung, and is left out for 5 minutes"), said
    with pytest.raises(LeftOutError, match="is left out for 5 minutes"):
        ask({})
    dog.now += REST
    dog.look()
    assert ask({}) == "back"
    assert list(left_out(["odd"])) == []


@pytest.mark.parametrize("kind", ["evidence", "card", "page", "invariant"])
def test_of_what_a_plugin_hands_over_evidence_and_cards_rest(
    kind: str, dog: ByHand, code: Hanging, pool: ThreadPoolExecutor
) -> None:
    def asked(*_: object) -> Any:
        return code.spin()

    made: Any = {
        "evidence": (EvidenceSource("odd.act", asked), "gather"),
        "card": (Card("odd", W, asked, W), "load"),
        "page": (Page("/odd", W, asked), "view"),
        "invariant": (Invariant("odd.x", W, asked), "check"),
    }
    thing, name = made[kind]
    ask = getattr(sealed("odd", HERE, thing), name)
    called = pool.submit(ask)
    assert code.inside.wait(60)
    dog.call_back(getattr(thing, "patience", 10_000_000))
    assert isinstance(called.exception(60), HungError)
    code.free.set()
    with pytest.raises(Exception) as caught:
        ask()
    assert isinstance(caught.value, LeftOutError) == (kind in ("evidence", "card"))


def test_what_hangs_again_rests_twice_as_long_an_hour_at_most_and_what_went_well_begins_anew(
    dog: ByHand, code: Hanging, pool: ThreadPoolExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    ask = entered("odd", HERE, code.spin, spared=True)
    minutes = []
    for _ in range(6):
        with caplog.at_level(logging.ERROR, "rongtong.plugins"):
            caplog.clear()
            assert isinstance(hang(dog, code, pool, ask).exception(60), HungError)
        minutes.append(int(caplog.messages[-1].rpartition("left out for ")[2].split()[0]))
        dog.now += minutes[-1] * MINUTE
        dog.look()
    assert minutes == [5, 10, 20, 40, 60, 60]
    dog.now += HOUR
    dog.look()
    caplog.clear()
    hang(dog, code, pool, ask).exception(60)
    assert caplog.messages[-1].endswith("did not come back within 10 s; it was stopped, and is left out for 5 minutes")


@pytest.mark.parametrize("spared", [True, False])
@pytest.mark.parametrize("way", ["wait", "swallow"])
def test_while_a_thread_is_away_in_it_no_other_follows(
    way: str, spared: bool, dog: ByHand, code: Hanging, pool: ThreadPoolExecutor
) -> None:
    """One that heeds no call keeps a processor busy, so one is enough; of those that wait there may be three."""
    ask = entered("odd", HERE, getattr(code, way), spared=spared)
    most = 3 if way == "wait" and not spared else 1
    lost = [hang(dog, code, pool, ask, for_good=True) for _ in range(most)]
    dog.now += 2 * HOUR
    dog.look()
    with pytest.raises(LeftOutError, match=AWAY) as caught:
        ask()
    assert str(caught.value).startswith("plugin 'odd' (tests/hanging.py:")
    assert [said.en.endswith(AWAY) for said in left_out(["odd"])] == [True]
    assert list(left_out(["other"])) == []
    code.free.set()
    assert all(isinstance(one.exception(60), GivenUp) for one in lost)
    assert ask() == "back", "it is back, and so is what it was in"


def test_who_is_called_back_hears_it_before_it_is_told_that_something_is_left_out(
    dog: ByHand, code: Hanging, pool: ThreadPoolExecutor
) -> None:
    """An ``except Exception`` round a part that rests would keep it inside."""
    def loop() -> None:
        code.inside.set()
        while True:
            with suppress(Exception):
                ask_again()

    ask_again = entered("odd", HERE, lambda: None, spared=True)
    called = hang(dog, code, pool, entered("odd", HERE, loop, spared=True))
    assert isinstance(called.exception(60), HungError)


