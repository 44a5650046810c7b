"""From what stands between two blanks to the pieces of the grammar.

`split_token` is called once for each distinct token of a table, never once a row. A piece is plain
ASCII: capitals and digits, one sign, or digits joined by a hyphen or a decimal point.
"""

from __future__ import annotations

import re
import unicodedata

from narrowgate.standard.folding import fold
from narrowgate.standard.lexicon import FLOOR_BEHIND, GLUED, LEXICON

LINE_BREAK = "\x1e"
"""Stands between the two lines of an address, as a token of its own."""

_SIGNS = re.compile(r"[#;/&+@]|[^#;/&+@]+")
_OTHER = re.compile(r"[^A-Z0-9.'`#;/&+@-]+")
_FRACTION = re.compile(r"[1-9]/(?:[2-9]|1[0-9])")
_NUMBER_PAIR = re.compile(r"\d+-\d+[A-Z]?")
_FULL_WIDTH = range(0xFF10, 0xFF1A)


def split_token(token: str) -> tuple[str, ...]:
    """The pieces of one blank-free run of raw text; () where nothing of it means anything."""
    if token == LINE_BREAK:
        return ("|",)
    if not token.isascii() and any(map(_is_lost, token)):
        return ("?",)
    token = fold(token)
    if (token.isalnum() and token in LEXICON) or token.isdigit() or token.isalpha():
        return (token,)
    pieces: list[str] = []
    for part in _OTHER.split(token):
        if part in ("C/O", "N/A"):
            pieces.append("CAREOF" if part == "C/O" else "NA")
            continue
        whole, _, behind = part.rpartition("-")  # 123-1/2
        if _FRACTION.fullmatch(behind):
            pieces.extend(_split_chunk(whole))
            pieces.append(behind)
            continue
        for chunk in _SIGNS.findall(part):
            pieces.extend(_split_chunk(chunk) if len(chunk) > 1 else _split_sign(chunk))
    return tuple(pieces)


def _is_lost(character: str) -> bool:
    """Whether folding would lose a letter, digit or sign, or make a digit of what is none (4²)."""
    category = unicodedata.category(character)
    if character in "ªº" or category in ("Nd", "No"):
        return not (character.isascii() or character in "½¼¾" or ord(character) in _FULL_WIDTH)
    return category[0] in "LNSC" and category not in ("Cc", "Cf") and not fold(character).strip()


def _split_sign(sign: str) -> tuple[str, ...]:
    return () if sign in ".'`" else (sign,)


def _split_chunk(chunk: str) -> list[str]:
    chunk = chunk.replace("'", "").replace("`", "").strip(".-")
    if "." in chunk:
        if re.fullmatch(r"-?\d*\.\d+[NSEW]?", chunk):
            return [chunk.lstrip("-")]
        return _split_dotted(chunk)
    if "-" in chunk:
        return _split_hyphened(chunk)
    return _split_glued(chunk) if chunk else []


def _split_dotted(chunk: str) -> list[str]:
    """P.O.BOX -> PO BOX, N.W. -> NW, ST.JOHNS -> ST JOHNS."""
    pieces: list[str] = []
    letters = ""
    for part in chunk.split("."):
        if len(part) == 1 and part.isalpha():
            letters += part
            continue
        if letters:
            pieces.append(letters)
            letters = ""
        if part:
            pieces.extend(_split_chunk(part))
    if letters:
        pieces.append(letters)
    return pieces


def _split_hyphened(chunk: str) -> list[str]:
    if _NUMBER_PAIR.fullmatch(chunk):
        return [chunk]
    parts = [part for part in chunk.split("-") if part]
    if len(parts) == 2:
        left, right = parts
        if left.isdigit() and right.isalpha() and len(right) == 1:
            return [left + right]  # 123-A is 123A
        if right.isdigit() and left.isalpha() and len(left) == 1 and left not in "I":
            return [left + right]  # A-4 is A4
    return [piece for part in parts for piece in _split_glued(part)]


def _split_glued(chunk: str) -> list[str]:
    glued = GLUED.fullmatch(chunk)
    if glued:
        return [glued[1], *_split_glued(glued[2])]
    floor = FLOOR_BEHIND.fullmatch(chunk)
    if floor:
        return [floor[1], floor[2]]
    run_on = re.fullmatch(r"(\d+)([A-Z]{3,})", chunk)
    if run_on:  # 123MAIN
        return [run_on[1], run_on[2]]
    return [chunk]
