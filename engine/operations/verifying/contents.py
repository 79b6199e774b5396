"""What ``verify`` checks of the content that rows name: it is there, and is what its hash says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.operations.content import chosen
from engine.operations.context import Context
from engine.operations.verifying.verdict import Broken, broken
from engine.store import content, verify_reads
from engine.store.transactions.runner import Tx


@dataclass(frozen=True)
class Choices:
    """The choices that were found kept whole so far: many cases name the same."""

    district: str
    kept: set[str] = field(default_factory=set)

    def is_whole(self, tx: Tx, choice: object) -> bool:
        """Whether the *choice* that a row names is kept, with the calendar and the settings that it names itself."""
        if not isinstance(choice, str):
            return False
        if choice in self.kept:
            return True
        body = content.read(tx, self.district, choice)
        if body is None or any(content.read(tx, self.district, part) is None for part in chosen.parts(body)):
            return False
        self.kept.add(choice)
        return True


def check_contents(ctx: Context, tx: Tx) -> Iterator[Broken]:
    """Each content is what its hash says, and what the district chose now is kept. What no row names may be there."""
    held = verify_reads.contents(tx, ctx.id)
    for hash_, body in held.items():
        if content.name(body) != hash_:
            yield broken("content", f"{hash_}"[:12], "存的内容和它的哈希不同", "this content is not what its hash says")
    for body in chosen.contents(ctx.district):
        if (hash_ := content.name(body)) not in held:
            yield broken("content", hash_[:12], "区县现在选定的内容没有存着", "what the district chose now is not kept")
