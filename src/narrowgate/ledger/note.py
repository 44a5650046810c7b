"""C2SP signed-note with Ed25519 keys: text, an empty line, signature lines.

A signature line is an em dash, the key's name, and base64 of four bytes of key hash and the
signature over the text including its last newline.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Protocol

_ED25519 = b"\x01"
_DASH = "\u2014 "


class Signer(Protocol):
    """What a note needs of an Ed25519 key: its public half, to sign, and to know its own hand."""

    @property
    def public_bytes(self) -> bytes:
        """32 bytes."""

    def sign(self, data: bytes) -> bytes:
        """64 bytes."""

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Whether `signature` is this key's over `data`."""


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


def sign_note(text: str, name: str, signer: Signer) -> bytes:
    """The note: `text` (ends in a newline) and one signature line."""
    signature = key_hash(name, signer.public_bytes) + signer.sign(text.encode())
    line = f"{_DASH}{name} {base64.b64encode(signature).decode()}\n"
    return (text + "\n" + line).encode()


def open_note(note: bytes, name: str, signer: Signer) -> str:
    """The text of a note that `signer` has signed under `name`.

    Lines of other keys (witnesses, an older key) are passed over. Raises ValueError where no line
    is this key's, or one that claims to be does not verify.
    """
    text, lines = split_note(note)
    own = key_hash(name, signer.public_bytes)
    signatures = [data[4:] for by, data in lines if (by, data[:4]) == (name, own)]
    if not signatures or not all(signer.verify(one, text.encode()) for one in signatures):
        raise ValueError("the note is not signed by this key")
    return text


def split_note(note: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    """Text of a note, and of each signature line the name and what its base64 holds.

    Nothing is verified. Raises ValueError for what is no note.
    """
    try:
        head, mark, tail = note.decode().rpartition("\n\n")
    except UnicodeDecodeError:
        raise ValueError("a note is UTF-8") from None
    if not mark or not tail.endswith("\n"):
        raise ValueError("not a signed note")
    lines = []
    for line in tail[:-1].split("\n"):
        dash, name, encoded = line[:2], *line[2:].partition(" ")[::2]
        if dash != _DASH:
            raise ValueError("not a signature line")
        lines.append((name, unbase64(encoded)))
    return head + "\n", lines


def unbase64(text: str) -> bytes:
    """Standard base64 in its one canonical spelling: a changed bit never reads the same.

    Raises ValueError for anything else.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        data = b""
    if base64.b64encode(data).decode() != text:
        raise ValueError("not base64, or with bits to spare")
    return data
