"""Text to plain capitals and to words (facts A19, 6.3; contract of standard names)."""

from __future__ import annotations

import unicodedata
from functools import cache

SPELT_OUT = {
    "Ł": "L", "Ø": "O", "Đ": "D", "Ð": "D", "Þ": "TH", "Æ": "AE", "Œ": "OE", "ẞ": "SS", "ß": "SS",
    "Ħ": "H", "ı": "I", "Ŧ": "T", "Ŋ": "N",
}  # fmt: skip
VANISH = frozenset("'.\u2019\u2018\u02bb\u02bc`\u00b4")


def fold(text: str) -> str:
    """Capitals without marks; letters that carry none are spelt out; the rest of the world goes."""
    folded = ""
    kept = "".join(letter for letter in text if letter.isascii() or letter not in VANISH)
    for letter in unicodedata.normalize("NFKD", kept):
        if unicodedata.combining(letter):
            continue
        capital = letter.upper()
        plain = "".join(SPELT_OUT.get(part, part) for part in capital)
        for part in unicodedata.normalize("NFKD", plain):
            if part.isascii():
                folded += part
            elif not unicodedata.combining(part):
                folded += " "
    return folded


@cache
def words(text: str) -> str:
    """The words of a text with one blank between them; apostrophes and periods vanish."""
    kept = ""
    for letter in fold(text):
        if letter in VANISH:
            continue
        kept += letter if letter.isalnum() else " "
    return " ".join(kept.split())
