"""The rules on single records, all in one query over the whole file.

The relation `records` holds what came (raw columns), the standard form (`std_`), `row`, and the
columns that families prepare. Each rule is one boolean column; a rule is silent where one that it
yields to has refused the row. One record and a million run the same expressions.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.catalogue.index import STEPS
from narrowgate.catalogue.rule import Changes, RecordRule, Sight
from narrowgate.engine.duck import scrubbed
from narrowgate.engine.hashing import KEY_BYTES, Hasher
from narrowgate.errors import Internal
from narrowgate.reasons import Code, Reason
from narrowgate.standard.columns import RAW_COLUMNS, STANDARD_COLUMNS
from narrowgate.standard.form import standardise

Broken: TypeAlias = Mapping[Code, npt.NDArray[np.bool_]]
"""By code, which rows break the rule."""


# Rows a batch: small enough that a request of some tens of thousands uses every thread.
_BATCH = 16_384
_SAMPLE = 10_000
_HASHER = Hasher(secrets.token_bytes(KEY_BYTES))
# What screen.py and guesses.py count by, beside what the rules name.
_COUNTED = ("officer_key", "subject", "place", "birth_name")


@dataclass(frozen=True, slots=True)
class Judgement:
    """The expressions of the rules in force, and the values bound in them."""

    rules: tuple[RecordRule, ...]
    expressions: tuple[str, ...]
    bound: Mapping[str, object]


def judgement(
    con: duckdb.DuckDBPyConnection, rules: Sequence[RecordRule], now: datetime
) -> Judgement:
    """The rules as expressions at the hour `now`."""
    sight = Sight(now, lambda places: _standard_places(con, places))
    expressions = tuple(rule.expression(sight) for rule in rules)
    return Judgement(tuple(rules), expressions, sight.value.bound)


def spread(
    con: duckdb.DuckDBPyConnection, raw: pa.Table, standard: pa.Table, judged_by: Judgement
) -> pa.Table:
    """The relation `records`, made known to `con`: raw and `std_` columns, `row`, and of the
    prepared columns those that something reads; and the relations `repeated_<column>`.
    """
    columns = {name: _told_once(raw.column(name)) for name in raw.column_names}
    columns |= {f"std_{name}": _whole(standard.column(name)) for name in STANDARD_COLUMNS}
    columns["row"] = pa.array(np.arange(raw.num_rows, dtype=np.int64))
    needed = _needed(judged_by)
    for step in STEPS:
        con.register("records", _batched(pa.table(columns)))
        names = [name for name in step if name in needed]
        prepared = ", ".join(f"{step[name]} AS {name}" for name in names)
        with scrubbed("preparing the records"):
            found = in_order(con.sql(f"SELECT row, {prepared} FROM records").to_arrow_table())
        columns |= {name: _whole(found.column(name)) for name in names}
    records = pa.table(columns)
    con.register("records", _batched(records))
    for key, texts in _asked_of_repeated(judged_by).items():
        words = set(re.findall(r"\w+", texts))
        asked = [name for name in records.column_names if name in {*words, key, "row"}]
        con.register(f"repeated_{key}", _batched(_repeated(records.select(asked), key)))
    return records


def _asked_of_repeated(judged_by: Judgement) -> Mapping[str, str]:
    """The columns by whose repeated values rules ask, each with the expressions that do."""
    asked: dict[str, str] = {}
    for expression in judged_by.expressions:
        for key in set(re.findall(r"\brepeated_(\w+)", expression)):
            asked[key] = f"{asked.get(key, '')} {expression}"
    return dict(sorted(asked.items()))


def _repeated(records: pa.Table, key: str) -> pa.Table:
    """The records whose value of `key` another record has too (and, at chance 2^-64, one more)."""
    hashes = _HASHER.texts(0, _whole(records.column(key)))
    order = np.argsort(hashes)
    same = np.flatnonzero(hashes[order[1:]] == hashes[order[:-1]])
    several = np.zeros(len(hashes), dtype=bool)
    several[order[same]] = several[order[same + 1]] = True
    there = records.column(key).is_valid()
    return records.filter(pc.and_(there, pa.array(several)))


def _told_once(column: pa.ChunkedArray) -> pa.Array:
    """A column that says the same again and again as a dictionary: each text is judged once."""
    whole = _whole(column)
    sample = whole.slice(0, _SAMPLE)
    if len(sample) < _SAMPLE or pc.count_distinct(sample).as_py() > _SAMPLE // 20:
        return whole
    return whole.dictionary_encode()


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _needed(judged_by: Judgement) -> set[str]:
    """Prepared columns that an expression names, or another prepared column that is needed."""
    prepared = {name: sql for step in STEPS for name, sql in step.items()}
    needed: set[str] = set()
    texts = [*judged_by.expressions, *_COUNTED]
    while texts:
        words = set(re.findall(r"\w+", " ".join(texts)))
        words |= {word.removeprefix("repeated_") for word in words}
        found = (words & prepared.keys()) - needed
        needed |= found
        texts = [prepared[name] for name in found]
    return needed


def _batched(records: pa.Table) -> pa.Table:
    """In pieces for all threads; the columns are whole, so that nothing is copied."""
    return pa.Table.from_batches(records.to_batches(max_chunksize=_BATCH), records.schema)


def in_order(found: pa.Table) -> pa.Table:
    """`found` by its column `row`; joins may have changed the order. Raises Internal for a row lost
    or doubled."""
    rows = found.column("row").to_numpy()
    every = np.arange(len(rows))
    if np.array_equal(rows, every):
        return found
    order = np.argsort(rows, kind="stable")
    if not np.array_equal(rows[order], every):
        raise Internal("the engine lost or doubled a record")
    return found.take(pa.array(order))


def broken_rules(con: duckdb.DuckDBPyConnection, judged_by: Judgement) -> Broken:
    """Which rows of `records` break which rule; bool (n,) by code, in the rules' order."""
    columns = [
        f"coalesce({expression}, false) AS r{index}"
        for index, expression in enumerate(judged_by.expressions)
    ]
    query = f"SELECT row, {', '.join(columns)} FROM records"
    with scrubbed("judging the records"):
        table = in_order(con.sql(query, params=dict(judged_by.bound)).to_arrow_table())
    found = {
        rule.code: table.column(f"r{index}").to_numpy(zero_copy_only=False).astype(bool)
        for index, rule in enumerate(judged_by.rules)
    }
    return {rule.code: _unless_said_better(rule, found) for rule in judged_by.rules}


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
