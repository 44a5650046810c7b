"""Hashes, indexes, words and sealed arrays: found is what was put in, and only that is opened."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrowgate.engine.hashing import Hasher
from narrowgate.keys.seal import CHUNK
from narrowgate.register.arrays import Array, ArrayFiles, SealedArray
from narrowgate.register.index import Index, write_index
from narrowgate.register.layout import NO_WORD, UNKNOWN_WORD
from narrowgate.register.words import Dictionary, Words

KEY = bytes(32)
HASHER = Hasher(b"k" * 32)
TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=40)), max_size=30)


class Shelf:
    """Arrays written to a folder, and opened again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.files = folder, ArrayFiles(folder, KEY, "load")

    def open(self, name: str, dtype: "np.dtype[Any] | str") -> SealedArray:
        return SealedArray(self.folder / name, KEY, f"load {name}", dtype)


@given(TEXTS, TEXTS)
def test_a_text_has_one_hash_wherever_it_stands(one: list[str | None], other: list[str]) -> None:
    alone = HASHER.texts(1, pa.array(one, pa.string()))
    together = HASHER.texts(1, pa.array([*other, *one], pa.string()))
    sliced = HASHER.texts(1, pa.array([*other, *one], pa.string()).slice(len(other)))
    there = [text is not None for text in one]
    assert np.array_equal(alone[there], together[len(other) :][there])
    assert np.array_equal(alone[there], sliced[there])


def test_texts_that_differ_do_not_meet() -> None:
    texts = {f"{a}{'X' * n}{b}" for a in ("", "A", "AB") for b in ("", "B", "1") for n in range(40)}
    texts |= {f"{n} MAIN ST" for n in range(20_000)} | {"\0", "\0\0", "\0\0\0\0", "\0\0\0\0\0"}
    hashes = HASHER.texts(1, pa.array(sorted(texts)))
    assert len(set(hashes.tolist())) == len(texts)
    for other in (
        HASHER.texts(2, pa.array(sorted(texts))),
        Hasher(b"j" * 32).texts(1, pa.array(sorted(texts))),
    ):
        assert not set(hashes.tolist()) & set(other.tolist())
    halves = hashes >> np.uint64(32), hashes & np.uint64(0xFFFFFFFF)
    for half in halves:  # spread evenly: about as many low as high
        assert abs((half > 1 << 31).mean() - 0.5) < 0.02


def test_many_texts_hash_as_each_by_itself() -> None:
    texts = pa.array([None if n % 7 == 0 else "x" * (n % 41) + str(n) for n in range(40_000)])
    hashes = HASHER.texts(0, texts)
    assert len(hashes) == len(texts)
    for at in (1, 16_383, 16_384, 16_385, 39_999):
        assert hashes[at] == HASHER.texts(0, texts.slice(at, 1))[0]


def test_numbers_hash_by_row_and_domain() -> None:
    column = np.arange(5000, dtype=np.uint32)
    hashes = HASHER.numbers(1, column, column[::-1])
    assert len(np.unique(hashes)) == 5000
    assert hashes[7] == HASHER.numbers(1, column[7:8], column[::-1][7:8])[0]
    assert not np.isin(hashes, HASHER.numbers(2, column, column[::-1])).any()
    negative = np.array([-5], np.int32)
    assert HASHER.numbers(1, negative) == HASHER.numbers(1, negative.astype(np.uint32))


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 2**32 - 1)), max_size=200),
    st.lists(st.integers(0, 80), max_size=40),
)
def test_an_index_finds_what_a_dictionary_would(
    tmp_path_factory: pytest.TempPathFactory, put: list[tuple[int, int]], asked: list[int]
) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("index"))
    keys = HASHER.numbers(1, np.array([key for key, _ in put], np.uint32))
    write_index(shelf.files.append, "x", keys, np.array([value for _, value in put], np.uint32))
    shelf.files.close()
    hits = Index(shelf.open, "x").find(HASHER.numbers(1, np.array(asked, np.uint32)))
    found = sorted(zip(hits.asked.tolist(), hits.values.tolist(), strict=True))
    expected = sorted((n, v) for n, key in enumerate(asked) for k, v in put if k == key)
    assert found == expected
    assert hits.counts.tolist() == [sum(k == key for k, _ in put) for key in asked]


def test_a_key_of_too_many_rows_is_counted_and_not_followed(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    keys = HASHER.numbers(1, np.repeat(np.array([1, 2], np.uint32), [50, 3]))
    write_index(shelf.files.append, "x", keys, np.arange(53, dtype=np.uint32))
    shelf.files.close()
    hits = Index(shelf.open, "x").find(HASHER.numbers(1, np.array([2, 1], np.uint32)), most=49)
    assert (hits.counts.tolist(), hits.asked.tolist()) == ([3, 50], [0, 0, 0])


def test_only_the_chunks_that_are_asked_are_opened(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    values = np.arange(5 * CHUNK // 8 + 3, dtype=np.uint64)
    for piece in np.array_split(values, 4):
        shelf.files.append("a", piece)
    digests = shelf.files.close()
    assert list(digests) == ["a"]
    damaged = bytearray((tmp_path / "a").read_bytes())
    damaged[40 + 3 * (CHUNK + 16) + 5] ^= 1  # in the fourth chunk
    (tmp_path / "a").write_bytes(damaged)
    array = shelf.open("a", "<u8")
    rows = np.array([0, CHUNK // 8 - 1, CHUNK // 8, len(values) - 1])
    assert array.take(rows).tolist() == rows.tolist()
    with pytest.raises(Exception, match="does not open"):
        array.take(np.array([3 * CHUNK // 8]))


def test_words_come_back_by_number(tmp_path: Path) -> None:
    shelf, book = Shelf(tmp_path), Dictionary()
    given = pa.array(["ANNA", None, "BEN", "ANNA"])
    family = pa.array(["BEN", "ANNA", None, "CARR"])
    numbers = book.numbers([given, family])
    people: Array = np.array([0, 1, 2, 2])
    book.borne(people, numbers[0], numbers[1])
    again = book.numbers([pa.array(["DORA", "ANNA"])])[0]
    book.borne(np.array([0, 1]) + 3, again, np.zeros(2, np.uint32))
    book.write(shelf.files.append, HASHER)
    shelf.files.close()
    words = Words(shelf.open, HASHER)
    asked = words.numbers(pa.array(["ANNA", "NOBODY", None, "DORA"]))
    assert asked.tolist() == [numbers[0][0], UNKNOWN_WORD, NO_WORD, again[0]]
    assert words.texts(np.concatenate(numbers)).to_pylist() == [
        *given.to_pylist(),
        *family.to_pylist(),
    ]
    assert words.bearers(asked)["given"].tolist() == [3, 0, 0, 1]
    assert words.bearers(numbers[1])["family"].tolist() == [1, 1, 0, 1]
