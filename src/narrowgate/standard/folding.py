"""Text to plain ASCII capitals; everything else here builds on it.

Letters that carry a mark lose it, letters that are none of ours (Ł, Ø, ß, Æ ...) are spelt out,
typographic quotes, hyphens and fractions become their typewriter forms, and what is still not
ASCII becomes a blank. The result never depends on case or on how accents were encoded.
"""

from __future__ import annotations

import re
import unicodedata

_SPELT = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ´′`", "'"),
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
