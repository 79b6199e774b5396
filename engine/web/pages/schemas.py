"""The schemas of processes and district packs, for editors that complete and check while somebody types."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from flask import Blueprint, Response, abort

#: By the name in its address: which part of ``engine.definition`` keeps it.
SCHEMAS: Final = {"process.schema.json": "language", "district.schema.json": "district"}


def add(web: Blueprint) -> None:
    """Add these addresses to the door."""
    web.add_url_rule("/schema/<name>", "schema", schema)


def schema(name: str) -> Response:
    """One schema; it tells nothing about any district, so everybody may read it."""
    if name not in SCHEMAS:
        abort(404)
    text = (files("engine.definition") / SCHEMAS[name] / name).read_text("utf-8")
    return Response(text, mimetype="application/schema+json", headers={"Cache-Control": "public, max-age=3600"})
