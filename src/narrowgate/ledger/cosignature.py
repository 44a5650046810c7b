"""C2SP tlog-cosignature: witnesses sign that a checkpoint follows from the one they saw before.

A cosignature is a signature line of the checkpoint's note: base64 of the key's hash (four bytes),
the time (64 bits, big-endian, seconds) and the signature. Two kinds of keys, by their type byte:

    0x04  Ed25519 over "cosignature/v1" LF "time T" LF checkpoint text
    0x06  ML-DSA-44 (FIPS 204) over "subtree/v1" LF NUL, then with one byte of length each or 64
          bits: name of the cosigner, time, origin, start (0), end (size), and the root's 32 bytes
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from narrowgate.ledger.checkpoint import Checkpoint
from narrowgate.ledger.note import split_note, unbase64

ED25519, ML_DSA_44 = 0x04, 0x06
_SIZES = {ED25519: 32, ML_DSA_44: 1312}


@dataclass(frozen=True)
class Witness:
    """A witness by its verifier key `name+hash+base64(type byte || public key)`."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def parse(cls, vkey: str) -> Witness:
        """Raises ValueError for what is no cosigner's key."""
        name, _, rest = vkey.strip().partition("+")
        named, _, encoded = rest.partition("+")
        data = unbase64(encoded)
        if not name or not data or len(data) - 1 != _SIZES.get(data[0]):
            raise ValueError("not the verifier key of a witness (type 04 or 06)")
        found = cls(name, data[0], data[1:])
        if found.hash.hex() != named:
            raise ValueError("the key's hash is not its own")
        return found

    @cached_property
    def hash(self) -> bytes:
        """Four bytes of SHA-256 over name, newline, type byte, public key."""
        data = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(data).digest()[:4]

    @property
    def vkey(self) -> str:
        """As `parse` reads it."""
        encoded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.hash.hex()}+{encoded}"

    def signed(self, head: Checkpoint, data: bytes) -> int | None:
        """The time (seconds) of a cosignature (time and signature) over `head`; None for none."""
        at = int.from_bytes(data[:8])
        try:
            if self.kind == ED25519:
                text = f"cosignature/v1\ntime {at}\n{head.text}".encode()
                Ed25519PublicKey.from_public_bytes(self.public).verify(data[8:], text)
            else:
                message = subtree_message(self.name, at, head)
                MLDSA44PublicKey.from_public_bytes(self.public).verify(data[8:], message)
        except InvalidSignature:
            return None
        return at


def subtree_message(name: str, at: int, head: Checkpoint) -> bytes:
    """What an ML-DSA-44 cosigner signs of a whole log."""
    cosigner, origin = name.encode(), head.origin.encode()
    return b"".join(
        [
            b"subtree/v1\n\0",
            bytes([len(cosigner)]) + cosigner,
            at.to_bytes(8),
            bytes([len(origin)]) + origin,
            (0).to_bytes(8) + head.size.to_bytes(8),
            head.root,
        ]
    )


def cosignatures(note: bytes, witnesses: Iterable[Witness]) -> dict[str, int]:
    """By verifier key, the time of each witness's valid cosignature in a note."""
    text, lines = split_note(note)
    head = Checkpoint.read(text)
    found: dict[str, int] = {}
    for witness in witnesses:
        for name, data in lines:
            if (name, data[:4]) == (witness.name, witness.hash):
                at = witness.signed(head, data[4:])
                if at is not None:
                    found[witness.vkey] = at
    return found


def add_cosignatures(note: bytes, lines: Collection[str], witnesses: Iterable[Witness]) -> bytes:
    """The note with those of `lines` that are valid cosignatures of `witnesses`, each witness once;
    other lines are not taken over. Raises ValueError for a line that is no signature line.
    """
    missing = {witness.vkey: witness for witness in witnesses}
    for vkey in cosignatures(note, missing.values()):
        del missing[vkey]
    text, _ = split_note(note)
    for line in lines:
        alone = f"{text}\n{line.strip()}\n".encode()
        for vkey in cosignatures(alone, list(missing.values())):
            note += f"{line.strip()}\n".encode()
            del missing[vkey]
    return note
