"""A key: Ed25519 or P-256 to sign and verify with, or 32 secret bytes (`oct`), as a JWK (RFC 7517).

A `Key` that was read from outside holds what was checked here and nothing else; its name is the
thumbprint of RFC 7638, never a `kid` that somebody wrote.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from narrowgate.canonical import Json, canonical
from narrowgate.errors import BadInput

Curve = Literal["Ed25519", "P-256", "oct"]
_PUBLIC = {"OKP": ("crv", "kty", "x"), "EC": ("crv", "kty", "x", "y"), "oct": ("k", "kty")}
_SIZE = 32


@dataclass(frozen=True)
class Key:
    """A key with its `curve`; `private` bytes are None where only the public half is known.

    `public`: 32 bytes (Ed25519), 64 bytes x || y (P-256), empty (oct). Equality is by content.
    """

    curve: Curve
    public_bytes: bytes
    private_bytes: bytes | None = field(repr=False)
    kid: str = ""

    @classmethod
    def generate(cls, curve: Curve, *, kid: str = "") -> Key:
        """A fresh key."""
        if curve == "Ed25519":
            private = ed25519.Ed25519PrivateKey.generate()
            return cls(
                curve, private.public_key().public_bytes_raw(), private.private_bytes_raw(), kid
            )
        if curve == "P-256":
            number = ec.generate_private_key(ec.SECP256R1()).private_numbers()
            point = number.public_numbers
            public = point.x.to_bytes(_SIZE) + point.y.to_bytes(_SIZE)
            return cls(curve, public, number.private_value.to_bytes(_SIZE), kid)
        return cls("oct", b"", secrets.token_bytes(_SIZE), kid)

    @classmethod
    def of(cls, jwk: dict[str, Json], place: str = "key") -> Key:
        """The key of a JWK. Raises BadInput, naming `place`, for anything that is no usable key."""
        try:
            return _read(jwk)
        except (KeyError, TypeError, ValueError):
            raise BadInput(
                "not a usable key",
                place=place,
                mend="A JWK is expected: OKP Ed25519, EC P-256, or oct of 256 bits.",
            ) from None

    @classmethod
    def read(cls, path: Path) -> Key:
        """The key in a JWK file. Raises BadInput naming the file."""
        try:
            jwk = json.loads(path.read_bytes())
        except (OSError, ValueError):
            jwk = None
        return cls.of(jwk if isinstance(jwk, dict) else {}, str(path))

    def write(self, path: Path) -> None:
        """Write the key as a JWK file; readable by its owner alone where it is private."""
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = 0o644 if self.private_bytes is None else 0o600
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(json.dumps(self.as_json(), indent=1) + "\n")

    def public(self) -> Key:
        """The public half."""
        if self.curve == "oct":
            raise BadInput("a secret key has no public half")
        return Key(self.curve, self.public_bytes, None, self.kid)

    @property
    def secret(self) -> bytes:
        """The 32 bytes of an `oct` key. Raises BadInput for other keys."""
        if self.curve != "oct" or self.private_bytes is None:
            raise BadInput("a secret key (oct) is needed here")
        return self.private_bytes

    @cached_property
    def thumbprint(self) -> str:
        """RFC 7638: base64url of SHA-256 over the required members."""
        members = self.as_json()
        required = {name: members[name] for name in _PUBLIC[str(members["kty"])]}
        return _b64(hashlib.sha256(canonical(required)).digest())

    def as_json(self) -> dict[str, Json]:
        """The JWK; with its private member where it is known."""
        jwk: dict[str, Json] = {"kid": self.kid} if self.kid else {}
        private = self.private_bytes
        if self.curve == "oct":
            return jwk | {"kty": "oct", "k": _b64(private or b"")}
        if self.curve == "Ed25519":
            jwk |= {"kty": "OKP", "crv": "Ed25519", "x": _b64(self.public_bytes)}
        else:
            x, y = self.public_bytes[:_SIZE], self.public_bytes[_SIZE:]
            jwk |= {"kty": "EC", "crv": "P-256", "x": _b64(x), "y": _b64(y)}
        return jwk if private is None else jwk | {"d": _b64(private)}

    def sign(self, data: bytes) -> bytes:
        """64 bytes: Ed25519, or ES256 as r || s. Raises BadInput without the private half."""
        if self.private_bytes is None or self.curve == "oct":
            raise BadInput("a private signing key is needed here")
        if self.curve == "Ed25519":
            return ed25519.Ed25519PrivateKey.from_private_bytes(self.private_bytes).sign(data)
        private = ec.derive_private_key(int.from_bytes(self.private_bytes), ec.SECP256R1())
        r, s = decode_dss_signature(private.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(_SIZE) + s.to_bytes(_SIZE)

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Whether `signature` is this key's over `data`."""
        if self.curve == "oct" or len(signature) != 2 * _SIZE:
            return False
        try:
            if self.curve == "Ed25519":
                key = ed25519.Ed25519PublicKey.from_public_bytes(self.public_bytes)
                key.verify(signature, data)
            else:
                r, s = int.from_bytes(signature[:_SIZE]), int.from_bytes(signature[_SIZE:])
                _point(self.public_bytes).verify(
                    encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256())
                )
        except InvalidSignature:
            return False
        return True


def _read(jwk: dict[str, Json]) -> Key:
    kid = str(jwk.get("kid", ""))
    if not kid.isprintable():  # it comes to stand in the log and in every database
        raise ValueError
    private = _unb64(jwk["d"]) if "d" in jwk else None
    if jwk["kty"] == "oct":
        secret = _unb64(jwk["k"])
        if len(secret) != _SIZE:
            raise ValueError
        return Key("oct", b"", secret, kid)
    if (jwk["kty"], jwk["crv"]) == ("OKP", "Ed25519"):
        public = _unb64(jwk["x"])
        ed25519.Ed25519PublicKey.from_public_bytes(public)
        if private is not None:
            derived = ed25519.Ed25519PrivateKey.from_private_bytes(private).public_key()
            if derived.public_bytes_raw() != public:
                raise ValueError
        return Key("Ed25519", public, private, kid)
    if (jwk["kty"], jwk["crv"]) == ("EC", "P-256"):
        public = _unb64(jwk["x"]) + _unb64(jwk["y"])
        point = _point(public).public_numbers()
        if private is not None:
            own = ec.derive_private_key(int.from_bytes(private), ec.SECP256R1())
            if own.public_key().public_numbers() != point:
                raise ValueError
        return Key("P-256", public, private, kid)
    raise ValueError


def _point(public: bytes) -> ec.EllipticCurvePublicKey:
    if len(public) != 2 * _SIZE:
        raise ValueError
    x, y = int.from_bytes(public[:_SIZE]), int.from_bytes(public[_SIZE:])
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: Json) -> bytes:
    if not isinstance(text, str):
        raise TypeError
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
