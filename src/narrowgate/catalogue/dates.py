"""Dates as records write them: ISO 8601 calendar dates, and nothing that has to be guessed.

`2025-03-01`, `20250301` and a midnight after either (`2025-03-01T00:00:00`, as Parquet timestamps
print) are dates. `03/01/2025` is none: two countries read it in two ways (facts B33).
"""

from __future__ import annotations

_SHAPE = r"(\d{4}-\d{2}-\d{2}|\d{8})([T ]00:00(:00(\.0+)?)?(Z|\+00:?00)?)?"


def day_sql(column: str) -> str:
    """SQL for the DATE that a text column holds; null where it is blank or no calendar date."""
    digits = f"replace({column}, '-', '')"
    iso = f"concat_ws('-', {digits}[1:4], {digits}[5:6], {digits}[7:8])"
    return f"CASE WHEN regexp_full_match({column}, '{_SHAPE}') THEN try_cast({iso} AS DATE) END"
