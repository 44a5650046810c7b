"""Two rules that offices use to say "this is the person", as DuckDB SQL, both on the exact number.

- `prefixes`: first letter of the given name, first three letters of the family name, the birth date
  (hmrc/individuals-matching-api, services/CitizenMatchingService.scala).
- `edit`: first letter of the given name, family name within one edit (Damerau-Levenshtein), birth
  date equal, or its month equal and its year within one (SSA's eCBSV as an integrator measured it:
  help.socure.com, "eCBSV API Matching Logic").

Neither looks at the address: each is written as it is, and with equality of the last known address
line and ZIP behind it (`NAME, same address`). Both need a number and a birth date on both sides. A
record of which not exactly one person passes is not confirmed.
"""

from __future__ import annotations

import sys

from files import LAST_KNOWN, connect, given_files, write

GATES = {
    "prefixes": "left(family, 3) = left(p_family, 3) AND born = p_born",
    "edit": "damerau_levenshtein(family, p_family) <= 1 AND month(born) = month(p_born)"
    " AND (born = p_born OR abs(year(born) - year(p_born)) <= 1)",
}

CELLS = """
    left(letters({0}.given_name), 1) AS {1}initial, letters({0}.family_name) AS {1}family,
    day({0}.date_of_birth) AS {1}born,
    line({0}.address_line1, {0}.address_line2) AS {1}line, zip({0}.postal_code) AS {1}zip
"""

CANDIDATES = f"""
CREATE TEMP TABLE candidate AS
SELECT r.record_id, p.person_id, address_from, {CELLS.format("r", "")}, {CELLS.format("p", "p_")}
FROM request r JOIN register p ON digits(r.tin) = replace(p.tin, '-', '');
"""

CONFIRMED = """
SELECT record_id, any_value(person_id) AS person_id
FROM (FROM candidate QUALIFY {last_known})
WHERE initial = p_initial AND {gate}
GROUP BY record_id HAVING count(DISTINCT person_id) = 1
"""


def main() -> None:
    """Write both files of the rule that is named last on the command line."""
    rule = sys.argv.pop()
    files = given_files()
    con = connect(files)
    con.execute(CANDIDATES)
    for name, gate in (
        (rule, GATES[rule]),
        (f"{rule}, same address", f"{GATES[rule]} AND line = p_line AND zip = p_zip"),
    ):
        query = CONFIRMED.format(last_known=LAST_KNOWN, gate=gate)
        write(con, query, files.folder / f"{name}.parquet")


if __name__ == "__main__":
    main()
