"""One round of a group commit: works that share a transaction, all on the thread of whoever leads."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import Any, Protocol

from engine.clock import Micros
from engine.store.transactions.failures import UnknownCommit
from engine.store.transactions.line import Line
from engine.store.transactions.tx import Tx


class RoundMember:
    """Work that somebody wants done, and what became of it: an answer or an error once it is *done*.

    *turn* is locked until there is something to do for who waits: to take the answer, or to lead.
    """

    __slots__ = ("alone", "answer", "came", "done", "error", "long", "turn", "waits", "work")

    def __init__(self, work: Callable[[Tx], Any], *, alone: bool, waits: bool = True, long: bool = False) -> None:
        self.work, self.alone, self.waits, self.long = work, alone, waits, long
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


class Company(Protocol):
    """Those of whom a round is made."""

    def begin(self, round_: Round, member: RoundMember) -> Line:
        """Begin the transaction of *round_* for *member*."""
        ...

    def join(self, round_: Round) -> RoundMember | None:
        """The next who takes part in it."""
        ...


class Round:
    """What *leader* carries out: its own work and that of whoever joins of the *group*.

    ``inside`` are those who take part in the open transaction, the newest last. Once it is ``given_up``, because its
    thread hangs in the work of the newest, nothing of it is done any more.
    """

    __slots__ = ("_group", "given_up", "inside", "leader", "line", "ran", "since", "tx")

    def __init__(self, leader: RoundMember, group: Company) -> None:
        self.leader, self._group = leader, group
        self.inside: list[RoundMember] = []
        self.line: Line | None = None
        self.tx: Tx | None = None  # as the newest of its works was handed it
        self.since: Micros = 0
        self.ran = 0
        self.given_up = False

    def carry(self) -> None:
        """Run the leader and whoever joins in one transaction, and commit it."""
        self.inside.append(self.leader)
        member: RoundMember | None = self.leader
        while member is not None:
            self.ran += 1
            if not self._goes_on(member):
                return
            member = self._group.join(self)
        if self.inside and self.line is not None and self.tx is not None:
            self._commit(self.line, self.tx)

    def settle(self) -> None:
        """Leave no transaction open. What was interrupted when COMMIT had gone out may have been saved."""
        line = self.line
        if line is None:
            return
        if self.given_up:
            line.drop()
            return
        if self.inside and line.sent and not line.ours:
            self._unknown(None)
        elif self.inside or line.open:
            line.rollback()
        self._tidy(line)

    def _tidy(self, line: Line) -> None:
        """Take from *line* what the newest work may have left on the connection that it was lent."""
        if self.tx is None or self.tx.lent:
            line.tidy()

    @property
    def patience(self) -> Micros | None:
        """How long others wait for it, whatever calls it may hold."""
        return None if self.line is None else self.line.patience

    def stop(self) -> None:
        """End the statement that its thread is in; called by another one."""
        if self.line is not None:
            self.line.stop()

    def shut(self) -> bool:
        """Let nothing more of its thread through; whether it may be given up."""
        return self.line is None or self.line.shut()

    def _answered(self) -> None:
        for one in self.inside:
            one.done = True
        for one in self.inside:
            if one is not self.leader:  # which does not sleep
                one.wake()
        self.inside = []

    def _unknown(self, cause: BaseException | None) -> None:
        """COMMIT has no answer: those who can find themselves by their key will, the others are told to look."""
        for one in self.inside:
            if not one.done:
                one.error = UnknownCommit()
                one.error.__cause__ = cause
        self._answered()

    def _goes_on(self, member: RoundMember) -> bool:
        """Run the work of *member*; whether the group goes on. The first has no savepoint, every later one has."""
        line = self.line
        guarded = line is not None and line.open
        try:
            if line is None or not guarded:
                line = self._group.begin(self, member)
            else:
                self._tidy(line)
                if not line.alive:
                    return False
                line.savepoint()
            self.tx = tx = line.tx(write=True)
            member.error, member.answer = None, tx.carry_out(member.work)
            line.prove()
            if guarded:
                line.release()
        except BaseException as error:
            if self.given_up:
                raise
            member.error = error
            return self._failed(error, guarded=guarded)
        return True

    def _failed(self, error: BaseException, *, guarded: bool) -> bool:
        """Undo what the newest inside wrote; whether the group goes on."""
        line = self.line
        if line is None:
            self._answered()
            return False
        if guarded:
            try:
                line.undo()
            except Exception:  # the transaction is gone with all that is inside: only who ended it has an answer
                line.rollback()
                self.inside, left = self.inside[-1:], self.inside[:-1]
                self._answered()
                self.inside = left
                return False
            return True
        begun = line.open
        line.rollback()
        self._answered()
        return begun and isinstance(error, Exception)

    def _commit(self, line: Line, tx: Tx) -> None:
        try:
            line.commit(tx)
        except UnknownCommit as error:
            self._unknown(error.__cause__)
        except Exception as error:
            line.rollback()
            if len(self.inside) == 1:
                self.inside[0].error = error
                self._answered()
        else:
            self._answered()
