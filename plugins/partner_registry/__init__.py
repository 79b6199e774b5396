"""Partners: individuals, groups and firms that serve beside the stations."""

from __future__ import annotations
