"""Properties of every accepted process, driven by random commands of several people, legal and not."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine.clock import DAY
from engine.definition.calendar.working import calendar_from
from engine.definition.catalogue import ActionSpec
from engine.definition.kinds.ask import Ask
from engine.definition.kinds.table import STEPS
from engine.definition.model import Process
from engine.errors import RongtongError
from engine.runtime import commands as c
from engine.runtime.draft import Definition
from engine.runtime.evolve import replay
from engine.runtime.facts import GivenFacts
from engine.runtime.kinds.table import begin
from engine.runtime.shapes.events import Event, as_event
from engine.runtime.shapes.tree import Node, State
from engine.runtime.simulate import Simulation, given_result
from engine.runtime.state import copy, failed_at, is_step, nodes, owed, seats
from engine.runtime.takeback import last_decision, offered
from tests.unit.runtime.grown import CATALOGUE, FIRST, Said, constructs, documents, sound
from tests.unit.runtime.noon import CALENDAR, NOON

#: She starts and decides, he decides, he mends, and she has no part in it.
PEOPLE = ("bea", "bo", "cai", "ann")
MEMBERS = {"role:head@b": {"bo", "bea"}, "role:staff@b": {"bea"}, "role:district_admin@b": {"cai"},
           "role:district_admin@": {"cai"}}  # fmt: skip
#: The days after the case begins are off.
MENDED = calendar_from({"years": {"2026": {"holidays": {"off": "06-17/06-19"}}}, "hours": ["09:00-12:00", "14:00-18:00"]})
DAYS = ("2026-06-20T12:00", "2026-06-15T12:00")
#: Everything that an accepted process may be made of, as ``constructs`` calls it.
EVERY = """
ask | do | wait | choose | parallel | stage | if | sign any | sign all | asks 1 | asks 2 | rules 2 | ask not_ | ask show |
ask fill | ask stops_clock | do desk.hold | do desk.note | wait until | choices 2 | choices 3 |
need all | need any | need 2 | rest cancel | rest finish | branches 2 | branches 3 |
ask in choose | ask in parallel | ask in stage | do in choose | do in parallel | do in stage |
choose in parallel | choose in stage | parallel in parallel | parallel in stage | parallel in choose |
stage in stage | stage in parallel | stage in choose | wait in parallel | wait in stage |
ask exit next | ask exit stay | ask exit drop | ask exit end | ask exit back | do exit drop | do exit end |
do exit back | parallel exit drop | parallel exit end | stage exit back | stage exit end | stage exit stay |
ask by who | ask by clock | stage by who | stage by clock | do by clock |
again replay | again changed | again resume | back start | back to itself | back by asked | back by clock |
back by who | back by action | exhausted | exit undo this | exit undo none | exit undo all | do undo this | stage undo this | parallel undo this |
exit must | exit set | opinion must | small steps on next | small steps on back | small steps on end |
small ask | small do | small choose | small parallel | small stage | small wait |
ask late outcome | ask late escalate | ask late escalate then outcome | stage late outcome | stage late escalate |
ask remind | stage remind | due within | due by | due before | before late | due of the case
"""
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


def test_what_grows_is_nearly_always_sound_and_holds_every_construct() -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=700, deadline=None, derandomize=True, database=None, suppress_health_check=SLOW)
    @given(documents())
    def look(document: Said) -> None:
        made = sound(document)
        seen.update(["grown"] if made is None else ["grown", "sound", *+constructs(made)])

    look()
    assert STEPS.keys() <= seen.keys(), "a kind of step is not grown: give it a line in grown.py"
    wanted = {" ".join(words.split()) for words in EVERY.split("|")}
    assert wanted - seen.keys() == set()
    assert seen["sound"] > 0.9 * seen["grown"]


def told(state: State) -> State:
    """*state* without what a decision that was taken back may leave: serials, clocks that rang meanwhile."""
    kept: State = {key: copy(state.get(key, {})) for key in ("out", "par", "data", "acted", "rounds")}
    root = kept["root"] = copy(state["root"])
    for node in nodes(root):
        node.pop("due", None)
        node.pop("handing", None)
        if "seats" in node:
            sig = node.pop("sig", {})
            node["seats"] = [[seat.audience, seat.holder, sig.get(str(seat.n))] for seat in node["seats"]]
            del node["n"]
    return kept


class Life:
    """One case of a grown process and everything that may happen to it."""

    def __init__(self, made: Process, data: st.DataObject) -> None:
        self.data = data
        self.process = made
        self.members = {audience: set(persons) for audience, persons in MEMBERS.items()}
        facts = GivenFacts(NOON, CALENDAR, members=self.members)
        self.sim = Simulation(Definition(made, CATALOGUE), facts, self._answer)
        self.sim.fails = lambda: data.draw(st.integers(0, 9)) == 9
        self.decided: dict[int, tuple[State, int]] = {}

    def _answer(self, _step: str, spec: ActionSpec) -> tuple[str, dict[str, Any]]:
        return given_result(spec, self.data.draw(st.sampled_from([result.name for result in spec.results])))

    @property
    def state(self) -> State:
        assert self.sim.state is not None
        return self.sim.state

    @property
    def over(self) -> bool:
        return bool(self.state["st"] == "ended")

    def start(self) -> None:
        self.sim.give(c.Start("bea", "b", self.words(FIRST), self.data.draw(st.sampled_from(["", "ann", "bo"]))))

    def words(self, names: tuple[str, ...], said: tuple[str | None, ...] = ("x", "y", None)) -> dict[str, Any]:
        """What somebody fills into fields."""
        return {name: self.data.draw(st.sampled_from(DAYS if name == "day" else said)) for name in names}

    # -- what may be given -----------------------------------------------------------------

    def moves(self) -> list[tuple[Any, ...]]:
        """Every verb that somebody might use now: its name, the serial, the outcome or another person."""
        found: list[tuple[Any, ...]] = [(verb, 0, "") for verb in ("wait", "comment", "recheck", "recount", "down", "days")]
        found += [("rights", 0, "bo"), ("rights", 0, "cai")]
        for n, (node, seat) in seats(self.state).items():
            found += [("act", n, name) for name in self._outcomes(node)] * 2
            found += [("claim", n, ""), ("hand", n, "bo"), ("hand", n, "cai"), ("ask", n, "cai")]
            found += [("agree", n, ""), ("decline", n, "")] if str(n) in node.get("handing", {}) else []
            found += [("unclaim", n, "")] if seat.holder else []
        for node in nodes(self.state["root"]):
            if node["k"] == "stage":
                found += [("act", node["n"], name) for name in self._outcomes(node)]
            if node.get("ph") == "incident":
                found += [("retry", node["n"], ""), ("cancel", 0, "")]
            found += [("tick", node["n"], "")] if "due" in node else []
        mine = ((who, last_decision(self.state, self.sim.facts.past, who)) for who in PEOPLE)
        return found + [("take_back", last.n, who) for who, last in mine if last is not None]

    def _outcomes(self, node: Node) -> list[str]:
        if node["s"] == "start":
            return ["submit"]
        return [taken.name for taken in self.process.index[node["s"]][0].outcomes if taken.by.kind != "clock"]

    def use(self, verb: str, n: int, more: str) -> None:
        """Use a verb as somebody, or as who it names; a refusal must change nothing."""
        if verb == "wait":
            self.sim.ring()
            return
        if verb == "down":  # nobody lets the clocks ring for some days
            self.sim.facts.at += self.data.draw(st.integers(1, 9)) * DAY
            return
        if verb == "days":
            self.sim.facts.days = self.data.draw(st.sampled_from((CALENDAR, MENDED)))
            return
        if verb == "rights":
            self.members["role:head@b"] ^= {more}
            return
        before, early = list(self.sim.events), verb == "tick" and not self._rings(n)
        looks, seen, due = told(self.state), dict(self.sim.open_tasks()), self._due()
        promised = verb == "take_back" and self._offers(more, n)
        try:
            self.sim.give(self._command(verb, n, more, self.data.draw(st.sampled_from(PEOPLE))))
        except RongtongError:
            assert self.sim.events == before, "a refusal changes nothing"
            assert not promised, "what is offered is carried out"
        else:
            assert promised or verb != "take_back", "what is carried out was offered"
            assert verb != "recount" or all(self._due()[n] >= at for n, at in due.items()), "later only"
            self._decided(verb, n, looks, seen, self.sim.events[len(before) :])
        assert not early or self.sim.events == before, "a clock that is early does nothing"

    def _offers(self, who: str, n: int) -> bool:
        """Whether *who* is offered to take back what they decided at *n*."""
        draft = begin(self.sim.definition, self.state, self.sim.facts, who)
        found = offered(draft, self.sim.facts.past, who)
        return found is not None and found.n == n

    def _decided(self, verb: str, n: int, looks: State, seen: dict[int, str], happened: list[Event]) -> None:
        """A decision that is taken back leaves no trace, and takes nothing from who acted elsewhere meanwhile."""
        if verb in ("act", "hand") or (verb == "ask" and any(event["e"] == "reassigned" for event in happened)):
            self.decided[n] = looks, len(self.sim.facts.past)  # who may do it anyway is handed it without being asked for
        if verb == "take_back" and any(event["e"] == "taken_back" for event in happened):
            looked, since = self.decided[n]
            others = [event for events in self.sim.facts.past[since:-1] for event in events if event["e"] != "noted"]
            assert others or told(self.state) == looked, "all is as it was before the decision"
            opened = [event["node"] for event in self.sim.facts.past[since - 1] if event["e"] == "opened"]
            own = {seat.n for node in opened for seat in node.get("seats", ())}
            left = {step for n, step in seen.items() if n not in own}
            assert left <= set(self.sim.open_tasks().values()), "what it did not open is open still"

    def _command(self, verb: str, n: int, more: str, who: str) -> c.Command:
        match verb:
            case "act":
                return c.Act(who, n, more, self.words(self._fields(n, more)), opinion="意见")
            case "hand":
                return c.Transfer(who, n, more, "出差", "reason")
            case "ask":
                return c.Transfer(who, n, more, "出差", "consent")
            case "take_back":
                return c.TakeBack(more, n)
        return {
            "claim": c.Claim(who, n),
            "unclaim": c.Claim(who, n, release=True),
            "agree": c.Consent("cai", n, True),
            "decline": c.Consent("cai", n, False),
            "retry": c.Retry("cai", n),
            "cancel": c.Cancel("cai"),
            "comment": c.Comment(who),
            "recheck": c.Recheck(),
            "recount": c.Recount(),
            "tick": c.Tick(n),
        }[verb]

    def _due(self) -> dict[int, int]:
        return {node["n"]: node["due"]["at"] for node in nodes(self.state["root"]) if "at" in node.get("due", {})}

    def _rings(self, n: int) -> bool:
        ping = self.sim.pings().get(n)
        return ping is not None and ping <= self.sim.facts.at

    def _fields(self, n: int, outcome: str) -> tuple[str, ...]:
        node = next(node for node in nodes(self.state["root"]) if n in (node["n"], *(s[0] for s in node.get("seats", ()))))
        if node["s"] == "start":
            return FIRST
        step = self.process.index[node["s"]][0]
        taken = step.exit(outcome)
        assert taken is not None
        return tuple(dict.fromkeys((*(step.fill if isinstance(step, Ask) else ()), *taken.fill, *taken.must)))

    # -- what must hold --------------------------------------------------------------------

    def check(self) -> None:
        """What must hold whenever the case rests."""
        state, sim = self.state, self.sim
        said = copy(sim.events)
        assert replay(map(as_event, json.loads(json.dumps(sim.events)))) == state, "the events say the whole state, as JSON"
        replay(sim.events)
        assert sim.events == said, "what happened stays as it was told, whatever happens later"
        if self.over:
            if state["end"] in ("refused", "cancelled"):
                assert not sim.effects, "an end with undo: all owes nothing"
            return
        held = sorted(entry[1] for entry in owed(state["root"]))
        inside = (node for node in nodes(state["root"]) if node["s"] in sim.definition.process.index and failed_at(node) is None)
        at_once = [node["s"] for node in inside if is_step(node) and sim.definition.process.index[node["s"]][0].at_once]
        assert not at_once, "what is done at once is done, or has failed"
        assert held == sorted(sim.effects), "what the tree owes is what is in effect, each once"
        assert len(set(sim.effects.values())) == len(sim.effects), "no action is in effect twice"
        stuck = any(node.get("ph") == "incident" for node in nodes(state["root"]))
        assert seats(state) or sim.pings() or stuck, "somebody, some clock or an administrator can go on"
        self._in_place()

    def _in_place(self) -> None:
        """Every active item stands in the list that holds its step, and no serial names two things."""
        found: list[int] = []
        for node in nodes(self.state["root"]):
            found += [seat.n for seat in node.get("seats", ())] or [node["n"]]
            for key, frame in node.get("f", {}).items():
                inner = frame.get("node")
                if inner is None or inner["k"] == "unwind" or inner["s"] == "start":
                    continue
                spot = self.process.index[inner["s"]][1]
                assert (spot.owner, spot.key) == (node["s"], key), "an active item is one of its list"
        assert len(found) == len(set(found))

    # -- to the end ------------------------------------------------------------------------

    def go_on(self) -> None:
        """The shortest way on: what is stuck is mended, everybody says yes, and time passes."""
        self.sim.fails = lambda: False
        self.sim.give(c.Recheck())
        stuck = [node["n"] for node in nodes(self.state["root"]) if node.get("ph") == "incident"]
        if stuck:
            self.sim.give(c.Retry("cai", stuck[0]))
            return
        for n, (node, _) in seats(self.state).items():
            outcome = self._outcomes(node)[0]
            fill = {name: DAYS[0] if name == "day" else "y" for name in self._fields(n, outcome)}
            for who in PEOPLE:
                try:
                    self.sim.give(c.Act(who, n, outcome, fill, opinion="意见"))
                except RongtongError:
                    continue
                return
        if not self.sim.ring():
            open_asks = [node for node, _ in seats(self.state).values()]
            assert all(node.get("nobody") for node in open_asks), "those asked may act"
            self.sim.give(c.Cancel("cai"))  # the only one left to ask has acted before


def drive(made: Process, data: st.DataObject) -> None:
    """Run *made* by random moves, then by the shortest way, and see that it ends."""
    life = Life(made, data)
    life.start()
    life.check()
    for _ in range(data.draw(st.integers(0, 25))):
        if life.over:
            return
        life.use(*data.draw(st.sampled_from(life.moves())))
        life.check()
    for _ in range(400):
        if life.over:
            return
        life.go_on()
        life.check()
    raise AssertionError("the case never ended")


@settings(max_examples=250, deadline=None, suppress_health_check=SLOW)
@given(documents(), st.data())
def test_every_case_ends_owes_what_is_in_effect_and_replays(document: Said, data: st.DataObject) -> None:
    made = sound(document)
    assume(made is not None)
    assert made is not None
    drive(made, data)
