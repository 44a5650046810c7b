"""Clauses 4.14 and 4.15: this person's own reason (6103(i)(2)(B)(iv); facts T14, B37)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from twin.forms.folding import words
from twin.rules.agreement import Figures
from twin.rules.subject_matter import Record


def key(record: Record) -> str:
    """The reason as words in capitals; "" where there is none."""
    cell = record.cell("reason")
    return words(cell) if cell is not None and record.sound("reason") else ""


def missing(record: Record) -> bool:
    """None is given, or nothing but signs."""
    return record.sound("reason") and key(record) == ""


def boilerplate(records: Sequence[Record], figures: Figures) -> set[int]:
    """Rows with a text that stands in too many records, a word or two, or a phrase for all."""
    alike = Counter(key(record) for record in records)
    generic = {words(phrase) for phrase in figures["generic"]}
    return {
        record.row
        for record in records
        if (text := key(record))
        and (
            alike[text] > figures["most_alike"]
            or len(text.split()) < figures["fewest_words"]
            or text in generic
        )
    }
