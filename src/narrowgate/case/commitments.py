"""One salted commitment a field, one leaf a row: any field of any row can be opened alone.

    field key      = HKDF-SHA256(tree key, info = field name)
    salt(row)      = AES-256(field key, row as 16 bytes, big-endian)
    text           = field name || "=" || value, or the field name alone where there is no value
    commitment     = SHA-256(tag || salt || text)
    leaf hash(row) = SHA-256(0x00 || commitment of each field, in the order of the table's columns)

Leaf hashes stand in an RFC 6962 tree whose root is in the log. There are two such trees to a case:
what was asked (its root is in the entry of the receipt, so before anything was decided) and what
was answered (in the entry of the release). Answers have low entropy, and so has an address: without
the secret salt anybody could try them (a salt of 128 bits, by a pseudorandom permutation under a
key of its own for each case, tree and field).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

import duckdb
import numpy as np
import pyarrow as pa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SALT = 16
# Rows a piece that one thread of the engine takes.
_PIECE = 16_384


class Committed(Enum):
    """The two trees of a case, each by the tag that begins its commitments."""

    ASKED = b"ng/asked/2\n"
    ANSWERED = b"ng/answered/2\n"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a row: its `commitment` (32 bytes), and where it is shown its `salt` and `value`
    (None where it has none). `salt` is empty where the field is not shown.
    """

    name: str
    commitment: bytes
    salt: bytes = b""
    value: str | None = None


def leaf_hashes(
    con: duckdb.DuckDBPyConnection, table: pa.Table, key: bytes, tree: Committed
) -> list[bytes]:
    """32 bytes a row of `table` (text columns), in order. `key`: of this case and tree."""
    if not table.num_rows:
        return []
    columns: dict[str, pa.ChunkedArray | pa.Array] = {"row": np.arange(len(table), dtype=np.int64)}
    for number, name in enumerate(table.column_names):
        columns[f"v{number}"] = table[name].cast(pa.string())
        columns[f"s{number}"] = _salts(key, name, 0, len(table))
    salted = pa.table(columns)
    pieces = salted.combine_chunks().to_batches(max_chunksize=_PIECE)
    con.register("committed_rows", pa.Table.from_batches(pieces, salted.schema))
    fields = [
        f"unhex(sha256($tag::BLOB || s{number}::BLOB || encode("
        f"CASE WHEN v{number} IS NULL THEN ${_name(number)} "
        f"ELSE concat(${_name(number)}, '=', v{number}) END)))"
        for number in range(table.num_columns)
    ]
    names = {_name(number): name for number, name in enumerate(table.column_names)}
    try:
        found = con.sql(
            f"SELECT unhex(sha256('\\x00'::BLOB || {' || '.join(fields)})) "
            'FROM committed_rows ORDER BY "row"',
            params={"tag": tree.value, **names},
        ).to_arrow_table()
    finally:
        con.unregister("committed_rows")
    return found.column(0).to_pylist()  # type: ignore[no-any-return]


def opened(
    table: pa.Table, row: int, key: bytes, tree: Committed, shown: Collection[str] | None = None
) -> list[Field]:
    """The fields of one row, in order: those of `shown` (all, by default) with what opens them."""
    values = table.slice(row, 1).to_pylist()[0]
    fields = []
    for name in table.column_names:
        value = values[name]
        salt = _salts(key, name, row, row + 1)[0].as_py()
        text = name if value is None else f"{name}={value}"
        commitment = hashlib.sha256(tree.value + salt + text.encode()).digest()
        visible = shown is None or name in shown
        fields.append(Field(name, commitment, salt, value) if visible else Field(name, commitment))
    return fields


def _salts(key: bytes, field: str, start: int, stop: int) -> pa.FixedSizeBinaryArray:
    """The salts of rows start..stop of a field, all in one encryption of the row numbers."""
    field_key = HKDF(SHA256(), 32, salt=None, info=field.encode()).derive(key)
    rows = np.zeros((stop - start, 2), dtype=">u8")
    rows[:, 1] = np.arange(start, stop)
    # One block a row and no row twice: as a pseudorandom permutation, not to hide a message.
    cipher = Cipher(algorithms.AES256(field_key), modes.ECB()).encryptor()  # noqa: S305
    salts = cipher.update(rows.tobytes()) + cipher.finalize()
    return pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(SALT), stop - start, [None, pa.py_buffer(salts)]
    )


def _name(number: int) -> str:
    return f"name{number}"
