"""Public keys as JWK (RFC 7517): Ed25519 and P-256, and signatures by them."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256


@dataclass(frozen=True)
class PublicKey:
    """A JWK's required members."""

    members: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, jwk: dict[str, Any]) -> PublicKey:
        """Raises ValueError, KeyError for what is no public key of these kinds."""
        names = {"OKP": ("crv", "kty", "x"), "EC": ("crv", "kty", "x", "y")}[jwk["kty"]]
        key = cls(tuple((name, str(jwk[name])) for name in names))
        key._loaded()
        return key

    @property
    def thumbprint(self) -> str:
        """RFC 7638."""
        text = json.dumps(dict(self.members), separators=(",", ":"), sort_keys=True)
        return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The `alg` of a JWS that this key may have made."""
        return ("EdDSA", "Ed25519") if dict(self.members)["kty"] == "OKP" else ("ES256",)

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Whether `signature` (64 bytes) is this key's over `data`."""
        if len(signature) != 64:
            return False
        key = self._loaded()
        try:
            if isinstance(key, ed25519.Ed25519PublicKey):
                key.verify(signature, data)
            else:
                r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
                key.verify(encode_dss_signature(r, s), data, ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True

    def _loaded(self) -> ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey:
        members = dict(self.members)
        if (members["kty"], members["crv"]) == ("OKP", "Ed25519"):
            return ed25519.Ed25519PublicKey.from_public_bytes(unbase64url(members["x"]))
        if (members["kty"], members["crv"]) == ("EC", "P-256"):
            x, y = unbase64url(members["x"]), unbase64url(members["y"])
            point = b"\x04" + x + y
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        raise ValueError("a key of another kind")


def unbase64url(text: str) -> bytes:
    """RFC 4648 section 5 without padding, each value in its one spelling. Raises ValueError."""
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if base64.urlsafe_b64encode(data).decode().rstrip("=") != text:
        raise ValueError("not base64url, or with bits to spare")
    return data
