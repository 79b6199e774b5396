"""What an administrator is told of the district's own content without having asked."""

from __future__ import annotations

from engine.definition.values.moments import to_datetime
from engine.i18n import Text, listed
from engine.operations.admins import is_admin
from engine.operations.context import Caller, Context


def calendar_advice(ctx: Context, caller: Caller) -> Text | None:
    """Which years of the working calendar are missing or not confirmed, for administrators; else None."""
    years = ctx.district.calendar.warn_years(to_datetime(ctx.now).date())
    if not years or not ctx.runner.run(lambda tx: is_admin(ctx, tx, caller.person), write=False):
        return None
    named = listed(map(str, years))
    zh = f"{named.zh}年的放假安排还没有全部核对，期限先按工作日历里现有的日子算。"
    en = f"Not all holidays of {named.en} are confirmed; deadlines count by what stands there."
    return Text(
        f"{zh}请按公布的通知改好 calendars 里的文件，再发布一次。",
        f"{en} Mend the files in calendars by the published notice, then publish again.",
    )
