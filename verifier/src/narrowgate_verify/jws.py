"""JWS in the general JSON serialization (RFC 7515 section 7.2.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from narrowgate_verify.findings import NotVerified
from narrowgate_verify.keys import PublicKey, unbase64url


@dataclass(frozen=True)
class Jws:
    """A payload, and of each signature: the algorithm and key it names, its bytes, and the bytes
    it is over.
    """

    payload: bytes
    signatures: tuple[tuple[str, str, bytes, bytes], ...]

    def signed_by(self, key: PublicKey) -> bool:
        """Whether one of the signatures is this key's."""
        return any(
            algorithm in key.algorithms and key.verifies(signature, data)
            for algorithm, _, signature, data in self.signatures
        )


def read_jws(data: bytes) -> Jws:
    """Raises NotVerified for what is none."""
    try:
        raw: Mapping[str, Any] = json.loads(data)
        found = []
        for each in raw["signatures"]:
            header = json.loads(unbase64url(each["protected"]))
            usable = not {"crit", "b64"} & set(header)
            over = f"{each['protected']}.{raw['payload']}".encode()
            algorithm = str(header["alg"]) if usable else ""
            found.append(
                (algorithm, str(header.get("kid", "")), unbase64url(each["signature"]), over)
            )
        return Jws(unbase64url(raw["payload"]), tuple(found))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise NotVerified("it is not a JWS in the general JSON serialization") from None
