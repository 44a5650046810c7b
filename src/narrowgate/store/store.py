"""What evidence and the log ask of storage, and which kind of it a setting names."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from narrowgate.store.buckets import Buckets, Endpoint
from narrowgate.store.files import Files


class Store(Protocol):
    """Names (with `/`) to bytes. Every change is whole and durable when the method returns."""

    def read(self, name: str) -> bytes | None:
        """The bytes under `name`, None where there are none."""

    def write(self, name: str, data: bytes) -> None:
        """Put `data` under `name`, over whatever stood there."""

    def replace(self, name: str, data: bytes, expected: bytes | None) -> None:
        """Put `data` under `name` if `expected` stands there (None: nothing). Raises Conflict."""

    def delete(self, name: str) -> None:
        """Remove `name` if it is there."""

    def names(self, folder: str) -> list[str]:
        """Names of what lies directly in `folder`, in order."""

    def clear(self, folder: str) -> None:
        """Remove `folder` and all that is in it, if it is there."""


def open_store(where: str, home: Path, endpoint: Endpoint) -> Store:
    """The store at `where`: `s3://BUCKET/PREFIX`, or a folder, relative to `home`."""
    if where.startswith("s3:"):
        return Buckets.open(where, endpoint)
    return Files(home / where)
