"""A snapshot, opened lazily: nothing of the register is read before the first question."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from narrowgate.engine.hashing import Hasher
from narrowgate.errors import Internal, NotFound
from narrowgate.keys.seal import CHUNK, SealedReader, unseal_bytes
from narrowgate.register.arrays import SealedArray
from narrowgate.register.index import Index
from narrowgate.register.layout import FORMAT, HEADER, HOME, KEY, NAME, PERSON, part
from narrowgate.register.words import Words


class Snapshot:
    """A loaded register: `folder` and the key that seals it. `digest` is the folder's name, and
    what the log and every answer name it by.

    What was opened of it stays open: one that is kept answers the next question sooner.
    """

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder, self._key = folder, key

    @classmethod
    def open(cls, folder: Path, key: bytes) -> Snapshot:
        """The snapshot in `folder`. Reads nothing."""
        return cls(folder, key)

    @property
    def digest(self) -> str:
        """Of its content, `sha256:...`."""
        return self.folder.name.replace("-", ":", 1)

    @cached_property
    def header(self) -> dict[str, Any]:
        """Counts and files. Raises NotFound without a snapshot, Internal for another's header."""
        try:
            sealed = (self.folder / HEADER).read_bytes()
        except FileNotFoundError:
            raise NotFound("the snapshot is gone", place=self.digest) from None
        opened = unseal_bytes(self._key, f"snapshot {self.digest}", sealed)
        header: dict[str, Any] = json.loads(opened)
        if header["format"] != FORMAT or header["digest"] != self.digest:
            raise Internal(
                "the snapshot's header is not its own, or of another version",
                place=self.digest,
                mend="Load the register again.",
            )
        return header

    @cached_property
    def hasher(self) -> Hasher:
        """Makes the keys of this load."""
        return Hasher(bytes.fromhex(self.header["hash_key"]))

    @cached_property
    def words(self) -> Words:
        """The dictionary."""
        return Words(self._array, self.hasher)

    @cached_property
    def partitions(self) -> tuple[Part, ...]:
        """A question is put to each."""
        return tuple(Part(number, self) for number in range(self.header["partitions"]))

    @property
    def people(self) -> int:
        """How many there are."""
        return int(self.header["people"])

    def verify(self) -> None:
        """Read every file through. Raises Internal, NotFound where one is missing, damaged or
        another's.
        """
        for name in self.header["files"]:
            try:
                with (self.folder / name).open("rb") as stream:
                    context = f"{self.header['load']} {name}"
                    reader = SealedReader(stream, self._key, context)
                    while reader.read(CHUNK):
                        pass
            except FileNotFoundError:
                raise NotFound("a file of the snapshot is gone", place=name) from None

    def _array(self, name: str, dtype: np.dtype[Any] | str) -> SealedArray:
        if name not in self.header["files"]:
            raise Internal("the snapshot has no such file", place=name)
        return SealedArray(self.folder / name, self._key, f"{self.header['load']} {name}", dtype)


class Part:
    """The people of a range of buckets, numbered from 0, and the indexes to them (layout.py)."""

    def __init__(self, number: int, snapshot: Snapshot) -> None:
        self.number = number
        self.people, self.keys, self.names, self.homes = (
            snapshot._array(part(number, name), dtype)
            for name, dtype in (("people", PERSON), ("keys", KEY), ("names", NAME), ("homes", HOME))
        )
        self.tin, self.born, self.home, self.building, self.name = (
            Index(snapshot._array, part(number, f"{name}-index"))
            for name in ("tin", "born", "home", "building", "name")
        )
