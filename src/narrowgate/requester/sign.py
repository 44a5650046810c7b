"""Signing: a signatory's key over the manifest as it stands. Each key signs once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from narrowgate.canonical import Json
from narrowgate.errors import BadInput
from narrowgate.keys import jws
from narrowgate.keys.custody import signer
from narrowgate.keys.jwk import Key
from narrowgate.request.envelope import MANIFEST, open_envelope
from narrowgate.requester.pack import write_manifest


def sign_with(folder: Path, names: Sequence[str]) -> list[str]:
    """`sign` with the keys that --key names: JWK files or pkcs11: URIs."""
    return sign(folder, [signer(name) for name in names])


def sign(folder: Path, keys: Sequence[Key]) -> list[str]:
    """Add a signature by each key; one by the same key is replaced. Returns their thumbprints.

    Raises BadInput for a folder without a manifest that can be read.
    """
    envelope = open_envelope(folder)
    if envelope.manifest is None:
        fault = envelope.faults[0]
        raise BadInput(fault.fault, place=str(folder / MANIFEST), mend=fault.mend)
    kept: list[Json] = [
        {"protected": signature.protected, "signature": signature.value}
        for signature in envelope.signatures
        if not any(signature.verified_by(key) for key in keys)
    ]
    signed = jws.sign(envelope.payload, keys)
    added = signed["signatures"]
    if not isinstance(added, list):
        raise TypeError("a JWS has a list of signatures")
    write_manifest(folder, {"payload": signed["payload"], "signatures": [*kept, *added]})
    return [key.thumbprint for key in keys]
