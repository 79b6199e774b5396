"""JSON as the database keeps it: compact text with sorted keys, so that equal values are equal bytes."""

from __future__ import annotations

import hashlib
import json
from typing import Any

_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
).encode


def dump(value: Any) -> str:
    """*value* as canonical JSON text; NaN and infinities are refused with ValueError."""
    return _encode(value)


def fingerprint(value: Any) -> str:
    """SHA-256 over *value*, also where it holds what could never be stored: an endless number, half a character."""
    try:
        said = dump(value).encode()
    except (TypeError, ValueError):
        said = repr(value).encode("utf-8", "backslashreplace")
    return hashlib.sha256(said).hexdigest()


def load(text: str | None) -> Any:
    """The value of JSON *text*, None for none."""
    return None if text is None else json.loads(text)


def digest(*parts: str | int | None) -> str:
    """SHA-256 over the parts, each with its length before it, so that no two lists of parts read alike."""
    said = [None if part is None else str(part).encode() for part in parts]
    packed = b"".join([b"-1:" if part is None else b"%d:%b" % (len(part), part) for part in said])
    return hashlib.sha256(packed).hexdigest()
