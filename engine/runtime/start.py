"""The start of a case as a step: what ``back start`` returns to."""

from __future__ import annotations

from functools import lru_cache

from engine.definition.kinds.ask import Ask
from engine.definition.model import Exit, Process, Target, Who, WhoRule
from engine.i18n import Text

START = "start"
SUBMIT = "submit"


@lru_cache(maxsize=512)
def _step(fill: tuple[str, ...]) -> Ask:
    return Ask(
        id=START,
        title=Text("修改后重新提交", "Correct and submit again"),
        outcomes=(Exit(SUBMIT, Target("next"), Text("重新提交", "Submit again"), fill=fill),),
        who=WhoRule(((None, (Who("applicant", text="applicant"),)),)),
        fill=fill,
        stops_clock=True,
    )


def start_step(process: Process) -> Ask:
    """The first form as an ask: the starter or applicant fills it again and submits."""
    return _step(process.start.fill)
