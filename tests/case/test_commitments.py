"""The commitments as docs/log.md defines them, against a plain reading of the page."""

import hashlib
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

from narrowgate.case.commitments import Committed, leaf_hashes, opened

KEY = bytes(range(32))
TEXT = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
NAMES = ["record_id", "answer", "reasons"]


def plainly(row: int, values: dict[str, str | None], tag: bytes) -> bytes:
    data = b"".join(plain_commitment(row, name, values[name], tag) for name in NAMES)
    return hashlib.sha256(b"\0" + data).digest()


def plain_commitment(row: int, name: str, value: str | None, tag: bytes) -> bytes:
    key = HKDF(SHA256(), 32, salt=None, info=name.encode()).derive(KEY)
    cipher = Cipher(algorithms.AES256(key), modes.ECB()).encryptor()  # noqa: S305
    salt = cipher.update(row.to_bytes(16, "big"))
    text = name if value is None else f"{name}={value}"
    return hashlib.sha256(tag + salt + text.encode()).digest()


def table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in NAMES]))


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, TEXT)), max_size=12))
@settings(deadline=None)
def test_leaves_are_as_defined(rows: list[dict[str, str | None]]) -> None:
    for tree in Committed:
        found = leaf_hashes(duckdb.connect(), table(rows), KEY, tree)
        assert found == [plainly(number, row, tree.value) for number, row in enumerate(rows)]


def test_a_long_table_is_in_order() -> None:
    rows = [{"record_id": f"R{n}", "answer": "confirmed", "reasons": ""} for n in range(50_000)]
    found = leaf_hashes(duckdb.connect(), table(rows), KEY, Committed.ANSWERED)
    for number in (0, 16_383, 16_384, 49_999):
        assert found[number] == plainly(number, rows[number], Committed.ANSWERED.value)


@pytest.mark.parametrize("shown", [None, (), ("answer",), ("reasons", "record_id")])
def test_any_field_is_opened_alone(shown: tuple[str, ...] | None) -> None:
    rows = [{"record_id": f"R{n}", "answer": None, "reasons": "a,b"} for n in range(5)]
    fields = opened(table(rows), 3, KEY, Committed.ASKED, shown)
    data = b"".join(field.commitment for field in fields)
    leaves = leaf_hashes(duckdb.connect(), table(rows), KEY, Committed.ASKED)
    assert hashlib.sha256(b"\0" + data).digest() == leaves[3]
    for field in fields:
        if shown is None or field.name in shown:
            text = field.name if field.value is None else f"{field.name}={field.value}"
            again = hashlib.sha256(Committed.ASKED.value + field.salt + text.encode()).digest()
            assert again == field.commitment
        else:
            assert (field.salt, field.value) == (b"", None)


def test_key_tree_row_and_field_change_the_commitment() -> None:
    rows = [{"record_id": "same", "answer": "same", "reasons": "same"}] * 2
    first = opened(table(rows), 0, KEY, Committed.ASKED)
    others = [
        *first[1:],
        opened(table(rows), 1, KEY, Committed.ASKED)[0],
        opened(table(rows), 0, bytes(32), Committed.ASKED)[0],
        opened(table(rows), 0, KEY, Committed.ANSWERED)[0],
    ]
    seen = [first[0], *others]
    assert len({field.commitment for field in seen}) == len(seen)
    assert len({field.salt for field in seen[:-1]}) == len(seen) - 1
