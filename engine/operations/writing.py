"""Writes that belong to no case: one transaction under one journal, and the same answer to the same key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.errors import Invalid, KeyReused, Problem, RongtongError
from engine.i18n import Text
from engine.operations.context import Caller, Context
from engine.store import journal
from engine.store.text import digest, dump, load
from engine.store.transactions.failures import Duplicate
from engine.store.transactions.runner import Tx

#: The longest request key, in characters: it stands in an index, whose rows a database bounds.
LONGEST_KEY = 200
_ODD_KEY = Problem(
    "request-key",
    Text("这次提交的编号不对，没有提交。再提交一次。",
         "The key of this request cannot be one, and nothing was sent. Send it again."),
    path="key",
)  # fmt: skip


def is_key(key: str) -> bool:
    """Whether *key* may be the key of a request; none at all may be, too."""
    return len(key) <= LONGEST_KEY and (not key or key.isprintable())


def require_key(key: str) -> None:
    """Refuse what no request has for a key, whichever door it came through."""
    if not is_key(key):
        raise Invalid((_ODD_KEY,))


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants written: under which of the district's journals, the command's name, and all it says.

    ``key`` is the caller's request key; with it the wish is carried out once, however often it is sent.
    """

    stream: str
    command: str
    asked: Any
    key: str = ""

    @property
    def digest(self) -> str:
        """Names the whole request, so that a key that comes back with another body is refused."""
        return digest(self.stream, self.command, dump(self.asked))


@dataclass(frozen=True, slots=True)
class Written:
    """The answer, as plain values, and what the journal is to say of the change; None where nothing changed."""

    answer: Any
    body: Any | None


def write(
    ctx: Context, caller: Caller, wish: Wish, work: Callable[[Context, Tx], Written], *, long: bool = False
) -> Any:
    """Do *work* at one moment, in one transaction that holds the journal's lock, write its row, and give the answer.

    *long*: it may last longer than any other, and shares its transaction with nobody.
    A wish that changed nothing leaves a row only if it has a key, which then answers alike for ever. Raises
    ``KeyReused``, ``Busy`` and whatever *work* raises; nothing is changed then.
    """
    require_key(wish.key)
    try:
        return ctx.runner.run(
            lambda tx: _once(ctx, tx, caller, wish, work), idempotent=bool(wish.key), long=long
        )
    except (Duplicate, RongtongError):
        stored = answered(ctx, caller, wish.key, wish.digest)
        if stored is None:
            raise
        return load(stored)


def _once(ctx: Context, tx: Tx, caller: Caller, wish: Wish, work: Callable[[Context, Tx], Written]) -> Any:
    journal.lock_stream(tx, ctx.id, wish.stream)
    ctx = ctx.still()
    done = work(ctx, tx)
    answer = dump(done.answer)
    if done.body is not None or wish.key:
        journal.append_to_stream(
            tx, ctx.id, wish.stream, at=ctx.now, actor=caller.person, command=wish.command,
            body=dump({} if done.body is None else done.body), request_key=wish.key,
            request_hash=wish.digest if wish.key else None, answer=answer if wish.key else None,
        )  # fmt: skip
    return load(answer)


def answered(ctx: Context, caller: Caller, key: str, asked: str) -> str | None:
    """The stored bytes of an earlier run with *key*; ``KeyReused`` when its request was not *asked*."""
    if not key:
        return None
    found = ctx.runner.run(lambda tx: journal.find_request(tx, ctx.id, caller.person, key), write=False)
    if found is None or found.answer is None:
        return None
    if found.request_hash != asked:
        raise KeyReused(
            Text("这个提交编号已经用过，内容却不同。刷新页面再提交。",
                 "This key was used with another body; reload and submit again.")
        )  # fmt: skip
    return found.answer
