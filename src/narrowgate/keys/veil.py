"""The veil over fields of log entries that only the custodian may read (events.VEILED).

    veiled = base64(nonce (12 bytes) || AES-256-GCM(key, nonce, padded, aad = the entry's kind))
    padded = plaintext || 0x80 || zero bytes, to a multiple of 256 (ISO/IEC 7816-4)

Padded, because the number of digits of a count would tell of the count.
"""

from __future__ import annotations

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from narrowgate.errors import Internal

_NONCE, _BLOCK = 12, 256


class KeyedVeil:
    """A veil under a secret of 32 bytes (HKDF, so that the secret may serve for other things)."""

    def __init__(self, secret: bytes) -> None:
        derived = HKDF(SHA256(), 32, salt=None, info=b"narrowgate veiled fields 1")
        self._cipher = AESGCM(derived.derive(secret))

    def draw(self, kind: str, data: bytes) -> str:
        """The text that stands in an entry of that kind."""
        padded = data + b"\x80"
        padded += bytes(-len(padded) % _BLOCK)
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, padded, kind.encode())
        return base64.b64encode(sealed).decode()

    def lift(self, kind: str, text: str) -> bytes:
        """The inverse of `draw`. Raises Internal for another key, kind or a changed bit."""
        try:
            sealed = base64.b64decode(text, validate=True)
            padded = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], kind.encode())
        except (InvalidTag, ValueError):
            raise Internal(
                "the veiled fields of a log entry do not open under this site's key",
                mend="Restore keys/pseudonyms.jwk, or the log, from a backup.",
            ) from None
        return padded.rstrip(b"\0")[:-1]
