"""Clause 4.13: the taxable periods, as explicit years (6103(i)(2)(B)(ii); facts T12, B38, B39)."""

from __future__ import annotations

from twin.rules.agreement import Figures
from twin.rules.subject_matter import Record

DIGITS = frozenset("0123456789")


def years(text: str) -> list[tuple[int, int]] | None:
    """(first, last) of each part of `2018; 2021-2023`; None where a part is no explicit years."""
    found = []
    for part in text.split(";"):
        ends = [_year(end) for end in part.split("-")]
        first, last = ends[0], ends[-1]
        if len(ends) > 2 or first is None or last is None or first > last:
            return None
        found.append((first, last))
    return found


def _year(text: str) -> int | None:
    digits = text.strip()
    return int(digits) if len(digits) == 4 and set(digits) <= DIGITS else None


def missing(record: Record) -> bool:
    """No period is named."""
    return record.cell("tax_periods") is None


def invalid(record: Record) -> bool:
    """What stands there is not years."""
    cell = record.cell("tax_periods")
    return cell is not None and record.sound("tax_periods") and years(cell) is None


def out_of_range(record: Record, figures: Figures) -> bool:
    """A year that has not begun, or lies too far back."""
    cell = record.cell("tax_periods")
    if cell is None or not record.sound("tax_periods"):
        return False
    this_year = record.today.year
    oldest = this_year - figures["most_years"]
    return any(first < oldest or last > this_year for first, last in years(cell) or [])
