"""The decision: two questions, one person, with a margin, and no conflict. In doubt, people decide;
in doubt still, `not_confirmed`.

CONFIRMED needs all of this, from one and the same person:
 1. identity: a weight at or above the agreement's threshold;
 2. residence: the very address, current, on file for that person;
 3. unique: nobody else within the margin, and no other person at that address under that name;
 4. enough: the number and a name that agrees (one letter off is a slip, unless it makes another
    name, as DANIEL and DANIELLE, and no birth date tells); or, without a number, full names as on
    file and the birth date. With the address all have been compared: never name and date alone;
 5. no conflict: of number, birth date, suffix or middle name; the number is nobody else's, and
    nobody of that house or birth date fits the rest of the record better than the number's holder;
 6. the person is not sealed by law, and no key of the record was too heavy to be asked.

REVIEW is open to a record only if (2) and (6) hold and what fails is a matter of degree: a weight
between `review_from` and the threshold, a margin too short, one slip of a digit, a middle name, a
suffix on one side, a namesake in the house. Everything else is NOT_CONFIRMED, and looks the same.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from narrowgate.agreement.terms import AnswerTerms
from narrowgate.docket import State
from narrowgate.engine.duck import scrubbed
from narrowgate.matching.comparisons import AGREE

_FULL = "('exact', 'swapped')"
_SLIPS = "('slip', 'swapped')"

# The best candidate of each record; of equal weight, whoever lives there, for that is what an
# officer will be shown: the margin between them is none, so that it is never confirmed.
_BEST = """
CREATE OR REPLACE TEMP TABLE best AS
SELECT *, (r.suffix IS NULL) <> (candidate_suffix IS NULL) AS one_sided_suffix,
    r.tin IS NULL AS no_number, asked_given IN (FROM names_of_others) AS given_is_a_name
FROM (
    SELECT * FROM found QUALIFY row_number() OVER (
        PARTITION BY row ORDER BY identity_weight DESC, residence_agrees DESC, person_key) = 1)
JOIN (SELECT row, suffix, tin, given AS asked_given FROM asked) AS r USING (row)
"""

# What the other candidates of a record say against its best.
_OTHERS = f"""
CREATE OR REPLACE TEMP TABLE others AS
SELECT row, max(o.identity_weight) AS second,
    bool_or(o.level_tin = 'exact') AS number_elsewhere,
    bool_or(o.residence_agrees AND o.level_given IN ('exact', 'initial')
        AND o.level_family IN ('exact', 'part')) AS namesake_here,
    bool_or(o.other_weight > best.other_weight AND (o.residence_agrees
            OR o.level_birth_date = 'exact')
        AND o.level_given IN {AGREE} AND o.level_family IN {AGREE}) AS fits_another
FROM best JOIN found AS o USING (row) WHERE o.person_key <> best.person_key GROUP BY row
"""

_JOINED = """
SELECT best.*, round(identity_weight - second, 4) AS margin,
    coalesce(others.number_elsewhere, false) AS number_elsewhere,
    coalesce(others.namesake_here, false) AS namesake_here,
    coalesce(others.fits_another, false) AS fits_another,
    capped.row IS NOT NULL AS capped
FROM best LEFT JOIN others USING (row) LEFT JOIN capped USING (row)
"""

# (1)-(6) as columns.
_TESTS = f"""
SELECT *,
    identity_weight >= $threshold AS sure,
    identity_weight >= $review_from AS plausible,
    coalesce(margin >= $margin, true)
        AND NOT (namesake_here AND (level_tin <> 'exact' OR one_sided_suffix)) AS alone,
    level_tin = 'exact' AND level_given IN {AGREE} AND level_family IN {AGREE}
        AND level_birth_date IN ('exact', 'missing')
        AND NOT (given_is_a_name AND level_given IN ('alike', 'slip')
            AND level_birth_date <> 'exact') AS by_number,
    level_tin = 'missing' AND no_number AND level_birth_date = 'exact'
        AND ((level_given = 'nickname' AND level_family = 'exact')
            OR (level_given IN {_FULL} AND level_family IN ('exact', 'swapped', 'part')))
        AS by_birth,
    level_middle <> 'else' AND NOT (one_sided_suffix AND level_tin <> 'exact') AS clear,
    level_tin IN ('exact', 'slip', 'missing')
        AND level_birth_date IN ('exact', 'slip', 'swapped', 'missing')
        AND NOT (level_tin = 'slip' AND level_birth_date IN {_SLIPS})
        AND NOT (level_tin = 'missing' AND level_birth_date = 'missing')
        AND level_given IN {AGREE} AND level_family IN {AGREE}
        AND level_suffix <> 'else' AND NOT number_elsewhere AND NOT fits_another AS bearable
FROM ({_JOINED})
"""

_DECIDED = f"""
SELECT * EXCLUDE (sure, plausible, alone, by_number, by_birth, clear, bearable, capped,
        no_number, one_sided_suffix, suffix, tin, asked_given, given_is_a_name),
    (CASE
        WHEN NOT residence_agrees OR sealed OR capped OR NOT bearable THEN {State.NOT_CONFIRMED:d}
        WHEN sure AND alone AND clear AND (by_number OR by_birth) THEN {State.CONFIRMED:d}
        WHEN plausible THEN {State.REVIEW:d}
        ELSE {State.NOT_CONFIRMED:d} END)::UTINYINT AS decision
FROM ({_TESTS}) ORDER BY row
"""


def decide(con: duckdb.DuckDBPyConnection, found: pa.Table, terms: AnswerTerms) -> pa.Table:
    """The best candidate of each record with what is decided of it: the columns of `found`
    (candidates.py), margin float64 (bits, null without a second), number_elsewhere, namesake_here
    and fits_another bool, decision uint8 (docket.State). Records without a candidate have no row.
    """
    con.register("found", found)
    try:
        with scrubbed("deciding"):
            con.execute(_BEST)
            con.execute(_OTHERS)
            return con.sql(
                _DECIDED,
                params={
                    "threshold": terms.identity_threshold,
                    "review_from": terms.review_from,
                    "margin": terms.margin,
                },
            ).to_arrow_table()
    finally:
        con.unregister("found")
