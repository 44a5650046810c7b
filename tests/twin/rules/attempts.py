"""Clause 6.2: how many addresses a person is asked about over time."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from twin.rules.across import birth_name, number, place
from twin.rules.agreement import Figures
from twin.rules.subject_matter import Record

Asked = tuple[Hashable, Hashable]
"""A key of a subject, and an address that was asked about."""


def asked_by(record: Record) -> set[Asked]:
    """What a record that goes on to be matched asks, under each key of its subject."""
    keys = {key(record) for key in (number, birth_name)} - {None}
    return {(key, place(record)) for key in keys}


def exceeding(records: Sequence[Record], past: set[Asked], figures: Figures) -> set[int]:
    """Rows whose subject was asked about at too many other addresses already.

    An address that was asked about before is no guess. `past`: within the clause's days.
    """
    return {
        record.row
        for record in records
        for key, where in asked_by(record)
        if (known := {there for asked, there in past if asked == key})
        and where not in known
        and len(known) >= figures["most_addresses"]
    }
