"""The log on disk: any split into appends gives the same tiles; a cut append never happened."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrowgate.errors import Internal
from narrowgate.keys.jwk import Key
from narrowgate.ledger.log import Log
from narrowgate.ledger.tiles import entries_path, read_bundle, tile_path, write_bundle
from narrowgate.ledger.tree import (
    Tree,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)

KEY = Key.generate("Ed25519")
ORIGIN = "a.example/log"


class Memory(dict[str, bytes]):
    """A folder in memory in which the power fails at the n-th change."""

    fail_at = -1
    reads = 0

    def read(self, name: str) -> bytes | None:
        self.reads += 1
        return self.get(name)

    def write(self, name: str, data: bytes) -> None:
        self.change()
        self[name] = data

    def replace(self, name: str, data: bytes, expected: bytes | None) -> None:
        if self.get(name) != expected:
            raise FileExistsError
        self.write(name, data)

    def names(self, folder: str) -> list[str]:
        return [name.rpartition("/")[2] for name in self if name.rpartition("/")[0] == folder]

    def delete(self, name: str) -> None:
        if name in self:
            self.change()
            del self[name]

    def change(self) -> None:
        self.fail_at -= 1
        if self.fail_at == 0:
            raise OSError


def log(memory: Memory) -> Log:
    return Log(memory, memory, KEY, ORIGIN)


def entries(count: int) -> list[bytes]:
    return [f"entry {n}".encode() for n in range(count)]


@pytest.mark.parametrize("size", [1, 255, 256, 257, 1000, 70_000])
def test_everything_follows_from_the_entries(size: int) -> None:
    memory = Memory()
    found = log(memory)
    assert found.append(entries(size)) == range(size)
    assert found.verify() == []
    assert found.head.root == Tree(entries(size)).root
    assert found.entry(size - 1) == f"entry {size - 1}".encode()
    path = found.inclusion(size // 2)
    assert verify_inclusion(
        leaf_hash(found.entry(size // 2)), size // 2, size, path, found.head.root
    )


@given(st.lists(st.integers(1, 300), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_any_split_into_appends_gives_the_same_log(parts: list[int]) -> None:
    whole, split = Memory(), Memory()
    log(whole).append(entries(sum(parts)))
    start, roots = 0, [(0, Tree([]).root)]
    for part in parts:
        log(split).append(entries(sum(parts))[start : start + part])
        start += part
        roots.append((start, log(split).head.root))
    assert {name: split[name] for name in whole} == whole
    assert log(split).verify() == []
    found = log(split)
    for size, root in roots:
        path = found.consistency(size)
        assert verify_consistency(size, start, root, found.head.root, path)


def test_partial_files_stay_while_a_checkpoint_may_need_them_and_no_longer() -> None:
    memory = Memory()
    for size in range(1, 256):
        log(memory).append([b"x"])
        assert tile_path(0, 0, size) in memory
    partial = [name for name in memory if ".p/" in name]
    assert len(partial) == 2 * 255
    log(memory).append([b"x"])
    assert sorted(memory) == ["checkpoint", "tile/0/000", "tile/1/000.p/1", "tile/entries/000"]


def test_a_reader_with_an_older_checkpoint_is_served_from_the_full_files() -> None:
    memory = Memory()
    log(memory).append(entries(200))
    older = log(memory).view()
    log(memory).append(entries(300)[200:])
    assert "tile/0/000.p/200" not in memory
    assert older.entries(0, 200) == entries(200)
    path = older.inclusion(7)
    assert verify_inclusion(leaf_hash(older.entry(7)), 7, 200, path, older.head.root)


@given(
    st.integers(0, 300),
    st.lists(st.tuples(st.integers(1, 300), st.integers(1, 12)), max_size=4),
    st.integers(1, 300),
)
@settings(max_examples=100, deadline=None)
def test_an_append_that_was_cut_off_never_happened(
    start: int, lost: list[tuple[int, int]], more: int
) -> None:
    memory, expected = Memory(), entries(start)
    log(memory).append(expected)
    for count, cut in lost:
        memory.fail_at = cut
        attempt = [f"lost {count} {cut} {n}".encode() for n in range(count)]
        with contextlib.suppress(OSError):
            log(memory).append(attempt)
        memory.fail_at = -1
        if log(memory).size > len(expected):  # the power failed after the checkpoint, or never
            expected += attempt
        assert log(memory).entries(0, len(expected)) == expected
        assert log(memory).verify() == []
    log(memory).append(entries(more))
    assert log(memory).entries(0, len(expected) + more) == expected + entries(more)
    assert log(memory).verify() == []


def test_any_changed_bit_is_found() -> None:
    memory = Memory()
    for part in (1, 2, 252, 2, 1, 40, 2):
        log(memory).append(entries(part))
    assert log(memory).size == 300
    assert log(memory).verify() == []
    for name in (*memory,):
        kept = memory[name]
        for place in range(0, len(kept), max(1, len(kept) // 20)):
            memory[name] = changed(kept, place)
            assert log(memory).verify(), (name, place)
        for broken in (kept[:-1], kept + b"\0", kept + b"\0\0", b""):
            memory[name] = broken
            assert log(memory).verify(), name
        memory[name] = kept


def changed(data: bytes, place: int) -> bytes:
    broken = bytearray(data)
    broken[place] ^= 1 << place % 8
    return bytes(broken)


def test_a_damaged_log_stops_and_does_not_fork() -> None:
    memory = Memory()
    log(memory).append(entries(300))
    edge = ("checkpoint", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44")
    for name in edge:
        kept = memory[name]
        for place in range(0, len(kept), max(1, len(kept) // 20)):
            memory[name] = changed(kept, place)
            with pytest.raises(Internal):
                log(memory).append([b"more"])
        memory[name] = kept
    assert log(memory).verify() == []
    log(memory).append([b"more"])
    assert log(memory).verify() == []


def test_a_head_of_another_key_or_origin_is_not_built_upon() -> None:
    memory = Memory()
    Log(memory, memory, Key.generate("Ed25519"), ORIGIN).append([b"x"])
    with pytest.raises(Internal):
        log(memory).append([b"y"])
    memory.clear()
    Log(memory, memory, KEY, "b.example/log").append([b"x"])
    with pytest.raises(Internal):
        log(memory).append([b"y"])


def test_a_proof_from_damaged_tiles_is_not_handed_out() -> None:
    memory = Memory()
    log(memory).append(entries(300))
    memory["tile/0/000"] = changed(memory["tile/0/000"], 100)
    with pytest.raises(Internal):
        log(memory).inclusion(0)


def test_an_append_reads_the_right_edge_alone() -> None:
    memory = Memory()
    log(memory).append(entries(70_000))
    before = memory.reads
    log(memory).append([b"one more"])
    # The checkpoint, the last bundle, and a tile on each of three levels.
    assert memory.reads - before <= 5


def test_an_entry_too_long_leaves_nothing_behind() -> None:
    memory = Memory()
    with pytest.raises(ValueError, match="65,535"):
        log(memory).append([b"short", bytes(70_000)])
    assert memory == {}


def test_nothing_appended_is_nothing_written() -> None:
    memory = Memory()
    assert log(memory).append([]) == range(0)
    assert memory == {}


def test_paths_are_those_of_the_specification() -> None:
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path(1, 0, 3) == "tile/1/000.p/3"
    assert entries_path(1000, 256) == "tile/entries/x001/000"


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_read_back(found: list[bytes]) -> None:
    assert read_bundle(write_bundle(found)) == found
    data = write_bundle(found)
    if data:
        with pytest.raises(ValueError, match="cut short"):
            read_bundle(data[:-1])


def test_of_two_who_began_with_the_same_head_one_alone_succeeds() -> None:
    memory = Memory()
    log(memory).append(entries(3))

    class Overtaken(Memory):
        """Another writer is done just before this one's checkpoint."""

        def replace(self, name: str, data: bytes, expected: bytes | None) -> None:
            log(memory).append([b"the other's"])
            memory.replace(name, data, expected)

    slow = Overtaken(memory)
    with pytest.raises(FileExistsError):
        Log(memory, slow, KEY, ORIGIN).append([b"the slow one's"])
    assert log(memory).size == 4
    assert log(memory).entry(3) == b"the other's"
    assert log(memory).verify() == []
