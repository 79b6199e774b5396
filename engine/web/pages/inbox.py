"""The inbox: one sentence of load, then what is late, due today and later, and a strip for what is new."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from flask import Blueprint, Response, render_template, request

from engine.definition.values.extents import MOST_NUMBER
from engine.definition.values.moments import to_datetime
from engine.definition.values.plain import sought, whole_number
from engine.definition.values.saying import day_words
from engine.extend.loading.pages import own_address
from engine.i18n import Text
from engine.operations import notices
from engine.operations.reading import pages
from engine.operations.reading.views import InboxPage, NoticeView, TaskRow
from engine.web import export, menu
from engine.web.addresses import url_for
from engine.web.render import say
from engine.web.visit import Visit, visit
from engine.web.words import gettext as _

#: The page of them all; one of them is called so in Chinese as well.
INCIDENTS: Final = Text("异常", "Incidents")

FILTERS = ("box", "process", "due", "q", "after")
#: How many rows a file holds at most, and how many are read at once.
MOST, AT_ONCE = 2000, 200


def add(web: Blueprint) -> None:
    """Add these pages to the door."""
    menu.put(web, menu.Item("inbox", Text("待办", "Inbox"), "inbox", bar=True))
    web.add_url_rule(own_address("inbox"), "inbox", inbox)
    web.add_url_rule(own_address("inbox", ".<any(xlsx,json):kind>"), "inbox_file", inbox_file)
    web.add_url_rule("/_/<district>/inbox/news", "inbox_news", news)


def inbox(district: str) -> str:
    """A page of one box."""
    here = visit(district)
    asked = _asked()
    page = _page(here, asked)
    heading, under = heading_of(page, date_words(here))
    return render_template(
        "inbox.html",
        page=page,
        groups=groups(page),
        heading=heading,
        under=under,
        asked=asked,
        tabs=tabs(here, page.box, notices.mine(here.ctx, here.caller), page, page.incidents),
    )


def inbox_file(district: str, kind: str) -> Response:
    """A whole box as a file, with the filters of the page."""
    here = visit(district)
    asked = _asked()
    rows: list[TaskRow] = []
    after, begun = "", False
    while len(rows) < MOST and (after or not begun):
        page = _page(here, {**asked, "after": after}, AT_ONCE)
        rows += page.rows
        after, begun = page.after, True
    name = f"{district}-inbox-{to_datetime(here.now):%y%m%d}"
    return export.answer(kind, name, export.task_columns(asked["box"]), rows, at=here.now, more=bool(after))


def groups(page: InboxPage) -> list[tuple[str, tuple[TaskRow, ...]]]:
    """The rows under their headings; what has no deadline is for later, as the count says."""
    if page.box == "done":
        return [("done", page.rows)] if page.rows else []
    classes = groupby(page.rows, key=lambda row: row.due_class if row.due_class in ("late", "today") else "later")
    return [(name, tuple(rows)) for name, rows in classes]


def news(district: str) -> tuple[str, int]:
    """204 while the box holds what the reader saw, else the strip that offers to show what is new."""
    here = visit(district)
    page = _page(here, _asked())
    if page.tag == request.args.get("seen"):
        return "", 204
    had = whole_number(request.args.get("had", "0"), MOST_NUMBER)
    more = 0 if had is None else page.load.all - had
    return render_template("fragments/news.html", more=more, box=page.box), 200


def _asked() -> dict[str, str]:
    """The filters of the address, no more of each than a search reads."""
    return {name: sought(request.args.get(name, "")) for name in FILTERS}


def _page(here: Visit, asked: dict[str, str], limit: int = 20) -> InboxPage:
    return pages.inbox(
        here.ctx, here.caller, box=asked["box"] or "mine", process=asked.get("process", ""),
        due=asked.get("due", ""), q=asked.get("q", ""), after=asked.get("after", ""), limit=limit,
    )  # fmt: skip


def boxes() -> dict[str, str]:
    """The boxes and their names."""
    return {"mine": _("我的"), "claimable": _("可认领"), "done": _("已办")}


def tabs(
    here: Visit, current: str, told: Sequence[NoticeView], page: InboxPage | None = None, failed: int | None = None
) -> list[tuple[str, str, str, int | None]]:
    """The tabs over the inbox and what stands beside it: key, name, address and, where it is known, a count.

    *failed* counts the incidents of the district; None for a reader who has nothing to do with them.
    """
    found: list[tuple[str, str, str, int | None]] = []
    for box, name in boxes().items():
        counted = page is not None and box == current and box != "done"
        count = page.load.all or None if page is not None and counted else None
        found.append((box, name, url_for("web.inbox", district=here.place.id, box=box), count))
    new = sum(notice.unread for notice in told)
    found.append(("notices", _("消息"), url_for("web.notices", district=here.place.id), new or None))
    if failed is not None:
        found.append(("incidents", say(INCIDENTS), url_for("web.incidents", district=here.place.id), failed or None))
    return found


def heading_of(page: InboxPage, date: str) -> tuple[str, str]:
    """What stands over a box: over one's own the load of today, over others their name."""
    return load_words(page, date) if page.box == "mine" else (boxes()[page.box], date)


def date_words(here: Visit) -> str:
    """``6月16日 周二，工作日。``"""
    today = to_datetime(here.now)
    date, workday = say(day_words(today, here.now)), here.place.calendar.is_workday(today.date())
    words: str = _("%(date)s，工作日。", date=date) if workday else _("%(date)s，休息日。", date=date)
    return words


def load_words(page: InboxPage, date: str) -> tuple[str, str]:
    """Today's load in one sentence, and the calm line under it."""
    load = page.load
    parts = []
    if load.today:
        parts.append(_("今天到期%(n)s件", n=load.today))
    if load.late:
        parts.append(_("逾期%(n)s件", n=load.late))
    if not load.all:
        return _("没有等你办的事"), date
    if not parts:
        return _("今天没有到期的"), _("%(n)s件不急。%(date)s", n=_capped(load.later, load.capped), date=date)
    heading = _("，").join(parts)
    if not load.later:
        return heading, date
    return heading, _("其余%(n)s件不急。%(date)s", n=_capped(load.later, load.capped), date=date)


def _capped(count: int, capped: bool) -> str:
    return f"{count}+" if capped else str(count)
