"""Dates as records write them (contract section 3; the docstrings of catalogue and standard)."""

from __future__ import annotations

from datetime import date

DIGITS = frozenset("0123456789")
MIDNIGHT = ("00:00", "00:00:00")


def iso_day(cell: str) -> date | None:
    """`2025-03-01`, `20250301`, and a midnight after either; anything else is no date."""
    for separator in ("T", " "):
        head, found, tail = cell.partition(separator)
        if found:
            return _calendar_day(head) if _is_midnight(tail) else None
    return _calendar_day(cell)


def birth_date(cell: str) -> date | None:
    """ISO 8601 with or without a time of day, YYYYMMDD, MM/DD/YYYY; None for anything else."""
    text = cell.strip()
    parts = text.split("/")
    if len(parts) == 3:
        month, day, year = parts
        if len(year) == 4 and 1 <= len(month) <= 2 and 1 <= len(day) <= 2:
            return _make(year, month, day)
        return None
    if len(text) <= 10:
        return _calendar_day(text)
    return _calendar_day(text[:10]) if text[10] in "T " and _is_time(text[11:]) else None


def years_before(day: date, years: int) -> date:
    """The same day of the month so many years ago; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _is_time(tail: str) -> bool:
    """HH:MM, with seconds and their fraction, with Z or an offset."""
    clock = tail.removesuffix("Z").partition("+")[0].partition(".")[0].split(":")
    return len(clock) in {2, 3} and all(len(part) == 2 and part.isdigit() for part in clock)


def _is_midnight(tail: str) -> bool:
    whole, _, fraction = tail.removesuffix("Z").removesuffix("+00:00").partition(".")
    return whole in MIDNIGHT and set(fraction) <= {"0"}


def _calendar_day(text: str) -> date | None:
    if len(text) == 10 and text[4] == text[7] == "-":
        return _make(text[:4], text[5:7], text[8:])
    if len(text) == 8:
        return _make(text[:4], text[4:6], text[6:])
    return None


def _make(year: str, month: str, day: str) -> date | None:
    if not set(year + month + day) <= DIGITS:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
