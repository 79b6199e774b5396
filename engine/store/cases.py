"""The hot row of a case and the form that goes with it: insert, lock, save."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from sqlalchemy import Select, bindparam, delete, select, update

from engine.clock import Micros
from engine.definition.values.moments import to_datetime
from engine.errors import Conflict
from engine.i18n import Text
from engine.ids import Ids
from engine.runtime.shapes.tree import State
from engine.runtime.state import fresh
from engine.store import upcast
from engine.store.databases.sql import Statement, insert_into
from engine.store.people import org_head
from engine.store.schema import tables
from engine.store.text import dump
from engine.store.transactions.runner import Tx

Status = Literal["open", "suspended", "ended"]


@dataclass(slots=True)
class Case:
    """A case as remembered. ``state`` is the runtime's tree, ``data`` the whole form as stored values.

    ``version`` counts commands; ``head`` is the hash of the last journal row; ``data_seq`` names the form's row.
    """

    district: str
    id: str
    process: str
    def_hash: str
    unit: str
    started_by: str
    started_at: Micros
    number: str = ""
    subject: str = ""
    search: str = ""
    status: Status = "open"
    end: str = ""
    version: int = 1
    head: str = ""
    state: State = field(default_factory=fresh)
    data_seq: int = 0
    for_person: str = ""
    ended_at: Micros | None = None
    data: dict[str, Any] = field(default_factory=dict)
    #: The version of who is who that was read together with the case.
    directory: str = ""

    @property
    def whole(self) -> State:
        """The state that the runtime knows: the tree, and in it the form."""
        return {**self.state, "data": self.data}


_c, _d = tables.cases.c, tables.case_data.c
#: The case as it stood when the statement began, which may have had to wait for it.
_seen = tables.cases.alias("seen").c
_FORM = (tables.case_data.c.district_id == _c.district_id) & (_d.case_id == _c.id) & (_d.seq == _c.data_seq)

_INSERT = insert_into(tables.cases)
_INSERT_DATA = insert_into(tables.case_data)
_INSERT_PARTY = insert_into(tables.party)
_p = tables.party.c
_DROP_PARTY = Statement(
    delete(tables.party).where(
        _p.district_id == bindparam("district"), _p.case_id == bindparam("case"),
        _p.party == bindparam("role"), _p.unit_id == bindparam("unit"),
    )
)  # fmt: skip
_MUTABLE = (
    "subject",
    "search",
    "status",
    "end_name",
    "version",
    "head",
    "state",
    "data_seq",
    "for_person",
    "ended_at",
)
_UPDATE = Statement(
    update(tables.cases)
    .where(_c.district_id == bindparam("district"), _c.id == bindparam("case"), _c.version == bindparam("expected"))
    .values({name: bindparam(name) for name in _MUTABLE})
)


def _key(c: Any) -> tuple[Any, Any]:
    return c.district_id == bindparam("district"), c.id == bindparam("id")


def _number(c: Any) -> tuple[Any, Any]:
    return c.district_id == bindparam("district"), c.number == bindparam("number")


def _joined(*where: Any) -> Statement:
    joined = tables.cases.outerjoin(tables.case_data, _FORM)
    return Statement(select(*tables.cases.c, _d.data, org_head).select_from(joined).where(*where))


def _locking(where: Any, before: Any) -> Statement:
    joined = tables.cases.outerjoin(tables.case_data, _FORM)
    seen = select(_seen.version).where(*before).scalar_subquery().label("seen")
    both: Select[Any] = select(*tables.cases.c, _d.seq.label("form"), _d.data, org_head, seen).select_from(joined)
    return Statement(both.where(*where).with_for_update(of=tables.cases))


_BY_ID, _BY_NUMBER = _joined(*_key(_c)), _joined(*_number(_c))
_LOCK_ID, _LOCK_NUMBER = _locking(_key(_c), _key(_seen)), _locking(_number(_c), _number(_seen))
_DATA = Statement(
    select(_d.data).where(
        _d.district_id == bindparam("district"), _d.case_id == bindparam("id"), _d.seq == bindparam("seq")
    )
)
_FORMS = Statement(
    select(_d.seq, _d.salt, _d.fill, _d.note, _d.data, _d.told)
    .where(_d.district_id == bindparam("district"), _d.case_id == bindparam("case"))
    .order_by(_d.seq)
)
_PARTIES = Statement(
    select(tables.party.c.party, tables.party.c.unit_id)
    .where(tables.party.c.district_id == bindparam("district"), tables.party.c.case_id == bindparam("id"))
    .order_by(tables.party.c.party, tables.party.c.unit_id)
)


def draw_number(ids: Ids, at: Micros) -> str:
    """A case number such as ``260616-48273``: the day of *at* and five random digits."""
    day = to_datetime(at)
    return f"{day.year % 100:02}{day.month:02}{day.day:02}-{ids.digits(5)}"


def insert(tx: Tx, case: Case) -> None:
    """Insert a new case under the number it already has; Duplicate when that number is taken."""
    tx.later(_INSERT, **_row(case))


def _row(case: Case) -> dict[str, Any]:
    return {
        "district_id": case.district,
        "id": case.id,
        "number": case.number,
        "process": case.process,
        "def_hash": case.def_hash,
        "unit_id": case.unit,
        "started_by": case.started_by,
        "started_at": case.started_at,
        **_mutable(case),
    }


def _mutable(case: Case) -> dict[str, Any]:
    return {
        "subject": case.subject,
        "search": case.search,
        "status": case.status,
        "end_name": case.end,
        "version": case.version,
        "head": case.head,
        "state": dump(case.state),
        "data_seq": case.data_seq,
        "for_person": case.for_person,
        "ended_at": case.ended_at,
    }


def save(tx: Tx, case: Case, *, expected: int) -> None:
    """Write the case back if it still has version *expected*; Conflict when another command came first."""
    moved_on = partial(_moved_on, case.number)
    tx.later(_UPDATE, moved_on, district=case.district, case=case.id, expected=expected, **_mutable(case))


def _moved_on(number: str) -> Conflict:
    return Conflict(
        Text("这个办件刚刚有了新进展，请刷新后再办理。", "This case has just moved on; reload it and try again."),
        number=number,
    )


def write_form(
    tx: Tx, case: Case, *, salt: str, fill: str | None, note: str | None, data: str, told: str | None = None
) -> None:
    """Insert what somebody typed and the whole form after it, as row ``case.data_seq``, which the caller moved on.

    *told* are typed words that facts were asked with or answered, by the digest that the journal has of each.
    """
    tx.later(
        _INSERT_DATA,
        district_id=case.district,
        case_id=case.id,
        seq=case.data_seq,
        salt=salt,
        fill=fill,
        note=note,
        data=data,
        told=told,
    )


def load_case(tx: Tx, district: str, *, id: str = "", number: str = "") -> Case | None:  # noqa: A002
    """The case with its form, by id or by number, or None; nothing is locked."""
    row = tx.one(_BY_ID, district=district, id=id) if id else tx.one(_BY_NUMBER, district=district, number=number)
    return None if row is None else _case(row, row.data)


def lock(tx: Tx, district: str, *, id: str = "", number: str = "") -> Case | None:  # noqa: A002
    """The case with its form, locked against every other command until the end of the transaction, or None.

    On PostgreSQL a joined lock that had to wait may answer the new case beside the old form, or none: the form is then
    read again. What was read of the directory is as old, so the version of it is left out.
    """
    if tx.dialect == "sqlite":
        return load_case(tx, district, id=id, number=number)
    row = tx.one(_LOCK_ID, district=district, id=id) if id else tx.one(_LOCK_NUMBER, district=district, number=number)
    if row is None:
        return None
    data = row.data
    if row.form != row.data_seq:
        form = tx.one(_DATA, district=district, id=row.id, seq=row.data_seq)
        data = form.data if form else None
    case = _case(row, data)
    if row.seen != row.version:
        case.directory = ""
    return case


def _case(row: Any, data: str | None) -> Case:
    return Case(
        district=row.district_id,
        id=row.id,
        process=row.process,
        def_hash=row.def_hash,
        unit=row.unit_id,
        started_by=row.started_by,
        started_at=row.started_at,
        number=row.number,
        subject=row.subject,
        search=row.search,
        status=row.status,
        end=row.end_name,
        version=row.version,
        head=row.head,
        state=upcast.state_of(row.state, row.number),
        data_seq=row.data_seq,
        for_person=row.for_person,
        ended_at=row.ended_at,
        data=upcast.form_of(data, row.number),
        directory=row.directory or "",
    )


def add_parties(tx: Tx, case: Case, parties: Iterable[tuple[str, str]]) -> None:
    """Insert the (party, unit) pairs that the case belongs to; one statement."""
    rows = [{"district_id": case.district, "case_id": case.id, "party": p, "unit_id": u} for p, u in sorted(parties)]
    tx.insert_later(_INSERT_PARTY, rows)


def set_parties(tx: Tx, case: Case, wanted: set[tuple[str, str]]) -> None:
    """Let the case belong to exactly the *wanted* (party, unit) pairs: a unit that was replaced leaves."""
    held = set(parties(tx, case.district, case.id))
    for party, unit in sorted(held - wanted):
        tx.change(_DROP_PARTY, district=case.district, case=case.id, role=party, unit=unit)
    if wanted - held:
        add_parties(tx, case, wanted - held)


def parties(tx: Tx, district: str, case: str) -> tuple[tuple[str, str], ...]:
    """The (party, unit) pairs of a case."""
    return tuple((r.party, r.unit_id) for r in tx.rows(_PARTIES, district=district, id=case))


def forms(tx: Tx, district: str, case: str) -> list[Any]:
    """What was typed in a case, command by command: ``seq``, ``salt``, ``fill``, ``note``, ``data``, ``told``."""
    return tx.rows(_FORMS, district=district, case=case)


def opened(tx: Tx, district: str) -> list[str]:
    """The ids of the cases that are open, by number."""
    rows = tx.read(select(_c.id).where(_c.district_id == district, _c.status == "open").order_by(_c.number))
    return [row.id for row in rows]
