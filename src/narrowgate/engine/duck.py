"""DuckDB, bounded: in memory, offline, no files, and no value of a record in any error.

Nothing is ever spilled: what does not fit into memory fails, for a spilled block would be records
in the clear on a disk. The session's time zone is UTC whatever the machine's is.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import duckdb

from narrowgate.errors import Internal


def connect(threads: int | None = None, memory: str | None = None) -> duckdb.DuckDBPyConnection:
    """A fresh connection. `memory` such as `4GB`. It reaches neither network nor disk."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "enable_external_access": False,
        # DuckDB spills to ./.tmp, even for a database in memory, unless it is told of no folder.
        "temp_directory": "",
    }
    if threads is not None:
        config["threads"] = threads
    if memory is not None:
        config["memory_limit"] = memory
    con = duckdb.connect(config=config)
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET enable_progress_bar = false")
    return con


@contextlib.contextmanager
def scrubbed(step: str) -> Iterator[None]:
    """Turn an engine's error into Internal that names the step: DuckDB quotes values."""
    try:
        yield
    except duckdb.Error as error:
        raise Internal(f"the engine failed while {step} ({type(error).__name__})") from None
