"""Opening a site's database through Django: SQLite in the site's folder, or PostgreSQL.

A database that fails in the middle has its connection dropped, and the next question opens another:
nothing is believed of what was not answered. Its own words are not passed on, for they quote rows.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import unquote, urlsplit

from django.core.management import call_command
from django.db import Error, connections, transaction

from narrowgate.canonical import canonical, sha256
from narrowgate.errors import BadInput, Internal
from narrowgate.store import postgres

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


def connect(url: str, home: Path) -> str:
    """Make the database known to Django and return its alias (`using=`). Opens nothing yet.

    `url`: `sqlite:///PATH`, relative to `home`, or `postgresql://USER@HOST:PORT/NAME`. Raises
    BadInput for another, and where the driver for it is not installed.
    """
    settings = _settings(url, home)
    alias = sha256(canonical({name: str(settings[name]) for name in sorted(settings)}))[-16:]
    if alias not in connections.databases:
        connections.databases[alias] = connections.configure_settings(
            {"default": {}, alias: settings}
        )[alias]
    return alias


def close(alias: str) -> None:
    """Close this thread's connection; it is opened again when it is needed."""
    connections[alias].close()


def forget(alias: str) -> None:
    """Close the connection and let Django forget the database."""
    connections[alias].close()
    del connections[alias]
    del connections.databases[alias]


def shared(alias: str) -> bool:
    """Whether processes on other machines may use this database too."""
    return bool(connections[alias].vendor == "postgresql")


def in_use(alias: str) -> bool:
    """Whether there are tables in it."""
    with faults(alias):
        return bool(connections[alias].introspection.table_names())


def migrate(alias: str) -> None:
    """Bring the schema up to date."""
    with faults(alias):
        call_command("migrate", database=alias, verbosity=0, interactive=False)


def reset(alias: str) -> None:
    """Take every table away and make the schema anew, empty."""
    with faults(alias):
        call_command("migrate", "store", "zero", database=alias, verbosity=0, interactive=False)
    migrate(alias)


@contextlib.contextmanager
def atomic(alias: str) -> Iterator[None]:
    """A transaction: all that the block writes, or none of it."""
    with faults(alias), transaction.atomic(using=alias, durable=True):
        yield


def savepoint(alias: str) -> transaction.Atomic:
    """A part of a transaction: all that the block writes, or none of it, and the rest stands."""
    return transaction.atomic(using=alias)


@contextlib.contextmanager
def faults(alias: str) -> Iterator[None]:
    """Raises Internal for a fault of the database in the block, and drops the connection."""
    try:
        yield
    except Error as error:
        with contextlib.suppress(Error):
            connections[alias].close()
        code = getattr(error.__cause__, "sqlstate", None)
        kind = type(error).__name__ + (f", SQLSTATE {code}" if code else "")
        raise Internal(
            f"the database failed or could not be reached ({kind})",
            place="narrowgate.toml, database.url",
            mend="When it is back, `narrowgate case resume` goes on.",
        ) from None


def question(
    ask: Callable[Concatenate[str, Asked], Answer],
) -> Callable[Concatenate[str, Asked], Answer]:
    """A function of the alias whose faults are those of `faults`."""

    @functools.wraps(ask)
    def guarded(alias: str, /, *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        with faults(alias):
            return ask(alias, *args, **kwargs)

    return guarded


def _settings(url: str, home: Path) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str((home / unquote(parts.path.lstrip("/"))).resolve()),
            # Durable before it is believed: the default journal may lose the last commit.
            "OPTIONS": {
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
                "transaction_mode": "IMMEDIATE",
                "timeout": 60,
            },
        }
    if parts.scheme in ("postgresql", "postgres"):
        return postgres.settings(url)
    raise BadInput(
        "a database URL begins with sqlite:/// or postgresql://",
        place="narrowgate.toml, database.url",
    )
