"""How a job failed, as its row keeps it: the engine's words in both languages, anybody else's as they were said."""

from __future__ import annotations

from engine.i18n import Text, both, from_stored, stored
from engine.secrecy import crossed_out
from engine.store.text import dump, load


def kept(said: Text) -> str:
    """Somebody's words as every database takes them, without any secret that they quote."""
    plain = (crossed_out(words).replace("\0", " ").encode("utf-8", "replace").decode()[:500] for words in said)
    words = stored(Text(*plain))
    return words if isinstance(words, str) else dump(words)


def said_in(error: str) -> Text:
    """What the column ``error`` says: the engine's words in both languages, anybody else's as they stand there."""
    try:
        return from_stored(load(error)) if error.startswith("[") else both(error)
    except ValueError:
        return both(error)
