"""The shapes of what is stored of a case, key by key: its state, its events and the row of its journal.

Each key says in ``Annotated`` what it means. mypy holds the code to these shapes, ``docs/journal.md`` prints them, and
a test holds them to their version: a changed shape needs a step in ``engine.store.upcast``.
"""
