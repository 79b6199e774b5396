"""How much a single value may be: what a form, a document and a program are all held to."""

from __future__ import annotations

from typing import Final

#: Longest text that a field takes, in characters.
MOST_TEXT: Final = 10_000
#: Largest number, in integers and in the whole part of decimals; JSON readers keep such integers exact.
MOST_NUMBER: Final = 2**53 - 1
#: Most decimals of a number that is kept.
PLACES: Final = 6
#: Most rows of a table and most choices of a list.
MOST_ROWS: Final = 1_000
#: Longest reference: an id of a person, a unit or of a plugin's type.
MOST_ID: Final = 200
#: The years that a date may lie in: what is typed outside is a slip.
FIRST_YEAR, LAST_YEAR = 1900, 2100
