"""What the edge says itself, before any door has seen the request; and the headers that every answer carries."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from engine.errors import RongtongError
from engine.i18n import Text, both

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
#: Whatever answer, of a door, of the edge or of the server below it.
ALWAYS: Final = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ("Cache-Control", "no-store"),
)
#: After so many seconds it is worth asking a busy server again.
RETRY: Final = ("Retry-After", "5")
#: Seconds for which a browser may hold on to what it was told.
YEAR: Final = 365 * 24 * 3600
HTTPS_ONLY: Final = ("Strict-Transport-Security", f"max-age={YEAR}; includeSubDomains")


def headed(headers: list[tuple[str, str]], status: int, *, https: bool) -> list[tuple[str, str]]:
    """*headers* with those that every answer carries, as far as the door has not said them itself."""
    said = {name.lower() for name, _ in headers}
    more = (*ALWAYS, *((RETRY,) if status == 503 else ()), *((HTTPS_ONLY,) if https else ()))
    return [*headers, *(one for one in more if one[0].lower() not in said)]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the edge refuses: the status, a word for the log, and the sentence for whoever asked."""

    status: int
    reason: str
    code: str
    text: Text
    more: tuple[tuple[str, str], ...] = ()

    @property
    def line(self) -> str:
        """The status as HTTP writes it."""
        return f"{self.status} {self.reason}"

    def written(self, *, as_json: bool, language: str = "") -> tuple[list[tuple[str, str]], bytes]:
        """Headers and body: problem+json at the door of programs, else plain text, in both languages where it is not
        known which one is read.
        """
        spoken = (self.text.pick(language),) if language else self.text
        if as_json:
            title = f"{self.text.zh} {self.text.en}"
            said = {"type": f"about:blank#{self.code}", "code": self.code, "title": title, "status": self.status}
            kind, body = "application/problem+json", json.dumps(said, ensure_ascii=False).encode()
        else:
            kind, body = "text/plain; charset=utf-8", "".join(f"{words}\n" for words in spoken).encode()
        return [("Content-Type", kind), ("Content-Length", str(len(body))), *self.more], body


#: What every door says of an address that none has.
NOWHERE: Final = Text("没有这个地址。", "There is nothing at this address.")
HOST: Final = Refusal(
    400, "Bad Request", "host",
    Text("这个网址不是本系统的。核对地址，或请管理员设置对外的网址。",
         "This is not the address of this system. Check it, or have the administrator set the public address."),
)  # fmt: skip
ORIGIN: Final = Refusal(
    403, "Forbidden", "origin",
    Text("这次提交不是从本系统的页面来的，没有办理。从本系统的页面再提交一次。",
         "This was not sent from a page of this system, and nothing was done. Send it from one."),
)  # fmt: skip
LENGTH: Final = Refusal(
    411, "Length Required", "length",
    Text("请求没有写明长度，没有收下。", "The request does not say how long it is, and was not taken."),
)  # fmt: skip
SMUGGLED: Final = Refusal(
    400, "Bad Request", "length_twice",
    Text("请求把长度写了两遍，没有收下。", "The request says its length in two ways, and was not taken."),
)  # fmt: skip
CUT: Final = Refusal(
    400, "Bad Request", "body_cut",
    Text("提交的内容没有传完，什么都没有办理。再提交一次。",
         "That was cut off on the way, and nothing was done. Send it again."),
)  # fmt: skip
LARGE: Final = Refusal(
    413, "Content Too Large", "http_413",
    Text("提交的内容太大。减少一些再提交。", "That was too large. Send less at once."),
)  # fmt: skip
METHOD: Final = Refusal(
    405, "Method Not Allowed", "http_405",
    Text("这个地址不接受这种请求。", "This address does not take that method."),
    (("Allow", "GET, HEAD, OPTIONS, POST"),),
)  # fmt: skip


def hung(fault: Exception, *, as_json: bool, whole: bool, language: str = "") -> bytes:
    """The answer to a request that was given up for *fault*, or where it is not the *whole*, its head."""
    text = fault.text if isinstance(fault, RongtongError) else both(str(fault))
    refusal = Refusal(503, "Service Unavailable", "hung", text)
    headers, body = refusal.written(as_json=as_json, language=language)
    headers = headed(headers, refusal.status, https=False)
    lines = [f"HTTP/1.1 {refusal.line}", *(f"{name}: {said}" for name, said in headers)]
    return "\r\n".join((*lines, "Connection: close", "", "")).encode() + (body if whole else b"")
