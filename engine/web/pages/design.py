"""The sheet of all components, with made-up values, in any look: what pages are held against."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template, request

from engine.clock import DAY, HOUR, MINUTE, Micros
from engine.content import icons
from engine.errors import Problem
from engine.i18n import Text, both
from engine.operations.reading import form_views, grounds, views
from engine.operations.reading.start_views import AheadView
from engine.web.forms import fill
from engine.web.visit import LOOKS, look

EAST, WEST = "东门社区", "西门社区"


def add(web: Blueprint) -> None:
    """Add this page to the door."""
    web.add_url_rule("/design", "design", design)


def design() -> str:
    """Every component; ``?look=`` shows another look without choosing it, ``?frame=`` another layout."""
    now = NOW
    fields = fill.widgets(FIELDS, problems=WRONG)
    frame = request.args.get("frame", "plain")
    wanted = request.args.get("look", look())
    return render_template(
        "design.html",
        frame=f"layout/{frame if frame in FRAMES else 'plain'}.html",
        look=wanted if wanted in LOOKS else look(),
        rows=[row(1, "late", -DAY, now), row(2, "today", 3 * HOUR, now), row(3, "later", 4 * DAY, now)],
        facts=FACTS,
        evidence=EVIDENCE,
        receipt=RECEIPT,
        lines=(*lines(now), *long_ago(now)),
        why=WHY,
        fields=fields,
        anchors=fill.anchors(fields),
        problems=WRONG,
        units=(EAST, WEST),
        swatches=SWATCHES,
        sizes=SIZES,
        icons=sorted(icons()),
        press=PRESS,
        ahead=AHEAD,
        now=now,
    )


NOW: Final[Micros] = 1_781_575_200_000_000
FRAMES: Final = ("plain", "mobile", "print")
SWATCHES: Final = (
    "paper", "card", "sunk", "line", "edge", "ink", "ink2", "ink3", "act", "act-soft", "late", "late-soft", "soon",
    "soon-soft", "wait", "wait-soft", "done", "done-soft", "focus",
)  # fmt: skip
SIZES: Final = ("t30", "t24", "t20", "t18", "t16", "t14")
MEI: Final = views.PersonView("p1", "林小梅", WEST)
STEP: Final = Text("保管方审批", "Keeper's decision")
SUBJECTS: Final = ("东门社区 调阅 2019年度选举记录", "西门社区 调阅 道路命名底册", "东门社区 调阅 老街门牌照片")


def row(n: int, due_class: views.DueClass, due_in: Micros, now: Micros) -> views.TaskRow:
    """An inbox row that is due *due_in* after *now*."""
    return views.TaskRow(
        case="", n=n, process="lend", process_title=Text("档案调阅", "Borrow a file"), step="agree", step_title=STEP,
        subject=SUBJECTS[n - 1], number=f"260616-4827{n}", units=(EAST, WEST), opened_at=now - 2 * DAY,
        since=now - 2 * DAY, due_at=now + due_in, holder=both(MEI.name),
        needed_by=now + due_in, needed_why="due", due_class=due_class, assignee=MEI, mine=True,
    )  # fmt: skip


def lines(now: Micros) -> tuple[views.Line, ...]:
    """A short history."""
    return (
        views.Line(now - DAY, Text("林小梅 发起调阅", "林小梅 started the case"), MEI, "human"),
        views.Line(now - DAY + MINUTE, Text("系统：卷宗已预留", "System: the file is reserved"), None, "system"),
        views.Line(
            now - HOUR, Text("林小梅 留言", "林小梅 commented"), MEI, "comment", "下午三点前都在，来前打个电话。"
        ),
    )


def long_ago(now: Micros) -> tuple[views.Line, ...]:
    """A reminder that came three times: one line of the history."""
    said = Text("系统提醒办理“保管方审批”", "System reminded about “Keeper's decision”")
    return tuple(views.Line(now + at * HOUR, said, None, "system") for at in range(3))


PRESS: Final = views.OutcomeView(
    "refuse", Text("不同意", "Refuse"), "must", (), (), (Text("卷宗退回库房", "the file goes back"),),
    reasons=("当天闭馆", "手续不全", "卷宗在修"),
)  # fmt: skip
AHEAD: Final = (
    AheadView(STEP, Text("保管方的负责人", "the keeper's head"), Text("2个工作日", "2 workdays")),
    AheadView(Text("主任复核", "Second look"), Text("主任", "the director"), maybe=True),
    AheadView(Text("归还", "Return"), Text("申请人", "the applicant")),
)
FACTS: Final = (
    views.Shown("file", Text("卷宗", "File"), both("2019年度选举记录")),
    views.Shown("day", Text("调阅日", "Day"), Text("6月16日 周二", "Tue 16 Jun")),
    views.Shown("people", Text("人数", "People"), both("3"), was=both("2")),
)
EVIDENCE: Final = (
    grounds.EvidenceView("ok", Text("卷宗在馆", "On the shelf"), Text("上次归还6月9日。", "Returned on 9 June.")),
    grounds.EvidenceView("warn", Text("本月次数", "This month"), Text("这是本月第3次。", "The third time this month.")),
    grounds.EvidenceView("bad", Text("保密期", "Closed period"), Text("要到2027年才满。", "It runs until 2027.")),
)
RECEIPT: Final = grounds.EvidenceView(
    "ok", Text("复印费", "Copies"), Text("应付12元。", "12.00 yuan to pay."),
    sum=(
        grounds.AmountView(Text("原价", "Price"), Text("15.00元", "15.00 yuan")),
        grounds.AmountView(Text("优惠", "Off"), Text("−3.00元", "−3.00 yuan")),
        grounds.AmountView(Text("应付", "To pay"), Text("12.00元", "12.00 yuan")),
    ),
)  # fmt: skip
WHY: Final = grounds.Why(
    Text(
        "到你这里，因为你是西门社区负责人，本环节由保管方负责人办理。", "With you, because you head the keeping unit."
    ),
    (Text("规则：保管方负责人办理。", "Rule: the keeper's head decides."),),
)
HINT: Final = Text("写给保管方看。", "For the keeper.")
VOLUMES: Final = tuple(form_views.Option(str(i), both(f"第{i}卷")) for i in range(1, 8))
FIELDS: Final = (
    form_views.FormField("what", Text("卷宗", "File"), "choice", options=VOLUMES),
    form_views.FormField("slot", Text("时段", "Slot"), "period", "2026-06-16T14:00/2026-06-16T16:00"),
    form_views.FormField("people", Text("人数", "People"), "integer", 80),
    form_views.FormField("stars", Text("评几星", "Stars"), "integer", 4, min=1, max=5),
    form_views.FormField("why", Text("用途", "Purpose"), "text", required=False, hint=HINT),
    form_views.FormField("copy", Text("要复印", "Copies wanted"), "boolean", False),
)  # fmt: skip
WRONG: Final = (
    Problem("too-many", Text("填写人数。阅览室最多坐40人。", "Say how many. The room seats 40."), path="people"),
)
