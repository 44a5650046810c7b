"""Text to plain ASCII capitals, as a DuckDB expression; everything else here builds on it.

Letters that carry a mark lose it, letters that are none of ours (Ł, Ø, ß, Æ ...) are spelt out;
typographic quotes, hyphens and fractions become their typewriter forms. What is left beyond ASCII
stays, so that the next step can drop it knowingly.
"""

from __future__ import annotations

_LETTERS = str.maketrans({"'": "''"})
_FROM = "ŁłØøĐđÐðıĦħŦŧŊŋ’‘ʼ´′–—‐‑−\u00a0\u2009\u202f\u3000\t\r\n|"
_TO = "LLOODDDDIHHTTNN'''''-----        "
_SPELT = {
    "ß": "SS",
    "ẞ": "SS",
    "Æ": "AE",
    "æ": "AE",
    "Œ": "OE",
    "œ": "OE",
    "Þ": "TH",
    "þ": "TH",
    "½": " 1/2",
    "¼": " 1/4",
    "¾": " 3/4",
    "№": " # ",
}


def folded(column: str) -> str:
    """SQL: `column` in capitals without marks; null stays null."""
    spelt = f"translate({column}, {quoted(_FROM)}, {quoted(_TO)})"
    for letter, spelling in _SPELT.items():
        spelt = f"replace({spelt}, {quoted(letter)}, {quoted(spelling)})"
    # strlen counts bytes, length characters: equal for plain ASCII, which is nearly every row.
    return (
        f"CASE WHEN strlen({column}) = length({column}) THEN upper(translate({column}, "
        f"chr(9) || chr(10) || chr(13) || '|', '    ')) ELSE upper(strip_accents({spelt})) END"
    )


def quoted(text: str) -> str:
    """A constant of this package as an SQL literal (never a value of a record)."""
    return "'" + text.translate(_LETTERS) + "'"
