"""Clause 4.7: a further identifier beside name and address, and one that can be right."""

from __future__ import annotations

from twin.forms.dates import years_before
from twin.rules.agreement import Figures
from twin.rules.subject_matter import Record

KINDS = ("ssn", "itin")


def insufficient(record: Record, figures: Figures) -> bool:
    """Too few of the accepted identifiers are given; a bad one that is given has its own code."""
    given = [name for name in figures["accepted"] if record.cell(name) is not None]
    return len(given) < int(figures["at_least"])


def tin_invalid(record: Record) -> bool:
    """No number that could have been issued."""
    return record.sound("tin") and record.standard["tin_fault"] == "invalid"


def tin_placeholder(record: Record) -> bool:
    """A published or dummy number."""
    return record.sound("tin") and record.standard["tin_fault"] == "placeholder"


def tin_kind_mismatch(record: Record) -> bool:
    """Sound, but not of the kind that the record says."""
    return record.sound("tin", "tin_kind") and record.standard["tin_fault"] == "kind_mismatch"


def birth_date_invalid(record: Record) -> bool:
    """No calendar date."""
    return record.sound("date_of_birth") and record.standard["birth_date_fault"] == "invalid"


def birth_date_implausible(record: Record, figures: Figures) -> bool:
    """Not born yet, or older than people get."""
    born = record.standard["birth_date"]
    if born is None or not record.sound("date_of_birth"):
        return False
    return bool(born > record.today or born < years_before(record.today, figures["most_years"]))
