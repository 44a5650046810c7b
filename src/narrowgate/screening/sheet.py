"""The records as a sheet of columns, on which expressions are evaluated each as seldom as can be.

An expression over columns that say the same again and again (a statute, a day, an officer) is
evaluated once for each combination that occurs, and what compares records with each other apart
from what looks at one. What comes out is the same: an expression depends on its row alone, or asks
a relation by name.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.engine.duck import scrubbed
from narrowgate.errors import Internal

# Rows a batch: small enough that a request of some tens of thousands uses every thread.
_BATCH = 16_384
_SAMPLE = 10_000
_FEW = 20  # rows a value, at least, for a column to say the same again and again


class Sheet:
    """`columns` by name, all of one length; `row` numbers them."""

    def __init__(self, con: duckdb.DuckDBPyConnection, columns: Mapping[str, pa.Array]) -> None:
        self._con = con
        self.columns = {name: _told_once(column) for name, column in columns.items()}
        self.rows = len(next(iter(columns.values())))
        self.columns["row"] = pa.array(np.arange(self.rows, dtype=np.int64))

    def add(self, expressions: Mapping[str, str]) -> None:
        """Add columns, as SQL over those that are there."""
        found = self.evaluate(expressions, {})
        self.columns |= {name: _told_once(column) for name, column in found.items()}

    def evaluate(
        self, expressions: Mapping[str, str], values: Mapping[str, object]
    ) -> dict[str, pa.Array]:
        """Each expression for every row, in order; `values`: of the placeholders in them."""
        together: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
        for name, sql in expressions.items():
            together[self._together(name, sql)][name] = sql
        found: dict[str, pa.Array] = {}
        for group in together.values():
            found |= self._evaluated(group, values)
        return {name: found[name] for name in expressions}

    def tell(self, relation: str, columns: Iterable[str]) -> None:
        """Make some columns known to the engine as a relation."""
        self._con.register(relation, _batched(self.table(columns)))

    def tell_repeated(self, asked: Mapping[str, str]) -> None:
        """Make known, for each key of `asked`, as the relation `repeated_<key>`, the records whose
        value of `key` another has too, with the columns that the SQL beside it names. Where the
        hashes of two values meet there are some more: who asks groups by the value itself.
        """
        if not asked:
            return
        expressions = {f"hash_{key}": f"hash({key})" for key in asked}
        hashed = self._queried(self.table([*asked, "row"]), expressions, {})
        for (key, sql), hashes in zip(asked.items(), hashed.values(), strict=True):
            repeated = pc.and_(self.columns[key].is_valid(), _several(hashes.to_numpy()))
            columns = {*self.named(sql), key, "row"}
            self._con.register(f"repeated_{key}", _batched(self.table(columns).filter(repeated)))

    def table(self, columns: Iterable[str]) -> pa.Table:
        """Some columns, each in full."""
        return pa.table({name: _plain(self.columns[name]) for name in sorted(set(columns))})

    def named(self, sql: str) -> list[str]:
        """The columns that an expression names."""
        return sorted(set(re.findall(r"\w+", sql)) & self.columns.keys())

    def _together(self, name: str, sql: str) -> tuple[str, ...]:
        """What is evaluated in one query: rows alone, each comparison, each set of few values."""
        if "SELECT" in sql:
            return ("compares", name)
        named = self.named(sql)
        few = all(pa.types.is_dictionary(self.columns[column].type) for column in named)
        if not named or not few:
            return ("each",)
        varying = [name for name in named if _values(self.columns[name]) > 1]
        most = math.prod(_values(self.columns[name]) for name in varying)
        return ("few", *varying) if most * _FEW <= self.rows else ("each",)

    def _evaluated(
        self, expressions: Mapping[str, str], values: Mapping[str, object]
    ) -> dict[str, pa.Array]:
        named = self.named(" ".join(expressions.values()))
        used = {name: values[name] for name in _placeholders(expressions.values())}
        sort, *varying = self._together("", " ".join(expressions.values()))
        if sort != "few":
            return self._queried(self.table([*named, "row"]), expressions, used)
        if not varying and self.rows:
            first = {name: _plain(self.columns[name].slice(0, 1)) for name in (*named, "row")}
            found = self._queried(pa.table(first), expressions, used)
            return {name: pa.repeat(column[0], self.rows) for name, column in found.items()}
        codes, values_of = self._combined(named)
        once = values_of.append_column("row", pa.array(np.arange(values_of.num_rows)))
        found = self._queried(once, expressions, used)
        places = pa.array(codes)
        return {name: column.take(places) for name, column in found.items()}

    def _combined(self, columns: Sequence[str]) -> tuple[np.ndarray, pa.Table]:
        """The number of each row's combination (n), and the combinations that occur, by number."""
        varying = {name: _values(self.columns[name]) for name in columns}
        varying = {name: values for name, values in varying.items() if values > 1}
        code = np.zeros(self.rows, np.int64)
        for name, values in varying.items():
            column = self.columns[name]
            code = code * values + column.indices.fill_null(len(column.dictionary)).to_numpy()
        # Where a combination stands; few are possible, so that nothing is sorted.
        stands = np.full(math.prod(varying.values()), -1, np.int64)
        stands[code] = np.arange(self.rows)
        occurs = stands >= 0
        codes = (np.cumsum(occurs) - 1)[code]
        chosen = pa.array(stands[occurs])
        return codes, pa.table({name: _plain(self.columns[name].take(chosen)) for name in columns})

    def _queried(
        self, records: pa.Table, expressions: Mapping[str, str], values: Mapping[str, object]
    ) -> dict[str, pa.Array]:
        self._con.register("records", _batched(records))
        select = ", ".join(f"{sql} AS {name}" for name, sql in expressions.items())
        with scrubbed("judging the records"):
            found = self._con.sql(f"SELECT row, {select} FROM records", params=dict(values))
            table = in_order(found.to_arrow_table())
        return {name: _whole(table.column(name)) for name in expressions}


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


def _placeholders(expressions: Iterable[str]) -> set[str]:
    return {name for sql in expressions for name in re.findall(r"\$(\w+)", sql)}


def _values(column: pa.DictionaryArray) -> int:
    """How many values there are at most, nothing being one."""
    return len(column.dictionary) + bool(column.null_count)


def _several(hashes: npt.NDArray[np.uint64]) -> pa.Array:
    """Where the same stands elsewhere too."""
    order = np.argsort(hashes)
    same = np.flatnonzero(hashes[order[1:]] == hashes[order[:-1]])
    several = np.zeros(len(hashes), dtype=bool)
    several[order[same]] = several[order[same + 1]] = True
    return pa.array(several)


def _told_once(column: pa.Array) -> pa.Array:
    """As a dictionary, if it says the same again and again."""
    sample = column.slice(0, _SAMPLE)
    if len(sample) < _SAMPLE or pa.types.is_nested(column.type):
        return column
    if pc.count_distinct(sample).as_py() * _FEW > _SAMPLE:
        return column
    return column.dictionary_encode()


def _plain(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        return column.dictionary_decode()
    return column


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _batched(records: pa.Table) -> pa.Table:
    """In pieces for all threads; the columns are whole, so that nothing is copied."""
    return pa.Table.from_batches(records.to_batches(max_chunksize=_BATCH), records.schema)
