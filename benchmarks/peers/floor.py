"""The floor: one bare hash join of the two files on the number as written, and its result written.

It decides nothing. It is the least that any answer about all records has to do.
"""

from __future__ import annotations

import duckdb
from files import given_files, write


def main() -> None:
    """Join and write floor.parquet."""
    files = given_files()
    write(
        duckdb.connect(),
        "SELECT record_id, person_id "
        f"FROM read_parquet('{files.requests}') JOIN read_parquet('{files.register}') USING (tin)",
        files.folder / "floor.parquet",
    )


if __name__ == "__main__":
    main()
