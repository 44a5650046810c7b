"""C2SP signed-note with Ed25519 keys: text, an empty line, signature lines.

A signature line is an em dash, the key's name, and base64 of four bytes of key hash and the
signature over the text including its last newline.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

_ED25519 = b"\x01"
_DASH = "\u2014 "


class Signer(Protocol):
    """What a note needs of a key: its public half (32 bytes, Ed25519) and signatures."""

    @property
    def public_bytes(self) -> bytes:
        """32 bytes."""

    def sign(self, data: bytes) -> bytes:
        """64 bytes."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A verifier key: `name`, the four bytes of its hash, 32 bytes of public key."""

    name: str
    key_hash: bytes
    public: bytes


def key_hash(name: str, public: bytes) -> bytes:
    """First four bytes of SHA-256 over name, newline, 0x01, public key."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def verifier_key(name: str, signer: Signer) -> str:
    """The vkey text `name+hash+base64`. Raises ValueError for a name with spaces or plus signs."""
    if not name or any(letter in "+" or letter.isspace() for letter in name):
        raise ValueError("a key's name holds no spaces and no plus signs")
    public = signer.public_bytes
    encoded = base64.b64encode(_ED25519 + public).decode()
    return f"{name}+{key_hash(name, public).hex()}+{encoded}"


def read_verifier_key(text: str) -> Verifier:
    """Parse a vkey. Raises ValueError for what is none of Ed25519."""
    name, _, rest = text.strip().partition("+")
    hashed, _, encoded = rest.partition("+")
    data = base64.b64decode(encoded, validate=True)
    if data[:1] != _ED25519 or len(data) != 33 or key_hash(name, data[1:]).hex() != hashed:
        raise ValueError("not a verifier key of Ed25519")
    return Verifier(name, bytes.fromhex(hashed), data[1:])


def sign_note(text: str, name: str, signer: Signer) -> bytes:
    """The note: `text` (ends in a newline) and one signature line."""
    signature = key_hash(name, signer.public_bytes) + signer.sign(text.encode())
    line = f"{_DASH}{name} {base64.b64encode(signature).decode()}\n"
    return (text + "\n" + line).encode()


def open_note(
    note: bytes, verifier: Verifier, verify: Callable[[bytes, bytes, bytes], bool]
) -> str:
    """The text of a note that `verifier` has signed; `verify(public, signature, data)`.

    Lines of other keys are passed over. Raises ValueError where no line of this key verifies.
    """
    try:
        head, mark, tail = note.decode().rpartition("\n\n")
    except UnicodeDecodeError:
        raise ValueError("a note is UTF-8") from None
    text = head + "\n"
    if not mark or not tail.endswith("\n"):
        raise ValueError("not a signed note")
    signatures = []
    for line in tail[:-1].split("\n"):
        dash, name, encoded = line[:2], *line[2:].partition(" ")[::2]
        if dash != _DASH:
            raise ValueError("not a signature line")
        try:
            data = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise ValueError("not a signature line") from None
        if (name, data[:4]) == (verifier.name, verifier.key_hash):
            signatures.append(data[4:])
    if not signatures or not all(
        verify(verifier.public, signature, text.encode()) for signature in signatures
    ):
        raise ValueError("the note is not signed by this key")
    return text
