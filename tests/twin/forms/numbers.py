"""Taxpayer numbers: which could have been issued, of which kind (facts 6.1, B40 to B43)."""

from __future__ import annotations

from dataclasses import dataclass

PUBLISHED = {"078051120", "219099999", "457555462", "123456789"}
ADVERTISED = "98765432"
"""987-65-4320 to 987-65-4329."""
ITIN_GROUPS = {*range(50, 66), *range(70, 89), *range(90, 93), *range(94, 100)}


@dataclass(frozen=True)
class Number:
    """`digits` and `kind` (ssn, itin) of a sound number, or its `fault`; nothing for a blank."""

    digits: str | None = None
    kind: str | None = None
    fault: str | None = None


def read_number(cell: str, stated: str) -> Number:
    """The number in a cell, beside the kind that the record states ("" for none)."""
    text = cell.strip()
    if not text:
        return Number()
    digits = _nine(text)
    if digits is None:
        return Number(fault="invalid")
    if digits in PUBLISHED or digits.startswith(ADVERTISED) or len(set(digits)) == 1:
        return Number(fault="placeholder")
    kind = _kind(digits)
    if kind is None:
        return Number(fault="invalid")
    if stated.strip() and stated.strip().lower() != kind:
        return Number(fault="kind_mismatch")
    return Number(digits, kind)


def _nine(text: str) -> str | None:
    """Nine digits, with a hyphen or a blank behind the third and the fifth, or without."""
    parts = text.replace("-", " ").split(" ")
    digits = "".join(parts)
    if not digits.isascii() or not digits.isdigit() or len(digits) != 9:
        return None
    lengths = [len(part) for part in parts]
    return digits if lengths in ([9], [3, 2, 4], [3, 6], [5, 4]) else None


def _kind(digits: str) -> str | None:
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    if area[0] == "9":
        return "itin" if int(group) in ITIN_GROUPS else None
    never = area in {"000", "666"} or group == "00" or serial == "0000"
    return None if never else "ssn"
