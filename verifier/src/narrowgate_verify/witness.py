"""A witness: a second party that cosigns a log's checkpoints, and only consistent ones.

Its state is a folder: the private key, the verifier key, and for each log the last checkpoint that
was cosigned. That memory is all the worth of a witness: it is durable before a cosignature is given
out, and a witness that has lost it must not be started again under the same key.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from narrowgate_verify.entries import walk
from narrowgate_verify.findings import VERIFIED, BadFile, Findings, NotVerified
from narrowgate_verify.log import verify_log
from narrowgate_verify.notes import (
    COSIGNER,
    Checkpoint,
    VerifierKey,
    open_checkpoint,
    subtree_message,
)
from narrowgate_verify.source import source


class Fork(NotVerified):
    """The log is no continuation of what was cosigned: an incident."""


class OtherSize(Exception):
    """The request begins at another size than the witness has seen last: `size`."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class Witness:
    """A witness's state in a folder. `clock`: seconds since 1970."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self.folder, self._clock = folder, clock
        try:
            kept = json.loads((folder / "key.json").read_text(encoding="utf-8"))
            self.name, self._seed = str(kept["name"]), bytes.fromhex(kept["seed"])
            self._kind = int(kept["kind"])
        except (OSError, ValueError, KeyError, TypeError):
            raise BadFile(f"{folder}: no state of a witness; make one with init") from None

    @classmethod
    def make(cls, folder: Path, name: str, kind: int) -> Witness:
        """A witness with a fresh key in a new folder. Raises BadFile."""
        if not name or any(letter in "+" or letter.isspace() for letter in name):
            raise BadFile("a witness's name holds no spaces and no plus signs")
        if folder.exists() and any(folder.iterdir()):
            raise BadFile(f"{folder}: it is not empty")
        folder.mkdir(parents=True, exist_ok=True)
        body = {"name": name, "kind": kind, "seed": os.urandom(32).hex()}
        durable(folder / "key.json", json.dumps(body).encode())
        witness = cls(folder)
        durable(folder / "vkey", f"{witness.vkey}\n".encode())
        return witness

    @property
    def vkey(self) -> str:
        """The verifier key, as custodians and verifiers take it."""
        data = bytes([self._kind]) + self._key().public_key().public_bytes_raw()
        return f"{self.name}+{self._hash().hex()}+{base64.b64encode(data).decode()}"

    def seen(self, origin: str) -> Checkpoint:
        """The last head of the log that was cosigned; that of the empty log before the first."""
        try:
            kept = json.loads(self._memory(origin).read_text(encoding="utf-8"))
            return Checkpoint(origin, int(kept["size"]), bytes.fromhex(kept["root"]))
        except FileNotFoundError:
            return Checkpoint(origin, 0, hashlib.sha256(b"").digest())

    def cosign(
        self, head: Checkpoint, old: int | None, consistent: Callable[[Checkpoint], bool]
    ) -> str:
        """The cosignature line over `head`, if `consistent` says that it continues what was seen.

        `old`: the size from which the caller's proof begins, None for one that begins anywhere.
        Raises OtherSize, NotVerified; the memory is durable before the line is handed out.
        """
        with self._locked():
            seen = self.seen(head.origin)
            if old not in (None, seen.size):
                raise OtherSize(seen.size)
            if head.size < seen.size:
                raise Fork(f"the log had {seen.size} entries and has {head.size} now")
            if not consistent(seen):
                raise Fork("the log is not a continuation of what was cosigned: a fork")
            kept = {"size": head.size, "root": head.root.hex()}
            durable(self._memory(head.origin), json.dumps(kept).encode())
        return self._line(head)

    def _line(self, head: Checkpoint) -> str:
        at = int(self._clock())
        key = self._key()
        if isinstance(key, Ed25519PrivateKey):
            signature = key.sign(f"cosignature/v1\ntime {at}\n{head.text}".encode())
        else:
            signature = key.sign(subtree_message(self.name.encode(), at, head))
        data = self._hash() + at.to_bytes(8, "big") + signature
        return f"\u2014 {self.name} {base64.b64encode(data).decode()}"

    def _key(self) -> Ed25519PrivateKey | MLDSA44PrivateKey:
        if self._kind == COSIGNER:
            return Ed25519PrivateKey.from_private_bytes(self._seed)
        return MLDSA44PrivateKey.from_seed_bytes(self._seed)

    def _hash(self) -> bytes:
        public = self._key().public_key().public_bytes_raw()
        data = self.name.encode() + b"\n" + bytes([self._kind]) + public
        return hashlib.sha256(data).digest()[:4]

    def _memory(self, origin: str) -> Path:
        return self.folder / f"log-{hashlib.sha256(origin.encode()).hexdigest()[:32]}.json"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.folder / "lock").open("ab") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield


def cosign_log(witness: Witness, where: str, key: VerifierKey, findings: Findings) -> bytes | None:
    """Verify a whole log, and give back its checkpoint with the cosignature; None where it does not
    hold. Raises BadFile, NotVerified.
    """
    place = source(where)
    log = verify_log(place, key, findings)
    if log is None or log.tree is None:
        return None
    walk(enumerate(log.entries), findings)
    if findings.status != VERIFIED:
        return None
    line = witness.cosign(log.head, None, lambda seen: log.root_at(seen.size) == seen.root)
    note = place.read("checkpoint")
    if open_checkpoint(note, key) != log.head:
        raise NotVerified("the log grew meanwhile: ask again")
    return note + f"{line}\n".encode()


def durable(path: Path, data: bytes) -> None:
    """Write whole under another name, make durable, rename."""
    temporary = path.with_name(f".{path.name}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
