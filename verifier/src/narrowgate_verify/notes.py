"""C2SP signed-note and tlog-checkpoint: who signed, and over which head."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class NotVerified(Exception):
    """Something is not as it is claimed; the message says what."""


class BadFile(Exception):
    """A file or argument that cannot be read at all."""


@dataclass(frozen=True)
class VerifierKey:
    """`name+hash+base64`, parsed: Ed25519 keys only (type byte 0x01)."""

    name: str
    hash: bytes
    public: bytes

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Raises BadFile for what is no vkey."""
        parts = text.strip().split("+", 2)
        try:
            name, hexadecimal, encoded = parts
            data = base64.b64decode(encoded, validate=True)
            named = bytes.fromhex(hexadecimal)
        except ValueError:
            raise BadFile("the key is not of the form name+hash+base64") from None
        derived = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
        if data[:1] != b"\x01" or len(data) != 33 or derived != named:
            raise BadFile("the key is not an Ed25519 verifier key, or its hash is not its own")
        return cls(name, named, data[1:])


@dataclass(frozen=True)
class Checkpoint:
    """Origin, size and root of a log, as signed."""

    origin: str
    size: int
    root: bytes


def open_checkpoint(note: bytes, key: VerifierKey) -> Checkpoint:
    """The checkpoint in a note that `key` signed. Raises NotVerified."""
    try:
        text = note.decode("utf-8")
    except UnicodeDecodeError:
        raise NotVerified("the checkpoint is not UTF-8") from None
    body, mark, signatures = text.rpartition("\n\n")
    if not mark or not signatures.endswith("\n"):
        raise NotVerified("the checkpoint is not a signed note")
    body += "\n"
    own = 0
    for line in signatures[:-1].split("\n"):
        words = line.split(" ")
        if len(words) != 3 or words[0] != "\u2014":
            raise NotVerified("the checkpoint has a line that is no signature")
        data = _base64(words[2], "a signature")
        if words[1] == key.name and data[:4] == key.hash:
            own += 1
            _check(key, data[4:], body)
    if own != 1:
        raise NotVerified("the checkpoint is not signed, once, by the key given")
    lines = body[:-1].split("\n")
    if len(lines) != 3 or lines[0] != key.name or not _decimal(lines[1]):
        raise NotVerified("the checkpoint is not origin, size and root of this log")
    found = _base64(lines[2], "the root")
    if len(found) != 32:
        raise NotVerified("the checkpoint's root has not 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), found)


def _check(key: VerifierKey, signature: bytes, body: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, body.encode())
    except InvalidSignature:
        raise NotVerified("the checkpoint's signature is not that of the key given") from None


def _decimal(text: str) -> bool:
    return text.isascii() and text.isdecimal() and (text == "0" or text[0] != "0")


def _base64(text: str, what: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise NotVerified(f"{what} is not base64") from None
    # Strict: the spare bits of the last digit are zero, so that each value has one spelling.
    if base64.b64encode(data).decode() != text:
        raise NotVerified(f"{what} is not in canonical base64")
    return data
