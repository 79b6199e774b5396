"""Odd things to send, drawn by chance from a seed: ids, numbers, texts, bodies, headers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

HALF: Final = "\ud83d"
#: What is sent where a number, a word, a day or an id is wanted.
WORDS: Final[tuple[str, ...]] = (
    "", " ", "\t", "\n", "0", "-0", "-1", "1", "7", "1.5", "12.005", "1e3", "1e999", "NaN", "Infinity", "-Infinity", "0x10",
    "1_000", "1,000", "00012", "9" * 16, "9" * 40, "9" * 5000, "2147483648", "9223372036854775807", "9223372036854775808",
    "-9223372036854775809", "10²", "3①", "⁵", "½", "٣", "१२", "１２", "十", "true", "false", "null", "None", "undefined",
    "[]", "{}", "[[[[", "{{7*7}}", "${x}", "%s%n", "%", "_", "\\", "'", '"', "';--", "' OR '1'='1", "<script>alert(1)</script>",
    "../../etc/passwd", "..", ".", "/", "//x", "a/b", "a?b", "a#b", "a;b", "a&b=c", "http://x.invalid/", "javascript:x",
    "\0", "a\0b", "\x01", "\x07", "\x1b[31m", "\x7f", "\x9f", "\u200b", "\ufeff", "\u202eabc\u202c", "e\u0301", "\u0301" * 50,
    "👨\u200d👩\u200d👧", "𠮷田", "陆䶮", "ﷺ", "\uffff", "\ufdd0", "\U0010ffff", "字" * 300, "字" * 10_001, "a" * 3000, "张伟",
    "2026-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "2026-06-16", "2026/6/16", "二〇二六年", "24:00", "25:00", "23:59",
    "2026-06-19 22:00/24:00", "2026-06-19 22:00/00:00", "2026-06-19 10:00/09:00", "2026-06-19 10:00", "9999-12-31 23:00/24:00",
    "first Saturday of month", "每月第②个周六", "99999999 days", "-2 days", "2 workdays", "13800138000", "11010519491231002X",
    "mine", "done", "late", "engine", "user:", "role:staff@", "any@", "ann", "260616-00000", "26061600000", "260616-00000.1",
)  # fmt: skip
#: What has broken readers of numbers and texts most often.
EXTREMES: Final = ("9223372036854775808", "9" * 5000, "-1", "10²", "\0", "a\x07", "字" * 3000, "a" * 60_000)
#: Values of JSON that are no texts, as they are written.
LITERALS: Final[tuple[str, ...]] = (
    "null", "true", "false", "0", "-0", "1", "-1", "1.5", "12.005", "1e3", "1e999", "-1e-999", "NaN", "Infinity", "1E+400",
    "9" * 20, "9" * 400, "9" * 5000, "0." + "1" * 500, "[]", "{}", "[[]]", "[null]", "[1, 2]", '[{}]', '{"a": 1, "a": 2}',
    '[{"name": 1, "name": 2}]', '{"": {}}', "[" * 40 + "]" * 40, "[" * 600 + "]" * 600, "[" * 90_000 + "]" * 90_000,
    '"\\ud83d"', '"\\u0000"', '"\\\\u0000"', '{"\\ud83d": 1}', '{"\\u0000": 1}',
)  # fmt: skip
#: Bodies that are no JSON object.
BODIES: Final[tuple[bytes, ...]] = (
    b"", b" ", b"{", b"}", b"null", b"1", b'"x"', b"[]", b"[1]", b"{}{}", b"{'a': 1}", b'{"a":}', b'{"fill": {}, "fill": {}}',
    b"\xff\xfe", b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b'{"fill": {"\xed\xa0\x80": 1}}', b"\0", b"a=b&c=d", b"<xml/>",
    b"[" * 100_000, b'{"a":' * 50_000, b'{"text": "' + b"x" * 1_100_000 + b'"}', b'{"unknown": 1}', b'{"fill": {"x": 1}',
)  # fmt: skip
TYPES: Final = (
    "application/json", "application/json; charset=utf-16", "application/json;charset=utf-8", "text/plain", "", "x",
    "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "application/problem+json",
)  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """A request: the arguments of a test client, and a name that tells it again."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    form: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        shown = self.body if self.body is not None else self.form
        return f"{self.method} {self.path[:120]} ?{str(self.query)[:120]} {str(self.headers)[:200]} {str(shown)[:300]}"


class Odd:
    """Draws odd things; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)

    def often(self, share: float) -> bool:
        """True for so large a share of the times."""
        return self.chance.random() < share

    def word(self, *good: str) -> str:
        """An odd word, or as often one of *good*."""
        return self.chance.choice(good) if good and self.often(0.5) else self.chance.choice(WORDS)

    def pairs(self, *names: str) -> tuple[tuple[str, str], ...]:
        """One of *names* with an odd word, or a few; now and then one twice or one that nobody knows."""
        few = self.chance.choice((0, 1, 1, 1, 2, 3))
        known = self.chance.sample(names, min(few, len(names)))
        known += [name for name in known if self.often(0.1)]
        known += [self.word()] if self.often(0.1) else []
        return tuple((name, self.word()) for name in known)

    def literal(self) -> str:
        """A value as JSON writes it: an odd literal or an odd text."""
        return self.chance.choice(LITERALS) if self.often(0.5) else json.dumps(self.chance.choice(WORDS))

    def object_of(self, **values: str) -> str:
        """A JSON object with these values, already written; now and then one is missing, twice or too many."""
        kept = [(name, value) for name, value in values.items() if self.often(0.9)]
        kept += [one for one in kept if self.often(0.05)]
        kept += [(self.word(), self.literal())] if self.often(0.1) else []
        return "{" + ", ".join(f"{json.dumps(name)}: {value}" for name, value in kept) + "}"

    def one_of(self, items: Any) -> Any:
        """Any of *items*."""
        return self.chance.choice(tuple(items))
