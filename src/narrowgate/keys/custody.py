"""The custodian's wrapping key, and signing keys: in a JWK file, or in a module (pkcs11.py).

    wrapped = "NGWRAP1" LF || id of the wrapping key || LF || the key, wrapped

Every case has a key of its own, kept wrapped. The id says by which key, so that another one is told
apart from damage, and a rotation that was cut off can be finished. In a file the wrapping is RFC
3394 (AES Key Wrap).
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Protocol

from narrowgate.errors import BadInput, Internal
from narrowgate.keys import seal
from narrowgate.keys.jwk import Key

PKCS11 = "pkcs11:"
_MAGIC = b"NGWRAP1\n"


class Custody(Protocol):
    """A key that wraps other keys of 32 bytes, and never shows itself. `id`: its public name."""

    @property
    def id(self) -> str:
        """Printable ASCII without newlines; another for another key."""

    def wrap_bare(self, key: bytes) -> bytes:
        """`key` (32 bytes), wrapped and authenticated."""

    def unwrap_bare(self, wrapped: bytes) -> bytes:
        """The inverse of `wrap_bare`. Raises Internal for a changed bit."""


class FileCustody:
    """A wrapping key of 32 bytes from a JWK file."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        named = hashlib.sha256(b"narrowgate custody 1\n" + secret).digest()
        self.id = base64.urlsafe_b64encode(named[:15]).decode()

    def wrap_bare(self, key: bytes) -> bytes:
        """RFC 3394."""
        return seal.wrap(self._secret, key)

    def unwrap_bare(self, wrapped: bytes) -> bytes:
        """RFC 3394."""
        return seal.unwrap(self._secret, wrapped)


def wrap(custody: Custody, key: bytes) -> bytes:
    """A key as it is kept."""
    return _MAGIC + custody.id.encode() + b"\n" + custody.wrap_bare(key)


def unwrap(custody: Custody, wrapped: bytes, place: str) -> bytes:
    """The inverse of `wrap`. Raises Internal for another key or a changed bit, naming `place`."""
    by = wrapped_by(wrapped)
    if by is None:
        raise Internal("a wrapped key is damaged", place=place, mend="Restore it from a backup.")
    if by != custody.id:
        raise Internal(
            "a key is wrapped by another custody key than this site's",
            place=place,
            mend="Finish the rotation that was cut off (`narrowgate custody rotate`), or restore "
            "the key that narrowgate.toml names.",
        )
    return custody.unwrap_bare(wrapped.split(b"\n", 2)[2])


def wrapped_by(wrapped: bytes) -> str | None:
    """Id of the custody key that wrapped it; None for what is no wrapped key."""
    parts = wrapped.split(b"\n", 2)
    if not wrapped.startswith(_MAGIC) or len(parts) != 3 or not parts[1].isascii():
        return None
    return parts[1].decode()


def custody(name: str, home: Path) -> Custody:
    """The wrapping key that narrowgate.toml names: a file, relative to `home`, or a pkcs11: URI."""
    if name.startswith(PKCS11):
        from narrowgate.keys.pkcs11 import TokenCustody  # noqa: PLC0415  (an extra)

        return TokenCustody(name)
    return FileCustody(Key.read(home / name).secret)


def site_key(name: str, home: Path) -> Key:
    """A signing key that narrowgate.toml names: a file, relative to `home`, or a pkcs11: URI."""
    return signer(name if name.startswith(PKCS11) else str(home / name))


def signer(name: str) -> Key:
    """The private signing key that `--key` names: a JWK file or a pkcs11: URI. Raises BadInput."""
    if name.startswith(PKCS11):
        from narrowgate.keys.pkcs11 import token_key  # noqa: PLC0415  (an extra)

        return token_key(name)
    key = Key.read(Path(name))
    if key.private_bytes is None or key.curve == "oct":
        raise BadInput("a private signing key is needed", place=name)
    return key
