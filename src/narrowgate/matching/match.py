"""The matching station: open rows become confirmed, not confirmed, or open for review.

This is the first touch of the register, and only if a row is open. Personal data leaves the way
here: later stations see the docket, and officers the sealed findings.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from narrowgate.agreement.terms import Terms
from narrowgate.docket import Docket, State
from narrowgate.matching.asked import ASKED, Asked, ask
from narrowgate.matching.candidates import candidates, indexes, search
from narrowgate.matching.decide import COMMON, Bools, decide
from narrowgate.matching.findings import findings, no_findings
from narrowgate.matching.likeness import is_a_known_name
from narrowgate.matching.model import Model
from narrowgate.matching.residence import AddressPolicy
from narrowgate.register.arrays import Array
from narrowgate.register.blocking import name_keys
from narrowgate.register.snapshot import Snapshot
from narrowgate.screening.screen import Screened

_RECORDS_A_BLOCK = 1 << 19
"""At most; records are decided each by itself, and blocks of them go through the processors side by
side. In a larger block more records meet a chunk of the register while it is open.
"""
_WORTH_THREADS = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """`docket`: no row open any more. `findings`: one row for each open record that had a
    candidate (findings.py).
    """

    docket: Docket
    findings: pa.Table


def match(
    screened: Screened, snapshot: Snapshot, model: Model, terms: Terms, now: datetime
) -> Matched:
    """Match the open rows of what screening let through. The snapshot is opened only for them."""
    rows = screened.docket.rows(State.OPEN)
    if not len(rows):
        return Matched(screened.docket, no_findings())
    policy = AddressPolicy.of(terms.answer, now.astimezone(UTC).date())

    records = screened.records.select(ASKED)

    def block(rows: Array) -> pa.Table:
        asked = ask(_records(records, rows), snapshot, indexes(policy))
        found = candidates(asked, snapshot, model, policy, search(asked, snapshot))
        decided = decide(found, _is_a_name(asked, snapshot), terms.answer)
        return findings(rows[found.record[decided.best]], found, decided, snapshot)

    if len(rows) < _WORTH_THREADS:
        found = block(rows)
    else:
        workers = os.cpu_count() or 1
        blocks = np.array_split(rows, workers * -(-len(rows) // (workers * _RECORDS_A_BLOCK)))
        with ThreadPoolExecutor(workers) as pool:
            found = pa.concat_tables(pool.map(block, blocks))
    docket = screened.docket
    decided, decision = found["row"].to_numpy(), found["decision"].to_numpy()
    for state in (State.CONFIRMED, State.REVIEW):
        docket = docket.decide(decided[decision == state], state)
    docket = docket.decide(docket.rows(State.OPEN), State.NOT_CONFIRMED)
    return Matched(docket, found)


def _records(records: pa.Table, rows: Array) -> pa.Table:
    if rows[-1] - rows[0] == len(rows) - 1:
        return records.slice(rows[0], len(rows))
    return records.take(pa.array(rows))


def _is_a_name(asked: Asked, snapshot: Snapshot) -> Bools:
    """By record: its given name is a known one, or enough people bear it, or one
    does with that family name.
    """
    given, family = asked.names["given"], asked.names["family"]
    borne = snapshot.words.bearers(asked.given)["given"]
    keys = name_keys(snapshot.hasher, given, family)
    full = np.sum([part.name.find(keys, most=0).counts for part in snapshot.partitions], axis=0)
    return np.asarray((borne >= COMMON) | is_a_known_name(given) | (full > 0))
