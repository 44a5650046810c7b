"""The decision: two questions, one person, with a margin, and no conflict. In doubt, people decide;
in doubt still, `not_confirmed`.

CONFIRMED needs all of this, from one and the same person:
 1. identity: a weight at or above the agreement's threshold;
 2. residence: the very address, current, on file for that person;
 3. unique: nobody else within the margin, and no other person at that address under that name;
 4. enough: the number and a name that agrees, or, without a number, full names as on file and the
    birth date, which together with the address have been compared (never name and date alone);
 5. no conflict: of number, birth date, suffix or middle name; the number is nobody else's;
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
from narrowgate.matching.candidates import KEPT

_AGREE = "('exact', 'swapped', 'nickname', 'alike', 'part')"
_FULL = "('exact', 'swapped')"

# (1)-(6) as columns over the best candidate `c` of each record, by weight.
_TESTS = f"""
SELECT ranked.*,
    identity_weight >= $threshold AS sure,
    identity_weight >= $review_from AS plausible,
    coalesce(margin >= $margin, true) AS apart,
    NOT namesake_here AS alone,
    level_tin = 'exact' AND level_given IN {_AGREE} AND level_family IN {_AGREE}
        AND level_birth_date IN ('exact', 'missing') AS by_number,
    level_tin = 'missing' AND no_number AND level_birth_date = 'exact'
        AND ((level_given = 'nickname' AND level_family = 'exact')
            OR (level_given IN {_FULL} AND level_family IN ('exact', 'swapped', 'part')))
        AS by_birth,
    level_tin IN ('exact', 'missing') AND level_birth_date IN ('exact', 'missing')
        AND level_middle <> 'else' AND level_suffix <> 'else' AND NOT number_elsewhere
        AND NOT (one_sided_suffix AND level_tin <> 'exact') AS clear,
    level_tin IN ('exact', 'slip', 'missing') AND level_suffix <> 'else'
        AND level_birth_date IN ('exact', 'slip', 'swapped', 'missing')
        AND (level_tin = 'slip')::INT + (level_birth_date IN ('slip', 'swapped'))::INT <= 1
        AND level_given IN {_AGREE} AND level_family IN {_AGREE}
        AND (level_tin = 'exact' OR level_birth_date = 'exact' OR level_tin = 'slip'
            OR level_birth_date IN ('slip', 'swapped'))
        AND NOT number_elsewhere AS bearable
FROM ranked WHERE place = 1
"""

_RANKED = f"""
CREATE OR REPLACE TEMP TABLE kept AS SELECT * FROM found {KEPT};
CREATE OR REPLACE TEMP TABLE ranked AS
SELECT c.*, row_number() OVER best AS place,
    identity_weight - lead(identity_weight) OVER best AS margin,
    count(*) FILTER (WHERE level_tin = 'exact') OVER own - (level_tin = 'exact')::INT > 0
        AS number_elsewhere,
    count(*) FILTER (WHERE residence_agrees AND level_given IN ('exact', 'initial')
        AND level_family IN ('exact', 'part')) OVER own
        - (residence_agrees AND level_given IN ('exact', 'initial')
            AND level_family IN ('exact', 'part'))::INT > 0 AND level_tin <> 'exact'
        AS namesake_here,
    r.tin IS NULL AS no_number,
    (r.suffix IS NULL) <> (candidate_suffix IS NULL) AS one_sided_suffix
FROM kept AS c JOIN asked AS r USING (row)
WINDOW own AS (PARTITION BY c.row),
    best AS (PARTITION BY c.row ORDER BY identity_weight DESC,
        residence_agrees DESC, person_key)
"""

_DECIDED = f"""
SELECT * EXCLUDE (place, sure, plausible, apart, alone, by_number, by_birth, clear, bearable,
        no_number, one_sided_suffix),
    (CASE
        WHEN NOT residence_agrees OR sealed OR capped THEN {State.NOT_CONFIRMED:d}
        WHEN sure AND apart AND alone AND clear AND (by_number OR by_birth)
            THEN {State.CONFIRMED:d}
        WHEN plausible AND bearable THEN {State.REVIEW:d}
        ELSE {State.NOT_CONFIRMED:d} END)::UTINYINT AS decision
FROM ({_TESTS}) ORDER BY row
"""


def decide(con: duckdb.DuckDBPyConnection, found: pa.Table, terms: AnswerTerms) -> pa.Table:
    """The best candidate of each record with what is decided of it: the columns of `found`
    (candidates.py), margin float64 (bits, null without a second), number_elsewhere,
    namesake_here bool, decision uint8 (docket.State). Records without a candidate have no row.
    """
    con.register("found", found)
    try:
        with scrubbed("deciding"):
            con.execute(_RANKED)
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
