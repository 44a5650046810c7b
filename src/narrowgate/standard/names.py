"""Names to standard form: plain functions of one cell, called once for each distinct cell.

Words are parted by one blank; hyphens part words, apostrophes and periods vanish (O'BRIEN is
OBRIEN, SMITH-JONES is SMITH JONES). A generation suffix leaves the name it was written after; a
title before the name is dropped. None if nothing is left. Facts 6.3.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from narrowgate.standard.folding import words

_SUFFIXES = {
    spelling: standard
    for standard, spellings in (
        ("JR", ("JR", "JNR", "JUNIOR")),
        ("SR", ("SR", "SNR", "SENIOR")),
        ("II", ("II", "2ND", "2D")),
        ("III", ("III", "3RD", "3D")),
        ("IV", ("IV", "4TH")),
        ("V", ("V", "5TH")),
    )
    for spelling in spellings
}
_AFTER_FAMILY = frozenset(_SUFFIXES)
# After a given name V is a middle initial as often as a fifth, and JUNIOR a name as often as not.
_AFTER_GIVEN = _AFTER_FAMILY - {"V", "5TH", "JUNIOR", "SENIOR", "2D", "3D"}
_TITLES = frozenset(("MR", "MRS", "MS", "MISS", "DR", "REV", "HON", "PROF"))


class Name(NamedTuple):
    """What a cell says: the name, the suffix that ended it, and its part of the name key."""

    name: str | None
    suffix: str | None
    key: str | None


def given_name(cell: str) -> Name:
    """A given name cell; its key is its first letter. A title alone is no name."""
    parts = words(cell).split()
    while parts and parts[0] in _TITLES:
        del parts[0]
    name, suffix = _split(parts, _AFTER_GIVEN)
    return Name(name, suffix, name[0] if name else None)


def family_name(cell: str) -> Name:
    """A family name cell; its key is its sound. A title goes only before a name: Mr. Hon is HON."""
    parts = words(cell).split()
    while len(parts) > 1 and parts[0] in _TITLES:
        del parts[0]
    name, suffix = _split(parts, _AFTER_FAMILY)
    return Name(name, suffix, sound(name) if name else None)


def middle_name(cell: str) -> str | None:
    """A middle name cell, initial or name as it was given."""
    return words(cell) or None


def name_suffix(cell: str) -> str | None:
    """JR SR II III IV V, or None for any other word."""
    return _SUFFIXES.get(words(cell))


def _split(parts: list[str], suffixes: frozenset[str]) -> tuple[str | None, str | None]:
    suffix = None
    while len(parts) > 1 and parts[-1] in suffixes:
        suffix = _SUFFIXES[parts.pop()]
    return " ".join(parts) or None, suffix


_SOUNDS = str.maketrans("BFPVWCGJKQSXZDTLMNRAEIOUYH", "11111222222223345560000000")


def sound(family: str) -> str:
    """A family name as its consonant classes, runs folded, vowels left out (after Soundex).

    Kept at full length and without its first letter spelt: the aim is that respellings of one
    person share a key, not that strangers do. For grouping only, never evidence.
    """
    letters = "".join(c for c in family if "A" <= c <= "Z")
    if not letters:
        return family.replace(" ", "")
    classes = letters.translate(_SOUNDS)
    code = classes[0] if classes[0] != "0" else letters[0]
    for before, sound_class in pairwise(classes):
        if sound_class not in (before, "0"):
            code += sound_class
    return code
