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

from narrowgate.catalogue.index import STEPS
from narrowgate.catalogue.rule import Changes, RecordRule, Sight
from narrowgate.engine.duck import scrubbed
from narrowgate.errors import Internal
from narrowgate.reasons import Code, Reason
from narrowgate.standard.columns import RAW_COLUMNS, STANDARD_COLUMNS
from narrowgate.standard.form import standardise

Broken: TypeAlias = Mapping[Code, npt.NDArray[np.bool_]]
"""By code, which rows break the rule."""


# Rows a batch: small enough that a request of some tens of thousands uses every thread.
_BATCH = 16_384


def spread(con: duckdb.DuckDBPyConnection, raw: pa.Table, standard: pa.Table) -> None:
    """Make the relation `records` on `con`: raw, `std_` and prepared columns, and `row`."""
    columns = {name: raw.column(name) for name in raw.column_names}
    columns |= {f"std_{name}": standard.column(name) for name in STANDARD_COLUMNS}
    columns["row"] = pa.array(np.arange(raw.num_rows, dtype=np.int64))
    for step in STEPS:
        con.register("records", _batched(columns))
        prepared = ", ".join(f"{sql} AS {name}" for name, sql in step.items())
        with scrubbed("preparing the records"):
            found = _in_order(con.sql(f"SELECT row, {prepared} FROM records").to_arrow_table())
        columns |= {name: found.column(name) for name in step}
    con.register("records", _batched(columns))


def _batched(columns: Mapping[str, pa.ChunkedArray]) -> pa.Table:
    table = pa.table(dict(columns)).combine_chunks()
    return pa.Table.from_batches(table.to_batches(max_chunksize=_BATCH), table.schema)


def _in_order(found: pa.Table) -> pa.Table:
    """`found` by its column `row`; joins may have changed the order. Raises Internal for a row lost
    or doubled."""
    rows = found.column("row").to_numpy()
    order = np.argsort(rows, kind="stable")
    if not np.array_equal(rows[order], np.arange(len(rows))):
        raise Internal("the engine lost or doubled a record")
    return found if np.array_equal(rows, order) else found.take(pa.array(order))


def broken_rules(
    con: duckdb.DuckDBPyConnection, rules: Sequence[RecordRule], now: datetime
) -> Broken:
    """Which rows of `records` break which of `rules`; bool (n,) by code, in the rules' order."""
    sight = Sight(now, lambda places: _standard_places(con, places))
    columns = [
        f"coalesce({rule.expression(sight)}, false) AS r{index}" for index, rule in enumerate(rules)
    ]
    query = f"SELECT row, {', '.join(columns)} FROM records"
    with scrubbed("judging the records"):
        table = _in_order(con.sql(query, params=sight.value.bound).to_arrow_table())
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
