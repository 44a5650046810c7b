"""The rules on single records, all in one query over the whole file.

The relation `records` holds what came (raw columns), the standard form (`std_`), `row`, and the
columns that families prepare. Each rule is one boolean column; a rule is silent where one that it
yields to has refused the row. One record and a million run the same expressions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from narrowgate.catalogue.index import PREPARED
from narrowgate.catalogue.rule import Changes, RecordRule, Sight
from narrowgate.engine.duck import scrubbed
from narrowgate.reasons import Code, Reason
from narrowgate.standard.columns import RAW_COLUMNS, STANDARD_COLUMNS
from narrowgate.standard.form import standardise

Broken: TypeAlias = Mapping[Code, npt.NDArray[np.bool_]]
"""By code, which rows break the rule."""


def spread(con: duckdb.DuckDBPyConnection, raw: pa.Table, standard: pa.Table) -> None:
    """Make the relation `records` on `con`: raw, `std_` and prepared columns, and `row`."""
    columns = {name: raw.column(name) for name in raw.column_names}
    columns |= {f"std_{name}": standard.column(name) for name in STANDARD_COLUMNS}
    columns["row"] = pa.array(np.arange(raw.num_rows, dtype=np.int64))
    prepared = ", ".join(f"{sql} AS {name}" for name, sql in PREPARED.items())
    con.register("given", pa.table(columns))
    try:
        with scrubbed("preparing the records"):
            con.execute(f"CREATE OR REPLACE TEMP TABLE records AS SELECT *, {prepared} FROM given")
    finally:
        con.unregister("given")


def broken_rules(
    con: duckdb.DuckDBPyConnection, rules: Sequence[RecordRule], now: datetime
) -> Broken:
    """Which rows of `records` break which of `rules`; bool (n,) by code, in the rules' order."""
    sight = Sight(now, lambda places: _standard_places(con, places))
    columns = [
        f"coalesce({rule.expression(sight)}, false) AS r{index}" for index, rule in enumerate(rules)
    ]
    query = f"SELECT row, {', '.join(columns)} FROM records ORDER BY row"
    with scrubbed("judging the records"):
        table = con.sql(query, params=sight.value.bound).to_arrow_table()
    found = {
        rule.code: table.column(f"r{index}").to_numpy(zero_copy_only=False).astype(bool)
        for index, rule in enumerate(rules)
    }
    return {rule.code: _unless_said_better(rule, found) for rule in rules}


def refusals(
    broken: Broken, reasons: Mapping[Code, Reason]
) -> list[tuple[Reason, npt.NDArray[np.int64]]]:
    """As the docket takes them: each reason with the rows that bear it."""
    return [(reasons[code], np.flatnonzero(rows)) for code, rows in broken.items()]


def _unless_said_better(rule: RecordRule, found: Broken) -> npt.NDArray[np.bool_]:
    rows = found[rule.code]
    for code in rule.yields_to:
        if code in found:
            rows = rows & ~found[code]
    return rows


def _standard_places(con: duckdb.DuckDBPyConnection, places: Sequence[Changes]) -> pa.Table:
    """The standard form of addresses that the agreement names."""
    table = pa.table(
        {
            name: pa.array([place.get(name) for place in places], type=pa.string())
            for name in RAW_COLUMNS
        }
    )
    return standardise(con, table)
