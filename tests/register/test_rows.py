"""Judging rows of a register: what stood in one row stays in one row."""

import numpy as np
import pyarrow as pa
import pytest

from narrowgate.engine.duck import connect
from narrowgate.register.rows import judge
from narrowgate.standard.columns import REGISTER_COLUMNS

ROWS = 150_000


@pytest.mark.parametrize("chunks", [(150_000,), (70_000, 1, 29_999, 50_000), (8_192,) * 19])
def test_a_row_keeps_together_however_the_batch_is_cut(chunks: tuple[int, ...]) -> None:
    number = np.arange(ROWS)
    given = {
        "person_id": number.astype(str),
        "family_name": np.array(["ALDER", "BIRCH", "CEDAR"])[number % 3],
        "address_line1": np.char.add((number + 1).astype(str), " OAK ST"),
        "city": np.full(ROWS, "SPRINGFIELD"),
        "state": np.full(ROWS, "IL"),
        "postal_code": np.full(ROWS, "62704"),
        "sealed": np.where(number % 7 == 0, "true", "false"),
    }
    whole = pa.table(
        {
            name: pa.array(given[name]) if name in given else pa.nulls(ROWS, pa.string())
            for name in REGISTER_COLUMNS
        }
    )
    pieces = [whole.slice(sum(chunks[:at]), length) for at, length in enumerate(chunks) if length]
    raw = pa.concat_tables(pieces).slice(0, ROWS)
    taken = judge(connect(), raw, 0, 1).taken
    assert taken.num_rows == ROWS
    person = taken["person_id"].cast(pa.int64()).to_numpy()
    assert np.array_equal(np.sort(person), number)
    assert np.array_equal(taken["row"].to_numpy(), person + 1)
    assert np.array_equal(np.array(taken["family"].to_pylist()), given["family_name"][person])
    points = np.array(taken["delivery_point"].to_pylist())
    assert np.array_equal(
        np.char.partition(np.char.partition(points, "|")[:, 2], "|")[:, 0], (person + 1).astype(str)
    )
    assert np.array_equal(taken["sealed"].to_numpy(), person % 7 == 0)
