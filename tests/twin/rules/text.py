"""What may stand in no field: facts A18, B45, B55, and the contract's lengths (section 3)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date

from twin.forms.dates import iso_day

NAME_AND_ADDRESS = {
    *("given_name", "middle_name", "family_name", "name_suffix"),
    *("address_line1", "address_line2", "city", "state", "postal_code", "country"),
}
WILDCARDS = "*%?_"
LENGTHS = {"record_id": 64, "reason": 2000}
OTHER_LENGTHS = 200
FORMULA_STARTS = ("=", "+", "@")
IPA = range(0x0250, 0x02B0)
"""Phonetic letters are Latin by name and look like plain ones."""
FREE = frozenset({"record_id", "reason", "engaged_officer"})
"""Sentences and foreign keys may hold what elsewhere would be the middle of SQL."""
SQL_SIGNS = ("--", "/*", "*/", "' or '", "union select", "drop table")
SQL_VERBS = [["drop"], ["delete"], ["insert"], ["update"], ["select"], ["alter"], ["create"]]
ALLOWED_SIGNS = frozenset(
    "\u02bb\u02bc\u00b2\u00b3\u00b9\u00bc\u00bd\u00be\u00b0\u2116\u00a9\u00ae\u00aa\u00ba"
)
"""The okina and its like, small digits and fractions, degree, numero, copyright, ordinals."""
BROKEN = "\N{REPLACEMENT CHARACTER}"
BROKEN_STARTS = "\u00c2\u00c3\u00e2"
"""UTF-8 read as Latin-1: the first byte of what was one character."""


def faulty_fields(raw: Mapping[str, str | None], today: date) -> frozenset[str]:
    """The columns whose cell no field may hold."""
    found = {name for name, cell in raw.items() if cell is not None and _is_faulty(name, cell)}
    as_of = raw.get("address_as_of")
    if as_of is not None:
        day = iso_day(as_of)
        if day is None or day > today:
            found.add("address_as_of")
    return frozenset(found)


def _is_faulty(column: str, cell: str) -> bool:
    return (
        len(cell) > LENGTHS.get(column, OTHER_LENGTHS)
        or any(map(_is_foreign, cell))
        or _is_broken(cell)
        or _is_markup(cell)
        or _is_formula(cell)
        or (column not in FREE and _is_sql(cell))
        or (column in NAME_AND_ADDRESS and any(sign in cell for sign in WILDCARDS))
    )


def _is_foreign(letter: str) -> bool:
    """A control or invisible character, a picture, a digit or letter of another script."""
    if letter.isascii():
        return not letter.isprintable()
    category = unicodedata.category(letter)
    if category in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}:
        return True
    if category[0] == "N" or category == "So":
        return letter not in ALLOWED_SIGNS
    if category[0] != "L" or letter in ALLOWED_SIGNS:
        return False
    name = unicodedata.name(letter, "")
    return not name.startswith("LATIN ") or ord(letter) in IPA


def _is_broken(cell: str) -> bool:
    if BROKEN in cell:
        return True
    if cell.isascii():
        return False
    try:
        return cell.encode("cp1252").decode("utf-8") != cell
    except UnicodeError:
        return False


def _is_markup(cell: str) -> bool:
    return "<" in cell or ">" in cell or "&lt;" in cell.lower() or "&gt;" in cell.lower()


def _is_formula(cell: str) -> bool:
    return cell.lstrip().startswith(FORMULA_STARTS)


def _is_sql(cell: str) -> bool:
    """A quote that ends a string and goes on as SQL, a second statement, or a comment."""
    squeezed = " ".join(cell.lower().split())
    if any(sign in squeezed for sign in SQL_SIGNS):
        return True
    return any(rest.split()[:1] in SQL_VERBS for rest in squeezed.split(";")[1:])
