"""The log on disk: any split into appends gives the same tiles; a cut append never happened."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    """A folder in memory that can fail at its n-th write."""

    fail_at = -1

    def read(self, name: str) -> bytes | None:
        return self.get(name)

    def write(self, name: str, data: bytes) -> None:
        self.fail_at -= 1
        if self.fail_at == 0:
            raise OSError
        self[name] = data


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
    found = log(split)
    for size, root in roots:
        path = found.consistency(size)
        assert verify_consistency(size, start, root, found.head.root, path)


@pytest.mark.parametrize("cut", range(1, 6))
def test_an_append_that_was_cut_off_never_happened(cut: int) -> None:
    memory = Memory()
    log(memory).append(entries(255))
    memory.fail_at = cut
    try:
        log(memory).append([b"lost", b"lost too"])
    except OSError:
        assert log(memory).size == 255
        assert log(memory).verify() == []
        log(memory).append([b"kept"])
        assert log(memory).entry(255) == b"kept"
    else:
        assert cut > 4
    assert log(memory).verify() == []


def test_a_changed_bit_anywhere_is_found() -> None:
    memory = Memory()
    log(memory).append(entries(300))
    for name in (*memory,):
        if name in ("tile/entries/000.p/300",):
            continue
        kept = memory[name]
        for place in {0, len(kept) // 2, len(kept) - 1}:
            broken = bytearray(kept)
            broken[place] ^= 1
            memory[name] = bytes(broken)
            try:
                faults = log(memory).verify()
            except (ValueError, IndexError):
                faults = ["unreadable"]
            assert faults, (name, place)
        memory[name] = kept


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


def test_an_entry_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="65,535"):
        log(Memory()).append([bytes(70_000)])
