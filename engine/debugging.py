"""Whether somebody has a debugger at a thread: it stands still then for as long as they think."""

from __future__ import annotations

import sys
from typing import Any


def debugged(thread: int) -> bool:
    """Whether a debugger follows *thread*, or with ``sys.monitoring`` every thread; asked by another one."""
    monitoring: Any = getattr(sys, "monitoring", None)
    if monitoring is not None and monitoring.get_tool(monitoring.DEBUGGER_ID) is not None:
        return True
    frame = sys._current_frames().get(thread)
    while frame is not None and frame.f_back is not None:  # pdb never lets go of the outermost
        if frame.f_trace is not None:
            return True
        frame = frame.f_back
    return False
