"""The decision: two questions, one person, with a margin, and no conflict. In doubt, people decide;
in doubt still, `not_confirmed`.

CONFIRMED needs all of this, from one and the same person:
 1. identity: a weight at or above the agreement's threshold;
 2. residence: the very address, one that counts under the agreement, with a weight at or above its
    threshold;
 3. unique: nobody else within the margin, and no other person at that address under that name,
    unless the very given name with birth date and middle name or suffix, or with the number, tell
    them apart; nor one who was there before, unless with another birth date;
 4. enough, one of:
    - the number, and names that agree, one of them at least the very same: with the birth date; or
      where one side has none, unless the given name is another's (below); or the birth date with
      one slip, and full names;
    - the birth date where a side has no number: full names, or one name of the two misspelt, unless
      the given name is another's;
    - the number with one slip, full names, and no other birth date.
    Names are full if the given name is the same or its nickname, and the family name the same or
    one of two surnames. A misspelt given name is another's if people bear it (three, or one with
    that family name, or the table of nicknames has it): DANIEL is not a slip of DANIELLE. With the
    address all have been compared: never name and birth date alone;
 5. no conflict: of number, birth date, suffix or middle name; the number is nobody else's, and
    nobody of that house or birth date fits the rest of the record better than the number's holder;
 6. the person is not sealed by law, and no key of the record was too heavy to be asked.

REVIEW is open to a record only if the address is the person's, (6) holds and what fails is a
matter of degree: an address of very many people, a weight between `review_from` and the threshold,
a margin too short, one slip of a digit, a name that may be another's, another family name (a
marriage?) or given name (what somebody is called?) under number, birth date and all else, a middle
name, a suffix on one side, a namesake in the house. Everything else is NOT_CONFIRMED, and looks
the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from narrowgate.agreement.terms import AnswerTerms
from narrowgate.docket import State
from narrowgate.matching.candidates import Candidates, Floats
from narrowgate.matching.comparisons import AGREE, among, missing
from narrowgate.register.arrays import Array

Bools = npt.NDArray[np.bool_]

COMMON = 3
"""A given name that so many people of the register bear is a name, and not another misspelt."""


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """One row a record that has a candidate (m), by record. `best`: its row among the candidates;
    `margin`: bits to the second, NaN without one; what the others say; whether it is `alone` (3),
    has `enough` (4), is `clear` of middle name and suffix (5); `decision`: docket.State.
    """

    best: npt.NDArray[np.int64]
    margin: Floats
    number_elsewhere: Bools
    namesake_here: Bools
    fits_another: Bools
    alone: Bools
    enough: Bools
    clear: Bools
    decision: npt.NDArray[np.uint8]


def decide(found: Candidates, is_a_name: Bools, terms: AnswerTerms) -> Decided:
    """Decide every record that has a candidate. `is_a_name`: by record as asked: its given
    name is one that people bear, or somebody bears it with the same family name.
    """
    if not len(found.record):
        return Decided(*(np.zeros(0, kind) for kind in (np.int64, float, *[bool] * 6, np.uint8)))
    first = np.flatnonzero(np.diff(found.record, prepend=-1))
    which = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(found.record))))
    best = _best(found, first, which)
    others = np.ones(len(found.record), dtype=bool)
    others[best] = False
    second = np.maximum.reduceat(np.where(others, found.identity, -np.inf), first)
    margin = np.where(np.isinf(second), np.nan, np.round(found.identity[best] - second, 4))
    agree = among(found.levels["given"], "given", *AGREE) & among(
        found.levels["family"], "family", *AGREE
    )
    lives_there = found.lives_there
    number_elsewhere = _any(others & _level(found, "tin", "exact"), first)
    told_apart = (
        _level(found, "birth_date", "exact")
        & _level(found, "given", "exact", "swapped")
        & (_level(found, "middle", "exact", "initial") | _level(found, "suffix", "exact"))
    )
    other_date = _level(found, "birth_date", "else")
    namesake_here = _any(
        others
        & _names_fit(found, agree, best[which])
        & (
            (lives_there & ~(other_date & told_apart[best][which]))
            | (found.was_there & ~other_date)
        ),
        first,
    )
    fits_another = _any(
        others
        & (found.other > found.other[best][which])
        & (lives_there | _level(found, "birth_date", "exact"))
        & agree,
        first,
    )
    tests = _tests(
        found, best, margin, number_elsewhere, namesake_here, fits_another, is_a_name, terms
    )
    return Decided(best, margin, number_elsewhere, namesake_here, fits_another, *tests)


def _names_fit(found: Candidates, agree: Bools, best: Array) -> Bools:
    """A candidate's names fit the record as well as those of the best candidate of that record, or
    its given name is the very one, or an initial, with a family name that agrees; or it is the very
    one, and that of the best is not.
    """
    as_well = agree
    for comparison in ("given", "family"):
        levels = found.levels[comparison]
        as_well = as_well & (levels <= levels[best])
    same = _level(found, "given", "exact", "initial") & _level(found, "family", *AGREE)
    very_given = _level(found, "given", "exact") & ~_level(found, "given", "exact")[best]
    return as_well | same | very_given


def _best(found: Candidates, first: Array, which: Array) -> npt.NDArray[np.int64]:
    """The heaviest of each record; of equal weight, whoever lives there, for that is what an
    officer will be shown: the margin between them is none, so that it is never confirmed.
    """
    heaviest = np.maximum.reduceat(found.identity, first)[which]
    count = len(which)
    rank = np.where(found.identity == heaviest, 0, 2 * count)
    rank += np.where(found.lives_there, 0, count)
    return np.asarray(np.minimum.reduceat(rank + np.arange(count), first) % count)


def _tests(
    found: Candidates,
    best: Array,
    margin: Floats,
    number_elsewhere: Bools,
    namesake_here: Bools,
    fits_another: Bools,
    is_a_name: Bools,
    terms: AnswerTerms,
) -> tuple[Bools, Bools, Bools, npt.NDArray[np.uint8]]:
    """alone, enough, clear, decision."""
    levels = {comparison: of[best] for comparison, of in found.levels.items()}

    def at(comparison: str, *names: str) -> Bools:
        return among(levels[comparison], comparison, *names)

    def unknown(comparison: str) -> Bools:
        return np.asarray(levels[comparison] == missing(comparison))

    identity, residence = found.identity[best], found.residence[best]
    one_sided_suffix = found.one_sided_suffix[best]
    number, birth = at("tin", "exact"), at("birth_date", "exact")
    agree = at("given", *AGREE) & at("family", *AGREE)
    same_given = at("given", "exact", "swapped")
    one_right = agree & (same_given | at("family", "exact", "part"))
    full = (same_given | at("given", "nickname")) & at("family", "exact", "swapped", "part")
    another_name = is_a_name[found.record[best]] & at("given", "alike", "slip")
    misspelt = (at("given", "exact") & at("family", "alike", "slip")) | (
        at("given", "alike", "slip") & at("family", "exact", "part") & ~another_name
    )

    sure = identity >= terms.identity_threshold
    there = residence >= terms.residence_threshold
    alone = (np.isnan(margin) | (margin >= terms.margin)) & ~(
        namesake_here & (~number | one_sided_suffix | ~same_given)
    )
    by_number = number & (
        (birth & one_right)
        | (unknown("birth_date") & one_right & ~another_name)
        | (at("birth_date", "slip", "swapped") & full)
    )
    by_birth = unknown("tin") & birth & (full | misspelt)
    by_slip = at("tin", "slip") & (birth | unknown("birth_date")) & full
    clear = ~at("middle", "else") & ~(one_sided_suffix & ~number)
    bearable = (
        (number | at("tin", "slip") | unknown("tin"))
        & (birth | at("birth_date", "slip", "swapped") | unknown("birth_date"))
        & ~(at("tin", "slip") & at("birth_date", "slip", "swapped"))
        & ~(unknown("tin") & unknown("birth_date"))
        & (agree | (number & birth & (at("given", "exact") | at("family", "exact"))))
        & ~at("suffix", "else")
        & ~number_elsewhere
        & ~fits_another
    )
    possible = found.lives_there[best] & ~found.sealed[best] & bearable
    enough = by_number | by_birth | by_slip
    confirmed = possible & sure & there & alone & clear & enough
    decision = np.full(len(best), int(State.NOT_CONFIRMED), np.uint8)
    decision[possible & (identity >= terms.review_from)] = State.REVIEW
    decision[confirmed] = State.CONFIRMED
    return alone, enough, clear, decision


def _any(true: Bools, first: Array) -> Bools:
    return np.asarray(np.logical_or.reduceat(true, first))


def _level(found: Candidates, comparison: str, *names: str) -> Bools:
    return among(found.levels[comparison], comparison, *names)
