"""Taxpayer identification numbers, whole columns at a time (facts 6.1, B40-B43).

A number that has a fault is not given on. SSN: area 001-665 or 667-899, group and serial not zero.
ITIN: 9xx with digits four and five in 50-65, 70-88, 90-92 or 94-99; every other 9xx (ATIN, internal
numbers) is refused. Fewer or more than nine digits, or anything else in them, is invalid.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.standard.scalars import EMPTY, FALSE, NINE, NOTHING, TRUE, text_scalar

_PUBLISHED = (
    78_05_1120,
    219_09_9999,
    457_55_5462,
    123_45_6789,
    *range(987_65_4320, 987_65_4330),
    *(digit * 111_11_1111 for digit in range(10)),
)
_ITIN_GROUPS = (*range(50, 66), *range(70, 89), *range(90, 93), *range(94, 100))


def read_numbers(tin: pa.Array, stated_kind: pa.Array) -> dict[str, pa.Array]:
    """Columns `tin`, `tin_kind`, `tin_fault` from two text columns (null where blank).

    A stated kind that the number contradicts is `kind_mismatch`, if the number is sound.
    """
    trimmed = pc.ascii_trim_whitespace(tin)
    digits, shaped = _nine_digits(trimmed)
    number = (
        pc.cast(digits, pa.int64())
        .fill_null(pa.scalar(0, pa.int64()))
        .to_numpy(zero_copy_only=False)
    )
    area, group, serial = number // 1_000_000, number // 10_000 % 100, number % 10_000
    ssn = (area > 0) & (area != 666) & (area < 900) & (group > 0) & (serial > 0)
    itin = (area >= 900) & np.isin(group, _ITIN_GROUPS)
    kind = pc.if_else(
        pa.array(ssn), text_scalar("ssn"), pc.if_else(pa.array(itin), text_scalar("itin"), EMPTY)
    )
    stated = pc.ascii_lower(pc.ascii_trim_whitespace(stated_kind)).fill_null(EMPTY)
    contradicted = pc.and_(pc.not_equal(stated, EMPTY), pc.not_equal(stated, kind))
    blank = pc.equal(trimmed, EMPTY).fill_null(TRUE)
    fault = pc.case_when(
        pc.make_struct(
            blank,
            pc.and_(shaped.fill_null(FALSE), pa.array(np.isin(number, _PUBLISHED))),
            pa.array(~(ssn | itin)),
            contradicted,
        ),
        NOTHING,
        text_scalar("placeholder"),
        text_scalar("invalid"),
        text_scalar("kind_mismatch"),
    )
    given = pc.and_(pc.is_null(fault), pc.invert(blank))
    return {
        "tin": pc.if_else(given, digits, NOTHING),
        "tin_kind": pc.if_else(given, kind, NOTHING),
        "tin_fault": fault,
    }


def _nine_digits(trimmed: pa.Array) -> tuple[pa.Array, pa.Array]:
    """(the digits, whether the cell is nine of them, as 123456789 or 123-45-6789)."""
    shaped = pc.and_(pc.ascii_is_decimal(trimmed), pc.equal(pc.binary_length(trimmed), NINE))
    parted = pc.and_(pc.is_valid(trimmed), pc.invert(shaped).fill_null(FALSE))
    if pc.any(parted).as_py():
        cells = trimmed.filter(parted)
        written = pc.match_substring_regex(cells, r"^[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}$")
        shaped = pc.replace_with_mask(shaped, parted, written)
        without = pc.replace_substring(pc.replace_substring(cells, "-", ""), " ", "")
        trimmed = pc.replace_with_mask(trimmed, parted, without)
    return pc.if_else(shaped, trimmed, NOTHING), shaped
