"""Times as text: RFC 3339 in UTC, whole seconds, one spelling a time. Reads no clock (clock.py)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time


def stamp(at: datetime) -> str:
    """RFC 3339 text in UTC, whole seconds, as it stands in entries and manifests."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_stamp(text: str) -> datetime:
    """The inverse of `stamp`; raises ValueError for anything without an offset."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time needs an offset, such as Z")
    return at.astimezone(UTC)


def read_instant(text: str) -> datetime:
    """A time with an offset, whole seconds, or a date for its first second in UTC.

    Raises ValueError for anything else, and for parts of a second.
    """
    at = (
        read_stamp(text)
        if "T" in text
        else datetime.combine(date.fromisoformat(text), time(), tzinfo=UTC)
    )
    if at.microsecond:
        raise ValueError("times are whole seconds")
    return at
