"""Group commit on SQLite: whoever finds nobody writing leads, and those who come meanwhile share its transaction.

The leader runs its own work, then the works of those who queue, all on its thread and on one connection, and commits
once. That is one sync for many commands, and under Python's lock less work than everybody's threads taking turns.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from threading import Lock, get_ident, main_thread
from typing import TypeVar

from engine.clock import SECOND, Micros, SystemClock
from engine.otherwise import otherwise
from engine.store.databases.turnstile import Turnstile
from engine.store.transactions import failures
from engine.store.transactions.failures import Failure
from engine.store.transactions.line import Line
from engine.store.transactions.round import Round, RoundMember
from engine.store.transactions.tx import Tx

T = TypeVar("T")
#: A group takes in at most so many, and nobody once it has lasted so long: who came first waits for who came last.
MOST = 32
BUDGET: Micros = 20_000
_CLOCK = SystemClock()


class Group:
    """The writers of one process on one SQLite file, whose connection *make* opens.

    Nobody hears before the COMMIT: a refusal, too, may rest on what a colleague wrote. A group that cannot be
    committed is dissolved, and each of it runs once more alone, so that each meets its own fault only. Whatever is
    raised, in a work, in a commit or while waiting, each member gets an answer and somebody leads: every step of
    handing on may be interrupted and done again.
    """

    def __init__(self, make: Callable[[], Line], turnstile: Turnstile, *, patience: float, outside: float) -> None:
        """*patience* is how long one waits for one's turn in this process, *outside* for other processes: seconds."""
        self._make, self._turnstile = make, turnstile
        self._patience, self._outside = patience, outside
        self._main = main_thread().ident
        self._mutex = Lock()
        self._waiting: deque[RoundMember] = deque()
        self._leader: RoundMember | None = None
        self._round: Round | None = None  # what the leader carries out
        self._line: Line | None = None
        self._kept_out: Micros = 0  # since when other processes have had the turn, as somebody learned who gave up

    def run(
        self, work: Callable[[Tx], T], *, long: bool = False, alone: bool = False, waits: bool = True
    ) -> T:
        """Have *work* done in a transaction, *alone* or with others; its answer, or its error, once it is committed.

        The main thread is always alone: what a signal raises is raised there, and would be taken for somebody else's.
        What does not wait is alone too, and refused where anybody writes; so is what may last *long*.
        """
        by_itself = alone or long or not waits or get_ident() == self._main
        member = RoundMember(work, alone=by_itself, waits=waits, long=long)
        try:
            with self._mutex:
                if self._leader is None:
                    self._leader = member
                elif waits:
                    member.came = _CLOCK.steady()
                    self._waiting.append(member)
                else:
                    raise failures.busy(Failure.LOCKED)
            while not member.done:
                if self._leader is member:
                    self._lead(member)
                else:
                    self._wait(member)
        except BaseException:
            self._leave(member)
            raise
        if member.error is not None:
            raise member.error
        answer: T = member.answer
        return answer

    def close(self) -> None:
        """Close the connection, unless somebody is writing."""
        with self._mutex:
            if self._leader is None:
                self._turnstile.close()
                if self._line is not None:
                    self._line.drop()
                    self._line = None

    # Waiting and handing on

    def _wait(self, member: RoundMember) -> None:
        if member.turn.acquire(timeout=self._patience):
            return
        with self._mutex:
            if member in self._waiting and self._leader is not member:
                self._waiting.remove(member)
                raise failures.busy(Failure.LOCKED)

    def _leave(self, member: RoundMember) -> None:
        """*member* was interrupted, or gave up: it stands in nobody's way."""
        with self._mutex:
            if member in self._waiting:
                self._waiting.remove(member)
        self._hand_on(member)

    def _hand_on(self, member: RoundMember) -> None:
        """Where *member* leads, let the next in line lead. Who was inside without an answer comes first, alone."""
        with self._mutex:
            if self._leader is member:
                inside = [] if self._round is None else self._round.inside
                for one in reversed(inside):
                    if not one.done and one not in self._waiting:
                        one.alone = True
                        self._waiting.appendleft(one)
                self._round = None
                self._leader = self._waiting[0] if self._waiting else None
            if self._leader is not None:
                self._leader.wake()

    def _lead(self, member: RoundMember) -> None:
        with self._mutex:
            if member in self._waiting:
                self._waiting.remove(member)
        self._round = round_ = Round(member, self)
        try:
            with otherwise(partial(self._give_up, round_), round_):
                round_.carry()
        finally:
            try:
                self._settle(round_)
            finally:
                self._hand_on(member)

    def _settle(self, round_: Round) -> None:
        try:
            round_.settle()
        finally:
            if not round_.given_up:
                self._turnstile.leave()

    def _give_up(self, round_: Round, fault: Exception) -> Exception:
        """The thread that leads *round_* hangs in the work of the newest inside: go on without it; what to tell there.

        *fault* is what the newest hears. The others who joined are carried out once more. What the leader itself wanted
        is not saved, since nobody is here to hear of it: who can asks for it again.
        """
        round_.given_up = True
        try:
            if round_.line is not None:
                round_.line.give_up()
        finally:
            self._turnstile.leave()
            hung, leader = round_.inside[-1], round_.leader
            with self._mutex:
                self._line, self._round = None, None
                left = [one for one in round_.inside if one not in (hung, leader)]
                self._waiting.extendleft(reversed(left))
                self._leader = self._waiting[0] if self._waiting else None
                if self._leader is not None:
                    self._leader.wake()
            if hung is not leader:
                hung.error, hung.done = fault, True
                hung.wake()
        return fault if hung is leader else failures.bystander()

    # The transaction

    def join(self, round_: Round) -> RoundMember | None:
        """Take in the next who waits, if there is room."""
        if round_.leader.alone or not self._waiting:
            return None
        if round_.ran >= MOST or _CLOCK.steady() - round_.since > BUDGET:
            return None
        with self._mutex:
            if not self._waiting or self._waiting[0].alone:
                return None
            member = self._waiting[0]
            round_.inside.append(member)
            self._waiting.popleft()
        return member

    def begin(self, round_: Round, member: RoundMember) -> Line:
        """Begin the transaction of *round_* for *member*, once it is this process's turn."""
        if self._line is None or not self._line.alive:
            self._line = self._make()
        round_.line = self._line
        began = _CLOCK.steady()
        patience = self._patience_left(member, began)
        try:
            if not self._turnstile.enter(patience):
                raise failures.busy(Failure.LOCKED)
            round_.line.begin(write=True, patience=patience, long=member.long)
        except BaseException:
            self._kept_out = self._kept_out or began
            raise
        self._kept_out = 0
        round_.since = round_.since or _CLOCK.steady()
        return round_.line

    def _patience_left(self, member: RoundMember, now: Micros) -> float:
        """How long *member* waits for other processes, in seconds, less what it stood behind somebody who waited so."""
        if not member.waits:
            return 0.0
        if not self._kept_out or not member.came:
            return self._outside
        return max(0.0, self._outside - (now - max(self._kept_out, member.came)) / SECOND)
