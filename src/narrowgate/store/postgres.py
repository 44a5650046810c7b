"""A PostgreSQL URL as Django's settings.

A password belongs into PGPASSWORD, ~/.pgpass or a service file, where libpq looks by itself; in the
URL it works too, and is shown by no message.
"""

from __future__ import annotations

import importlib.util
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from narrowgate.errors import BadInput

_PLACE = "narrowgate.toml, database.url"
# Of every session. `on` waits for the standbys that the server's own settings name, besides.
_SESSION = "-c synchronous_commit=on"
# What an URL may say besides: how to reach the server. What a session does is said here alone.
_QUERY = {
    *("host", "service", "passfile", "connect_timeout", "target_session_attrs", "tcp_user_timeout"),
    *("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "ssl_min_protocol_version"),
    *("channel_binding", "gssencmode", "krbsrvname"),
    *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count"),
}


def settings(url: str) -> dict[str, Any]:
    """Django's settings for `postgresql://USER@HOST:PORT/NAME?sslmode=...`; `?host=/FOLDER` for a
    socket. Raises BadInput: what is wrong is named, the URL is not shown.
    """
    if importlib.util.find_spec("psycopg") is None:
        raise BadInput(
            "PostgreSQL needs a driver that is not installed",
            place=_PLACE,
            mend="Install narrowgate[postgres].",
        )
    try:
        parts = urlsplit(url)
        port = str(parts.port or "")
    except ValueError:
        raise BadInput("the port is no number", place=_PLACE) from None
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := sorted(set(query) - _QUERY):
        raise BadInput("not known: " + ", ".join(unknown), place=_PLACE)
    name = unquote(parts.path.lstrip("/"))
    if not name and "service" not in query:
        raise BadInput("it names no database", place=_PLACE)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": port,
        "OPTIONS": {"connect_timeout": "10", **query, "options": _SESSION},
    }
