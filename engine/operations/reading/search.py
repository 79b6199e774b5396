"""Finding cases again: by number, name, unit or pinyin initials; the reader sees only what is theirs to see."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import partial

from engine.audience import RoleAt, parse_audience
from engine.clock import DAY
from engine.definition.values.plain import words_sought
from engine.errors import UnknownVersion
from engine.i18n import Text, listed
from engine.operations.access import Sight, require_here
from engine.operations.content.publish import all_current, by_hash
from engine.operations.context import Caller, Context
from engine.operations.reading.people import People, people_of
from engine.operations.reading.views import CaseRow
from engine.runtime.state import incidents, nodes, seats_of, units_in
from engine.runtime.titles import end_title
from engine.store import cases
from engine.store import search as store
from engine.store.cases import Case
from engine.store.search import Found
from engine.store.transactions.runner import Tx

#: Without being asked to look wider, search looks back this far.
YEAR = 366 * DAY
_MOST = 20
_LOOKED_AT = 200
#: How alike a name must be to be offered for a word that found nothing, and among how many persons.
_LIKE = 0.6
_MANY = 5000


def search(
    ctx: Context, caller: Caller, q: str, *, wide: bool = False, process: str = "", limit: int = _MOST
) -> tuple[CaseRow, ...]:
    """Cases in which every word of *q* stands, newest first, the reader's own units before others.

    Who may see a case only because an exit beside its steps names them finds it among the newest of all that fit. One
    that cannot be read keeps no other away: its row says so to whoever sees all, and is left out for anybody else.
    """

    def work(tx: Tx) -> tuple[CaseRow, ...]:
        sight = Sight(ctx, tx, caller.person)
        units, since = tuple(sorted(sight.units)), 0 if wide else ctx.now - YEAR
        find = partial(store.find_cases, tx, ctx.id, q, units=units, since=since, process=process)
        if not caller.person or sight.answers.admin:
            return _rows(ctx, tx, sight, find(limit=limit), limit)
        theirs = find(reader=store.Reader(caller.person, units, sight.answers.keys), limit=limit)
        more = find(limit=_LOOKED_AT) if len(theirs) < limit else ()
        return _rows(ctx, tx, sight, dict.fromkeys((*theirs, *more)), limit)

    return ctx.runner.run(work, write=False)


def number_in(q: str) -> str:
    """The number of a case as it is stored, if *q* is one in whatever spelling, else ""."""
    return store.number_in(q)


def near(ctx: Context, caller: Caller, q: str) -> str:
    """*q* with the word that finds nothing replaced by the name most like it: a unit, a process, a person; or ""."""

    def work(tx: Tx) -> str:
        require_here(ctx, tx, caller)
        people = people_of(ctx, tx)
        names = {unit.short for unit in people.units()}
        if any(isinstance(parse_audience(key), RoleAt) for key in Sight(ctx, tx, caller.person).answers.keys):
            names |= {person.name for person in people.persons(_MANY)}  # others would learn who lives here
        names |= {definition.process.title.zh for definition in all_current(ctx, tx)}
        words = list(words_sought(q))
        meant = [_alike(word, names) for word in words]
        return " ".join(meant) if meant != words else ""

    return ctx.runner.run(work, write=False)


def _alike(word: str, names: set[str]) -> str:
    """The name that begins most like *word*, before others one that sounds so; the word where it stands in a name."""
    if any(word in name for name in names):
        return word
    heads = {name[: len(word)]: name for name in sorted(names, reverse=True)}
    sounding = [head for head in heads if store.initials(head) == store.initials(word)]
    found = get_close_matches(word, sounding or heads, 1, _LIKE)
    return heads[found[0]] if found else word


def processes(ctx: Context, caller: Caller) -> tuple[tuple[str, Text], ...]:
    """The district's processes, to look through the cases of one: name and title."""

    def work(tx: Tx) -> tuple[tuple[str, Text], ...]:
        require_here(ctx, tx, caller)
        return tuple((d.process.name, d.process.title) for d in all_current(ctx, tx))

    return ctx.runner.run(work, write=False)


def cases_numbered(ctx: Context, caller: Caller, numbers: Iterable[str]) -> tuple[CaseRow, ...]:
    """The cases with these numbers that the reader may see, in that order."""

    def work(tx: Tx) -> tuple[CaseRow, ...]:
        wanted = (number for number in list(numbers)[:_MOST] if store.number_in(number))
        found = (hit for number in wanted for hit in store.find_cases(tx, ctx.id, number))
        return _rows(ctx, tx, Sight(ctx, tx, caller.person), found, _MOST)

    return ctx.runner.run(work, write=False)


def _rows(ctx: Context, tx: Tx, sight: Sight, hits: Iterable[Found], limit: int) -> tuple[CaseRow, ...]:
    people = people_of(ctx, tx)
    rows: list[CaseRow] = []
    for hit in hits:
        try:
            case = cases.load_case(tx, ctx.id, id=hit.id)
            if case is not None and sight.sees(case):
                rows.append(_row(ctx, tx, people, case))
        except UnknownVersion:
            if not sight.person or sight.answers.admin:
                rows.append(_unreadable(people, hit))
        if len(rows) == limit:
            break
    return tuple(rows)


def _row(ctx: Context, tx: Tx, people: People, case: Case) -> CaseRow:
    process = by_hash(ctx, tx, case.def_hash).process
    units = dict.fromkeys(unit for held in case.state["par"].values() for unit in units_in(held))
    return CaseRow(
        case=case.id,
        number=case.number,
        process=case.process,
        process_title=process.title,
        subject=case.subject,
        units=tuple(people.unit_name(unit) for unit in units),
        status=case.status,
        end=case.end,
        end_title=end_title(process, case.end) if case.end else None,
        started_at=case.started_at,
        ended_at=case.ended_at,
        holder=_holder(people, case),
    )


def _unreadable(people: People, hit: Found) -> CaseRow:
    """What the columns alone say of a case whose state, form or process cannot be read."""
    return CaseRow(
        case=hit.id,
        number=hit.number,
        process=hit.process,
        process_title=Text(hit.process, hit.process),
        subject=hit.subject,
        units=(people.unit_name(hit.unit),),
        status=hit.status,
        end=hit.end,
        end_title=Text(hit.end, hit.end) if hit.end else None,
        started_at=hit.started_at,
        ended_at=hit.ended_at,
        holder=Text("内容读不出来，请核对", "cannot be read, verify it"),
    )


def _holder(people: People, case: Case) -> Text | None:
    """With whom the case is until it ends: who claimed it, else whoever is asked; several where several are."""
    seats = [seat for node in nodes(case.state["root"]) for seat in seats_of(node)]
    if case.status == "ended":
        return None
    if incidents(case.state) and not seats:
        return Text("异常，等管理员处理", "failed, with the administrator")
    if not seats:
        return Text("办理中", "in progress")
    return listed(dict.fromkeys(people.audience(seat.hands) for seat in seats))
