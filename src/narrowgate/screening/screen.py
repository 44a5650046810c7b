"""The screening station: request rules, then record rules, then what needs both.

`screen` is handed all it may know and returns a value. It reads no clock, no database and not the
register; what it refuses depends on the request, the requester's own history, the agreement, the
law and the hour, and on nothing else (facts R9). Only here is `Screened` made, and `match` takes
nothing but `Screened`: the gate cannot be forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from narrowgate.agreement.terms import Terms
from narrowgate.case.history import History
from narrowgate.catalogue.request import OfficerOverload, QualityTooLow
from narrowgate.catalogue.subject import SubjectAttemptsExceeded
from narrowgate.docket import Docket, State
from narrowgate.engine.duck import connect, scrubbed
from narrowgate.errors import Internal
from narrowgate.reasons import Code, Reason
from narrowgate.request.received import Received
from narrowgate.screening.guesses import ATTEMPTED, SCHEMA, attempts_of, exceeding
from narrowgate.screening.record_rules import Broken, broken_rules, judgement, refusals, spread
from narrowgate.screening.request_rules import request_reasons
from narrowgate.screening.sheet import Sheet
from narrowgate.standard.columns import STANDARD_COLUMNS
from narrowgate.standard.form import standardise

RECORDS = pa.schema(list(STANDARD_COLUMNS.items()))


@dataclass(frozen=True, slots=True, eq=False)
class Screened:
    """What leaves screening. `records`: RECORDS, every row in request order (no rows where the
    request is refused as a whole). `attempts`: guesses.SCHEMA, of the open rows. `reasons`: of a
    request refused as a whole; every row then bears them.
    """

    docket: Docket
    records: pa.Table
    attempts: pa.Table
    reasons: tuple[Reason, ...] = ()

    @classmethod
    def restore(cls, docket: Docket, records: pa.Table) -> Screened:
        """What screening left, from sealed evidence; its attempts were counted at its commit."""
        if records.num_rows != len(docket) or not records.schema.equals(RECORDS):
            raise Internal("the standard records are not those of the docket")
        return cls(docket, records, SCHEMA.empty_table())


def screen(received: Received, terms: Terms, history: History, now: datetime) -> Screened:
    """Screen a request. Every refused row carries all its reasons, and so does the request."""
    raw = received.records
    docket = Docket.issue(raw.num_rows if raw is not None else 0)
    reasons = request_reasons(received, terms, history, now)
    if reasons:
        return _refused(docket.refuse_all(reasons), reasons)
    if raw is None:
        raise Internal("a request without a fault has records")
    return screen_records(raw, terms, history, now)


def screen_records(raw: pa.Table, terms: Terms, history: History, now: datetime) -> Screened:
    """Screen the records of a request that has no fault as a whole. `raw`: REQUEST_COLUMNS."""
    con = connect()
    try:
        return _records(con, raw, Docket.issue(raw.num_rows), terms, history, now)
    finally:
        con.close()


def _records(
    con: duckdb.DuckDBPyConnection,
    raw: pa.Table,
    docket: Docket,
    terms: Terms,
    history: History,
    now: datetime,
) -> Screened:
    raw = raw.combine_chunks()
    standard = standardise(con, raw).cast(RECORDS)
    rules = terms.record_rules
    judged_by = judgement(con, [rule for rule, _ in rules], now)
    sheet = spread(con, raw, standard, judged_by)
    broken = broken_rules(sheet, judged_by)
    found = refusals(broken, {rule.code: reason for rule, reason in rules})
    whole = [*_quality(broken, terms, len(docket)), *_overload(con, sheet, terms)]
    if whole:
        every = np.arange(len(docket), dtype=np.int64)
        return _refused(docket.refuse([*found, *((reason, every) for reason in whole)]), whole)
    docket = docket.refuse(found)
    attempts = attempts_of(sheet.table(ATTEMPTED), docket.rows(State.OPEN), history.key)
    docket, attempts = _guesses(con, docket, attempts, terms, history)
    return Screened(docket, standard, attempts)


def _refused(docket: Docket, reasons: list[Reason]) -> Screened:
    return Screened(docket, RECORDS.empty_table(), SCHEMA.empty_table(), tuple(reasons))


def _quality(broken: Broken, terms: Terms, records: int) -> list[Reason]:
    """More records lack what the law asks of each than the agreement bears."""
    bound = terms.bound(Code.REQUEST_QUALITY_TOO_LOW)
    if bound is None or not isinstance(bound.rule, QualityTooLow):
        return []
    if records < bound.rule.fewest_records:
        return []
    lacking: npt.NDArray[np.bool_] = np.zeros(records, dtype=bool)
    for rule, _ in terms.record_rules:
        if rule.asked_by_law:
            lacking |= broken[rule.code]
    share = int(lacking.sum()) * 100
    return [bound.reason] if share > bound.rule.most_percent * records else []


def _overload(con: duckdb.DuckDBPyConnection, sheet: Sheet, terms: Terms) -> list[Reason]:
    """One engaged officer stands for more subjects than the agreement bears."""
    bound = terms.bound(Code.REQUEST_OFFICER_OVERLOAD)
    if bound is None or not isinstance(bound.rule, OfficerOverload):
        return []
    query = (
        "SELECT count(*) AS officers FROM (SELECT officer_key FROM engaged "
        "WHERE officer_key IS NOT NULL GROUP BY officer_key "
        "HAVING count(DISTINCT subject) > $most)"
    )
    sheet.tell("engaged", ("officer_key", "subject"))
    with scrubbed("counting subjects an officer"):
        found = con.sql(query, params={"most": bound.rule.most_subjects}).fetchall()
    return [bound.reason] if found[0][0] else []


def _guesses(
    con: duckdb.DuckDBPyConnection,
    docket: Docket,
    attempts: pa.Table,
    terms: Terms,
    history: History,
) -> tuple[Docket, pa.Table]:
    """Refuse rows whose subject was asked about too often; what they attempted is not counted."""
    bound = terms.bound(Code.SUBJECT_ATTEMPTS_EXCEEDED)
    if bound is None or not isinstance(bound.rule, SubjectAttemptsExceeded):
        return docket, attempts
    rows = exceeding(con, attempts, history.attempts, bound.rule.most_addresses)
    docket = docket.refuse([(bound.reason, rows)])
    counted = ~np.isin(attempts.column("row").to_numpy(), rows)
    return docket, attempts.filter(pa.array(counted))
