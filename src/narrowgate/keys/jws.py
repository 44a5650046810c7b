"""JWS in the general JSON serialization (RFC 7515 7.2.1): one payload, any number of signatures.

Two algorithms and no others: EdDSA with Ed25519 (RFC 8037; also under its newer name, RFC 9864) and
ES256. What a header says never chooses the key: a signature is tried against a key one already has.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass

from narrowgate.canonical import Json, canonical
from narrowgate.errors import BadInput
from narrowgate.keys.jwk import Key

_ALGORITHMS = {"EdDSA": "Ed25519", "Ed25519": "Ed25519", "ES256": "P-256"}
_ALGORITHM = {"Ed25519": "EdDSA", "P-256": "ES256"}


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature over a payload. `algorithm` and `kid` are what its protected header claims."""

    protected: str
    value: str
    payload: str
    algorithm: str
    kid: str | None

    def verified_by(self, key: Key) -> bool:
        """Whether `key` made it. An unknown algorithm, or a critical header, is nobody's."""
        if _ALGORITHMS.get(self.algorithm) != key.curve:
            return False
        try:
            signature = _unb64(self.value)
        except (ValueError, TypeError):
            return False
        return key.verify(signature, f"{self.protected}.{self.payload}".encode())


@dataclass(frozen=True, slots=True)
class Jws:
    """A parsed JWS: `payload` bytes and its signatures, none of them verified yet."""

    payload: bytes
    signatures: tuple[Signature, ...]


def sign(payload: bytes, keys: Sequence[Key]) -> dict[str, Json]:
    """A JWS over `payload` with a signature by each key; without keys, an unsigned one."""
    body = _b64(payload)
    return {"payload": body, "signatures": [_signed(body, key) for key in keys]}


def parse(data: bytes, place: str = "manifest.json") -> Jws:
    """Read a JWS; nothing is verified. Raises BadInput for what is none."""
    try:
        raw = json.loads(data, object_pairs_hook=unique)
        payload = str(raw["payload"])
        signatures = [
            _signature(str(item["protected"]), str(item["signature"]), payload)
            for item in raw["signatures"]
        ]
        return Jws(_unb64(payload), tuple(signatures))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise BadInput(
            "not a JWS in the general JSON serialization (RFC 7515 7.2.1)",
            place=place,
            mend="Make it with `narrowgate request pack` and `request sign`.",
        ) from None


def unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """For `json.loads`: an object in which no name stands twice. Raises ValueError."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _signature(protected: str, value: str, payload: str) -> Signature:
    header = json.loads(_unb64(protected), object_pairs_hook=unique)
    algorithm = "" if "crit" in header or "b64" in header else str(header["alg"])
    kid = header.get("kid")
    return Signature(protected, value, payload, algorithm, str(kid) if kid is not None else None)


def _signed(body: str, key: Key) -> Json:
    """RFC 7515 5.1: the signature is over protected header, a point, payload, each base64url."""
    protected = _b64(canonical({"alg": _ALGORITHM[key.curve], "kid": key.thumbprint}))
    signature = key.sign(f"{protected}.{body}".encode())
    return {"protected": protected, "signature": _b64(signature)}


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    """RFC 7515 section 2: base64url without padding, each value in its one spelling."""
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _b64(data) != text:
        raise ValueError("not base64url, or with bits to spare")
    return data
