"""Where register, requests and truth come from: files given by path, or the simulated sample."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple

import duckdb

ROOT = Path(__file__).parents[2]
SIMULATION = ROOT / ".people/bin/python"


class Source(NamedTuple):
    """Three Parquet files: contract sections 4 and 3; record_id, person_id or null, lives_there."""

    register: Path
    requests: Path
    truth: Path

    def size(self) -> dict[str, int]:
        """Rows of the register and of the request, and records that should be confirmed."""
        count = "SELECT count(*) FROM read_parquet('{}')"
        queries = {
            "register_rows": count.format(self.register),
            "records": count.format(self.requests),
            "should_confirm": count.format(self.truth) + " WHERE lives_there",
        }
        return {name: duckdb.execute(query).fetchall()[0][0] for name, query in queries.items()}


def simulated(form: str, noise: str, work: Path) -> Source:
    """Files of the pseudopeople sample in a folder of `work` (simulated.py)."""
    folder = work / "people"
    folder.mkdir()
    script = Path(__file__).parent / "simulated.py"
    subprocess.run([SIMULATION, script, form, noise, folder], check=True, capture_output=True)
    return Source(*(folder / f"{name}.parquet" for name in ("register", "request", "truth")))
