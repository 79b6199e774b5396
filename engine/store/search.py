"""Finding a case: the text it is found by, with pinyin initials, and the search over numbers and that text."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import bindparam, exists, or_, select

from engine.audience import AudienceKey
from engine.clock import Micros
from engine.definition.values.plain import folded, terms
from engine.store.databases.sql import Statement, among
from engine.store.schema import tables
from engine.store.transactions.runner import Tx

_WILD = re.compile(r"([\\%_])")
_NUMBER = re.compile(r"([0-9]{6})-?([0-9]{5})")
#: Every block of Chinese characters, those of rare names too.
_SIGNS = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN = re.compile(f"[{_SIGNS}]+")
_RUN = re.compile(f"[{_SIGNS}]+|[a-z0-9]+")
#: Names whose usual reading is not the first one in the dictionary of single characters.
_PLACES = {
    "重庆": "cq", "长": "c", "厦门": "xm", "蚌埠": "bb", "六安": "la", "乐清": "lq", "乐山": "ls", "大厦": "ds",
    "都匀": "dy", "都": "d", "行": "x", "银行": "yh", "朝阳": "cy", "朝": "c", "贵阳": "gy", "东莞": "dg",
    "番禺": "py", "台州": "tz", "铅山": "ys", "会稽": "kj", "丽水": "ls", "浚县": "xx", "中弄": "zl", "弄": "l",
}  # fmt: skip
_SURNAMES = {
    "单": "s", "曾": "z", "解": "x", "仇": "q", "区": "o", "朴": "p", "查": "z", "盖": "g", "覃": "q", "任": "r",
    "华": "h", "缪": "m", "尉": "y", "万俟": "mq", "召": "s", "洗": "x", "黑": "h", "翟": "z", "员": "y", "乐": "y",
    "折": "s", "种": "c", "秘": "b", "繁": "p", "葛": "g", "宁": "n", "𠮷": "j", "卜": "b", "幺": "y",
}  # fmt: skip


@lru_cache(maxsize=1)
def _readings() -> dict[int, str]:
    # The table of phrases costs 60 MB of memory and is of no use for single initials.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin.pinyin_dict import pinyin_dict

    return pinyin_dict


@lru_cache(maxsize=8192)
def _initial(character: str) -> str:
    reading = _readings().get(ord(character), "")
    plain = reading[:1].translate(str.maketrans("āáǎàēéěèōóǒòńňǹḿ", "aaaaeeeeoooonnnm"))
    return plain if plain.isascii() else ""


def initials(name: str) -> str:
    """The first letters of the pinyin of *name*: ``nzd`` for 南珠东; other signs are left out, latin ones kept."""
    return _initials(folded(name))


@lru_cache(maxsize=8192)
def _initials(plain: str) -> str:
    return "".join(_letters(plain))


def _letters(name: str) -> Iterator[str]:
    for run in _RUN.findall(name):
        if not _HAN.match(run):
            yield run
            continue
        at = 0
        if len(run) <= 4 and run == name:
            surname = next((s for s in (run[:2], run[:1]) if s in _SURNAMES), "")
            if surname:
                yield _SURNAMES[surname]
                at = len(surname)
        while at < len(run):
            place = next((p for p in (run[at : at + 2], run[at]) if p in _PLACES), "")
            yield _PLACES[place] if place else _initial(run[at])
            at += len(place) or 1


def search_text(number: str, subject: str, *names: str) -> str:
    """What a case is found by: its number, the words of its *subject*, *names*, and the initials of all, folded."""
    plain = folded(subject)
    parts = [number, number.replace("-", ""), plain, _initials(plain)]
    for name in names:
        parts += _name(name)
    return " ".join(dict.fromkeys(part for part in parts if part))


@lru_cache(maxsize=8192)
def _name(name: str) -> tuple[str, str]:
    """A name that many cases have, of a unit, a person or a process: folded, and its initials."""
    plain = folded(name)
    return plain, _initials(plain)


@dataclass(frozen=True, slots=True)
class Found:
    """One hit: the hot row without its state."""

    id: str
    number: str
    subject: str
    process: str
    def_hash: str
    status: str
    end: str
    unit: str
    started_by: str
    started_at: Micros
    ended_at: Micros | None


_c, _p = tables.cases.c, tables.party.c
_HIT = (_c.id, _c.number, _c.subject, _c.process, _c.def_hash, _c.status, _c.end_name, _c.unit_id, _c.started_by,
        _c.started_at, _c.ended_at)  # fmt: skip
_BY_NUMBER = Statement(select(*_HIT).where(_c.district_id == bindparam("district"), _c.number == bindparam("wanted")))


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose cases are looked through: what the person started or has for them, their units', and where they were asked.

    ``keys`` are the audience keys that the person answers to.
    """

    person: str
    units: tuple[str, ...]
    keys: tuple[AudienceKey, ...]


_t = tables.task.c
_asked = exists().where(
    _t.district_id == _c.district_id, _t.case_id == _c.id,
    or_(_t.actor == bindparam("who"), _t.assignee == bindparam("who"), among(_t.audience, "keys")),
)  # fmt: skip


@lru_cache(maxsize=64)
def _by_words(words: int, mine: bool, process: bool, reader: bool) -> Statement:
    own = exists().where(_p.district_id == _c.district_id, _p.case_id == _c.id, among(_p.unit_id, "units"))
    found = select(*_HIT).where(_c.district_id == bindparam("district"), _c.started_at >= bindparam("since"))
    for index in range(words):
        found = found.where(_c.search.like(bindparam(f"t{index}"), escape="\\"))
    if process:
        found = found.where(_c.process == bindparam("of"))
    if reader:
        theirs = (_c.started_by == bindparam("who"), _c.for_person == bindparam("who"), among(_c.unit_id, "units"))
        found = found.where(or_(*theirs, own, _asked))
    order = [own.desc()] if mine else []
    return Statement(
        found.order_by(*order, _c.id.desc()).limit(bindparam("limit")).offset(bindparam("skip")),
        lists=[*(["units"] if mine or reader else []), *(["keys"] if reader else [])],
    )


def find_cases(
    tx: Tx,
    district: str,
    q: str,
    *,
    units: tuple[str, ...] = (),
    since: Micros = 0,
    process: str = "",
    reader: Reader | None = None,
    limit: int = 20,
    skip: int = 0,
) -> tuple[Found, ...]:
    """Cases started after *since* that hold every word of *q*; those of *units* first, then the newest.

    With *reader* only theirs, as far as their rows say whose they are.

    A whole number, with or without its dash, is looked up by itself, however old. An empty *q* lists the newest.
    """
    if number := number_in(q):
        return tuple(Found(*row) for row in tx.rows(_BY_NUMBER, district=district, wanted=number))
    words = terms_of(q)
    more: dict[str, object] = {"units": list(units)} if units else {}
    if process:
        more["of"] = process
    if reader:
        more |= {"who": reader.person, "units": list(units or reader.units), "keys": list(reader.keys)}
    statement = _by_words(len(words), bool(units), bool(process), reader is not None)
    rows = tx.rows(statement, district=district, since=since, limit=limit, skip=skip, **words, **more)
    return tuple(Found(*row) for row in rows)


def number_in(q: str) -> str:
    """The number of a case as it is stored, if *q* is one in whatever spelling, else ""."""
    found = _NUMBER.fullmatch(folded(q))
    return f"{found[1]}-{found[2]}" if found else ""


def terms_of(q: str) -> dict[str, str]:
    """The words of *q* as parameters ``t0``, ``t1`` … of ``search LIKE … ESCAPE '\\'``."""
    return {f"t{i}": "%" + _WILD.sub(r"\\\1", word) + "%" for i, word in enumerate(terms(q))}
