"""Moments in words, as staff say them: 今天14:00, 6月16日 周二, 在你这里3天, 逾期1天."""

from __future__ import annotations

from engine.clock import DAY, HOUR, Micros
from engine.definition.values.moments import to_datetime
from engine.definition.values.saying import clock_words, day_words, end_clock, end_words, moment_words
from engine.i18n import Text, counted

_NEAR = {0: Text("今天", "today"), 1: Text("明天", "tomorrow"), -1: Text("昨天", "yesterday")}


def _near(at: Micros, now: Micros) -> Text | None:
    return _NEAR.get((to_datetime(at).date() - to_datetime(now).date()).days)


def day(at: Micros, now: Micros) -> Text:
    """``今天``, ``明天``, ``昨天`` or the day: ``6月16日 周二``."""
    return _near(at, now) or day_words(to_datetime(at), now)


def moment(at: Micros, now: Micros) -> Text:
    """``今天14:00`` or ``6月16日 周二 14:00``."""
    near, clock = _near(at, now), clock_words(to_datetime(at))
    if near is None:
        return moment_words(to_datetime(at), now, weekday=True)
    return Text(f"{near.zh}{clock}", f"{near.en} {clock}")


def deadline(at: Micros, now: Micros) -> Text:
    """`moment` of an end: midnight is 24:00 of the day before, ``今天24:00``."""
    end, near = to_datetime(at), _near(at - 1, now)
    if near is None:
        return end_words(end, now, weekday=True)
    clock = end_clock(end)
    return Text(f"{near.zh}{clock}", f"{near.en} {clock}")


def stamp(at: Micros) -> Text:
    """A full date and time, for paper: ``2026年6月16日14:00``."""
    return moment_words(to_datetime(at), None)


def machine(at: Micros) -> str:
    """The ``datetime`` attribute of a ``time`` element."""
    return to_datetime(at).isoformat(timespec="minutes")


def span(length: Micros) -> Text:
    """How long, in one unit: ``不到1小时``, ``5小时``, ``3天``."""
    if length < HOUR:
        return Text("不到1小时", "under an hour")
    count, zh, en = (length // DAY, "天", "day") if length >= DAY else (length // HOUR, "小时", "hour")
    return Text(f"{count}{zh}", counted(count, en))


def waiting(since: Micros, now: Micros) -> Text:
    """How long somebody has had it: ``已2天``, or ``刚到`` within the first hour."""
    if now - since < HOUR:
        return Text("刚到", "just in")
    by = span(now - since)
    return Text(f"已{by.zh}", f"for {by.en}")


def with_you(since: Micros, now: Micros) -> Text:
    """How long the reader has had it: ``在你这里2天``."""
    if now - since < HOUR:
        return Text("刚到你这里", "just in")
    by = span(now - since)
    return Text(f"在你这里{by.zh}", f"with you for {by.en}")


def late_words(due: Micros, now: Micros) -> Text:
    """How far past the deadline: ``逾期1天``."""
    by = span(max(now - due, 0))
    return Text(f"逾期{by.zh}", f"{by.en} late")


def due_words(needed_by: Micros, why: str, due_class: str, now: Micros) -> Text:
    """What a due chip says; *why* ``before`` means that the event itself is near, not its deadline."""
    if due_class == "late":
        return late_words(needed_by, now)
    at = deadline(needed_by, now) if _near(needed_by - 1, now) else day(needed_by - 1, now)
    return Text(f"{at.zh}要用", f"needed {at.en}") if why == "before" else Text(f"{at.zh}到期", f"due {at.en}")
