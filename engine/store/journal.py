"""The journal: one row per command, chained by hash within its stream, found again by its request key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select, update

from engine.clock import Micros
from engine.store.databases.sql import Statement, insert_into
from engine.store.schema import tables
from engine.store.text import digest, load
from engine.store.transactions.runner import Tx

#: What the first row of a stream is chained to.
START = "0" * 64


@dataclass(slots=True)
class Entry:
    """One command. ``body`` is JSON text without personal values, ``answer`` the stored bytes of the reply.

    In the stream of a case (named by its id) ``seq`` is the version that the command made.
    """

    district: str
    stream: str
    seq: int
    at: Micros
    actor: str
    command: str
    body: str
    on_behalf: str | None = None
    request_key: str | None = None
    request_hash: str | None = None
    answer: str | None = None
    hash: str = ""


_j, _s = tables.journal.c, tables.stream.c
_COLUMNS = [_j.district_id, _j.stream, _j.seq, _j.at, _j.actor, _j.command, _j.body]
_COLUMNS += [_j.on_behalf, _j.request_key, _j.request_hash, _j.answer, _j.hash]
_INSERT = insert_into(tables.journal)
_REQUEST = Statement(
    select(*_COLUMNS).where(
        _j.district_id == bindparam("district"),
        _j.actor == bindparam("who"),
        _j.request_key == bindparam("key"),
    )
)
_READ = Statement(
    select(*_COLUMNS)
    .where(_j.district_id == bindparam("district"), _j.stream == bindparam("name"), _j.seq > bindparam("after"))
    .order_by(_j.seq)
)
_OPEN_STREAM = Statement(
    lambda insert: (
        insert(tables.stream)
        .values(district_id=bindparam("district"), id=bindparam("name"), seq=0, head=START)
        .on_conflict_do_nothing()
    )
)
_LOCK_STREAM = Statement(
    select(_s.seq, _s.head).where(_s.district_id == bindparam("district"), _s.id == bindparam("name")).with_for_update()
)
_MOVE_STREAM = Statement(
    update(tables.stream)
    .where(_s.district_id == bindparam("district"), _s.id == bindparam("name"), _s.seq == bindparam("old"))
    .values(seq=bindparam("new"), head=bindparam("to"))
)


def entry_hash(entry: Entry, previous: str) -> str:
    """The hash of *entry* chained to the hash *previous*."""
    return digest(
        previous,
        entry.district,
        entry.stream,
        entry.seq,
        entry.at,
        entry.actor,
        entry.on_behalf,
        entry.command,
        entry.body,
        entry.request_key,
        entry.request_hash,
        entry.answer,
    )


def append(tx: Tx, entry: Entry, previous: str) -> str:
    """Insert *entry* after the row with hash *previous* (``START`` or "" for the first); its own hash.

    Duplicate when this actor used this request key before, or when the version is taken.
    """
    hashed = entry_hash(entry, previous or START)
    tx.later(
        _INSERT,
        district_id=entry.district,
        stream=entry.stream,
        seq=entry.seq,
        at=entry.at,
        actor=entry.actor,
        on_behalf=entry.on_behalf,
        command=entry.command,
        body=entry.body,
        request_key=entry.request_key or None,
        request_hash=entry.request_hash or None,
        answer=entry.answer,
        hash=hashed,
    )
    return hashed


def lock_stream(tx: Tx, district: str, stream: str) -> Any:
    """The number and hash (``seq``, ``head``) of the last row of a stream that is no case's, locked until the end."""
    tx.change(_OPEN_STREAM, district=district, name=stream)
    return tx.one(_LOCK_STREAM, district=district, name=stream)


def append_to_stream(
    tx: Tx,
    district: str,
    stream: str,
    *,
    at: Micros,
    actor: str,
    command: str,
    body: str,
    request_key: str | None = None,
    request_hash: str | None = None,
    answer: str | None = None,
) -> Entry:
    """Append a command to a stream that is no case's (definition, org, a plugin's name), locking its row first."""
    head = lock_stream(tx, district, stream)
    keys = (request_key or None, request_hash or None, answer)
    entry = Entry(district, stream, head.seq + 1, at, actor, command, body, None, *keys)
    hashed = append(tx, entry, head.head)
    tx.change(_MOVE_STREAM, district=district, name=stream, old=head.seq, new=entry.seq, to=hashed)
    return Entry(district, stream, entry.seq, at, actor, command, body, None, *keys, hash=hashed)


def find_request(tx: Tx, district: str, actor: str, key: str) -> Entry | None:
    """The command that *actor* sent under the request *key*, or None."""
    row = tx.one(_REQUEST, district=district, who=actor, key=key)
    return None if row is None else Entry(*row)


def read(tx: Tx, district: str, stream: str, after: int = 0) -> tuple[Entry, ...]:
    """The commands of a stream in order, those after sequence number *after*."""
    return tuple(Entry(*row) for row in tx.rows(_READ, district=district, name=stream, after=after))


def latest(tx: Tx, district: str) -> Micros | None:
    """When something happened last in the district, or None."""
    at: Micros | None = tx.read(select(func.max(_j.at).label("at")).where(_j.district_id == district))[0].at
    return at


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """A fault found in a chain: the place and what does not fit.

    It is ``gap``, ``hash``, ``head``, ``anchor``, ``root``, or ``body`` where a row says nothing that can be read.
    """

    stream: str
    seq: int
    what: str


def said(entry: Entry) -> dict[str, Any] | None:
    """What a row says; None where that cannot be read."""
    try:
        body = load(entry.body)
    except (RecursionError, TypeError, ValueError):
        return None
    return body if isinstance(body, dict) else None


def verify_chain(stream: str, entries: tuple[Entry, ...], *, seq: int, head: str) -> Iterator[BrokenLink]:
    """What is wrong in a whole *stream* whose last row should have number *seq* and hash *head*."""
    previous, number = START, 0
    for entry in entries:
        number += 1
        if entry.seq != number:
            yield BrokenLink(entry.stream, entry.seq, "gap")
            number = entry.seq if isinstance(entry.seq, int) else number
        if entry_hash(entry, previous) != entry.hash:
            yield BrokenLink(entry.stream, entry.seq, "hash")
        if said(entry) is None:
            yield BrokenLink(entry.stream, entry.seq, "body")
        previous = entry.hash
    if number != seq or (entries and previous != head):
        yield BrokenLink(stream, seq, "head")
