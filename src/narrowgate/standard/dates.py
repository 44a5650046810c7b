"""Dates of birth: ISO 8601 (with or without a time), YYYYMMDD, MM/DD/YYYY.

A date that cannot be (30 February), or is written otherwise, is no date.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}.*)?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)


@lru_cache(1 << 16)  # the days of a hundred years and more, remembered from table to table
def birth_date(cell: str) -> tuple[date | None, str | None]:
    """(the day that `cell` names, fault): `invalid` for what is neither a day nor blank."""
    cell = cell.strip()
    born = _day(cell)
    return born, "invalid" if cell and born is None else None


def _day(cell: str) -> date | None:
    found = _ISO.fullmatch(cell) or _COMPACT.fullmatch(cell)
    if found:
        year, month, day = map(int, found.groups())
    elif american := _AMERICAN.fullmatch(cell):
        month, day, year = map(int, american.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
