"""JSON as the database keeps it: compact text with sorted keys, so that equal values are equal bytes."""

from __future__ import annotations

import hashlib
import json
from enum import Enum
from typing import Any, Final
from uuid import UUID

try:
    import orjson
except ImportError:  # there is no wheel for this machine: the same text by the slower way
    _quick = _quick_load = None
else:
    _quick, _quick_load = orjson.dumps, orjson.loads
    _ONLY_PLAIN: Final = (
        orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
        | orjson.OPT_PASSTHROUGH_SUBCLASS
    )  # fmt: skip


#: A whole number that may have more than 64 bits, once every digit is a nought: many times quicker than a pattern.
_NOUGHTS: Final = bytes.maketrans(b"123456789", b"000000000")
_LONG: Final = b"0" * 19


def _as_list(value: object) -> object:
    """A tuple with names, which the quick encoder refuses, as the plain one that it is in JSON."""
    if isinstance(value, tuple):
        return tuple(value)
    raise TypeError(f"Object of type {type(value).__name__} is left to the exact encoder")


def _native(value: object) -> object:
    """What the quick encoder writes of *value* by itself, and cannot be told to refuse."""
    match value:
        case Enum():
            return value.value
        case UUID():
            return str(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


_exactly = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False, default=_native
).encode


def dump(value: Any) -> str:
    """*value* as canonical JSON text; NaN and infinities are refused with ValueError.

    The quick encoder writes them as null and knows no whole number of more than 64 bits. Whatever it cannot be
    trusted with is left to the exact one, which writes the same text.
    """
    if _quick is not None:
        try:
            said = _quick(value, _as_list, _ONLY_PLAIN)
        except TypeError:
            return _exactly(value)
        if b"null" not in said:
            return said.decode()
    return _exactly(value)


def fingerprint(value: Any) -> str:
    """SHA-256 over *value*, also where it holds what could never be stored: an endless number, half a character."""
    try:
        said = dump(value).encode()
    except (TypeError, ValueError):
        said = repr(value).encode("utf-8", "backslashreplace")
    return hashlib.sha256(said).hexdigest()


def load(text: str | None) -> Any:
    """The value of JSON *text*, None for none.

    The quick decoder would round whole numbers of more than 64 bits, and refuses what the exact one reads all the same.
    """
    if text is None:
        return None
    if _quick_load is not None:
        try:
            said = text.encode()
            if _LONG not in said.translate(_NOUGHTS):
                return _quick_load(said)
        except ValueError:
            pass
    return json.loads(text)


def digest(*parts: str | int | None) -> str:
    """SHA-256 over the parts as a list in JSON, so that no two lists of words, whole numbers and Nones read alike.

    Where a damaged row holds something else, it is a digest all the same, of nothing that was ever stored.
    """
    try:
        said = dump(parts).encode() if _quick is None else _quick(parts, None, _ONLY_PLAIN)
    except (TypeError, ValueError):
        return fingerprint(list(parts))
    return hashlib.sha256(said).hexdigest()
