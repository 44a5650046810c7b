"""Pairs that the weights left open, as an officer sees them: masked until revealed.

Rows come from the sealed findings, never from the register: an officer can look only at what
matching has already found for a record that passed screening.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.docket import Docket, State
from narrowgate.errors import WrongState
from narrowgate.review.mask import mask


@dataclass(frozen=True, slots=True)
class Pair:
    """One open record beside its candidate. `subject` and `candidate`: field to text, as asked
    for and as on file, in standard form and masked; `comparison`: comparison to level.
    """

    row: int
    identity_weight: float
    margin: float | None
    comparison: Mapping[str, str]
    subject: Mapping[str, str]
    candidate: Mapping[str, str]


def open_rows(docket: Docket) -> list[int]:
    """Row numbers still to be decided by people."""
    return [int(row) for row in docket.rows(State.REVIEW)]


def pair(docket: Docket, findings: pa.Table, records: pa.Table, row: int) -> Pair:
    """The pair of one open row. `findings` as matching made them, `records` in standard form.

    Raises WrongState where the row is not open for review.
    """
    if docket.states[row] != State.REVIEW:
        raise WrongState("the record is not open for review", place=f"row {row}")
    found = findings.filter(pc.equal(findings["row"], row)).to_pylist()[0]
    record = records.slice(row, 1).to_pylist()[0]
    return Pair(
        row=row,
        identity_weight=round(found["identity_weight"], 2),
        margin=None if found["margin"] is None else round(found["margin"], 2),
        comparison={
            name.removeprefix("level_"): found[name]
            for name in findings.column_names
            if name.startswith("level_")
        },
        subject=_masked(record, ""),
        candidate=_masked(found, "candidate_"),
    )


_SHOWN = ("given", "middle", "family", "suffix", "birth_date", "tin")


def _masked(values: Mapping[str, object], prefix: str) -> dict[str, str]:
    return {
        field: mask(str(values[prefix + field]))
        for field in _SHOWN
        if values.get(prefix + field) is not None
    }
