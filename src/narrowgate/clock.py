"""The only file that reads the time. Everything that judges is handed a reading."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def now() -> datetime:
    """The time now, UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def stopwatch() -> Callable[[], float]:
    """Start a stopwatch; calling what comes back gives the seconds since."""
    start = time.perf_counter()
    return lambda: time.perf_counter() - start
