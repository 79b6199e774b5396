"""The inbox: one branch per audience key, cut by key into pages, counted no further than anybody reads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, literal, select, tuple_, union_all

from engine.audience import AnyoneOf, AtHome, AudienceKey, User, parse_audience
from engine.clock import Micros
from engine.store.databases.sql import Statement, among, constant
from engine.store.schema import tables
from engine.store.schema.columns import NEVER
from engine.store.search import terms_of
from engine.store.tasks import Task, from_row
from engine.store.transactions.runner import Tx

#: ``mine``: given to the person or open to a role of theirs; ``claimable``: open to several people;
#: ``all``: whatever they may act on; ``done``: what they acted on.
Box = Literal["mine", "claimable", "all", "done"]
DueFilter = Literal["", "late", "today", "later"]
#: Counts stop here.
CAP = 1000
_WRITTEN = re.compile(r"(-?[0-9]{1,18}|9[0]{18})\.(-?[0-9]{1,18}|9[0]{18})\.(-?[0-9]{1,9})\.([0-9A-Za-z-]{1,64})")


class InboxCursor(NamedTuple):
    """Where a page ends: the last row's place in the order of the box."""

    needed_by: Micros
    opened_at: Micros
    case: str
    n: int

    def __str__(self) -> str:
        return f"{self.needed_by}.{self.opened_at}.{self.n}.{self.case}"

    @classmethod
    def parse(cls, text: str) -> InboxCursor | None:
        """The place that ``str`` wrote, or None for anything else."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            return None
        needed_by, opened_at, n, case = found.groups()
        return cls(int(needed_by), int(opened_at), case, int(n))


@dataclass(frozen=True, slots=True)
class Day:
    """Now and the end of the day: what is needed before the first is late, before the second due today."""

    now: Micros
    tomorrow: Micros

    def span(self, due: DueFilter) -> tuple[Micros, Micros]:
        """The half-open span of ``needed_by`` that a filter lets through."""
        return {
            "": (-1, NEVER + 1),
            "late": (-1, self.now),
            "today": (self.now, self.tomorrow),
            "later": (self.tomorrow, NEVER + 1),
        }[due]


@dataclass(frozen=True, slots=True)
class InboxReader:
    """Who looks: the person, the audience keys they answer to, and (key, whose) of those they stand in for."""

    person: str
    keys: tuple[AudienceKey, ...]
    lent: tuple[tuple[AudienceKey, str], ...] = ()

    def shown_in(self, box: Box) -> Shown:
        """Which tasks *box* shows; none asks who is at home, so that key has no branch."""
        asked = {key: one for key in self.keys if not isinstance(one := parse_audience(key), AtHome)}
        if box == "claimable":
            return Shown(False, tuple(key for key, one in asked.items() if not isinstance(one, User)), ())
        if box == "mine":
            return Shown(True, tuple(key for key, one in asked.items() if not isinstance(one, AnyoneOf)), self.lent)
        return Shown(True, tuple(asked), self.lent)


class Shown(NamedTuple):
    """What a box shows: what is assigned to the reader, what is open to *keys*, what principals of *lent* claimed."""

    assigned: bool
    keys: tuple[AudienceKey, ...]
    lent: tuple[tuple[AudienceKey, str], ...]

    @property
    def shape(self) -> InboxShape:
        """How many branches that makes."""
        return InboxShape(self.assigned, len(self.keys), len(self.lent))

    def params(self, person: str) -> dict[str, Any]:
        """The values of those branches."""
        found: dict[str, Any] = {f"a{i}": key for i, key in enumerate(self.keys)}
        for i, (key, whose) in enumerate(self.lent):
            found |= {f"l{i}": key, f"p{i}": whose}
        return {**found, "person": person} if self.assigned else found


class InboxShape(NamedTuple):
    """The branches of a statement: whether one is for what is assigned, how many keys and principals have one."""

    assigned: bool
    keys: int
    lent: int


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A task with what a list shows of its case."""

    task: Task
    number: str
    subject: str
    unit: str
    def_hash: str

    @property
    def place(self) -> InboxCursor:
        """Where this row stands in an open box."""
        needed = NEVER if self.task.needed_by is None else self.task.needed_by
        return InboxCursor(needed, self.task.opened_at, self.task.case, self.task.n)


class Load(NamedTuple):
    """How much waits, by class; a figure of ``CAP`` + 1 means more than ``CAP``."""

    late: int
    today: int
    later: int


_t, _c = tables.task.c, tables.cases.c
_KEYS = (_t.needed_by, _t.opened_at, _t.case_id, _t.n)
_OF_CASE = (_c.district_id == _t.district_id) & (_c.id == _t.case_id)
_SHOWN = (*tables.task.c, _c.number, _c.subject, _c.unit_id, _c.def_hash)


def _branches(shape: InboxShape, *more: ColumnElement[bool]) -> list[list[ColumnElement[bool]]]:
    """The conditions of each branch; no task satisfies those of two."""
    base = [_t.district_id == bindparam("district"), _t.status == constant("open"), *more]
    found = [[*base, _t.assignee == bindparam("person")]] if shape.assigned else []
    found += [[*base, _t.audience == bindparam(f"a{i}"), _t.assignee.is_(None)] for i in range(shape.keys)]
    claimed = [(_t.audience == bindparam(f"l{i}"), _t.assignee == bindparam(f"p{i}")) for i in range(shape.lent)]
    return found + [[*base, *pair] for pair in claimed]


def _cut(statement: Select[Any], where: Iterable[ColumnElement[bool]], terms: int) -> Select[Any]:
    found = statement.where(*where)
    if terms:
        found = found.join(tables.cases, _OF_CASE)
        for i in range(terms):
            found = found.where(_c.search.like(bindparam(f"t{i}"), escape="\\"))
    return found


@lru_cache(maxsize=256)
def _page(shape: InboxShape, process: bool, terms: int) -> Statement:
    after = tuple_(*_KEYS) > tuple_(*(bindparam(name) for name in ("needed", "opened", "case", "n")))
    more = [after, _t.needed_by < bindparam("before")]
    if process:
        more.append(_t.process == bindparam("process"))
    parts = []
    for where in _branches(shape, *more):
        part = _cut(select(*_KEYS), where, terms).order_by(*_KEYS).limit(bindparam("limit"))
        parts.append(select(part.subquery()))
    together = union_all(*parts).subquery()
    first = select(together).order_by(*together.c).limit(bindparam("limit")).subquery()
    same = (_t.case_id == first.c.case_id) & (_t.n == first.c.n)
    return Statement(
        select(*_SHOWN)
        .select_from(first)
        .join(tables.task, same)
        .join(tables.cases, _OF_CASE)
        .where(_t.district_id == bindparam("district"))
        .order_by(*first.c)
    )


@lru_cache(maxsize=256)
def _count(shape: InboxShape, process: bool, terms: int) -> Statement:
    """Three capped counts: a ``LIMIT`` over the branches together stops each at the cap."""
    counts = []
    for name in Load._fields:
        more = [_t.needed_by >= bindparam(f"{name}_from"), _t.needed_by < bindparam(f"{name}_to")]
        if process:
            more.append(_t.process == bindparam("process"))
        parts = [_cut(select(literal(1)).select_from(tables.task), w, terms) for w in _branches(shape, *more)]
        capped = union_all(*parts).limit(CAP + 1).subquery()
        counts.append(select(func.count()).select_from(capped).scalar_subquery().label(name))
    return Statement(select(*counts))


_done_order = (_t.done_at.desc(), _t.case_id.desc(), _t.n.desc())


@lru_cache(maxsize=64)
def _done(process: bool, terms: int) -> Statement:
    before = tuple_(_t.done_at, _t.case_id, _t.n) < tuple_(*(bindparam(n) for n in ("opened", "case", "n")))
    where = [_t.district_id == bindparam("district"), _t.actor == bindparam("person"), before]
    if process:
        where.append(_t.process == bindparam("process"))
    found = select(*_SHOWN).join(tables.cases, _OF_CASE).where(*where)
    for i in range(terms):
        found = found.where(_c.search.like(bindparam(f"t{i}"), escape="\\"))
    return Statement(found.order_by(*_done_order).limit(bindparam("limit")))


def page(
    tx: Tx,
    district: str,
    reader: InboxReader,
    day: Day,
    *,
    box: Box = "mine",
    process: str = "",
    due: DueFilter = "",
    q: str = "",
    after: InboxCursor | None = None,
    limit: int = 20,
) -> tuple[tuple[InboxRow, ...], InboxCursor | None]:
    """A page of *box* after the place *after*, and where the next page starts, or None at the end.

    Open boxes are ordered by when a task is needed, then by arrival; ``done`` shows the latest first.
    """
    terms = terms_of(q)
    params: dict[str, Any] = {"district": district, "limit": limit + 1, **terms}
    if process:
        params["process"] = process
    if box == "done":
        at = after or InboxCursor(0, NEVER, "", 0)
        statement = _done(bool(process), len(terms))
        params |= {"person": reader.person, "opened": at.opened_at, "case": at.case, "n": at.n}
    else:
        shown = reader.shown_in(box)
        if not any(shown):
            return (), None
        since, before = day.span(due)
        at = max(after or InboxCursor(since, -1, "", -1), InboxCursor(since, -1, "", -1))
        statement = _page(shown.shape, bool(process), len(terms))
        params |= shown.params(reader.person)
        params |= {"needed": at.needed_by, "opened": at.opened_at, "case": at.case, "n": at.n, "before": before}
    rows = tuple(
        InboxRow(from_row(row), row.number, row.subject, row.unit_id, row.def_hash)
        for row in tx.rows(statement, **params)
    )
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    ended = InboxCursor(0, last.task.done_at or 0, last.task.case, last.task.n)
    return rows[:limit], ended if box == "done" else last.place


def load(
    tx: Tx,
    district: str,
    reader: InboxReader,
    day: Day,
    *,
    box: Box = "mine",
    process: str = "",
    q: str = "",
) -> Load:
    """How many tasks of *box* are late, due today and later; each counted up to ``CAP`` + 1."""
    shown = reader.shown_in(box)
    if not any(shown):
        return Load(0, 0, 0)
    terms = terms_of(q)
    params: dict[str, Any] = {"district": district, **terms, **shown.params(reader.person)}
    if process:
        params["process"] = process
    for name in Load._fields:
        params[f"{name}_from"], params[f"{name}_to"] = day.span(name)  # type: ignore[arg-type]
    return Load(*tx.one(_count(shown.shape, bool(process), len(terms)), **params))


_p = tables.party.c
_PARTIES = Statement(
    select(_p.case_id, _p.party, _p.unit_id)
    .where(_p.district_id == bindparam("district"), among(_p.case_id, "cases"))
    .order_by(_p.case_id, _p.party, _p.unit_id),
    lists=["cases"],
)


def parties_of(tx: Tx, district: str, cases: Iterable[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """The (party, unit) pairs of each of *cases*, in one query."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in tx.rows(_PARTIES, district=district, cases=sorted(set(cases))):
        found.setdefault(row.case_id, []).append((row.party, row.unit_id))
    return {case: tuple(pairs) for case, pairs in found.items()}
