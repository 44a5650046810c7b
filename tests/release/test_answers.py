"""Three words and codes, in request order; nothing undecided gets out."""

import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from narrowgate.docket import Docket, State
from narrowgate.errors import BadInput, Internal
from narrowgate.reasons import Code, Reason
from narrowgate.release.answers import ANSWERS, answers, encode

LATE = Reason(Code.ORDER_PERIOD_NOT_RUN, "4.2", "fault", "mend")
BLANK = Reason(Code.ADDRESS_MISSING, "4.1", "fault", "mend")


def decided() -> Docket:
    docket = Docket.issue(4).refuse([(LATE, np.array([1, 3])), (BLANK, np.array([3]))])
    docket = docket.decide(np.array([2]), State.CONFIRMED)
    return docket.decide(np.array([0]), State.NOT_CONFIRMED)


IDS = pa.array(["a", 'b "quoted", é', "c", None])
ROWS = [
    {"record_id": "a", "answer": "not_confirmed", "reasons": []},
    {"record_id": 'b "quoted", é', "answer": "refused", "reasons": ["order.period_not_run"]},
    {"record_id": "c", "answer": "confirmed", "reasons": []},
    {
        "record_id": None,
        "answer": "refused",
        "reasons": ["order.period_not_run", "address.missing"],
    },
]


def test_answers_stand_in_request_order() -> None:
    table = answers(decided(), IDS)
    assert table.schema == ANSWERS
    assert table.to_pylist() == ROWS


def test_an_undecided_row_is_never_answered() -> None:
    docket = Docket.issue(2).decide(np.array([0]), State.CONFIRMED)
    for state in (None, State.REVIEW):
        open_still = docket if state is None else docket.decide(np.array([1]), state)
        with pytest.raises(Internal):
            answers(open_still, pa.array(["a", "b"]))


def test_each_format_holds_the_same() -> None:
    table = answers(decided(), IDS)
    assert pq.read_table(io.BytesIO(encode(table, "x.parquet"))).to_pylist() == ROWS
    lines = encode(table, "x.jsonl").decode().splitlines()
    assert [json.loads(line) for line in lines] == ROWS
    found = pc.read_csv(io.BytesIO(encode(table, "x.csv"))).to_pylist()
    assert [row["reasons"] for row in found] == [";".join(row["reasons"]) for row in ROWS]  # type: ignore[arg-type]
    assert [row["answer"] for row in found] == [row["answer"] for row in ROWS]
    with pytest.raises(BadInput):
        encode(table, "x.xlsx")
