"""Rules by likeness in plain DuckDB SQL: `exact` and `jaro-winkler`, one query each.

Candidates share the number, or the birth date and the first three letters of the family name
(unless both have numbers and they differ). Confirmed is a record of which exactly one person
passes: given and family name at least .92 alike (Jaro-Winkler), or equal for `exact`; the last
known address line equal after capitals and strip; the ZIP equal.
"""

from __future__ import annotations

import sys

from files import LAST_KNOWN, connect, given_files, write

GATES = {
    "exact": "given = p_given AND family = p_family",
    "jaro-winkler": "jaro_winkler_similarity(given, p_given) >= .92"
    " AND jaro_winkler_similarity(family, p_family) >= .92",
}

CELLS = """
    letters({0}.given_name) AS {1}given, letters({0}.family_name) AS {1}family,
    line({0}.address_line1, {0}.address_line2) AS {1}line, zip({0}.postal_code) AS {1}zip
"""

# The keys first and the forms of candidates after: over 20 million rows the forms would cost more
# than the join.
CANDIDATES = f"""
CREATE TEMP TABLE asked AS
SELECT *, digits(tin) AS number, day(date_of_birth) AS born, left(written(family_name), 3) AS start
FROM request;
CREATE TEMP TABLE candidate AS
SELECT a.record_id, p.person_id, address_from, {CELLS.format("a", "")}, {CELLS.format("p", "p_")}
FROM asked a JOIN register p ON a.number = replace(p.tin, '-', '')
UNION ALL
SELECT a.record_id, p.person_id, address_from, {CELLS.format("a", "")}, {CELLS.format("p", "p_")}
FROM asked a JOIN register p
ON a.born = day(p.date_of_birth) AND a.start = left(written(p.family_name), 3)
WHERE a.number IS NULL OR p.tin IS NULL;
"""

CONFIRMED = """
SELECT record_id, any_value(person_id) AS person_id
FROM (FROM candidate QUALIFY {last_known})
WHERE line = p_line AND zip = p_zip AND {gate}
GROUP BY record_id HAVING count(DISTINCT person_id) = 1
"""


def main() -> None:
    """Write the file of the rule that is named last on the command line."""
    rule = sys.argv.pop()
    files = given_files()
    con = connect(files)
    con.execute(CANDIDATES)
    query = CONFIRMED.format(last_known=LAST_KNOWN, gate=GATES[rule])
    write(con, query, files.folder / f"{rule}.parquet")


if __name__ == "__main__":
    main()
