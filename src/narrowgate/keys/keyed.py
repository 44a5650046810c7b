"""HMAC-SHA256 (RFC 2104) as a DuckDB expression, so that a whole column is keyed at once."""

from __future__ import annotations

_BLOCK = 64


def pads(key: bytes) -> tuple[bytes, bytes]:
    """Inner and outer pad of a key of at most 64 bytes, to be bound where `hmac_sql` says."""
    if len(key) > _BLOCK:
        raise ValueError("a key is at most 64 bytes")
    block = key.ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def hmac_sql(text: str, inner: str = "$inner", outer: str = "$outer") -> str:
    """SQL for HMAC-SHA256 over the UTF-8 bytes of the expression `text`: a BLOB of 32 bytes."""
    return f"unhex(sha256({outer}::BLOB || unhex(sha256({inner}::BLOB || encode({text})))))"
