"""Names to standard form: plain functions of one cell, called once for each distinct cell, and what
the cells of one row say about each other.

Words are parted by one blank, in ASCII capitals; hyphens and periods part words, apostrophes vanish
(O'BRIEN is OBRIEN, SMITH-JONES is SMITH JONES). Particles are written onto their name
(particles.py), so that the words of `family` are surnames, to be compared as a set. A generation
suffix leaves the name it was written in; a title before the name is dropped. None if nothing is
left. A standard form is its own standard form. Facts 6.3.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.standard.distinct import by_distinct, columns_by_distinct
from narrowgate.standard.folding import romanise
from narrowgate.standard.particles import given_names, surnames
from narrowgate.standard.scalars import BLANK, EMPTY, FALSE

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
_AT_END = frozenset(_SUFFIXES)
# Elsewhere V is an initial as often as a fifth, and JUNIOR a name as often as not.
_ANYWHERE = _AT_END - {"V", "5TH", "JUNIOR", "SENIOR", "2D", "3D"}
_TITLES = frozenset(("MR", "MRS", "MS", "MISS", "DR", "REV", "HON", "PROF"))
_DEGREES = frozenset(("DDS", "DVM", "ESQ", "PHD"))  # MD is Mohammed, too
# Said in the place of a middle name: no middle name, no middle initial, none.
_NO_MIDDLE = frozenset(("NMN", "NMI", "NONE", "NULL"))

_MARIA = re.compile(r"(?i)\bM(?:[aá]\.|ª)")  # cut short; MA alone is a name
_PHD = re.compile(r"(?i)\bPh\.\s*D\b")
_ASIDE = re.compile(r"\([^()]*\)|\"[^\"]*\"|“[^“”]*”")  # William (Bill), William "Bill"


class Name(NamedTuple):
    """What a cell says: the name, the suffix written in it, and the initials that ended it."""

    name: str | None
    suffix: str | None
    initials: str | None = None


def read_names(cells: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """given, middle, family, suffix and name_key (text) of the raw name cells, rows in order.

    Only three things are read across the cells of a row: a whole name in one cell (GARCIA, MARIA),
    initials after a given name that are the middle name (JOHN Q), and the suffix, which the cell
    made for it tells before the others.
    """
    given_cell, family_cell = _uncombined(cells["given_name"], cells["family_name"])
    given, given_suffix, initials = columns_by_distinct(given_cell, given_name, _TEXTS)
    middle, middle_suffix, _ = columns_by_distinct(cells["middle_name"], middle_name, _TEXTS)
    family, family_suffix, _ = columns_by_distinct(family_cell, family_name, _TEXTS)
    suffix = by_distinct(cells["name_suffix"], name_suffix, pa.string())
    given, middle = _initials_to_middle(given, initials, middle)
    sounds = by_distinct(family, sound, pa.string())
    first = pc.utf8_slice_codeunits(given, 0, 1).fill_null(EMPTY)
    return {
        "given": given,
        "middle": middle,
        "family": family,
        "suffix": pc.coalesce(suffix, family_suffix, given_suffix, middle_suffix),
        "name_key": pc.binary_join_element_wise(sounds, first, BLANK),
    }


def given_name(cell: str) -> Name:
    """A given name cell, initials at its end apart. A title alone is no name."""
    parts = _words(_MARIA.sub("MARIA ", _ASIDE.sub(" ", cell))) or _words(cell)
    while parts and parts[0] in _TITLES:
        del parts[0]
    parts, suffix = _without_suffix(parts, _ANYWHERE)
    if parts[:1] == ["MA"] and parts[1:2] in (["DE"], ["DEL"]):
        parts[0] = "MARIA"
    parts = given_names(parts)
    end = len(parts)
    while end > 1 and len(parts[end - 1]) == 1 and parts[end - 1].isalpha():
        end -= 1
    return Name(" ".join(parts[:end]) or None, suffix, " ".join(parts[end:]) or None)


def middle_name(cell: str) -> Name:
    """A middle name cell, initials or names; NMN (no middle name) says nothing."""
    parts, suffix = _without_suffix(_words(cell), _ANYWHERE)
    if len(parts) == 1 and parts[0] in _ANYWHERE:
        return Name(None, _SUFFIXES[parts[0]])
    name = " ".join(given_names(parts))
    return Name(None if name in _NO_MIDDLE else name or None, suffix)


def family_name(cell: str) -> Name:
    """A family name cell. A title goes only before a name: Mr. Hon is HON."""
    parts = _words(_PHD.sub("PHD", cell) if "." in cell else cell)
    if len(parts) == 1:
        return Name(surnames(parts)[0], None)
    suffix = None
    before: list[str] = []
    while parts != before:  # what is left may again begin with a title or end in a suffix
        before = parts
        while len(parts) > 1 and parts[0] in _TITLES:
            parts = parts[1:]
        while len(parts) > 1 and parts[-1] in _DEGREES:
            parts = parts[:-1]
        while len(parts) > 1 and parts[-1] in _AT_END:
            suffix = _SUFFIXES[parts[-1]]
            parts = parts[:-1]
        if len(parts) > 1 and parts[0] in _ANYWHERE:  # JR SMITH
            suffix, parts = suffix or _SUFFIXES[parts[0]], parts[1:]
        parts, within = _without_suffix(parts, _ANYWHERE)
        suffix = suffix or within
        parts = surnames(parts)
    return Name(" ".join(parts) or None, suffix)


def name_suffix(cell: str) -> str | None:
    """JR SR II III IV V, the first that is told, or None for any other word."""
    return next((_SUFFIXES[word] for word in _words(cell) if word in _SUFFIXES), None)


_SOUNDS = str.maketrans("BFPVWCGJKQSXZDTLMNRAEIOUYH", "11111222222223345560000000", " 0123456789")


def sound(family: str) -> str:
    """A family name as its consonant classes, runs folded, vowels left out (after Soundex).

    Kept at full length and without its first letter spelt; of a vowel at the beginning only that
    it is one (ALHASSAN and ELHASSAN, IBARRA and YBARRA). The aim is that respellings of one person
    share a key, not that strangers do. For grouping only, never evidence.
    """
    classes = family.translate(_SOUNDS)
    if not classes:
        return family.replace(" ", "")
    runs = "".join([sound_class for sound_class, _ in groupby(classes)])
    first = family.lstrip("0123456789 ")[0]
    return ("" if runs[0] != "0" else "H" if first == "H" else "A") + runs.replace("0", "")


_TEXTS = (pa.string(), pa.string(), pa.string())
_COMMA = ","
_PARTING = {
    code: None if chr(code) in "'`" else " " for code in range(32, 127) if not chr(code).isalnum()
}


def _words(cell: str) -> list[str]:
    folded = romanise(cell)
    if folded.isalpha():
        return [folded]
    return folded.translate(_PARTING).split()


def _without_suffix(parts: list[str], suffixes: frozenset[str]) -> tuple[list[str], str | None]:
    """`parts` without the suffixes after the first word, and the first of these."""
    found = [word for word in parts[1:] if word in suffixes]
    if not found:
        return parts, None
    kept = [word for word in parts[1:] if word not in suffixes]
    return [*parts[:1], *kept], _SUFFIXES[found[0]]


def _initials_to_middle(
    given: pa.Array, initials: pa.Array, middle: pa.Array
) -> tuple[pa.Array, pa.Array]:
    """Initials after a given name are the middle name where none is told or it begins so (JOHN Q
    and QUENTIN); else they stay with the given name (JOHN Q and PETER).
    """
    if initials.null_count == len(initials):
        return given, middle
    agree = pc.fill_null(pc.equal(pc.utf8_slice_codeunits(middle, 0, 1), initials), FALSE)
    agree = pc.or_(agree, pc.fill_null(pc.equal(middle, initials), FALSE))
    moved = pc.or_(pc.is_null(middle), agree)
    whole = pc.binary_join_element_wise(given, initials, BLANK)
    stays = pc.and_(pc.is_valid(initials), pc.invert(moved))
    return pc.if_else(stays, whole, given), pc.coalesce(middle, initials)


def _uncombined(given: pa.Array, family: pa.Array) -> tuple[pa.Array, pa.Array]:
    """The two cells, a whole name in one of them (GARCIA, MARIA) parted where the other is blank,
    or says the same part again.
    """
    if not (_any_comma(given) or _any_comma(family)):
        return given, family
    two = (pa.string(), pa.string())
    by_family = columns_by_distinct(family, _parted, two)
    by_given = columns_by_distinct(given, _parted, two)
    same = pc.fill_null(pc.equal(given, family), FALSE)
    in_family = _taken(by_family[1], given, same)
    in_given = pc.and_(_taken(by_given[0], family, same), pc.invert(in_family))
    return (
        pc.if_else(in_family, by_family[1], pc.if_else(in_given, by_given[1], given)),
        pc.if_else(in_family, by_family[0], pc.if_else(in_given, by_given[0], family)),
    )


def _any_comma(cells: pa.Array) -> bool:
    return bool(pc.any(pc.match_substring(cells, _COMMA)).as_py())


def _taken(part: pa.Array, other: pa.Array, same: pa.Array) -> pa.Array:
    """Where a whole name's `part` is to be taken for the `other` cell."""
    said = by_distinct(other, _plain, pa.string())
    again = pc.fill_null(pc.equal(by_distinct(part, _plain, pa.string()), said), FALSE)
    return pc.and_(pc.is_valid(part), pc.or_(pc.or_(pc.is_null(said), same), again))


def _plain(cell: str) -> str | None:
    return " ".join(_words(cell)) or None


def _parted(cell: str) -> tuple[str | None, str | None]:
    """Family and given name of a whole name with a comma between; suffixes go with the family."""
    if _COMMA not in cell:
        return None, None
    names: list[str] = []
    suffixes: list[str] = []
    for piece in cell.split(_COMMA):
        parts = _words(piece)
        if len(parts) == 1 and parts[0] in _AT_END:
            suffixes += parts
        elif parts and "".join(parts) not in _DEGREES:  # Ph.D. too
            names.append(piece)
    if len(names) != 2:
        return None, None
    return " ".join([names[0], *suffixes]), names[1]
