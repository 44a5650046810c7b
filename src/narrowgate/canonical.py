"""Canonical bytes (RFC 8785) and digests, so that the same value always has the same name.

Values are null, booleans, integers within 2**53, text, lists and objects with text keys. Floats
are refused: two platforms may print one number in two ways, integers and text never.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TypeAlias

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | tuple[Json, ...] | None"


def canonical(value: Json) -> bytes:
    """RFC 8785 bytes of `value`. TypeError for floats, ValueError for integers over 2**53."""
    _check(value)
    # RFC 8785 3.2.3 sorts keys by UTF-16 code units; Python sorts by code points. Re-sorting by
    # the UTF-16BE bytes gives the RFC's order for astral characters too.
    return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":")).encode()


def sha256(data: bytes) -> str:
    """Digest of bytes as it is written everywhere: `sha256:` and 64 hexadecimal digits."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def digest(value: Json) -> str:
    """Digest of a value: SHA-256 over its canonical bytes."""
    return sha256(canonical(value))


def file_digest(path: Path) -> str:
    """Digest of a file's bytes."""
    with path.open("rb") as stream:
        return "sha256:" + hashlib.file_digest(stream, "sha256").hexdigest()


def _check(value: Json) -> None:
    if value is None or isinstance(value, bool | str):
        return
    if isinstance(value, int):
        if abs(value) > 2**53:
            raise ValueError("integers beyond 2**53 are written as text")
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError("keys are text")
            _check(item)
    else:
        raise TypeError(f"{type(value).__name__} has no canonical form; use integers or text")


def _ordered(value: Json) -> Json:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return {key: _ordered(value[key]) for key in keys}
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    return value
