"""The case page, put together from what its parts show."""

from __future__ import annotations

from engine.operations.admins import is_admin
from engine.operations.reading.parts import Showing
from engine.operations.reading.presses import exits, take_back
from engine.operations.reading.read_log import of_case
from engine.operations.reading.start import may_start_again
from engine.operations.reading.views import CaseView
from engine.runtime.state import nodes
from engine.runtime.titles import end_title


def case_view(show: Showing) -> CaseView:
    """Everything that a case page shows."""
    case, process, people = show.case, show.process, show.people
    admin = is_admin(show.ctx, show.tx, show.caller.person)
    opened = [e["node"]["s"] for t in show.history for e in t.events if e["e"] == "opened" and e["node"]["s"]]
    return CaseView(
        id=case.id,
        number=case.number,
        process=case.process,
        process_title=process.title,
        subject=case.subject,
        status=case.status,
        end=case.end,
        end_title=end_title(process, case.end) if case.end else None,
        started_at=case.started_at,
        started_by=people.view(case.started_by),
        for_person=people.view(case.for_person),
        version=case.version,
        parties=show.parties(),
        facts=show.facts_shown(),
        holders=show.holders(),
        timeline=show.timeline(),
        visited=tuple(dict.fromkeys(opened)),
        active=tuple(node["s"] for node in nodes(show.state["root"]) if node["s"] and "x" not in node),
        exits=exits(show),
        take_back=take_back(show),
        can_cancel=case.status == "open" and admin,
        can_start_again=may_start_again(show),
        definition_hash=case.def_hash,
        ended_at=case.ended_at,
        readings=of_case(show, everything=admin),
    )
