"""Residence: whose home the address of a record is, and whether it counts under the agreement.

An address counts as the agreement says (`[answer]`, terms.py):

    current     in effect today, and of those the one begun last: the last known address
                (26 CFR 301.6212-2)
    last_known  the one begun last before today, ended or not
    period      in effect on any day of the months before today that the agreement names

The delivery point is the very same, or, where the agreement lets a unit be missing, the same
building with a unit on one side only. ZIPs agree, or, where one side has none, city and state do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from narrowgate.agreement.terms import AnswerTerms
from narrowgate.matching.asked import Asked
from narrowgate.register.arrays import Array
from narrowgate.register.index import Hits, spread
from narrowgate.register.layout import NO_DATE, NO_WORD
from narrowgate.register.snapshot import Part

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Which addresses count on a day. `today`, `since`: days since 1970."""

    kind: str
    today: int
    since: int
    unit_may_be_missing: bool

    @classmethod
    def of(cls, terms: AnswerTerms, today: date) -> AddressPolicy:
        """As the agreement says."""
        months = today.year * 12 + today.month - 1 - (terms.period_months or 0)
        since = date(months // 12, months % 12 + 1, min(today.day, 28))
        return cls(
            terms.addresses,
            (today - _EPOCH).days,
            (since - _EPOCH).days,
            terms.unit == "missing_on_one_side",
        )


@dataclass(frozen=True, slots=True, eq=False)
class Homes:
    """One row a record and home of that address (n). `agrees`: its place agrees; `counts`: besides,
    it counts under the agreement; `exact`: the very delivery point; `by_zip`: both sides have a
    ZIP; `on_file`: homes on file at that address, then or now.
    """

    record: npt.NDArray[np.int64]
    person: npt.NDArray[np.uint32]
    agrees: npt.NDArray[np.bool_]
    counts: npt.NDArray[np.bool_]
    exact: npt.NDArray[np.bool_]
    by_zip: npt.NDArray[np.bool_]
    on_file: npt.NDArray[np.int64]


def homes_of(asked: Asked, part: Part, policy: AddressPolicy, hits: dict[str, Hits]) -> Homes:
    """Every home at the addresses asked, in one partition."""
    found = [_rows(asked, "home", hits["home"])]
    if policy.unit_may_be_missing:
        found.append(_rows(asked, "building", hits["building"]))
    record, row, on_file = (np.concatenate(columns) for columns in zip(*found, strict=True))
    exact = np.arange(len(record)) < len(found[0][0])
    home = part.homes.take(row)
    one_side = asked.has_unit[record] != (home["has_unit"] > 0)
    agrees = (exact | one_side) & _same_place(asked, record, home)
    counts = agrees.copy()
    counts[agrees] = _counts(part, home[agrees], policy)
    by_zip = (asked.zip5[record] != NO_WORD) & (home["zip5"] != NO_WORD)
    return Homes(record, home["person"], agrees, counts, exact, by_zip, on_file)


def _rows(asked: Asked, index: str, hits: Hits) -> tuple[Array, Array, Array]:
    return asked.keys[index].rows[hits.asked], hits.values, hits.counts[hits.asked]


def _same_place(asked: Asked, record: Array, home: Array) -> npt.NDArray[np.bool_]:
    zip5, state, city = asked.zip5[record], asked.state[record], asked.city[record]
    no_zip = (zip5 == NO_WORD) | (home["zip5"] == NO_WORD)
    no_state = (state == NO_WORD) | (home["state"] == NO_WORD)
    same_state = state == home["state"]
    same_city = (city == home["city"]) & (city != NO_WORD)
    # One of a ZIP and a city far from it is wrong: it may be the ZIP, so both must be the same.
    same_zip = (zip5 == home["zip5"]) & (same_city | ~asked.city_elsewhere[record])
    return np.asarray(
        np.where(no_zip, same_city & same_state & ~no_state, same_zip) & (same_state | no_state)
    )


def _counts(part: Part, home: Array, policy: AddressPolicy) -> npt.NDArray[np.bool_]:
    begun = (home["start"] == NO_DATE) | (home["start"] <= policy.today)
    if policy.kind == "period":
        return np.asarray(begun & ((home["end"] == NO_DATE) | (home["end"] > policy.since)))
    ended = (home["end"] != NO_DATE) & (home["end"] <= policy.today)
    counts = begun & ~ended if policy.kind == "current" else begun
    counts[counts] = _begun_last(part, home[counts], policy)
    return np.asarray(counts)


def _begun_last(part: Part, home: Array, policy: AddressPolicy) -> npt.NDArray[np.bool_]:
    """No other home of the person that counts began later."""
    last = np.ones(len(home), dtype=bool)
    people = part.people.take(home["person"])
    several = np.flatnonzero(people["homes"] > 1)
    starts = people["home_at"][several].astype(np.int64)
    which, row = spread(starts, starts + people["homes"][several])
    others = part.homes.take(row)
    later = (others["start"] > home["start"][several][which]) & (others["start"] <= policy.today)
    if policy.kind == "current":
        later &= (others["end"] == NO_DATE) | (others["end"] > policy.today)
    last[several[which[later]]] = False
    return last
