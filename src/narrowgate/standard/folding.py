"""Text to plain ASCII capitals; everything else here builds on it.

Letters that carry a mark lose it, letters that are none of ours (Ł, Ø, ß, Æ ...) are spelt out,
typographic quotes, hyphens and fractions become their typewriter forms, and what is still not
ASCII becomes a blank; names are romanised instead. The result never depends on case or on how
accents were encoded.
"""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii

_SPELT = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ´′`‛ʻʹʽʾʿˈ՚׳ꞌ＇", "'"),
        **dict.fromkeys("–—‐‑‒−", "-"),
        "ß": "SS",
        "ẞ": "SS",
        "æ": "AE",
        "Æ": "AE",
        "œ": "OE",
        "Œ": "OE",
        "þ": "TH",
        "Þ": "TH",
        "ł": "L",
        "Ł": "L",
        "ø": "O",
        "Ø": "O",
        "đ": "D",
        "Đ": "D",
        "ð": "D",
        "Ð": "D",
        "ı": "I",
        "ħ": "H",
        "Ħ": "H",
        "ŧ": "T",
        "Ŧ": "T",
        "ŋ": "N",
        "Ŋ": "N",
        "½": " 1/2",
        "¼": " 1/4",
        "¾": " 3/4",
        "№": "#",
    }
)
_BEYOND = re.compile(r"[^\x20-\x7e]+")


def fold(text: str) -> str:
    """`text` in printable ASCII, capitals."""
    if text.isascii() and text.isprintable():
        return text.upper()
    decomposed = unicodedata.normalize("NFKD", text.translate(_SPELT))
    unmarked = "".join(c for c in decomposed if not unicodedata.combining(c))
    # Once more after decomposition: a marked letter may stand on one that must be spelt out (ǿ).
    return _BEYOND.sub(" ", unmarked.translate(_SPELT)).upper()


def words(text: str) -> str:
    """The words of `text`, folded, parted by one blank; apostrophes and periods vanish."""
    folded = fold(text)
    if folded.isalpha():
        return folded
    return " ".join(re.findall("[A-Z0-9]+", re.sub("['.`]", "", folded)))


class _Romanised(dict[int, str]):
    """Code point to ASCII, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        spelt = _SPELT.get(code)
        if spelt is None:
            spelt = _romanised(letter)
        self[code] = spelt
        return spelt


def _romanised(letter: str) -> str:
    if letter.isascii():
        return letter
    if unicodedata.combining(letter):
        return ""
    bare = "".join(c for c in unicodedata.normalize("NFD", letter) if not unicodedata.combining(c))
    bare = bare.translate(_SPELT)
    if bare.isascii():
        return bare
    if unicodedata.category(letter)[0] not in "LMN":
        return " "  # pictures and signs have names in anyascii, but are not part of a name
    return anyascii(letter)


_ROMANISED = _Romanised()


def romanise(text: str) -> str:
    """`text` in printable ASCII, capitals, letters of every script in Latin ones.

    Marks are dropped, not spelt out: MÜLLER is MULLER. ICAO Doc 9303 part 3 would write MUELLER,
    but then SAMUEL, NOEL and MICHAEL could not be told from SAMUL, NOL and MICHAL. Other scripts go
    letter by letter (package anyascii), unvowelled where they are written so: a register's and a
    request's Cyrillic meet, and come near to the Latin spelling; nothing more is claimed.
    """
    if not text.isascii():
        # The spacing accents first: NFKC would make a blank and a mark of them.
        text = unicodedata.normalize("NFKC", text.translate(_SPELT)).translate(_ROMANISED)
    return _BEYOND.sub(" ", text).upper()
