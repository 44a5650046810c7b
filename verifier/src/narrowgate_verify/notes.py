"""C2SP signed-note, tlog-checkpoint and tlog-cosignature: who signed, and over which head."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from narrowgate_verify.findings import BadFile, NotVerified

LOG, COSIGNER, ML_DSA_44 = 0x01, 0x04, 0x06
_SIZES = {LOG: 32, COSIGNER: 32, ML_DSA_44: 1312}


@dataclass(frozen=True)
class VerifierKey:
    """`name+hash+base64`, parsed. `kind`: 0x01 of a log, 0x04 and 0x06 of a witness."""

    name: str
    hash: bytes
    public: bytes
    kind: int = LOG

    @classmethod
    def parse(cls, text: str, *kinds: int) -> VerifierKey:
        """Raises BadFile for what is no vkey of these kinds (by default, of a log)."""
        parts = text.strip().split("+", 2)
        try:
            name, hexadecimal, encoded = parts
            data = base64.b64decode(encoded, validate=True)
            named = bytes.fromhex(hexadecimal)
        except ValueError:
            raise BadFile("the key is not of the form name+hash+base64") from None
        derived = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
        kind = data[0] if data else -1
        if kind not in (kinds or (LOG,)) or len(data) - 1 != _SIZES[kind] or derived != named:
            raise BadFile("the key is not a verifier key of this use, or its hash is not its own")
        return cls(name, named, data[1:], kind)


@dataclass(frozen=True)
class Checkpoint:
    """Origin, size and root of a log, as signed."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """As it is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def open_checkpoint(note: bytes, key: VerifierKey) -> Checkpoint:
    """The checkpoint in a note that `key` signed. Raises NotVerified."""
    body, lines = _split(note)
    own = [data[4:] for name, data in lines if (name, data[:4]) == (key.name, key.hash)]
    if len(own) != 1:
        raise NotVerified("the checkpoint is not signed, once, by the key given")
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(own[0], body.encode())
    except InvalidSignature:
        raise NotVerified("the checkpoint's signature is not that of the key given") from None
    parts = body[:-1].split("\n")
    if len(parts) != 3 or parts[0] != key.name or not _decimal(parts[1]):
        raise NotVerified("the checkpoint is not origin, size and root of this log")
    found = strict_base64(parts[2], "the root")
    if len(found) != 32:
        raise NotVerified("the checkpoint's root has not 32 bytes")
    return Checkpoint(parts[0], int(parts[1]), found)


def cosigned_by(note: bytes, head: Checkpoint, witnesses: Sequence[VerifierKey]) -> dict[str, int]:
    """Name of each witness whose valid cosignature the note bears, and its time in seconds.

    Raises NotVerified for one that claims to be a witness's and is not.
    """
    _, lines = _split(note)
    found: dict[str, int] = {}
    for witness in witnesses:
        for name, data in lines:
            if (name, data[:4]) == (witness.name, witness.hash):
                found[name] = _cosignature(witness, head, data[4:])
    return found


def strict_base64(text: str, what: str) -> bytes:
    """Each value has one spelling: spare bits of the last digit are zero. Raises NotVerified."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise NotVerified(f"{what} is not base64") from None
    if base64.b64encode(data).decode() != text:
        raise NotVerified(f"{what} is not in canonical base64")
    return data


def _cosignature(witness: VerifierKey, head: Checkpoint, data: bytes) -> int:
    at = int.from_bytes(data[:8], "big")
    try:
        if witness.kind == ML_DSA_44:
            message = subtree_message(witness.name.encode(), at, head)
            MLDSA44PublicKey.from_public_bytes(witness.public).verify(data[8:], message)
        else:
            text = f"cosignature/v1\ntime {at}\n{head.text}".encode()
            Ed25519PublicKey.from_public_bytes(witness.public).verify(data[8:], text)
    except InvalidSignature:
        raise NotVerified(f"the cosignature of {witness.name} is not its own") from None
    return at


def subtree_message(name: bytes, at: int, head: Checkpoint) -> bytes:
    """C2SP tlog-cosignature: what an ML-DSA-44 witness signs."""
    origin = head.origin.encode()
    times = at.to_bytes(8, "big")
    ends = (0).to_bytes(8, "big") + head.size.to_bytes(8, "big")
    named = bytes([len(name)]) + name + times + bytes([len(origin)]) + origin
    return b"subtree/v1\n\0" + named + ends + head.root


def _split(note: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    try:
        text = note.decode("utf-8")
    except UnicodeDecodeError:
        raise NotVerified("the checkpoint is not UTF-8") from None
    body, mark, signatures = text.rpartition("\n\n")
    if not mark or not signatures.endswith("\n"):
        raise NotVerified("the checkpoint is not a signed note")
    lines = []
    for line in signatures[:-1].split("\n"):
        words = line.split(" ")
        if len(words) != 3 or words[0] != "\u2014":
            raise NotVerified("the checkpoint has a line that is no signature")
        lines.append((words[1], strict_base64(words[2], "a signature")))
    return body + "\n", lines


def _decimal(text: str) -> bool:
    return text.isascii() and text.isdecimal() and (text == "0" or text[0] != "0")


def key_text(key_or_file: str) -> str:
    """A verifier key as it was given, or as it stands in the file named. Raises BadFile."""
    if "+" in key_or_file and not Path(key_or_file).is_file():
        return key_or_file
    try:
        return Path(key_or_file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise BadFile("the key is neither a verifier key nor a file that holds one") from None
