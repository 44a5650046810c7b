"""The whole way at scale: `scale.py [--people N] [--records M] [--seed S] [--folder DIR]`.

A register of N people and a request of M records of benchmarks/world go through the real command
line, under benchmarks/agreements/national-scale.md. Time and peak memory of each station are
printed, and as a ratio to a floor taken in the same run: one bare DuckDB hash join of the same two
files on the number, and a write of what it gives. Deterministic by seed. `--folder` keeps the
generated files, and takes them from there the next time.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[0] = str(ROOT)

import duckdb  # noqa: E402
from benchmarks.world.generate import generate  # noqa: E402

AGREEMENT = ROOT / "benchmarks/agreements/national-scale.md"


def main() -> None:
    """Run the stations and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the generated files are, or shall be")
    asked = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="narrowgate-scale-"))
    try:
        run_all(work, asked.folder or work, asked.people, asked.records, asked.seed)
    finally:
        shutil.rmtree(work)


def run_all(work: Path, folder: Path, people: int, records: int, seed: int) -> None:
    """Generate, run, print."""
    register, request = folder / "register.parquet", folder / "request.parquet"
    if not request.exists():
        generate(people, records, seed, folder)
    floor = bare_join(register, request, work)
    site = work / "site"
    took: dict[str, float] = {}
    peaks: dict[str, float] = {}

    def run(name: str, *words: object) -> dict[str, Any]:
        command = [ROOT / ".venv/bin/narrowgate", "--home", site, "--json", *map(str, words)]
        said, failed = work / "said.json", work / "failed.txt"
        watch = time.perf_counter()
        with said.open("wb") as out, failed.open("wb") as err:
            station = subprocess.Popen(command, stdout=out, stderr=err)
            # wait4 gives the peak of this one station; getrusage only that of the greatest so far
            _, status, used = os.wait4(station.pid, 0)
        station.returncode = os.waitstatus_to_exitcode(status)
        took[name], peaks[name] = time.perf_counter() - watch, used.ru_maxrss / 1024
        if station.returncode:
            sys.exit(f"{name}: {failed.read_text()}")
        result: dict[str, Any] = json.loads(said.read_bytes())
        return result

    def key(*parties: str) -> list[str]:
        return [word for p in parties for word in ("--key", str(site / f"parties/{p}.jwk"))]

    run("init", "init", "--test-parties")
    run("register load", "register", "load", register)
    run("adopt", "agreement", "adopt", AGREEMENT,
        *key("agreement-officer-1", "agreement-officer-2"))  # fmt: skip
    run("pack", "request", "pack", request, "--agreement", AGREEMENT, "--purpose",
        "criminal-investigation", "--attest-all", "--out", work / "sent")  # fmt: skip
    run("sign", "request", "sign", work / "sent", *key("signatory-1"))
    case = run("receive", "receive", work / "sent")["case"]
    processed = run("process", "process", case)
    run("release", "release", case, *key("release-officer-1", "release-officer-2"),
        "--undecided", "not-confirmed")  # fmt: skip
    run("answers", "answers", case, "--out", work / "answers/answers.parquet")
    counts = {
        n: processed[n] for n in ("records", "refused", "confirmed", "not_confirmed", "review")
    }
    sys.stdout.write(f"{people:,} people, {records:,} records, seed {seed}: {counts}\n")
    sys.stdout.write(f"{'floor: join and write':24}{floor:8.2f} s\n")
    for name, seconds in took.items():
        sys.stdout.write(f"{name:24}{seconds:8.2f} s{seconds / floor:8.1f} x floor")
        sys.stdout.write(f"{peaks[name]:8,.0f} MiB\n")
    for name, text in processed["seconds"].items():
        sys.stdout.write(f"{'  of it ' + name:24}{float(text):8.2f} s\n")
    case_way = ("receive", "process", "release", "answers")
    whole, peak = sum(took[name] for name in case_way), max(peaks[name] for name in case_way)
    sys.stdout.write(f"{'receive to answers':24}{whole:8.2f} s{whole / floor:8.1f} x floor")
    sys.stdout.write(f"{peak:8,.0f} MiB\n")


def bare_join(register: Path, request: Path, work: Path) -> float:
    """Seconds of DuckDB's own hash join of the two files on the number, and a write."""
    con = duckdb.connect()
    con.execute("SET enable_progress_bar = false")
    watch = time.perf_counter()
    con.execute(
        f"COPY (SELECT record_id, person_id FROM read_parquet('{request}') AS r "
        f"JOIN read_parquet('{register}') AS p USING (tin)) TO '{work / 'floor.parquet'}'"
    )
    return time.perf_counter() - watch


if __name__ == "__main__":
    main()
