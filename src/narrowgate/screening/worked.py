"""Worked cases run through the screening that requests go through: what comes out, beside what
both parties expect.

A case about a record is screened as a record, by every record rule of the agreement; rules on the
whole request (a share of faults, an officer's load) are tried by cases that speak of the whole.
Cases about records travel together, as many as say nothing alike that a rule could compare.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa

from narrowgate.agreement.terms import Terms
from narrowgate.agreement.worked import Placed, WorkedCase, WorkedPast, WorkedRequest
from narrowgate.case.history import ATTEMPTS, History
from narrowgate.catalogue.rule import Changes
from narrowgate.reasons import Code
from narrowgate.screening.request_rules import request_reasons
from narrowgate.screening.screen import screen, screen_records
from narrowgate.screening.specimen import demand, past, person, records_of, table

_WHOLE = (Code.REQUEST_QUALITY_TOO_LOW, Code.REQUEST_OFFICER_OVERLOAD)
# What rules compare between records of a request.
_COMPARED = (
    *("record_id", "tin", "given_name", "family_name", "date_of_birth", "address_line1"),
    *("case_number", "reason", "engaged_officer"),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A worked case and the codes it got, sorted."""

    placed: Placed
    got: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether it came out as the parties expect."""
        return self.got == self.placed.case.expected


def run_cases(terms: Terms) -> tuple[Outcome, ...]:
    """Every worked case of the agreement, in its order."""
    found = {
        number: _whole(terms, placed.case)
        for number, placed in enumerate(terms.cases)
        if placed.case.whole
    }
    for batch in _batches(terms):
        got = _records(terms, [terms.cases[number].case for number in batch])
        found |= dict(zip(batch, got, strict=True))
    return tuple(Outcome(placed, found[number]) for number, placed in enumerate(terms.cases))


def _batches(terms: Terms) -> list[list[int]]:
    """Numbers of the cases about records, those together that can travel in one request."""
    together: list[tuple[datetime, set[tuple[str, str]], list[int]]] = []
    alone: list[list[int]] = []
    for number, placed in enumerate(terms.cases):
        case = placed.case
        if case.whole:
            continue
        if case.addresses_before:  # its subject has a past, by which nobody else is screened
            alone.append([number])
            continue
        at = read_at(terms, case)
        said = {
            (column, value)
            for record in (case.record, *case.beside)
            for column, value in record.items()
            if value and column in _COMPARED
        }
        for when, told, numbers in together:
            if when == at and not told & said:
                told.update(said)
                numbers.append(number)
                break
        else:
            together.append((at, said, [number]))
    return [numbers for _, _, numbers in together] + alone


def _records(terms: Terms, cases: Sequence[WorkedCase]) -> list[tuple[str, ...]]:
    """The codes of each case's first record. All cases have one hour."""
    base, now = terms.example.changed(), read_at(terms, cases[0])
    alone = replace(
        terms, rules=tuple(each for each in terms.rules if each.rule.code not in _WHOLE)
    )
    rows: list[Changes] = []
    firsts: list[int] = []
    for case in cases:
        firsts.append(len(rows))
        rows += records_of(case, base, len(rows))
    raw, history = table(rows), past(terms, WorkedPast(), now)
    if cases[0].addresses_before:
        history = _asked_before(alone, raw, history, cases[0].addresses_before, now)
    docket = screen_records(raw, alone, history, now).docket
    return [codes(reason.code for reason in docket.reasons_of(row)) for row in firsts]


def _asked_before(
    terms: Terms, raw: pa.Table, history: History, addresses: int, now: datetime
) -> History:
    """The history in which the subject was asked about at so many other addresses."""
    asked = screen_records(raw, terms, history, now).attempts.select(["subject"])
    subjects = [each for each in asked["subject"].to_pylist() for _ in range(addresses)]
    places = [number.to_bytes(16, "big") for number, _ in enumerate(subjects)]
    return replace(
        history, attempts=pa.table({"subject": subjects, "address": places}, schema=ATTEMPTS)
    )


def _whole(terms: Terms, case: WorkedCase) -> tuple[str, ...]:
    """The codes against the request as a whole."""
    asked, told = case.request or WorkedRequest(), case.past or WorkedPast()
    now = read_at(terms, case)
    received = demand(terms, asked, rows_of(terms, case), now)
    history = past(terms, told, now)
    found = request_reasons(received, terms, history, now)
    if not found and (case.record or asked.records > 1):
        # What is counted over the records: the share at fault, an officer's load.
        found = list(screen(received, terms, history, now).reasons)
    return codes(reason.code for reason in found)


def rows_of(terms: Terms, case: WorkedCase) -> list[Changes]:
    """The records of a case about the whole request."""
    asked, base = case.request or WorkedRequest(), terms.example.changed()
    at_fault = asked.records if asked.at_fault is None else asked.at_fault
    rows: list[Changes] = []
    for number in range(asked.records):
        row = person(number, base)
        if number < at_fault:
            row |= {name: value or None for name, value in case.record.items()}
        if asked.one_officer:
            row["engaged_officer"] = base["engaged_officer"]
        rows.append(row)
    return rows


def read_at(terms: Terms, case: WorkedCase) -> datetime:
    """The hour at which a case is read."""
    return case.at or terms.example.read_at(terms.term.not_before)


def codes(found: Iterable[Code]) -> tuple[str, ...]:
    """Codes, sorted."""
    return tuple(sorted(code.value for code in found))
