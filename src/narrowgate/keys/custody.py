"""Where a signing key is kept: a JWK file today, a hardware module behind the same name later."""

from __future__ import annotations

from pathlib import Path

from narrowgate.errors import BadInput
from narrowgate.keys.jwk import Key


def signer(name: str) -> Key:
    """The private signing key that `--key` names: a JWK file. Raises BadInput."""
    if name.startswith("pkcs11:"):
        raise BadInput(
            "keys in hardware are not supported by this version",
            place=f"--key {name.partition('?')[0]}",
            mend="Name a JWK file.",
        )
    key = Key.read(Path(name))
    if key.private_bytes is None or key.curve == "oct":
        raise BadInput("a private signing key is needed", place=name)
    return key
