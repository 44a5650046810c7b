"""The tree over a case's rows: salted commitments, a leaf a row (docs/log.md, "Rows")."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from narrowgate_verify import merkle
from narrowgate_verify.findings import NotVerified
from narrowgate_verify.notes import strict_base64

ASKED, ANSWERED = b"ng/asked/2\n", b"ng/answered/2\n"
_SALT = 16


def open_row(
    opened: dict[str, Any], tag: bytes, row: int, size: int, root: bytes
) -> dict[str, str | None]:
    """The fields shown of a row that stands at `row` under `root`. Raises NotVerified."""
    commitments, shown = [], dict[str, str | None]()
    for field in opened["fields"]:
        name = str(field["name"])
        if "commitment" in field:
            commitments.append(_bytes(field["commitment"], 32))
            continue
        value = field["value"]
        if name in shown or not (value is None or isinstance(value, str)):
            raise NotVerified(f"the field {name} is shown twice, or is no text")
        commitments.append(commitment(tag, _bytes(field["salt"], _SALT), name, value))
        shown[name] = value
    leaf = merkle.leaf_hash(b"".join(commitments))
    path = [_bytes(node, 32) for node in opened["path"]]
    if merkle.root_from_path(leaf, row, size, path) != root:
        raise NotVerified("it does not stand in the tree that the log's entry names")
    return shown


def root_of(
    rows: Sequence[Sequence[str | None]], names: Sequence[str], tag: bytes, key: bytes
) -> bytes:
    """The root over whole rows, their salts made from the tree's key."""
    salts = [_salts(key, name, len(rows)) for name in names]
    leaves = [
        merkle.leaf_hash(
            b"".join(
                commitment(tag, salts[n][number * _SALT : (number + 1) * _SALT], name, row[n])
                for n, name in enumerate(names)
            )
        )
        for number, row in enumerate(rows)
    ]
    return merkle.root(merkle.levels(leaves), len(leaves))


def commitment(tag: bytes, salt: bytes, name: str, value: str | None) -> bytes:
    """32 bytes."""
    text = name if value is None else f"{name}={value}"
    return hashlib.sha256(tag + salt + text.encode()).digest()


def _salts(key: bytes, name: str, count: int) -> bytes:
    field_key = HKDF(SHA256(), 32, salt=None, info=name.encode()).derive(key)
    cipher = Cipher(algorithms.AES256(field_key), modes.ECB()).encryptor()  # noqa: S305
    blocks: Iterable[bytes] = (row.to_bytes(_SALT, "big") for row in range(count))
    return cipher.update(b"".join(blocks)) + cipher.finalize()


def _bytes(text: object, size: int) -> bytes:
    data = strict_base64(str(text), "a part of the proof")
    if len(data) != size:
        raise NotVerified("a part of the proof has not the size it must have")
    return data
