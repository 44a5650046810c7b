"""The answers of a request: the docket's states beside the requester's own record ids.

Three words and, for a refusal, codes: the type of an answer has no field that could carry
anything of the register. Rows are in request order.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from narrowgate.docket import Docket, State
from narrowgate.errors import BadInput, Internal

WORDS = {
    State.CONFIRMED: "confirmed",
    State.NOT_CONFIRMED: "not_confirmed",
    State.REFUSED: "refused",
}
ANSWERS = pa.schema(
    [
        pa.field("record_id", pa.string()),
        pa.field("answer", pa.string(), nullable=False),
        pa.field("reasons", pa.list_(pa.string()), nullable=False),
    ]
)


def answers(docket: Docket, record_ids: pa.Array) -> pa.Table:
    """Table in ANSWERS, one row a record. Raises Internal while a row is undecided."""
    if len(record_ids) != len(docket):
        raise Internal("as many record ids as rows are needed")
    if not np.isin(docket.states, list(WORDS)).all():
        raise Internal("answers are made of decided rows only")
    words = pa.array([WORDS.get(State(number), "") for number in range(len(State))])
    codes = pa.array([reason.code.value for reason in docket.palette], pa.string())
    per_row = np.bincount(docket.reason_rows, minlength=len(docket))
    offsets = np.concatenate([[0], np.cumsum(per_row)])
    reasons = pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()), codes.take(pa.array(docket.reason_index))
    )
    return pa.table([record_ids, words.take(pa.array(docket.states)), reasons], schema=ANSWERS)


def encode(table: pa.Table, name: str) -> bytes:
    """The answers as the file `name` shall hold them, by its ending: .parquet, .csv or .jsonl.

    In CSV the codes of one record are joined by `;`.
    """
    suffix = Path(name).suffix.lower()
    if suffix not in _ENCODERS:
        raise BadInput(
            "the ending of an answers file is .parquet, .csv or .jsonl", place=f"--out {name}"
        )
    return _ENCODERS[suffix](table)


def _parquet(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def _csv(table: pa.Table) -> bytes:
    joined = pa.compute.binary_join(table["reasons"], ";")
    stream = io.BytesIO()
    pc.write_csv(table.set_column(2, "reasons", joined), stream)
    return stream.getvalue()


def _jsonl(table: pa.Table) -> bytes:
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in table.to_pylist())
    return "".join(lines).encode()


_ENCODERS = {".parquet": _parquet, ".csv": _csv, ".jsonl": _jsonl}
