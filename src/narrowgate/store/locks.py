"""The one write lock of a site, on one machine or on many.

On one machine: a file lock, which the kernel frees with the process. Where the database is on a
server, processes on other machines may write too: a PostgreSQL advisory lock is taken besides, on a
connection of its own, which the server frees with the session.

A file lock cannot be lost while its process runs; a session can (the server restarts, the network
parts). So before every write to the log `check` asks the server, on the very connection that took
the lock. What remains is the time between that answer and the write: a writer that stands still
just there, while another takes the lock and is done, would write over files of the log that the
other published. The checkpoint it cannot write, for that is replaced only where the one it began
with still stands (`replace`): the log never forks and nothing is answered twice. Where the other's
files were written over, the log is found damaged and stops (ledger/log.py); the bytes written
before are in the bucket's older version of the file.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from django.db import Error, connections

from narrowgate.errors import Internal
from narrowgate.store import database
from narrowgate.store.files import Files
from narrowgate.store.store import Store

_KEY = 0x6E617272_6F776761  # "narrowga" in ASCII; advisory locks are the database's own
# The lock's session: never cut for being idle, and found dead in half a minute when its machine is.
_SESSION = (
    "SET idle_session_timeout = 0; SET tcp_keepalives_idle = 10;"
    " SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4"
)


class Lock(Protocol):
    """The site's one write lock."""

    def held(self) -> AbstractContextManager[None]:
        """Hold it; waits for whoever holds it. Freed by a crash too."""

    def check(self) -> None:
        """Raises Internal if whoever holds it has lost it."""


class FileLock:
    """A lock between the processes and threads of one machine: HOME/lock."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def held(self) -> AbstractContextManager[None]:
        """Hold the lock."""
        return self._files.locked("lock")

    def check(self) -> None:
        """It cannot be lost."""


class ServerLock:
    """A file lock, and besides it one of the database's server."""

    def __init__(self, lock: Lock, alias: str) -> None:
        self._lock, self._alias = lock, f"{alias}-lock"
        self._session = threading.local()  # as Django's connections are: one a thread
        settings = connections.databases
        settings.setdefault(self._alias, settings[alias])

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold both. Raises Internal where the server cannot be reached."""
        with self._lock.held():
            with database.faults(self._alias):
                self._session.process = self._take()
            try:
                yield
            finally:
                self._session.process = None
                self._free()

    def check(self) -> None:
        """Raises Internal unless the session that took the lock is alive. Asked of the server."""
        process = getattr(self._session, "process", None)
        with contextlib.suppress(Error):
            if process is not None and self._ask("SELECT pg_backend_pid()") == process:
                return
        raise Internal(
            "the site's lock was lost, and with it the right to write; nothing was answered",
            place="narrowgate.toml, database.url",
            mend="`narrowgate case resume` goes on from what stands.",
        )

    def _take(self) -> object:
        with connections[self._alias].cursor() as cursor:
            cursor.execute(_SESSION)
            cursor.execute("SELECT pg_advisory_lock(%s)", [_KEY])
        return self._ask("SELECT pg_backend_pid()")

    def _free(self) -> None:
        """Give the lock back; where that cannot be told to the server, end the session with it."""
        try:
            freed = self._ask("SELECT pg_advisory_unlock(%s)", _KEY)
        except Error:
            freed = False
        if not freed:
            with contextlib.suppress(Error):
                connections[self._alias].close()

    def _ask(self, sql: str, *values: int) -> object:
        with connections[self._alias].cursor() as cursor:
            cursor.execute(sql, values)
            row = cursor.fetchone()
        return row[0] if row else None


class Held:
    """A store whose every change asks first whether the lock is still held."""

    def __init__(self, store: Store, lock: Lock) -> None:
        self._store, self._lock = store, lock

    def write(self, name: str, data: bytes) -> None:
        """`Store.write`."""
        self._lock.check()
        self._store.write(name, data)

    def replace(self, name: str, data: bytes, expected: bytes | None) -> None:
        """`Store.replace`."""
        self._lock.check()
        self._store.replace(name, data, expected)

    def delete(self, name: str) -> None:
        """`Store.delete`."""
        self._lock.check()
        self._store.delete(name)


def site_lock(files: Files, alias: str) -> Lock:
    """The lock of the site whose home is `files` and whose database is `alias`."""
    lock = FileLock(files)
    return ServerLock(lock, alias) if database.shared(alias) else lock
