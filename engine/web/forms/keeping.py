"""What somebody typed outlives every refusal: the page comes again with it, or at least the words do, to be copied."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Final

from flask import Response, current_app, g, request
from markupsafe import escape
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from engine.definition.values.extents import MOST_NUMBER
from engine.definition.values.plain import readable, whole_number
from engine.edge import bounds
from engine.errors import Problem, RongtongError
from engine.i18n import Text
from engine.operations.verbs import VERBS, Argument, Verb
from engine.operations.writing import is_key
from engine.web.forms.tables import TURN
from engine.web.visit import signed_in

#: Pages that show again what was typed, without doing anything; every form with words of one's own leads to one.
KEEPING: Final = frozenset({"web.task", "web.start_form", "web.task_verb", "web.task_uncover", "web.case",
                           "web.case_verb", "web.case_step", "web.case_uncover", "web.incident_verb"})
#: Inputs that ask for the page again, with what was typed: after a log-in, or for other rows of a table.
_SHOW: Final = ("resume", TURN, "find")


def box(verb: Verb, one: Argument) -> str:
    """The input in which *one* of the things that *verb* takes is typed, beside a decision."""
    return f"{one.key}.{verb.name}"


#: The verb of each box; what is not typed but chosen in one is nobody's words.
_BOXES: Final = {box(verb, one): verb.name for verb in VERBS.values() if verb.task or verb.case for one in verb.takes}
_CHOSEN: Final = frozenset(box(verb, one) for verb in VERBS.values() for one in verb.takes if one.choices)
_log = logging.getLogger("rongtong.web")


def keeps() -> bool:
    """Whether this request sends a form whose page can show it again."""
    return request.method == "POST" and request.endpoint in KEEPING


def bringing_back() -> bool:
    """Whether this request only shows a page with what was typed; nothing is done unasked."""
    return "again" in g or any(name in _form() for name in _SHOW)


def why_again() -> Text | None:
    """What was refused, where the page is shown again because of that."""
    held: Text | None = g.get("again")
    return held


def wrong() -> tuple[Problem, ...]:
    """What is wrong with what was typed, where the page is shown again because of that."""
    held: tuple[Problem, ...] = g.get("wrong", ())
    return held


def beside_key() -> str:
    """The request key of a press beside the decision; the decision has its own, which stays for it."""
    return _form().get("beside", "")


def beside(sent: str = "") -> dict[str, str]:
    """What was typed for the presses beside the decision, without what was *sent* just now."""
    return {name: _form().get(name, "") for name, verb in _BOXES.items() if verb != sent}


def holds_more(sent: str) -> bool:
    """Whether anything stands in the form but what was *sent* just now; mostly nothing does, and no page is read."""
    g.sent = sent
    return bool(_written(sent))


def _written(sent: str) -> set[tuple[str, str]]:
    chosen = {name for name in _CHOSEN if _BOXES[name] != sent}
    held = _form().items(multi=True)
    return {(name, value) for name, value in held if value.strip() and (_is_typed(name) or name in chosen)}


def left_behind(sent: str, fresh: Iterable[tuple[str, str]]) -> bool:
    """Whether the form holds something other than what was *sent* and the texts of a *fresh* page.

    Then the page comes again with it; where it has no place for it any more, at least the words do.
    """
    g.sent = sent
    return _written(sent) != {(name, value) for name, value in fresh if value.strip()}


def form_key() -> str | None:
    """The request key that the form carried; None where it has none, or one that cannot be or has been used."""
    key = _form().get("key", "")
    return key if key and is_key(key) and not g.get("key_is_used") else None


def seen_version() -> int | None:
    """The version of the case that the words in the form were written for; None where it does not say.

    It stays with the words whenever their page comes again, or a colleague's change would pass unread under them; it
    moves on only with a reader who has just been told what changed.
    """
    return g.get("told") or whole_number(_form().get("seen", ""), MOST_NUMBER)


def again(
    why: Text | None, status: int, *, wrong: tuple[Problem, ...] = (), key_is_used: bool = False,
    told: int | None = None,
) -> Response | None:  # fmt: skip
    """The page whose form was refused, as it stands now with what was typed; None where it does not show any more.

    *why* it was, or what is *wrong* with what was typed, each at its place.

    The page is the answer to the very request, asked once more and told only to show. *told* is the version of the
    case up to which *why* tells the reader what changed.
    """
    if not keeps() or "again" in g or not readable(request.path) or signed_in() is None:
        return None
    g.again, g.wrong, g.key_is_used, g.told = why, wrong, key_is_used, told
    if status == RequestEntityTooLarge.code:
        request.max_content_length = request.max_form_memory_size = bounds.FORM_READ
    view = current_app.ensure_sync(current_app.view_functions[str(request.endpoint)])
    try:
        answer = current_app.make_response(view(**(request.view_args or {})))
    except (RongtongError, RequestEntityTooLarge):
        return None
    except Exception:
        _log.exception("no page to show again: %s", request.endpoint)
        return None
    answer.status_code = status
    return answer


def typed() -> tuple[str, ...]:
    """The words of one's own in the form that was sent, in its order; nothing where its page shows none again."""
    if not keeps():
        return ()
    form = _form()
    written = (value for name, value in form.items(multi=True) if _is_typed(name) and f"{name}.find" not in form)
    return tuple(dict.fromkeys(value for value in written if value.strip()))


def lost(shown: str) -> bool:
    """Whether the page *shown* has no place for something that was typed."""
    return any(str(escape(words)) not in shown for words in typed())


def _form() -> MultiDict[str, str]:
    try:
        return request.form
    except RequestEntityTooLarge:
        return MultiDict()


def _is_typed(name: str) -> bool:
    """Whether an input called so is for people to write in, and what is in it was not sent just now."""
    fields = name.startswith("f-") and not name.endswith((".count", ".first"))
    beside = name in _BOXES and name not in _CHOSEN and _BOXES[name] != g.get("sent")
    return fields or beside or name == "note" or name.startswith("opinion.")
