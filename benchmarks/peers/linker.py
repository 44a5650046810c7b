"""Splink 5 on DuckDB, set up as a careful analyst would in an hour: u by random sampling, m by EM,
term frequencies on names, three blocking rules; then the best candidate of each record by weight.

Written for each probability P of LEVELS: `splink P` (the best candidate reaches it), `splink P,
same address` (and its address line and ZIP are equal) and `splink P, same address and name` (and
the given name is equal). Two people of the same best weight: not confirmed.

A field that the request does not have in nine of ten records is left out of the model: Splink
cannot train it, nor block EM on it. (The file is not called splink.py: it would hide the package.)
"""

from __future__ import annotations

import logging

import duckdb
import splink.comparison_library as compare
from files import Files, Watch, connect, given_files, write
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.comparison_creator import ComparisonCreator
from splink.internals.splink_dataframe import SplinkDataFrame

LEVELS = (0.95, 0.99, 0.9999)
SEED = 1
SAMPLED_PAIRS = 1e7  # Splink's guide: enough to try a model; 1e9 is best
EM_PAIRS = 5e6
EM_PROBE = 0.1  # at its default of .01 small requests have no pair and the limit is dropped
RARE = 0.1

PREPARED = """
CREATE TABLE {table} AS SELECT
    row_number() OVER () AS unique_id, {columns},
    letters(given_name) AS given, left(letters(middle_name), 1) AS middle,
    letters(family_name) AS family, day(date_of_birth) AS born, {number} AS number,
    line(address_line1, address_line2) AS line, zip(postal_code) AS zip
FROM {view}
"""

COMPARISONS: dict[str, ComparisonCreator] = {
    "given": compare.JaroWinklerAtThresholds("given", [0.92, 0.8]).configure(
        term_frequency_adjustments=True
    ),
    "family": compare.JaroWinklerAtThresholds("family", [0.92, 0.8]).configure(
        term_frequency_adjustments=True
    ),
    "middle": compare.ExactMatch("middle"),
    "born": compare.DateOfBirthComparison("born", input_is_string=False),
    "number": compare.LevenshteinAtThresholds("number", [1, 2]),
    "line": compare.JaroWinklerAtThresholds("line", [0.95, 0.88]),
    "zip": compare.ExactMatch("zip"),
}
BLOCKING = (("number",), ("born", "family"), ("line", "zip", "given"))
# Not ("line", "family"): EM then takes members of a household for one person, and learns that three
# matches in ten have another number and two in ten another birth date.
TRAINING = (("number",), ("born", "family"), ("line", "zip", "given"))

# With one best person: the highest weight, and nobody else at it. An address counts only if it is
# the last known of that person, on whichever row the names agreed.
BEST = """
CREATE TABLE best AS
WITH scored AS (
    SELECT r.unique_id AS asked, p.id AS person_id, max(match_probability) AS probability,
        max(match_weight) AS weight, bool_or(r.given = p.given) AS same_name
    FROM {pairs} AS s
    JOIN asked AS r ON r.unique_id = CASE source_dataset_l WHEN 'asked' THEN unique_id_l
        ELSE unique_id_r END
    JOIN known AS p ON p.unique_id = CASE source_dataset_l WHEN 'asked' THEN unique_id_r
        ELSE unique_id_l END
    GROUP BY ALL
), first AS (
    FROM scored QUALIFY weight = max(weight) OVER (PARTITION BY asked)
        AND count(*) OVER (PARTITION BY asked, weight) = 1
), last_known AS (
    SELECT id AS person_id, line, zip FROM known WHERE id IN (SELECT person_id FROM first)
    QUALIFY address_from IS NOT DISTINCT FROM max(address_from) OVER (PARTITION BY id)
), living AS (
    SELECT DISTINCT f.asked FROM first AS f JOIN asked AS r ON r.unique_id = f.asked
    JOIN last_known AS p ON p.person_id = f.person_id AND p.line = r.line AND p.zip = r.zip
)
SELECT r.id AS record_id, f.*, f.asked IN (FROM living) AS same_address
FROM first AS f JOIN asked AS r ON r.unique_id = f.asked
"""
GATES = {
    "": "true",
    ", same address": "same_address",
    ", same address and name": "same_address AND same_name",
}


def main() -> None:
    """Prepare, train, apply, write."""
    watch = Watch()
    files = given_files()
    con = connect(files)
    con.execute(
        PREPARED.format(
            table="asked", view="request", columns="record_id AS id", number="digits(tin)"
        )
    )
    known, number = "person_id AS id, address_from", "replace(tin, '-', '')"
    con.execute(PREPARED.format(table="known", view="register", columns=known, number=number))
    fields = held(con)
    watch.passed("read and prepare")
    linker = trained(con, fields)
    watch.passed("train", once=True)
    pairs = linker.inference.predict(threshold_match_probability=min(LEVELS))
    watch.passed("predict")
    decide(con, files, pairs)
    watch.passed("decide")
    watch.write(files.folder)


def held(con: duckdb.DuckDBPyConnection) -> set[str]:
    """The fields that enough records of the request have."""
    shares = con.execute(
        "SELECT " + ", ".join(f"count({name}) / count(*)" for name in COMPARISONS) + " FROM asked"
    ).fetchall()[0]
    return {name for name, share in zip(COMPARISONS, shares, strict=True) if share > RARE}


def trained(con: duckdb.DuckDBPyConnection, fields: set[str]) -> Linker:
    """The model: prior from a strict rule, u from a sample, m from EM in each training block."""
    api = DuckDBAPI(connection=con)
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[each for name, each in COMPARISONS.items() if name in fields],
        blocking_rules_to_generate_predictions=[
            block_on(*rule) for rule in BLOCKING if fields.issuperset(rule)
        ],
        retain_matching_columns=False,
    )
    tables = [api.register(name, dataset_display_name=name) for name in ("asked", "known")]
    linker = Linker(tables, settings, log_level=logging.WARNING)
    sure = [("number", "family"), ("born", "given", "family")]
    linker.training.estimate_probability_two_random_records_match(
        [block_on(*rule) for rule in sure if fields.issuperset(rule)], recall=0.9
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=SEED)
    for rule in TRAINING:
        if fields.issuperset(rule):
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(*rule), max_pairs=EM_PAIRS, record_sample_proportion=EM_PROBE
            )
    return linker


def decide(con: duckdb.DuckDBPyConnection, files: Files, pairs: SplinkDataFrame) -> None:
    """One file for each level and gate."""
    con.execute(BEST.format(pairs=pairs.physical_name))
    for level in LEVELS:
        for name, gate in GATES.items():
            query = f"SELECT record_id, person_id FROM best WHERE probability >= {level} AND {gate}"
            write(con, query, files.folder / f"splink {level}{name}.parquet")


if __name__ == "__main__":
    main()
