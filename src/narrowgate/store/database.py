"""Opening a site's database through Django: SQLite in the site's folder."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.management import call_command
from django.db import connections, transaction

from narrowgate.canonical import sha256
from narrowgate.errors import BadInput


def connect(url: str, home: Path) -> str:
    """Make the database known to Django and return its alias (`using=`). Opens nothing yet.

    `url`: `sqlite:///PATH`, relative to `home`. Raises BadInput for another.
    """
    settings = _settings(url, home)
    alias = sha256(f"{settings['ENGINE']} {settings['NAME']}".encode())[-16:]
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


def migrate(alias: str) -> None:
    """Bring the schema up to date."""
    call_command("migrate", database=alias, verbosity=0, interactive=False)


def reset(alias: str) -> None:
    """Take every table away and make the schema anew, empty."""
    call_command("migrate", "store", "zero", database=alias, verbosity=0, interactive=False)
    migrate(alias)


def atomic(alias: str) -> transaction.Atomic:
    """A transaction: all that the block writes, or none of it."""
    return transaction.atomic(using=alias, durable=True)


def savepoint(alias: str) -> transaction.Atomic:
    """A part of a transaction: all that the block writes, or none of it, and the rest stands."""
    return transaction.atomic(using=alias)


def _settings(url: str, home: Path) -> dict[str, object]:
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
    raise BadInput(
        "a database URL begins with sqlite:///",
        place="narrowgate.toml, database.url",
    )
