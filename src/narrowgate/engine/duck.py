"""DuckDB, bounded: in memory, offline, no files, and no value of a record in any error."""

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
    }
    if threads is not None:
        config["threads"] = threads
    if memory is not None:
        config["memory_limit"] = memory
    return duckdb.connect(config=config)


@contextlib.contextmanager
def scrubbed(step: str) -> Iterator[None]:
    """Turn an engine's error into Internal that names the step: DuckDB quotes values."""
    try:
        yield
    except duckdb.Error as error:
        raise Internal(f"the engine failed while {step} ({type(error).__name__})") from None
