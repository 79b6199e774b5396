"""The command line: one file for each group of commands, loaded when one of them is asked for."""

from __future__ import annotations

from engine.cli.root import main

__all__ = ["main"]
