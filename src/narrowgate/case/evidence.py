"""What a case was decided by, sealed: written once, each file under the case's own key.

A case has a random 32-byte key, kept wrapped by the custodian's key (keyring.py). Destroying that
one small file erases the case; the log still verifies. Files have random names and are named, with
the SHA-256 of their sealed bytes, by the log entry they belong to; a file that no entry names is
the leaving of an interrupted step and is swept when the case is resumed. The digest is over the
sealed bytes, so that a log that anybody may read helps nobody to guess the content.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pyarrow import ipc

from narrowgate.case.commitments import Committed
from narrowgate.case.keyring import KEY, NEXT, Keyring
from narrowgate.docket import Docket
from narrowgate.errors import Internal
from narrowgate.keys import seal
from narrowgate.store.store import Store


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A sealed file of a case: its `name` in the case's folder and `sha256` of its bytes (hex)."""

    name: str
    sha256: str

    @classmethod
    def of(cls, named: object) -> SealedFile:
        """As an entry or the database names it. Raises Internal for what is no such name."""
        if not isinstance(named, Mapping):
            raise Internal("an entry names no sealed file where it must")
        return cls(str(named["name"]), str(named["sha256"]))

    def as_json(self) -> dict[str, str]:
        """As entries and the database keep it."""
        return {"name": self.name, "sha256": self.sha256}


class Evidence:
    """The sealed files of all cases of a site. `keyring`: their keys."""

    def __init__(self, files: Store, keyring: Keyring) -> None:
        self._files, self._keyring = files, keyring

    def open_case(self, case: str) -> None:
        """Make the case's key."""
        self._keyring.make(case)

    def has(self, case: str) -> bool:
        """Whether the case has its key."""
        return self._keyring.has(case)

    def commitment_key(self, case: str, tree: Committed) -> bytes:
        """32 bytes from which the salts of a tree's commitments are derived (HKDF)."""
        return HKDF(SHA256(), 32, salt=None, info=tree.value).derive(self._key(case))

    def put(self, case: str, label: str, data: bytes | memoryview) -> SealedFile:
        """Seal `data` into the case's folder, durable when this returns."""
        name = f"{label}.{secrets.token_hex(8)}"
        sealed = seal.seal_bytes(self._key(case), f"{case}/{name}", data)
        self._files.write(f"{case}/{name}", sealed)
        return SealedFile(name, hashlib.sha256(sealed).hexdigest())

    def put_table(self, case: str, label: str, table: pa.Table) -> SealedFile:
        """Seal an Arrow table, as an Arrow file: read by nobody but us, and in a third of the time
        that Parquet takes.
        """
        stream = pa.BufferOutputStream()
        packed = ipc.IpcWriteOptions(compression="zstd")
        with ipc.new_file(stream, table.schema, options=packed) as writer:
            writer.write_table(table)
        return self.put(case, label, memoryview(stream.getvalue()))

    def put_docket(self, case: str, label: str, docket: Docket) -> SealedFile:
        """Seal a docket."""
        return self.put(case, label, docket.to_bytes())

    def get(self, case: str, file: SealedFile) -> bytes:
        """Open a sealed file. Raises Internal if a single bit of it has changed."""
        sealed = self._files.read(f"{case}/{file.name}")
        if sealed is None or hashlib.sha256(sealed).hexdigest() != file.sha256:
            raise Internal(
                "a sealed file is missing or is not the one its log entry names",
                place=f"case {case}, {file.name.partition('.')[0]}",
                mend="Restore it from a backup; do not go on with this case.",
            )
        return seal.unseal_bytes(self._key(case), f"{case}/{file.name}", sealed)

    def get_table(
        self, case: str, file: SealedFile, columns: Sequence[str] | None = None
    ) -> pa.Table:
        """Open a sealed Arrow table; of its columns only those asked for, where some are."""
        sealed = pa.py_buffer(self.get(case, file))
        with ipc.open_file(sealed) as opened:
            if columns is None:
                return opened.read_all()
            fields = [opened.schema.get_field_index(name) for name in columns]
        with ipc.open_file(sealed, options=ipc.IpcReadOptions(included_fields=fields)) as opened:
            return opened.read_all()

    def get_docket(self, case: str, file: SealedFile) -> Docket:
        """Open a sealed docket; its invariants are checked anew."""
        return Docket.from_bytes(self.get(case, file))

    def discard(self, case: str) -> None:
        """Remove a case that has no entry, with its key."""
        self._files.clear(case)

    def sweep(self, case: str, named: Iterable[str]) -> int:
        """Remove files of the case that no entry names; returns how many there were."""
        keep = {KEY, NEXT, *named}
        stray = [name for name in self._files.names(case) if name not in keep]
        for name in stray:
            self._files.delete(f"{case}/{name}")
        return len(stray)

    def _key(self, case: str) -> bytes:
        return self._keyring.key(case)
