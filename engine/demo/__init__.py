"""A made-up history: districts live through some working days so that a first look shows them at work."""

from __future__ import annotations
