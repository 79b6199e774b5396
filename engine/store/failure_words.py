"""How a job failed, as its row keeps it: a Text as JSON, as the journal keeps one."""

from __future__ import annotations

from engine.i18n import Text, both, from_stored, stored
from engine.secrecy import crossed_out
from engine.store.text import dump, load


def kept(said: Text) -> str:
    """Somebody's words as every database takes them, without any secret that they quote."""
    plain = (crossed_out(words).replace("\0", " ").encode("utf-8", "replace").decode()[:500] for words in said)
    return dump(stored(Text(*plain)))


def said_in(error: str) -> Text:
    """What the column ``error`` says; where it was spoilt, whatever stands there."""
    try:
        return from_stored(load(error))
    except ValueError:
        return both(error)
