"""Dates of birth, as DuckDB expressions: ISO 8601 (with or without a time), YYYYMMDD, MM/DD/YYYY.

A date that cannot be (30 February) or is written otherwise is no date, and says so.
"""

from __future__ import annotations

_ISO = r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?"
_COMPACT = r"\d{8}"
_AMERICAN = r"\d{1,2}/\d{1,2}/\d{4}"


def iso_text(column: str) -> str:
    """SQL: YYYY-MM-DD as text, or null where the form is none of ours."""
    year, month, day = (f"split_part({column}, '/', {part})" for part in (3, 1, 2))
    return (
        f"CASE WHEN regexp_full_match({column}, '{_ISO}') THEN substr({column}, 1, 10) "
        f"WHEN regexp_full_match({column}, '{_COMPACT}') THEN substr({column}, 1, 4) || '-' || "
        f"substr({column}, 5, 2) || '-' || substr({column}, 7, 2) "
        f"WHEN regexp_full_match({column}, '{_AMERICAN}') THEN {year} || '-' || "
        f"lpad({month}, 2, '0') || '-' || lpad({day}, 2, '0') END"
    )


def date(column: str) -> str:
    """SQL: a DATE, or null; `column` is trimmed text."""
    return f"try_cast({iso_text(column)} AS DATE)"
