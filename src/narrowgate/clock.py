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


def stamp(at: datetime) -> str:
    """RFC 3339 text in UTC, whole seconds, as it stands in entries and manifests."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_stamp(text: str) -> datetime:
    """The inverse of `stamp`; raises ValueError for anything without an offset."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time needs an offset, such as Z")
    return at.astimezone(UTC)
