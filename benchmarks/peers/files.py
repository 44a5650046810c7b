"""What every peer is given, and how a careful analyst makes its columns comparable.

A peer is a script `PEER.py REGISTER REQUESTS FOLDER`. It writes, for each way of deciding that it
has, FOLDER/NAME.parquet with a row for each record it would confirm: record_id and person_id.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import NamedTuple

import duckdb

PERSON = ("tin", "given_name", "middle_name", "family_name", "date_of_birth")
PLACE = ("address_line1", "address_line2", "postal_code")

# Chains of replace: two to three times as fast as a regular expression, four as fast as translate.
FORMS = """
CREATE MACRO written(t) AS upper(strip_accents(t));
CREATE MACRO letters(t) AS nullif(replace(replace(replace(replace(
    written(t), ' ', ''), '-', ''), '.', ''), chr(39), ''), '');
CREATE MACRO digits(t) AS nullif(regexp_replace(t, '[^0-9]', '', 'g'), '');
CREATE MACRO day(t) AS try_cast(CAST(t AS VARCHAR) AS DATE);
CREATE MACRO line(a, b) AS nullif(trim(replace(replace(replace(replace(
    written(concat_ws(' ', a, b)), '.', ''), ',', ' '), '#', ' '), '  ', ' ')), '');
CREATE MACRO zip(t) AS nullif(left(trim(t), 5), '');
"""
"""Forms for comparing: capitals without accents and signs; no dictionary, no parser."""

LAST_KNOWN = (
    "address_from IS NOT DISTINCT FROM max(address_from) OVER (PARTITION BY record_id, person_id)"
)
"""Of several open addresses of a candidate the last known one: files are stale, people move."""


class Files(NamedTuple):
    """Register (contract section 4), requests (section 3), the folder to write into."""

    register: Path
    requests: Path
    folder: Path


def given_files() -> Files:
    """The three paths of the command line. Raises ValueError where they are not three."""
    register, requests, folder = map(Path, sys.argv[1:])
    return Files(register, requests, folder)


def connect(files: Files) -> duckdb.DuckDBPyConnection:
    """A database with FORMS and two views: `request` (record_id and the columns PERSON and PLACE)
    and `register` (person_id, address_from and the same), of open addresses of people who are not
    sealed. Columns that a file does not have are NULL.
    """
    con = duckdb.connect()
    con.execute(f"SET temp_directory = '{files.folder}'")
    con.execute(FORMS)
    _view(con, "request", files.requests, ("record_id", *PERSON, *PLACE), "true")
    _view(
        con,
        "register",
        files.register,
        ("person_id", "address_from", *PERSON, *PLACE),
        "coalesce(CAST(address_to AS VARCHAR), '') = ''"
        " AND coalesce(CAST(sealed AS VARCHAR), '') NOT IN ('true', 't', '1')",
        needed=("address_to", "sealed"),
    )
    return con


def _view(
    con: duckdb.DuckDBPyConnection,
    name: str,
    path: Path,
    columns: tuple[str, ...],
    kept: str,
    needed: tuple[str, ...] = (),
) -> None:
    source = f"read_parquet('{path}')"
    held = {row[0] for row in con.execute(f"DESCRIBE FROM {source}").fetchall()}
    cells = ", ".join(c if c in held else f"NULL::VARCHAR AS {c}" for c in columns)
    absent = "".join(f", NULL::VARCHAR AS {c}" for c in needed if c not in held)
    con.execute(
        f"CREATE VIEW {name} AS SELECT {cells} FROM (SELECT *{absent} FROM {source}) WHERE {kept}"
    )


def write(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """The rows of a query as Parquet."""
    con.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")


class Watch:
    """Seconds of the parts of a peer that prepares something `once` (a model, an index) and then
    answers; what it needs for each request is the rest. Written to FOLDER/seconds.json.
    """

    def __init__(self) -> None:
        self._at = time.perf_counter()
        self._seconds: dict[str, dict[str, float]] = {"once": {}, "request": {}}

    def passed(self, part: str, *, once: bool = False) -> None:
        """The part that began when the last one ended has ended now."""
        now = time.perf_counter()
        self._seconds["once" if once else "request"][part] = now - self._at
        self._at = now

    def write(self, folder: Path) -> None:
        """Keep the seconds beside the answers."""
        (folder / "seconds.json").write_text(json.dumps(self._seconds))
