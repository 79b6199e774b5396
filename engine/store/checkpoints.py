"""Checkpoints: Merkle roots over the heads of a district's journal, chained, so that truncation is seen too."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, exists, func, select

from engine.clock import DAY, MINUTE, Micros
from engine.store.databases.sql import Statement, insert_into
from engine.store.journal import START, BrokenLink
from engine.store.schema import tables
from engine.store.schema.columns import NEVER
from engine.store.text import digest
from engine.store.transactions.runner import Tx

#: A transaction lasts at most half a minute, so rows up to this much older than the last look may be new.
OVERLAP: Micros = 2 * MINUTE


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One link: the root over the anchors that moved, taken at wall time ``at``, chained to ``prev``.

    ``mark`` is the business moment then. Keep it elsewhere: a chain that was cut behind it no longer holds it.
    """

    no: int
    at: Micros
    mark: Micros
    root: str
    prev: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of a stream as a checkpoint saw it."""

    stream: str
    seq: int
    hash: str


_c, _a, _j = tables.checkpoint.c, tables.anchor.c, tables.journal.c
_ALL = Statement(
    select(_c.no, _c.at, _c.mark, _c.root, _c.prev).where(_c.district_id == bindparam("district")).order_by(_c.no)
)
_LAST = Statement(
    select(_c.no, _c.at, _c.mark, _c.root, _c.prev)
    .where(_c.district_id == bindparam("district"))
    .order_by(_c.no.desc())
    .limit(1)
)
#: The end, which is none, says that few rows lie between: without it the whole journal would be read.
_lately = (_j.at > bindparam("since"), _j.at < bindparam("end"))
_moved = (
    select(_j.stream, func.max(_j.seq).label("seq"))
    .where(_j.district_id == bindparam("district"), *_lately)
    .group_by(_j.stream)
    .subquery()
)
_anchored = exists().where(_a.district_id == _j.district_id, _a.stream == _j.stream, _a.seq == _j.seq)
_HEADS = Statement(
    select(_j.stream, _j.seq, _j.hash)
    .join(_moved, (_j.stream == _moved.c.stream) & (_j.seq == _moved.c.seq))
    .where(_j.district_id == bindparam("district"), _j.stream.in_(select(_moved.c.stream)), ~_anchored)
    .order_by(_j.stream)
)
_ANCHORS = Statement(
    select(_a.no, _a.stream, _a.seq, _a.hash).where(_a.district_id == bindparam("district")).order_by(_a.no, _a.stream)
)
_LOST = Statement(
    select(_a.stream, _a.seq)
    .outerjoin(tables.journal, (_j.district_id == _a.district_id) & (_j.stream == _a.stream) & (_j.seq == _a.seq))
    .where(_a.district_id == bindparam("district"), (_j.hash.is_(None)) | (_j.hash != _a.hash))
    .order_by(_a.stream, _a.seq)
)
_INSERT, _INSERT_ANCHOR = insert_into(tables.checkpoint), insert_into(tables.anchor)


def merkle_root(leaves: Sequence[str]) -> str:
    """The root of the tree over *leaves*, in the shape of RFC 6962: leaves and inner nodes are hashed apart."""
    level = [hashlib.sha256(b"\0" + leaf.encode()).digest() for leaf in leaves]
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0].hex() if level else START


def _root(no: int, at: Micros, mark: Micros, prev: str, anchors: Sequence[Anchor]) -> str:
    leaves = [digest(a.stream, a.seq, a.hash) for a in anchors]
    return digest(prev, no, at, mark, merkle_root(leaves))


def latest(tx: Tx, district: str) -> Checkpoint | None:
    """The newest checkpoint, or None."""
    row = tx.one(_LAST, district=district)
    return None if row is None else Checkpoint(*row)


def take(tx: Tx, district: str, *, at: Micros, now: Micros) -> Checkpoint | None:
    """Anchor the heads that no checkpoint holds yet, at wall time *at* and business time *now*; None when none moved.

    Raises Duplicate when somebody else takes one at the same moment; what that one leaves, the next will hold.
    """
    last = latest(tx, district)
    rows = tx.rows(_HEADS, district=district, since=_since(last, at, now), end=NEVER)
    if not rows:
        return None
    no, prev = (last.no + 1, last.root) if last else (1, START)
    anchors = [Anchor(r.stream, r.seq, r.hash) for r in rows]
    made = Checkpoint(no, at, now, _root(no, at, now, prev, anchors), prev)
    tx.change(_INSERT, district_id=district, no=no, at=at, mark=now, root=made.root, prev=prev)
    tx.insert_all(
        _INSERT_ANCHOR,
        [{"district_id": district, "no": no, "stream": a.stream, "seq": a.seq, "hash": a.hash} for a in anchors],
    )
    return made


def _since(last: Checkpoint | None, at: Micros, now: Micros) -> Micros:
    """After which moment rows may be without an anchor: usually only the last minutes need be looked at.

    All rows are when business time stands before the last look, so it was moved back, and once a day in any case.
    """
    if last is None or now < last.mark or at // DAY != last.at // DAY:
        return -1
    return last.mark - OVERLAP


def verify(tx: Tx, district: str, kept: tuple[int, str] | None = None) -> Iterator[BrokenLink]:
    """What is wrong with the checkpoints of a district, against its journal and the (no, root) *kept* elsewhere."""
    anchors: dict[int, list[Anchor]] = {}
    for row in tx.rows(_ANCHORS, district=district):
        anchors.setdefault(row.no, []).append(Anchor(row.stream, row.seq, row.hash))
    found: dict[int, str] = {}
    previous, number = START, 0
    for row in tx.rows(_ALL, district=district):
        one = Checkpoint(*row)
        found[one.no] = one.root
        number += 1
        if one.no != number or one.prev != previous:
            yield BrokenLink("checkpoint", one.no, "gap")
            number = one.no
        if one.root != _root(one.no, one.at, one.mark, one.prev, anchors.get(one.no, [])):
            yield BrokenLink("checkpoint", one.no, "root")
        previous = one.root
    for row in tx.rows(_LOST, district=district):
        yield BrokenLink(row.stream, row.seq, "anchor")
    if kept is not None and found.get(kept[0]) != kept[1]:
        yield BrokenLink("checkpoint", kept[0], "root")
