"""Clause 4.2: the subject's name, in full (26 U.S.C. 6103(i)(2)(B)(i); facts 6.3, B45)."""

from __future__ import annotations

from twin.forms.folding import words
from twin.rules.agreement import Figures
from twin.rules.subject_matter import Record


def missing(record: Record) -> bool:
    """The given name or the family name is not there."""
    return record.cell("given_name") is None or record.cell("family_name") is None


def placeholder(record: Record, figures: Figures) -> bool:
    """The name is one of the words that stand for a name nobody knows."""
    return _says(record, "given_name", figures["given_words"]) or _says(
        record, "family_name", figures["family_words"]
    )


def incomplete(record: Record) -> bool:
    """The given name (with the middle name) or the family name is initials, or no letters."""
    given, family = record.cell("given_name"), record.cell("family_name")
    known = record.standard["given"] is not None
    in_full = known and (_in_full(record, "given") or _in_full(record, "middle"))
    if given is not None and record.sound("given_name") and not in_full:
        return True
    return family is not None and record.sound("family_name") and not _in_full(record, "family")


def _says(record: Record, column: str, listed: list[str]) -> bool:
    cell = record.cell(column)
    if cell is None or not record.sound(column):
        return False
    padded = f" {words(cell)} "
    return any(f" {words(word)} " in padded for word in listed)


def _in_full(record: Record, part: str) -> bool:
    return any(len(word) > 1 for word in (record.standard[part] or "").split())
