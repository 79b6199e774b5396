"""Group commit on SQLite: whoever finds nobody writing leads, and those who come meanwhile share its transaction.

The leader runs its own work, then the works of those who queue, all on its thread and on one connection, and commits
once. That is one sync for many commands, and under Python's lock less work than everybody's threads taking turns.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, current_thread, main_thread
from typing import Any, TypeVar

from engine.clock import SECOND, Micros, SystemClock
from engine.store import failures
from engine.store.failures import Failure, UnknownCommit
from engine.store.line import Line
from engine.store.turnstile import Turnstile
from engine.store.tx import Tx

T = TypeVar("T")
#: A group takes in at most so many, and nobody once it has lasted so long: who came first waits for who came last.
MOST = 32
BUDGET: Micros = 20_000
_CLOCK = SystemClock()


class Member:
    """Work that somebody wants done, and what became of it: an answer or an error once it is *done*.

    *turn* is locked until there is something to do for who waits: to take the answer, or to lead.
    """

    __slots__ = ("alone", "answer", "came", "done", "error", "turn", "waits", "work")

    def __init__(self, work: Callable[[Tx], Any], *, alone: bool, waits: bool = True) -> None:
        self.work, self.alone, self.waits = work, alone, waits
        self.came: Micros = 0  # when it began to stand in line, if it does
        self.answer: Any = None
        self.error: BaseException | None = None
        self.done = False
        self.turn = Lock()
        self.turn.acquire()

    def wake(self) -> None:
        """Let who waits look again; as often as one likes, and from several threads."""
        with suppress(RuntimeError):  # it has been woken and has not looked yet
            self.turn.release()


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
        self._mutex = Lock()
        self._waiting: deque[Member] = deque()
        self._leader: Member | None = None
        self._inside: list[Member] = []  # who takes part in the open transaction
        self._line: Line | None = None
        self._kept_out: Micros = 0  # since when other processes have had the turn, as somebody learned who gave up
        self._since: Micros = 0
        self._ran = 0

    def run(self, work: Callable[[Tx], T], *, alone: bool = False, waits: bool = True) -> T:
        """Have *work* done in a transaction, *alone* or with others; its answer, or its error, once it is committed.

        The main thread is always alone: what a signal raises is raised there, and would be taken for somebody else's.
        What does not wait is alone too, and refused where anybody writes.
        """
        alone = alone or not waits or current_thread() is main_thread()
        member = Member(work, alone=alone, waits=waits)
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

    def _wait(self, member: Member) -> None:
        if member.turn.acquire(timeout=self._patience):
            return
        with self._mutex:
            if member in self._waiting and self._leader is not member:
                self._waiting.remove(member)
                raise failures.busy(Failure.LOCKED)

    def _leave(self, member: Member) -> None:
        """*member* was interrupted, or gave up: it stands in nobody's way."""
        with self._mutex:
            if member in self._waiting:
                self._waiting.remove(member)
        self._hand_on(member)

    def _hand_on(self, member: Member) -> None:
        """Where *member* leads, let the next in line lead. Who was inside without an answer comes first, alone."""
        with self._mutex:
            if self._leader is member:
                left = [one for one in self._inside if not one.done and one not in self._waiting]
                for one in left:
                    one.alone = True
                self._waiting.extendleft(reversed(left))
                self._inside = []
                self._leader = self._waiting[0] if self._waiting else None
            if self._leader is not None:
                self._leader.wake()

    def _lead(self, member: Member) -> None:
        with self._mutex:
            if member in self._waiting:
                self._waiting.remove(member)
        try:
            self._carry(member)
        finally:
            try:
                self._settle()
            finally:
                self._hand_on(member)

    def _settle(self) -> None:
        """Leave no transaction open. What was interrupted when COMMIT had gone out may have been saved."""
        line = self._line
        try:
            if line is None:
                return
            if line.sent and not line.ours:
                self._unknown(None)
            else:
                line.rollback()
            line.tidy()
        finally:
            self._turnstile.leave()

    def _answered(self) -> None:
        for one in self._inside:
            one.done = True
        for one in self._inside:
            if one is not self._leader:  # which does not sleep
                one.wake()
        self._inside = []

    def _unknown(self, cause: BaseException | None) -> None:
        """COMMIT has no answer: those who can find themselves by their key will, the others are told to look."""
        for one in self._inside:
            if not one.done:
                one.error = UnknownCommit()
                one.error.__cause__ = cause
        self._answered()

    # The transaction

    def _carry(self, leader: Member) -> None:
        """Run *leader* and whoever waits in one transaction, and commit it."""
        self._since, self._ran = 0, 0
        if self._line is not None:
            self._line.sent = False
        self._inside.append(leader)
        member: Member | None = leader
        while member is not None:
            self._ran += 1
            if not self._goes_on(member):
                return
            member = self._next(leader)
        if self._inside and self._line is not None:
            self._commit(self._line)

    def _next(self, leader: Member) -> Member | None:
        """Take in the next who waits, if there is room."""
        if leader.alone or not self._waiting:
            return None
        if self._ran >= MOST or _CLOCK.steady() - self._since > BUDGET:
            return None
        with self._mutex:
            if not self._waiting or self._waiting[0].alone:
                return None
            member = self._waiting[0]
            self._inside.append(member)
            self._waiting.popleft()
        return member

    def _begin(self, member: Member) -> Line:
        """Begin the group's transaction for *member*, once it is this process's turn."""
        if self._line is None or not self._line.alive:
            self._line = self._make()
        began = _CLOCK.steady()
        patience = self._patience_left(member, began)
        try:
            if not self._turnstile.enter(patience):
                raise failures.busy(Failure.LOCKED)
            self._line.begin(write=True, patience=patience)
        except BaseException:
            self._kept_out = self._kept_out or began
            raise
        self._kept_out = 0
        self._since = self._since or _CLOCK.steady()
        return self._line

    def _patience_left(self, member: Member, now: Micros) -> float:
        """How long *member* waits for other processes, in seconds, less what it stood behind somebody who waited so."""
        if not member.waits:
            return 0.0
        if not self._kept_out or not member.came:
            return self._outside
        return max(0.0, self._outside - (now - max(self._kept_out, member.came)) / SECOND)

    def _goes_on(self, member: Member) -> bool:
        """Run the work of *member*; whether the group goes on. The first has no savepoint, every later one has."""
        line = self._line
        guarded = line is not None and line.open
        try:
            if line is None or not guarded:
                line = self._begin(member)
            else:
                line.tidy()
                if not line.alive:
                    return False
                line.savepoint()
            member.error, member.answer = None, line.tx(write=True).carry_out(member.work)
            line.prove()
            if guarded:
                line.release()
        except BaseException as error:
            member.error = error
            return self._failed(error, guarded=guarded)
        return True

    def _failed(self, error: BaseException, *, guarded: bool) -> bool:
        """Undo what the newest inside wrote; whether the group goes on."""
        line = self._line
        if line is None:
            self._answered()
            return False
        if guarded:
            try:
                line.undo()
            except Exception:  # the transaction is gone with all that is inside: only who ended it has an answer
                line.rollback()
                self._inside, left = self._inside[-1:], self._inside[:-1]
                self._answered()
                self._inside = left
                return False
            return True
        begun = line.open
        line.rollback()
        self._answered()
        return begun and isinstance(error, Exception)

    def _commit(self, line: Line) -> None:
        try:
            line.commit(line.tx(write=True))
        except UnknownCommit as error:
            self._unknown(error.__cause__)
        except Exception as error:
            line.rollback()
            if len(self._inside) == 1:
                self._inside[0].error = error
                self._answered()
        else:
            self._answered()
