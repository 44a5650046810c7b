"""From what stands between two blanks to the pieces of the grammar.

`split_token` is called once for each distinct token of a table, never once a row. A piece is plain
ASCII: capitals and digits, one sign, or digits joined by a hyphen or a decimal point.
"""

from __future__ import annotations

import re

from narrowgate.standard.folding import fold
from narrowgate.standard.lexicon import GLUED, LEXICON

LINE_BREAK = "\x1e"
"""Stands between the two lines of an address, as a token of its own."""

_SIGNS = re.compile(r"[#;/&+@]|[^#;/&+@]+")
_OTHER = re.compile(r"[^A-Z0-9.'`#;/&+@-]+")
_FRACTION = re.compile(r"[1-9]/(?:[2-9]|1[0-9])")
_NUMBER_PAIR = re.compile(r"\d+-\d+[A-Z]?")
_TENS = ("TWENTY", "THIRTY", "FORTY", "FIFTY", "SIXTY", "SEVENTY", "EIGHTY", "NINETY")


def split_token(token: str) -> tuple[str, ...]:
    """The pieces of one blank-free run of raw text; () where nothing of it means anything."""
    if token == LINE_BREAK:
        return ("|",)
    token = fold(token)
    if (token.isalnum() and token in LEXICON) or token.isdigit() or token.isalpha():
        return (token,)
    pieces: list[str] = []
    for part in _OTHER.split(token):
        if part in ("C/O", "N/A"):
            pieces.append("CAREOF" if part == "C/O" else "NA")
            continue
        if _FRACTION.fullmatch(part):
            pieces.append(part)
            continue
        for chunk in _SIGNS.findall(part):
            pieces.extend(_split_chunk(chunk) if len(chunk) > 1 else _split_sign(chunk))
    return tuple(pieces)


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
        ordinal_word = LEXICON.get(right)
        if left in _TENS and ordinal_word is not None and ordinal_word.cls in "oc":
            return [f"{_TENS.index(left) + 2}{ordinal_word.name}"]  # TWENTY-FIRST -> 21ST
        if left.isdigit() and right.isalpha() and len(right) == 1:
            return [left + right]  # 123-A is 123A
        if right.isdigit() and left.isalpha() and len(left) == 1 and left not in "I":
            return [left + right]  # A-4 is A4
    return [piece for part in parts for piece in _split_glued(part)]


def _split_glued(chunk: str) -> list[str]:
    glued = GLUED.fullmatch(chunk)
    if glued:
        return [glued[1], *_split_glued(glued[2])]
    run_on = re.fullmatch(r"(\d+)([A-Z]{3,})", chunk)
    if run_on:  # 123MAIN
        return [run_on[1], run_on[2]]
    return [chunk]
