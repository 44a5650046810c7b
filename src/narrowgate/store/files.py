"""The only writer of files: whole under a temporary name, fsync, rename, fsync the folder.

A reader sees the old file or the new one, never half of one, also after a power cut.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from narrowgate.errors import Conflict


class Files:
    """A folder, seen as names (with `/`) to bytes: a `store.Store`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, name: str) -> bytes | None:
        """The bytes under `name`, None where there are none."""
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Put `data` under `name`, durable when this returns; replaces what stood there."""
        with self.writing(name) as stream:
            stream.write(data)

    def replace(self, name: str, data: bytes, expected: bytes | None) -> None:
        """Like `write`, but only over the bytes `expected` (None: over nothing). Raises Conflict.

        Compared and replaced under a lock of the file's own, so that of two who expect the same
        bytes one alone succeeds, whatever locks they hold or have lost.
        """
        folder, _, last = name.rpartition("/")
        with self.locked(f"{folder}/.{last}.lock".lstrip("/")):
            if self.read(name) != expected:
                raise Conflict("it was changed by another process meanwhile", place=name)
            self.write(name, data)

    def delete(self, name: str) -> None:
        """Remove `name` if it is there."""
        (self.root / name).unlink(missing_ok=True)

    def names(self, folder: str) -> list[str]:
        """Names of what lies directly in `folder`, in order; of temporary files too."""
        path = self.root / folder
        return sorted(entry.name for entry in path.iterdir()) if path.is_dir() else []

    def clear(self, folder: str) -> None:
        """Remove `folder` and all that is in it, if it is there."""
        shutil.rmtree(self.root / folder, ignore_errors=True)

    @contextlib.contextmanager
    def writing(self, name: str, *, mode: int = 0o600) -> Iterator[IO[bytes]]:
        """A stream whose content stands under `name`, durable, when the block ends well.

        If the block raises, nothing is left behind.
        """
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.parent / f".{target.name}.{secrets.token_hex(4)}.tmp"
        try:
            with os.fdopen(
                os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb"
            ) as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            rename(temporary, target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    @contextlib.contextmanager
    def locked(self, name: str = "lock") -> Iterator[None]:
        """Hold the folder's one write lock; waits for whoever holds it. Freed by a crash too."""
        lock = self.root / name
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("ab") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield


def rename(source: Path, target: Path) -> None:
    """Rename and make the folder's entry durable."""
    os.replace(source, target)  # noqa: PTH105  (one call to patch where tests cut the power)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def new_folder(path: Path) -> None:
    """Make `path`, which must not hold anything yet. Raises Conflict."""
    path.mkdir(parents=True, exist_ok=True)
    if any(path.iterdir()):
        raise Conflict("the folder is not empty", place=str(path), mend="Name an empty or new one.")
