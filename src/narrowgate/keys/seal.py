"""Sealed streams: AES-256-GCM in chunks, so that a file of any size can be read at any place.

    file   = "NGSEAL1\\n" || salt (32 bytes) || chunk 0 || chunk 1 || ...
    chunk  = AES-256-GCM(file key, nonce, up to 256 KiB of plaintext), 16 bytes of tag at its end
    nonce  = 11 bytes chunk number || 1 byte: 1 in the last chunk, else 0
    file key = HKDF-SHA256(key, salt, info = "narrowgate seal 1" || 0 || context)

This is the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizar 2015): chunks cannot be cut
off, reordered or exchanged, and a file does not open under another `context` (its own name), so one
sealed file cannot stand in for another. There is always a last chunk, empty if need be.
"""

from __future__ import annotations

import io
import os
import secrets
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap,
    aes_key_wrap,
)

from narrowgate.errors import Internal

MAGIC = b"NGSEAL1\n"
CHUNK = 1 << 18
_SALT, _TAG = 32, 16
_HEAD = len(MAGIC) + _SALT
SEALED_CHUNK = CHUNK + _TAG


def seal_bytes(key: bytes, context: str, data: bytes | memoryview) -> bytes:
    """Seal `data` under `key` (32 bytes) and its `context`."""
    stream = io.BytesIO()
    with SealedWriter(stream, key, context) as writer:
        writer.write(data)
    return stream.getvalue()


def unseal_bytes(key: bytes, context: str, sealed: bytes) -> bytes:
    """The inverse of `seal_bytes`. Raises Internal if a bit of it is not as it was sealed."""
    with SealedReader(io.BytesIO(sealed), key, context) as reader:
        return reader.read()


def wrap(custody_key: bytes, key: bytes) -> bytes:
    """Wrap a key by another (RFC 3394)."""
    return aes_key_wrap(custody_key, key)


def unwrap(custody_key: bytes, wrapped: bytes) -> bytes:
    """The inverse of `wrap`. Raises Internal for another key or a changed bit."""
    try:
        return aes_key_unwrap(custody_key, wrapped)
    except (InvalidUnwrap, ValueError):
        raise Internal("a wrapped key does not open under this site's custody key") from None


class SealedWriter(io.RawIOBase):
    """Seals what is written to it into `stream`; `close` writes the last chunk, and not more:
    the stream stays open.
    """

    def __init__(self, stream: IO[bytes], key: bytes, context: str) -> None:
        super().__init__()
        salt = secrets.token_bytes(_SALT)
        self._stream, self._cipher = stream, _cipher(key, salt, context)
        self._pending, self._number, self._written = bytearray(), 0, 0
        stream.write(MAGIC + salt)

    def writable(self) -> bool:
        """True."""
        return True

    def tell(self) -> int:
        """Plaintext bytes written so far."""
        return self._written

    def write(self, data: bytes | memoryview) -> int:  # type: ignore[override]
        """Seal `data`, a whole chunk at a time."""
        view = memoryview(data).cast("B")
        self._written += len(view)
        start = 0
        while start < len(view):
            # One chunk is always kept back: only at the end is it known which is the last.
            if len(self._pending) == CHUNK:
                self._put(bytes(self._pending), last=False)
                self._pending.clear()
            taken = min(CHUNK - len(self._pending), len(view) - start)
            self._pending += view[start : start + taken]
            start += taken
        return len(view)

    def close(self) -> None:
        """Write the last chunk."""
        if not self.closed:
            self._put(bytes(self._pending), last=True)
        super().close()

    def _put(self, chunk: bytes, *, last: bool) -> None:
        self._stream.write(self._cipher.encrypt(_nonce(self._number, last), chunk, None))
        self._number += 1


class SealedReader(io.RawIOBase):
    """Reads a sealed stream at any place; each chunk is authenticated before a byte is given."""

    def __init__(self, stream: IO[bytes], key: bytes, context: str) -> None:
        super().__init__()
        self._stream, self._context = stream, context
        stream.seek(0, io.SEEK_END)
        size = stream.tell()
        stream.seek(0)
        head = stream.read(_HEAD)
        body = size - _HEAD
        if head[: len(MAGIC)] != MAGIC or body < _TAG:
            raise self._fault()
        self._cipher = _cipher(key, head[len(MAGIC) :], context)
        self._chunks = -(-body // SEALED_CHUNK)
        if body - (self._chunks - 1) * SEALED_CHUNK < _TAG:
            raise self._fault()
        self.size = body - self._chunks * _TAG
        self._position, self._cached, self._cache = 0, -1, b""
        self._chunk(self._chunks - 1)  # a file cut short is found before anything is read

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def tell(self) -> int:
        """Place in the plaintext."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place in the plaintext."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` from here; fewer bytes at a chunk's end, 0 at the stream's end."""
        view = memoryview(buffer).cast("B")
        if self._position >= self.size or not len(view):
            return 0
        number, offset = divmod(self._position, CHUNK)
        piece = self._chunk(number)[offset : offset + len(view)]
        view[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def read(self, size: int = -1) -> bytes:
        """`size` bytes from here, or all; fewer only at the end."""
        wanted = self.size - self._position if size is None or size < 0 else size
        stop = min(self.size, self._position + wanted)
        pieces = []
        while self._position < stop:
            number, offset = divmod(self._position, CHUNK)
            piece = self._chunk(number)[offset : offset + stop - self._position]
            pieces.append(piece)
            self._position += len(piece)
        return b"".join(pieces)

    def open_chunk(self, number: int, into: memoryview, sealed: bytearray) -> None:
        """Open chunk `number` of a file into `into`; `sealed` (SEALED_CHUNK bytes) is room to read
        it to. Threads may do so side by side.
        """
        at = _HEAD + number * SEALED_CHUNK
        size = os.preadv(self._stream.fileno(), [sealed], at)
        nonce = _nonce(number, number == self._chunks - 1)
        try:
            read = memoryview(sealed)[:size]
            self._cipher.decrypt_into(nonce, read, None, into[: size - _TAG])
        except (InvalidTag, ValueError):
            raise self._fault() from None

    def _sealed(self, number: int) -> bytes:
        self._stream.seek(_HEAD + number * SEALED_CHUNK)
        return self._stream.read(SEALED_CHUNK)

    def _chunk(self, number: int) -> bytes:
        if number != self._cached:
            nonce = _nonce(number, number == self._chunks - 1)
            try:
                self._cache = self._cipher.decrypt(nonce, self._sealed(number), None)
            except (InvalidTag, ValueError):
                raise self._fault() from None
            self._cached = number
        return self._cache

    def _fault(self) -> Internal:
        return Internal(
            "a sealed file does not open: it is damaged, cut short, or another's",
            place=self._context,
            mend="Restore it from a backup.",
        )


def _cipher(key: bytes, salt: bytes, context: str) -> AESGCM:
    info = b"narrowgate seal 1\0" + context.encode()
    return AESGCM(HKDF(SHA256(), 32, salt=salt, info=info).derive(key))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])
