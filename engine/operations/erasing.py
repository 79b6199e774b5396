"""Erasing what people typed in a case that has ended: the case, its tasks and its chain stay, the words go."""

from __future__ import annotations

from typing import Final

from engine.errors import Conflict, Invalid, Problem
from engine.i18n import Text
from engine.operations.admins import require_admin
from engine.operations.content.publish import by_hash
from engine.operations.context import Caller, Context, no_case
from engine.operations.reading.history import state_now
from engine.operations.writing import Wish, Written, write
from engine.store import cases, erasing, search
from engine.store.cases import Case
from engine.store.schema.leftovers import sweep
from engine.store.transactions.runner import Tx

#: What stands in lists where the subject was.
ERASED: Final = "（内容已清除）"
_LONGEST = 200


def erase(ctx: Context, caller: Caller, number: str, reason: str, *, key: str = "") -> bool:
    """Erase forms, opinions, comments and notices of an ended case; False when they were before.

    Only an administrator may, and says on what ground; the ground stays in the district's journal for good. What a
    plugin keeps is the plugin's own. The words leave SQLite's files as well. Raises ``Conflict`` while the case is open
    or something of it is still to be sent.
    """
    reason = reason.strip()
    if not 0 < len(reason) <= _LONGEST or not reason.isprintable():
        words = Text(f"写明清除的依据，{_LONGEST}字以内，不要写个人信息。",
                     f"Say on what ground, in {_LONGEST} characters and without anybody's data.")  # fmt: skip
        raise Invalid((Problem("reason-missing", words, path="reason"),))

    def work(ctx: Context, tx: Tx) -> Written:
        require_admin(ctx, tx, caller)
        case = cases.lock(tx, ctx.id, number=number)
        if case is None:
            raise no_case()
        _may_go(ctx, tx, case)
        if not _empty(ctx, tx, case):
            return Written(False, None)
        body = {"case": case.id, "number": number, "seq": case.version, "head": case.head, "reason": reason}
        return Written(True, body)

    wish = Wish("org", "erase", {"number": number, "reason": reason}, key)
    erased = bool(write(ctx, caller, wish, work, long=True))
    sweep(ctx.system.database)
    return erased


def _may_go(ctx: Context, tx: Tx, case: Case) -> None:
    if case.status != "ended":
        raise Conflict(
            Text("这件还没有办完，不能清除。先办完或取消。", "This case is still open; finish or cancel it first."),
            code="case_open",
        )
    if erasing.is_sending(tx, ctx.id, case.id):
        raise Conflict(
            Text("这件还有通知没有发出，过一会儿再清除。", "Something of this case is still to be sent; try later."),
            code="case_sending",
        )


def _empty(ctx: Context, tx: Tx, case: Case) -> bool:
    """Take the words out of every row of the case; False when none was left. Salts go too: digests tell nothing."""
    if not erasing.forget_words(tx, ctx.id, case.id):
        return False
    state = state_now(tx, ctx.id, case.id)  # what an action repeated of the form stood there too
    found = search.search_text(case.number, by_hash(ctx, tx, case.def_hash).process.title.zh)
    tree = {key: value for key, value in state.items() if key != "data"}
    erasing.rename(tx, ctx.id, case.id, subject=ERASED, search=found, state=tree)
    return True
