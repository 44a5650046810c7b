"""Keys of cases, kept wrapped by the custodian's key (keys/custody.py) beside what they seal.

While the custody key is rotated, a key lies there twice for a moment: `key`, by the old one, and
`key.next`, by the new one. Whichever the site's custody key opens is the one.
"""

from __future__ import annotations

import secrets

from narrowgate.errors import NotFound
from narrowgate.keys.custody import Custody, unwrap, wrap, wrapped_by
from narrowgate.store.store import Store

KEY, NEXT = "key", "key.next"


class Keyring:
    """The wrapped keys in a store, one to a folder. `custody` wraps them."""

    def __init__(self, store: Store, custody: Custody) -> None:
        self._store, self._custody = store, custody

    def make(self, folder: str) -> None:
        """A fresh key of 32 bytes for the folder."""
        self._store.write(f"{folder}/{KEY}", wrap(self._custody, secrets.token_bytes(32)))

    def has(self, folder: str) -> bool:
        """Whether the folder has its key."""
        return self._store.read(f"{folder}/{KEY}") is not None

    def key(self, folder: str) -> bytes:
        """The folder's key. Raises NotFound where it has none, Internal where it does not open."""
        wrapped = self._store.read(f"{folder}/{KEY}")
        if wrapped is None:
            raise NotFound(
                "its key is gone: the case was never here, or was erased at the end of retention",
                place=f"case {folder}",
            )
        if wrapped_by(wrapped) not in (self._custody.id, None):
            prepared = self._store.read(f"{folder}/{NEXT}")
            if prepared is not None and wrapped_by(prepared) == self._custody.id:
                wrapped = prepared
        return unwrap(self._custody, wrapped, f"case {folder}, key")

    def prepare(self, folder: str, to: Custody) -> None:
        """Lay the key beside itself, wrapped by `to`."""
        self._store.write(f"{folder}/{NEXT}", wrap(to, self.key(folder)))

    def settle(self, folder: str, to: Custody) -> bool:
        """Let a key that was prepared for `to` take its place; whether there was one."""
        prepared = self._store.read(f"{folder}/{NEXT}")
        if prepared is None:
            return False
        if wrapped_by(prepared) == to.id:
            self._store.write(f"{folder}/{KEY}", prepared)
        self._store.delete(f"{folder}/{NEXT}")
        return True
