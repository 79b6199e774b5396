"""What a process answers that is forked off this one."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from typing import Any

import pytest

#: For a module of tests that fork.
FORKS = [
    pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="this system forks nothing"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),  # the runner of the tests has threads
]


def forks(test: Callable[..., None]) -> Callable[..., None]:
    """A single test that forks."""
    for mark in FORKS:
        test = mark(test)
    return test


def forked(asked: Callable[[], Any], seconds: float = 60) -> Any:
    """What *asked* answers in a child that is forked now; "no answer" where that takes longer than *seconds*."""
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    child = fork.Process(target=lambda: theirs.send(asked()))
    child.start()
    found = ours.recv() if ours.poll(seconds) else "no answer"
    child.kill()
    child.join(60)
    return found
