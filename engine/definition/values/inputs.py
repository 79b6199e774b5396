"""What people type, read into stored values; what cannot be read becomes a Problem that says how to write it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from engine.definition.values.day_rules import parse_day_rule
from engine.definition.values.durations import parse_duration
from engine.definition.values.hours import WHOLE_DAY, as_end, at_clock, read_clock
from engine.definition.values.moments import Period, decimal_text, midnight, write_datetime, write_period
from engine.definition.values.plain import narrow, readable, tidy
from engine.definition.values.saying import clock_words
from engine.definition.values.types import ValueType
from engine.errors import Problem
from engine.i18n import Text

#: Longest text that a field takes, in characters.
MOST_TEXT: Final = 10_000
#: Largest number, in integers and in the whole part of decimals; JSON readers keep such integers exact.
MOST_NUMBER: Final = 2**53 - 1
#: Most decimals of a number that is kept.
PLACES: Final = 6

#: The years that a date may lie in: what is typed outside is a slip.
FIRST_YEAR, LAST_YEAR = 1900, 2100

#: What is said of a NUL, which a request is looked through for as a whole.
NUL: Final = Problem(
    "nul", Text("内容里有不能保存的字符。删掉后再提交。", "It holds a character that cannot be stored. Remove it.")
)
_DATE: Final = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-|/([0-9]{1,2})/|\.([0-9]{1,2})\.|年([0-9]{1,2})月)([0-9]{1,2})日?"
)
_UNTIL: Final = re.compile(r"[0-9]:[0-9]{2}(?::[0-9]{2})?(\s*(?:/|–|—|~|-|至|到)\s*)(?=\S)")
_GAP: Final = re.compile(r"[T\s]+")
_APART: Final = re.compile(r"[\s\-()]")
_COMMA: Final = re.compile(r"[\n、,]")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")
_MOBILE: Final = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
_LANDLINE: Final = re.compile(r"(0[0-9]{2,3})?([0-9]{7,8})(?:转([0-9]{1,6}))?")
_ID_NUMBER: Final = re.compile(r"[0-9]{17}[0-9X]")
_YES: Final = frozenset({"true", "是", "yes", "on", "1"})
_NO: Final = frozenset({"false", "否", "no", "off", "0"})
_WEIGHTS: Final = tuple(2 ** (17 - place) % 11 for place in range(17))

#: How each type is written: the words follow the title of what was asked.
_FORMS: Final[dict[str, Text]] = {
    "integer": Text("要写成整数，例如20", "has to be a whole number, such as 20"),
    "decimal": Text("要写成数字，最多6位小数，例如1.5", "has to be a number of at most 6 decimals, such as 1.5"),
    "money": Text("要写成金额，单位元，最多两位小数，例如12.50", "has to be an amount in yuan, such as 12.50"),
    "boolean": Text("要选“是”或“否”", "has to be yes or no"),
    "date": Text("要写成日期，例如2026-06-16", "has to be a date, such as 2026-06-16"),
    "time": Text("要写成时间，例如14:00", "has to be a time, such as 14:00"),
    "datetime": Text("要写成日期和时间，例如2026-06-16 14:00", "has to be a date and time, such as 2026-06-16 14:00"),
    "period": Text(
        "要写明开始和结束，例如2026-06-16 14:00/16:00", "has to have a start and an end: 2026-06-16 14:00/16:00"
    ),
    "duration": Text("要写成整数和单位，例如2个工作日", "has to be a whole number and a unit, such as 2 workdays"),
    "phone": Text("要写成手机号或带区号的座机号", "has to be a mobile number or a number with its area code"),
    "id_number": Text("不是18位身份证号，核对后重填", "is not an 18-digit identity number: check it"),
    "choices": Text("要从选项里选", "has to be chosen from the options"),
    "table": Text("要逐行填写", "has to be filled row by row"),
    "calendar": Text("要写成日子，例如每月第一个周六", "has to name days, such as first Saturday of month"),
}
_ANY_DAY: Final = date(2000, 1, 1)
_THIS: Final = Text("这一项", "This")


class _Unread(ValueError):
    """What was typed is not of the type; the words, if any, say more than the type's own form."""

    def __init__(self, words: Text | None = None) -> None:
        super().__init__()
        self.words = words


def parse_input(kind: ValueType, text: str, title: Text = _THIS) -> Any:
    """The stored value of what a person typed, or a Problem whose sentence begins with *title*.

    Space around the text and full-width digits are forgiven. Choices come one a line or with ``、`` between.
    """
    text = tidy(text)
    if not readable(text):
        return _problem("field-text", title, Text("有不能保存的字符，删去后重填", "has characters that cannot be kept"))
    if len(text) > MOST_TEXT:
        words = Text(f"最多{MOST_TEXT}字，现有{len(text)}字", f"may have {MOST_TEXT} characters, not {len(text)}")
        return _problem("field-length", title, words)
    read = _READERS.get(kind.name)
    if read is None:
        return text
    try:
        return read(narrow(text))
    except _Unread as unread:
        return _problem("field-type", title, unread.words or _FORMS[kind.name])
    except ValueError:
        return _problem("field-type", title, _FORMS[kind.name])


def form_words(kind: ValueType) -> Text:
    """How a value of *kind* is written, as words that follow its title."""
    return _FORMS.get(kind.name, Text("要写成文字", "has to be text"))


def _problem(code: str, title: Text, words: Text) -> Problem:
    return Problem(code, Text(f"{title.zh}{words.zh}。", f"{title.en} {words.en}."))


def _match(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if not found:
        raise _Unread
    return found


def _number(text: str) -> Decimal:
    digits = _match(_NUMBER, text).group().replace(",", "")
    number = Decimal(digits)
    if abs(number) > MOST_NUMBER or len(digits) > 40:
        raise _Unread(Text("太大，核对后重填", "is too large: check it"))
    return number


def _integer(text: str) -> int:
    number = _number(text)
    if number != int(number):
        raise _Unread
    return int(number)


def _decimal(text: str) -> str:
    written = decimal_text(_number(text))
    if len(written.partition(".")[2]) > PLACES:
        raise _Unread
    return written


def _money(text: str) -> int:
    fen = _number(text.removesuffix("元").removeprefix("¥").strip()) * 100
    if fen != int(fen) or abs(fen) > MOST_NUMBER:
        raise _Unread
    return int(fen)


def _boolean(text: str) -> bool:
    word = text.lower()
    if word not in _YES | _NO:
        raise _Unread
    return word in _YES


def _date(text: str) -> date:
    year, *months, day = _match(_DATE, text).groups()
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        zh, en = f"的年份要在{FIRST_YEAR}到{LAST_YEAR}之间", f"has to lie between {FIRST_YEAR} and {LAST_YEAR}"
        raise _Unread(Text(zh, en))
    return date(int(year), int(next(filter(None, months))), int(day))


def _clock(text: str) -> timedelta:
    since = read_clock(text)
    if since is None:
        raise _Unread
    return since


def _time(text: str) -> str:
    since = _clock(text)
    if since == WHOLE_DAY:
        zh = "最晚写23:59；一天的结束写成第二天00:00，或在时段里写24:00"
        en = "is 23:59 at the latest: the end of a day is 00:00 of the next, or 24:00 within a period"
        raise _Unread(Text(zh, en))
    return clock_words(at_clock(_ANY_DAY, since))


def _moment(text: str) -> datetime:
    day, _, clock = _GAP.sub(" ", text).partition(" ")
    return at_clock(_date(day), _clock(clock))


def _period(text: str) -> str:
    start_text, end_text = _ends(text)
    start = _moment(start_text)
    until = read_clock(end_text)
    end = _moment(end_text) if until is None else at_clock(start.date(), as_end(until))
    if end == midnight(start.date()):  # the day's first moment ends nothing, so its last is meant
        end += WHOLE_DAY
    if end <= start:
        raise _Unread(Text(f"的结束时间要晚于{clock_words(start)}", f"has to end after {clock_words(start)}"))
    return write_period(Period(start, end))


def _ends(text: str) -> tuple[str, str]:
    """The two halves; a slash may also stand inside a date, so it divides only where a time ends."""
    between = [one.span(1) for one in _UNTIL.finditer(text)]
    if not between:
        raise _Unread
    start, end = between[-1]
    return text[:start].strip(), text[end:].strip()


def _duration(text: str) -> str:
    duration = parse_duration(text)
    if duration is None or duration.amount < 0:
        raise _Unread
    return str(duration)


def _phone(text: str) -> str:
    digits = _APART.sub("", text)
    if mobile := _MOBILE.fullmatch(digits):
        return mobile[1]
    area, number, extension = _match(_LANDLINE, digits).groups()
    return (f"{area}-" if area else "") + number + (f"转{extension}" if extension else "")


def _id_number(text: str) -> str:
    digits = text.upper().replace(" ", "")
    _match(_ID_NUMBER, digits)
    check = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False)) % 11
    if "10X98765432"[check] != digits[17]:
        raise _Unread
    date.fromisoformat(f"{digits[6:10]}-{digits[10:12]}-{digits[12:14]}")
    return digits


def _calendar(text: str) -> str:
    if parse_day_rule(text) is None:
        raise _Unread
    return text


def _choices(text: str) -> list[str]:
    return list(dict.fromkeys(part for part in (one.strip() for one in _COMMA.split(text)) if part))


_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "integer": _integer,
    "decimal": _decimal,
    "money": _money,
    "boolean": _boolean,
    "date": lambda text: _date(text).isoformat(),
    "time": _time,
    "datetime": lambda text: write_datetime(_moment(text)),
    "period": _period,
    "duration": _duration,
    "phone": _phone,
    "id_number": _id_number,
    "calendar": _calendar,
    "choices": _choices,
}
