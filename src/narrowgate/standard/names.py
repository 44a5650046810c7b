"""Names to standard form, as DuckDB expressions over folded columns.

Words are parted by one blank; hyphens part words, apostrophes and periods vanish (O'BRIEN is
OBRIEN, SMITH-JONES is SMITH JONES). A generation suffix leaves the name it was written after; a
title before the name is dropped. Null if nothing is left. Facts 6.3.
"""

from __future__ import annotations

from narrowgate.standard.folding import quoted

_VANISHING = quoted("'.`")
_SUFFIXES = {
    "JR": "JR JNR JUNIOR",
    "SR": "SR SNR SENIOR",
    "II": "II 2ND 2D",
    "III": "III 3RD 3D",
    "IV": "IV 4TH",
    "V": "V 5TH",
}
_TITLES = "MR MRS MS MISS DR REV HON PROF"
# V after a given name is a middle initial as often as a fifth; DEGREES end family names.
_AFTER_GIVEN = "JR|JNR|SR|SNR|II|III|IV|2ND|3RD|4TH"
_AFTER_FAMILY = "JR|JNR|JUNIOR|SR|SNR|SENIOR|II|III|IV|V|2ND|2D|3RD|3D|4TH|5TH"


def cleaned(column: str) -> str:
    """SQL: words of a folded name, parted by single blanks; '' if there are none."""
    return (
        f"CASE WHEN regexp_full_match({column}, '[A-Z]+') THEN {column} ELSE "
        f"trim(regexp_replace(translate({column}, {_VANISHING}, ''), '[^A-Z0-9]+', ' ', 'g')) END"
    )


def suffix_word(column: str) -> str:
    """SQL: JR SR II III IV V for a suffix however spelt, else null."""
    cases = " ".join(
        f"WHEN {column} IN ({', '.join(map(quoted, spellings.split()))}) THEN {quoted(standard)}"
        for standard, spellings in _SUFFIXES.items()
    )
    return f"CASE {cases} END"


def trailing_suffix(column: str, *, given: bool) -> str:
    """SQL: the generation suffix word that ends a cleaned name of several words, else ''."""
    words = _AFTER_GIVEN if given else _AFTER_FAMILY
    return (
        f"CASE WHEN contains({column}, ' ') THEN "
        f"regexp_extract({column}, ' ({words})$', 1) ELSE '' END"
    )


def without_extras(column: str, *, given: bool) -> str:
    """SQL: a cleaned name without its leading titles and trailing suffix; null if that is all."""
    words = _AFTER_GIVEN if given else _AFTER_FAMILY
    titles = "|".join(_TITLES.split())
    alone = (
        f"WHEN {column} IN ({', '.join(map(quoted, _TITLES.split()))}) THEN NULL " if given else ""
    )
    return (
        f"nullif(CASE WHEN contains({column}, ' ') THEN regexp_replace(regexp_replace({column}, "
        f"'^(({titles}) )+', ''), ' ({words})$', '') {alone}ELSE {column} END, '')"
    )


_SOUNDS = str.maketrans(
    "BFPVWCGJKQSXZDTLMNRAEIOUYH", "11111" + "22222222" + "33" + "4" + "55" + "6" + "0000000"
)


def sound(family: str) -> str:
    """A family name as its first sound and consonant classes, runs folded (after Soundex).

    Kept at full length: the aim is that respellings of one person share a key, not that strangers
    do. Used for grouping only, never as evidence.
    """
    letters = "".join(c for c in family if "A" <= c <= "Z")
    if not letters:
        return family.replace(" ", "")
    classes = letters.translate(_SOUNDS)
    code = classes[0] if classes[0] != "0" else letters[0]
    last = classes[0]
    for sound_class in classes[1:]:
        if sound_class != last and sound_class != "0":
            code += sound_class
        last = sound_class
    return code
