"""Sealed streams: any changed bit, cut, exchange or other context is found."""

import io
import secrets

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrowgate.errors import Internal
from narrowgate.keys.seal import (
    CHUNK,
    SealedReader,
    SealedWriter,
    seal_bytes,
    unseal_bytes,
    unwrap,
    wrap,
)

KEY = bytes(range(32))
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5]


@pytest.mark.parametrize("size", SIZES)
def test_what_is_sealed_opens(size: int) -> None:
    data = secrets.token_bytes(size)
    sealed = seal_bytes(KEY, "c", data)
    assert unseal_bytes(KEY, "c", sealed) == data
    assert data[:64] not in sealed or size < 8


def test_a_file_does_not_open_elsewhere() -> None:
    sealed = seal_bytes(KEY, "case 1/records", b"data")
    for key, context in ((KEY, "case 2/records"), (bytes(32), "case 1/records")):
        with pytest.raises(Internal):
            unseal_bytes(key, context, sealed)


@given(st.integers(0, 10**9), st.integers(0, 7))
@settings(max_examples=60)
def test_any_changed_bit_is_found(where: int, bit: int) -> None:
    sealed = bytearray(seal_bytes(KEY, "c", b"twelve bytes"))
    sealed[where % len(sealed)] ^= 1 << bit
    with pytest.raises(Internal):
        unseal_bytes(KEY, "c", bytes(sealed))


def test_cut_and_exchanged_chunks_are_found() -> None:
    sealed = seal_bytes(KEY, "c", bytes(3 * CHUNK))
    head, step = 40, CHUNK + 16
    one, two, rest = (
        sealed[head : head + step],
        sealed[head + step : head + 2 * step],
        sealed[head + 2 * step :],
    )
    for broken in (
        sealed[:head] + one + two,
        sealed[:head] + two + one + rest,
        sealed[:head] + one + rest,
        sealed[:-1],
        sealed + b"\0",
        sealed[:head],
        b"",
    ):
        with pytest.raises(Internal):
            unseal_bytes(KEY, "c", broken)


@given(st.lists(st.tuples(st.integers(0, 3 * CHUNK), st.integers(0, 2000)), max_size=8))
@settings(max_examples=25, deadline=None)
def test_it_reads_at_any_place(reads: list[tuple[int, int]]) -> None:
    reader = SealedReader(io.BytesIO(SEALED), KEY, "c")
    for start, size in reads:
        reader.seek(start)
        assert reader.read(size) == PLAIN[start : start + size]


PLAIN = secrets.token_bytes(2 * CHUNK + 77)
SEALED = seal_bytes(KEY, "c", PLAIN)


def test_parquet_reads_single_columns_through_it() -> None:
    table = pa.table({"a": range(300_000), "b": [str(n) * 3 for n in range(300_000)]})
    stream = io.BytesIO()
    with SealedWriter(stream, KEY, "t") as writer:
        pq.write_table(table, writer)
    reader = SealedReader(stream, KEY, "t")
    assert pq.read_table(reader, columns=["a"])["a"].to_pylist()[-1] == 299_999


def test_a_wrapped_key_opens_under_its_own_custody_key_only() -> None:
    wrapped = wrap(KEY, bytes(32))
    assert unwrap(KEY, wrapped) == bytes(32)
    for key, data in ((bytes(32), wrapped), (KEY, wrapped[:-1]), (KEY, wrapped[::-1])):
        with pytest.raises(Internal):
            unwrap(key, data)
