"""Clauses 3.8 and 3.9: what all records together say against the request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from twin.rules import officer
from twin.rules.across import grouped, subject
from twin.rules.agreement import Figures
from twin.rules.judge import NOT_BY_LAW
from twin.rules.subject_matter import Record


def whole_codes(
    records: Sequence[Record], found: Sequence[set[str]], agreement: Mapping[str, Figures]
) -> set[str]:
    """The codes against the request as a whole."""
    codes = set()
    if _fishing(found, agreement["request.quality_too_low"]):
        codes.add("request.quality_too_low")
    if _overloaded(records, agreement["request.officer_overload"]):
        codes.add("request.officer_overload")
    return codes


def _fishing(found: Sequence[set[str]], figures: Figures) -> bool:
    lacking = sum(bool(codes - NOT_BY_LAW) for codes in found)
    enough = len(found) >= figures["fewest_records"]
    return bool(enough and 100 * lacking > figures["most_percent"] * len(found))


def _overloaded(records: Sequence[Record], figures: Figures) -> bool:
    return any(
        len({subject(record) for record in group}) > figures["most_subjects"]
        for group in grouped(records, officer.key)
    )
