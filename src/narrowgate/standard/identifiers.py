"""Taxpayer identification numbers, as DuckDB expressions (facts 6.1, B40-B43).

A number that has a fault is not given on. SSN: area 001-665 or 667-899, group and serial not zero.
ITIN: 9xx with digits four and five in 50-65, 70-88, 90-92, 94-99; every other 9xx is refused.
"""

from __future__ import annotations

_PUBLISHED = ("078051120", "219099999", "457555462", "123456789")
_SHAPE = r"\d{3}[- ]?\d{2}[- ]?\d{4}"
_SSN = r"(00[1-9]|0[1-9]\d|[1-57-8]\d\d|6[0-57-9]\d|66[0-57-9])(0[1-9]|[1-9]\d)(000[1-9]|00[1-9]\d|0[1-9]\d\d|[1-9]\d{3})"
_ITIN = r"9\d\d(5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])\d{4}"
_REPEATED = "|".join(f"{digit}{{9}}" for digit in range(10))


def digits(column: str) -> str:
    """SQL: nine digits, '' for anything else that is not blank, null for blank; `column` trimmed."""
    return (
        f"CASE WHEN coalesce({column}, '') = '' THEN NULL WHEN regexp_full_match({column}, '{_SHAPE}') "
        f"THEN translate({column}, '- ', '') ELSE '' END"
    )


def kind(number: str) -> str:
    """SQL: 'ssn' or 'itin' for a number that can be one, else null."""
    return (
        f"CASE WHEN regexp_full_match({number}, '{_SSN}') THEN 'ssn' "
        f"WHEN regexp_full_match({number}, '{_ITIN}') THEN 'itin' END"
    )


def fault(number: str, own_kind: str, stated: str) -> str:
    """SQL: placeholder, invalid, kind_mismatch or null. `stated` is '' where no kind was given."""
    published = ", ".join(f"'{n}'" for n in _PUBLISHED)
    return (
        f"CASE WHEN {number} IS NULL THEN NULL "
        f"WHEN {number} IN ({published}) OR {number} BETWEEN '987654320' AND '987654329' "
        f"OR regexp_full_match({number}, '{_REPEATED}') THEN 'placeholder' "
        f"WHEN {own_kind} IS NULL THEN 'invalid' "
        f"WHEN {stated} <> '' AND {stated} <> {own_kind} THEN 'kind_mismatch' END"
    )
