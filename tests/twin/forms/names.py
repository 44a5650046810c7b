"""Names in standard form (facts 6.3; the docstring of standard/names.py)."""

from __future__ import annotations

from dataclasses import dataclass

from twin.forms.folding import words

TITLES = {"MR", "MRS", "MS", "MISS", "DR", "REV"}
SUFFIXES = {
    "JR": "JR", "JUNIOR": "JR", "SR": "SR", "SENIOR": "SR", "II": "II", "2ND": "II", "III": "III",
    "3RD": "III", "IV": "IV", "4TH": "IV", "V": "V",
}  # fmt: skip
GIVEN_NAMES = {"V", "JUNIOR", "SENIOR"}
"""Behind a given name these are an initial and further names, and no suffix."""


@dataclass(frozen=True)
class FullName:
    """Standard given, middle and family name and suffix; None where nothing is left."""

    given: str | None
    middle: str | None
    family: str | None
    suffix: str | None


def full_name(given: str, middle: str, family: str, suffix: str) -> FullName:
    """The four cells of a name; the suffix's own cell goes before one written behind a name."""
    first, first_suffix = _parted(
        _without_titles(given, may_vanish=True), {*SUFFIXES} - GIVEN_NAMES
    )
    last, last_suffix = _parted(_without_titles(family, may_vanish=False), {*SUFFIXES})
    stated = SUFFIXES.get(words(suffix))
    return FullName(
        " ".join(first) or None,
        words(middle) or None,
        " ".join(last) or None,
        stated or last_suffix or first_suffix,
    )


def _without_titles(cell: str, *, may_vanish: bool) -> list[str]:
    """The words behind the titles; a title alone is a family name and no given name."""
    kept = words(cell).split()
    while kept and kept[0] in TITLES and (may_vanish or len(kept) > 1):
        kept.pop(0)
    return kept


def _parted(parts: list[str], suffixes: set[str]) -> tuple[list[str], str | None]:
    """The words, and the suffix that ended them; a suffix alone is the name."""
    if len(parts) > 1 and parts[-1] in suffixes:
        return parts[:-1], SUFFIXES[parts[-1]]
    return parts, None
