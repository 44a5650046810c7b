"""The matching station: open rows become confirmed, not confirmed, or open for review.

This is the first touch of the register, and only if a row is open. Personal data leaves the way
here: later stations see the docket, and officers the sealed findings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.agreement.terms import Terms
from narrowgate.docket import Docket, State
from narrowgate.engine.duck import connect
from narrowgate.matching.candidates import ask, candidates, find
from narrowgate.matching.decide import decide
from narrowgate.matching.model import Model
from narrowgate.register.snapshot import Snapshot
from narrowgate.screening.screen import Screened

_SHOWN_IN_REVIEW = "candidate_"


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """`docket`: no row open any more. `findings`: one row for each open record that had a
    candidate (decide.py); candidate_* are null but for rows under review.
    """

    docket: Docket
    findings: pa.Table


def match(
    screened: Screened, snapshot: Snapshot, model: Model, terms: Terms, now: datetime
) -> Matched:
    """Match the open rows of what screening let through. The snapshot is opened only for them."""
    rows = screened.docket.rows(State.OPEN)
    if not len(rows):
        return Matched(screened.docket, _no_findings())
    today = now.astimezone(UTC).date()
    records = screened.records.take(pa.array(rows)).append_column("row", pa.array(rows))
    con = connect()
    try:
        ask(con, records)
        find(con, snapshot)
        found = [
            candidates(con, snapshot, partition, model, today)
            for partition in range(snapshot.partitions)
        ]
        decided = decide(con, pa.concat_tables(found), terms.answer)
    finally:
        con.close()
    return Matched(_docket(screened.docket, decided), _masked(decided))


def _docket(docket: Docket, decided: pa.Table) -> Docket:
    rows = decided["row"].to_numpy().astype(np.int64)
    decisions = decided["decision"].to_numpy()
    for state in (State.CONFIRMED, State.REVIEW):
        docket = docket.decide(rows[decisions == state], state)
    return docket.decide(docket.rows(State.OPEN), State.NOT_CONFIRMED)


def _masked(decided: pa.Table) -> pa.Table:
    """The findings: what is on file is kept only where an officer must see it."""
    in_review = pc.equal(decided["decision"], int(State.REVIEW))
    for number, name in enumerate(decided.column_names):
        if name.startswith(_SHOWN_IN_REVIEW):
            column = decided[name]
            kept = pc.if_else(in_review, column, pa.scalar(None, column.type))
            decided = decided.set_column(number, name, kept)
    return decided


def _no_findings() -> pa.Table:
    return pa.table({"row": pa.array([], pa.int64()), "decision": pa.array([], pa.uint8())})
