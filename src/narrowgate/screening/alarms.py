"""Alarms: what looks like guessing or fishing and is no refusal, for the custodian's eyes alone.

A refusal tells the requester what to mend, and so may rest on the requester's own past only. What
shows between two requesters, or only in the pattern of many lawful requests, is told to the
custodian instead (facts B16; design, section 3). Alarms are worked out from sealed evidence
whenever they are asked for. They stand in no answer, no refusal and not in the log, which others
read, and change nothing that the requester can see. They hold counts and never a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import duckdb
import pyarrow as pa

from narrowgate.engine.duck import scrubbed


class Sort(StrEnum):
    """What an alarm is about."""

    POOLED_GUESSING = "pooled_guessing"
    ADDRESS_OF_MANY = "address_of_many"
    KEY_OF_MANY = "key_of_many"
    OFFICER_OF_MANY = "officer_of_many"
    REASONS_ALIKE = "reasons_alike"
    SEQUENCE = "sequence"


WORDS: Mapping[Sort, str] = {
    Sort.POOLED_GUESSING: "subjects whom several requesters between them asked about at more "
    "addresses than one of them may",
    Sort.ADDRESS_OF_MANY: "addresses about which more people were asked, over several requests, "
    "than one request may ask",
    Sort.KEY_OF_MANY: "numbers, or names with a birth date, that were sent with several of the "
    "other",
    Sort.OFFICER_OF_MANY: "officers who stand, over several requests, for more subjects than one "
    "request may name them for",
    Sort.REASONS_ALIKE: "records that share a reason but for its figures",
    Sort.SEQUENCE: "records whose number, or house number on one street, follows on another's",
}
"""What is counted, in words."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """`count` of what WORDS says of its `sort`."""

    sort: Sort
    count: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where on something is an alarm; the agreement's own figures where it has them."""

    addresses: int = 2
    persons: int = 10
    partners: int = 2
    subjects: int = 100
    alike: int = 100
    in_sequence: int = 20


def alarms(
    con: duckdb.DuckDBPyConnection,
    attempts: pa.Table,
    records: pa.Table,
    case: str,
    bounds: Bounds,
) -> tuple[Alarm, ...]:
    """The alarms that `case` gives rise to, sorted.

    `attempts`: of all cases in the window: `case`, `requester`, `row`, `subject`, `address`,
    `officer` (text, null where none is named). `records`: of this case: `tin` and `street` in
    standard form, `house` (integer or null), `reason`.
    """
    con.register("attempts", attempts)
    con.register("asked", records)
    values = {"case": case, **_figures(bounds)}
    found = []
    for sort, query in _QUERIES.items():
        used = {name: value for name, value in values.items() if f"${name}" in query}
        with scrubbed("counting alarms"):
            counted = con.sql(query, params=used).fetchall()[0][0]
        if counted:
            found.append(Alarm(sort, int(counted)))
    return tuple(sorted(found, key=lambda alarm: alarm.sort))


def _figures(bounds: Bounds) -> dict[str, int]:
    return {
        "addresses": bounds.addresses,
        "persons": bounds.persons,
        "partners": bounds.partners,
        "subjects": bounds.subjects,
        "alike": bounds.alike,
        "in_sequence": bounds.in_sequence,
    }


# A subject has two keys at most, so that more than twice as many keys are more people. Every query
# asks only for what this case has part in.
_MINE = '(SELECT DISTINCT {column} FROM attempts WHERE "case" = $case)'
_QUERIES: Mapping[Sort, str] = {
    Sort.POOLED_GUESSING: (
        "SELECT count(*) FROM (SELECT subject FROM attempts "
        f"WHERE subject IN {_MINE.format(column='subject')} GROUP BY subject "
        "HAVING count(DISTINCT requester) > 1 AND count(DISTINCT address) > $addresses)"
    ),
    Sort.ADDRESS_OF_MANY: (
        "SELECT count(*) FROM (SELECT address FROM attempts "
        f"WHERE address IN {_MINE.format(column='address')} GROUP BY address "
        'HAVING count(DISTINCT "case") > 1 AND count(DISTINCT subject) > 2 * $persons)'
    ),
    Sort.KEY_OF_MANY: (
        "SELECT count(*) FROM (SELECT one.subject FROM attempts AS one JOIN attempts AS other "
        'ON one."case" = other."case" AND one.row = other.row AND one.subject <> other.subject '
        f"WHERE one.subject IN {_MINE.format(column='subject')} "
        "GROUP BY one.subject HAVING count(DISTINCT other.subject) > $partners)"
    ),
    Sort.OFFICER_OF_MANY: (
        "SELECT count(*) FROM (SELECT officer FROM attempts WHERE officer IS NOT NULL "
        f"AND officer IN {_MINE.format(column='officer')} GROUP BY officer, requester "
        'HAVING count(DISTINCT "case") > 1 AND count(DISTINCT ("case", row)) > $subjects)'
    ),
    Sort.REASONS_ALIKE: (
        "SELECT coalesce(sum(alike), 0) FROM (SELECT count(*) AS alike FROM asked "
        "WHERE reason IS NOT NULL "
        "GROUP BY regexp_replace(upper(reason), '[^A-Z]+', ' ', 'g') HAVING count(*) > $alike)"
    ),
    Sort.SEQUENCE: (
        "SELECT CASE WHEN counted > $in_sequence THEN counted ELSE 0 END FROM (SELECT "
        "(SELECT count(*) FROM (SELECT DISTINCT try_cast(tin AS BIGINT) AS tin FROM asked) AS one "
        "JOIN (SELECT DISTINCT try_cast(tin AS BIGINT) AS tin FROM asked) AS next "
        "ON next.tin = one.tin + 1) + "
        "(SELECT count(*) FROM (SELECT DISTINCT street, house FROM asked) AS one "
        "JOIN (SELECT DISTINCT street, house FROM asked) AS next "
        "ON next.street = one.street AND next.house - one.house IN (1, 2)) AS counted)"
    ),
}
