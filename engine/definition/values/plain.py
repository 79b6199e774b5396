"""What people type made plain, before anything reads, compares or keeps it: one form for what looks the same."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Final

#: Full-width forms, as an input method for Chinese writes them, and the space between such letters.
_NARROW: Final = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 0x20, 0xFFE5: 0xA5}
#: Characters that nobody sees: soft hyphens, zero-width spaces, byte order marks, marks that turn the direction.
_UNSEEN: Final = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
#: Letters and marks that take part in words and show nothing.
_FILLER: Final = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_LINE_END: Final = re.compile("\r\n?|[\x85\u2028\u2029]")
_SPACE: Final = re.compile("[\xa0\u2007\u202f]")
_JOINERS: Final = re.compile("[\u200c\u200d]+")
#: Signs that join nothing: a joiner beside one of them says nothing.
_ALONE: Final = re.compile(
    r"[\s\x21-\x7e\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)
#: What no database keeps or nobody can have meant: control characters but for tab and line end, halves of characters.
_UNREADABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
#: Characters that are composed as they stand and join nothing: Latin letters and nearly all that Chinese is written in.
_COMPOSED: Final = re.compile("[\x00-\u02ff\u2010-\u2027\u3001-\u3029\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff5e]*")
#: A stretch of text with no more than thirty marks on one letter, as Unicode's own safe form allows.
_STRETCH: Final = re.compile(r".*?[^\w\s\x00-\u02ff]{30}|.+", re.DOTALL)
_DASH: Final = re.compile("[\u2010-\u2015\u2212\uff0d]")
_WHOLE: Final = re.compile("[0-9]{1,16}")
#: So many letters and words of a search are read: more narrows nothing, and a database has bounds of its own.
MOST_SOUGHT: Final = 200
_MOST_TERMS: Final = 6


def is_digit(sign: str) -> bool:
    """Whether *sign* is one of the ten plain digits."""
    return "0" <= sign <= "9"


def repeated(words: Iterable[str]) -> list[str]:
    """Those of *words* that stand there more than once, each once, in their order."""
    return [word for word, times in Counter(words).items() if times > 1]


def readable(text: str) -> bool:
    """Whether *text*, tidied, holds only what can be kept."""
    return text.isprintable() or not _UNREADABLE.search(text)


def composed(text: str) -> str:
    """*text* with each letter and its marks as one character (NFC).

    To bring marks in order takes the square of how many there are on one letter, so they are counted first.
    """
    if text.isascii() or _COMPOSED.fullmatch(text):
        return text
    return "".join(unicodedata.normalize("NFC", one) for one in _STRETCH.findall(text))


def tidy(text: str) -> str:
    """*text* as it is kept: composed (NFC), lines ended by line feeds, without what nobody sees, no space around it."""
    if text.isprintable():  # so it has no line end, no other space than the plain one, and nothing unseen
        return text.strip() if text.isascii() else composed(text).strip()
    text = _UNSEEN.sub("", composed(_LINE_END.sub("\n", text)))
    return _JOINERS.sub(_joining, _SPACE.sub(" ", text)).strip()


def _joining(found: re.Match[str]) -> str:
    """A joiner between two signs that join, as in an emoji of a family; "" anywhere else."""
    beside = (found.string[max(found.start() - 1, 0) : found.start()], found.string[found.end() : found.end() + 1])
    return found[0][0] if all(one and not _ALONE.match(one) for one in beside) else ""


def narrow(text: str) -> str:
    """*text* tidied, its full-width letters, digits and signs as plain ones; ``²`` and ``①`` stay what they are."""
    return tidy(text) if text.isascii() else tidy(text).translate(_NARROW).strip()


def folded(text: str) -> str:
    """*text* as it is searched and compared: narrow, without the difference of small and capital letters or dashes."""
    return _DASH.sub("-", narrow(text)).casefold()


def sought(text: str) -> str:
    """*text* as far as a search reads it: its first 200 letters. Nobody is refused a search for its length."""
    return tidy(text[:MOST_SOUGHT])


def words_sought(text: str) -> tuple[str, ...]:
    """The words of a search: the first six of what is ``sought``."""
    return tuple(narrow(sought(text)).split()[:_MOST_TERMS])


def terms(text: str) -> tuple[str, ...]:
    """The words of a search, as they are compared."""
    return tuple(folded(word) for word in words_sought(text))


def name_key(text: str) -> str:
    """*text* as the name of a log-in is compared, as far as its first 200 letters: compatible letters as one (NFKC),
    small, without blanks or what nobody sees.
    """
    compatible = (unicodedata.normalize("NFKC", one) for one in _STRETCH.findall(text[:MOST_SOUGHT]))
    small = unicodedata.normalize("NFKC", "".join(compatible).casefold()[: 2 * MOST_SOUGHT])
    return "".join(sign for sign in small if sign.isprintable() and not sign.isspace() and not _FILLER.match(sign))


def whole_number(text: str, most: int) -> int | None:
    """The number from 0 to *most* that *text* writes in plain or full-width digits, or None."""
    digits = narrow(text)
    return number if _WHOLE.fullmatch(digits) and (number := int(digits)) <= most else None
