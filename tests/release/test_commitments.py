"""The commitment as facts/ledger.md wants it, against a plain reading of its definition."""

import hashlib
import hmac

import duckdb
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from narrowgate.release.answers import ANSWERS
from narrowgate.release.commitments import commitments, opening

KEY = bytes(range(32))


def plainly(row: int, record_id: str, answer: str, reasons: list[str]) -> bytes:
    salt = hmac.new(KEY, str(row).encode(), "sha256").digest()
    hashed = hashlib.sha256(record_id.encode()).hexdigest()
    canonical = f"{row}\n{hashed}\n{answer}\n{','.join(reasons)}"
    return hashlib.sha256(b"narrowgate/answer/1\n" + salt + canonical.encode()).digest()


ROW = st.fixed_dictionaries(
    {
        "record_id": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        "answer": st.sampled_from(["confirmed", "not_confirmed", "refused"]),
        "reasons": st.lists(st.sampled_from(["address.missing", "tin.invalid"]), max_size=2),
    }
)


@given(st.lists(ROW, max_size=20))
def test_commitments_are_as_defined(rows: list[dict[str, object]]) -> None:
    table = pa.Table.from_pylist(rows, schema=ANSWERS)
    found = commitments(duckdb.connect(), table, KEY)
    assert found == [
        plainly(number, row["record_id"], row["answer"], row["reasons"])  # type: ignore[arg-type]
        for number, row in enumerate(rows)
    ]


def test_an_opening_opens_its_commitment_and_no_other() -> None:
    rows = [{"record_id": name, "answer": "confirmed", "reasons": []} for name in "ab"]
    table = pa.Table.from_pylist(rows, schema=ANSWERS)
    made = commitments(duckdb.connect(), table, KEY)
    opened = opening(table, 1, KEY)
    body = f"1\n{hashlib.sha256(b'b').hexdigest()}\nconfirmed\n".encode()
    again = hashlib.sha256(b"narrowgate/answer/1\n" + opened.salt + body).digest()
    assert again == made[1] != made[0]
    assert commitments(duckdb.connect(), table, bytes(32)) != made
