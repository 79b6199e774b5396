"""Brings the English catalogue of the pages up to the words that they say: ``python -m tools.catalogue``.

A message that is new stands there without its English, and a test names it; one that no page says any more goes.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tools.writing import write

WEB: Final = Path(__file__).parents[1] / "engine/web"
FOLDER: Final = WEB / "translations/en/LC_MESSAGES"
_METHODS: Final = [("templates/**.html", "jinja2"), ("**.py", "python")]
_WORDS: Final = {"_": None, "gettext": None}
#: Babel's own tells who ran it and when, which would change with every run.
_HEADER: Final = b"""msgid ""
msgstr ""
"Project-Id-Version:  rongtong\\n"
"Language: en\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def said() -> set[str]:
    """Every message of the pages, as it stands in templates and code."""
    found = extract_from_dir(WEB, _METHODS, keywords=_WORDS)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def written() -> bytes:
    """The catalogue as a translator reads it."""
    catalogue, template = read_po(BytesIO((FOLDER / "messages.po").read_bytes()), locale="en"), Catalog()
    for message in said():
        template.add(message)
    catalogue.update(template, no_fuzzy_matching=True)
    out = BytesIO()
    write_po(out, catalogue, width=120, omit_header=True, sort_output=True, no_location=True, ignore_obsolete=True)
    return _HEADER + out.getvalue()


def compiled(catalogue: bytes) -> bytes:
    """The catalogue as the program reads it."""
    out = BytesIO()
    write_mo(out, read_po(BytesIO(catalogue), locale="en"))
    return out.getvalue()


def untold(catalogue: bytes) -> list[str]:
    """The messages that have no English yet."""
    told = read_po(BytesIO(catalogue), locale="en")
    return [str(message.id) for message in told if message.id and not message.string]


if __name__ == "__main__":
    new = written()
    write(FOLDER / "messages.po", new)
    write(FOLDER / "messages.mo", compiled(new))
    sys.stdout.writelines(f"without English: {message}\n" for message in untold(new))
