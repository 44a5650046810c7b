"""The truth of a trial: of each record who its subject is, and whether it is right to confirm."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, dataset, json

from narrowgate.errors import BadInput
from narrowgate.matching.quality import Bools

_TRUTH = ("record_id", "person_id", "confirm", "lives_there")
_YES, _NO = ("true", "t", "yes", "y", "1", "confirmed"), ("false", "f", "no", "n", "0", "")


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """In the order of the records. `person`: the subject's person_id, null for nobody of the
    register; `confirm`: whether it is right to confirm, None where the file leaves it to the
    register.
    """

    person: pa.Array
    confirm: Bools | None


def truth_of(table: pa.Table, record_id: pa.ChunkedArray, place: str) -> Truth:
    """Of a table with `record_id`, and `person_id` (empty: nobody), `confirm` (true or false; also
    called `lives_there`), or both; it may hold more. Raises BadInput, naming the file `place`.
    """
    # Without a header its first row, somebody, stands for the names: they are not shown.
    names = set(table.column_names)
    if "record_id" not in names or not names & {"person_id", "confirm", "lives_there"}:
        raise BadInput(
            "a truth has the columns record_id, and person_id or confirm",
            place=place,
            mend="Name its columns in the first row.",
        )
    columns = {name: table[name].cast(pa.string()) for name in _TRUTH if name in names}
    ids = columns["record_id"].combine_chunks()
    if twice := len(ids) - len(ids.unique()):
        raise BadInput(f"{twice:,} rows have a record_id that stands there already", place=place)
    at = pc.index_in(record_id, value_set=ids)
    # A record without an id is refused; of whom it speaks is nobody's guess.
    if unknown := at.null_count - record_id.null_count:
        raise BadInput(f"{unknown:,} records have no truth", place=place)
    nobody = pa.nulls(len(record_id), pa.string())
    person = columns["person_id"].take(at) if "person_id" in columns else nobody
    person = pa.chunked_array([person]) if isinstance(person, pa.Array) else person
    person = pc.if_else(pc.equal(person, ""), pa.scalar(None, pa.string()), person)
    told = columns.get("confirm", columns.get("lives_there"))
    return Truth(person.combine_chunks(), None if told is None else _truths(told.take(at), place))


def _truths(column: pa.ChunkedArray, place: str) -> Bools:
    words = pc.utf8_lower(pc.fill_null(column, ""))
    yes, no = (pc.is_in(words, value_set=pa.array(of)) for of in (_YES, _NO))
    unknown = pc.sum(pc.invert(pc.or_(yes, no))).as_py()
    if unknown:
        raise BadInput(f"{unknown:,} values of confirm are neither true nor false", place=place)
    return np.asarray(yes.to_numpy(), dtype=bool)


def read_truth(path: Path) -> pa.Table:
    """The table in a Parquet, CSV or JSON Lines file. Raises BadInput."""
    try:
        if path.suffix == ".parquet":
            return dataset.dataset(path, format="parquet").to_table()
        if ".jsonl" in path.suffixes:
            return json.read_json(path)
        # All is text: a person's id that is a number keeps its leading zeros.
        texts = csv.ConvertOptions(column_types={name: pa.string() for name in _TRUTH})
        return csv.read_csv(path, convert_options=texts)
    except (OSError, pa.ArrowInvalid):
        raise BadInput("the truth cannot be read", place=path.name) from None
