"""The whole way at scale: `scale.py [--people N] [--records M] [--seed S]`, figures by station.

A synthetic register of N people and a request of M records under benchmarks/agreements/
national-scale.md go through the real command line. Time and peak memory of each station are
printed, and as a ratio to a floor taken in the same run: one bare DuckDB hash join of the same
data on the number. Deterministic by seed. One record in five differs from what is on file.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).parents[1]
AGREEMENT = ROOT / "benchmarks/agreements/national-scale.md"
SYLLABLES = [a + b for a in "BCDFGHJKLMNPRST" for b in "AEIO"]
STREETS = (
    "OAK",
    "MAPLE",
    "CEDAR",
    "ELM",
    "PINE",
    "BIRCH",
    "WALNUT",
    "LAKE",
    "HILL",
    "PARK",
    "MAIN",
    "CHURCH",
    "RIVER",
    "SPRING",
)
SUFFIXES = ("ST", "AVE", "RD", "DR", "LN", "CT", "BLVD", "WAY")
PLACES = (
    ("SPOKANE", "WA", 992),
    ("AUSTIN", "TX", 787),
    ("DENVER", "CO", 802),
    ("MIAMI", "FL", 331),
)


def main() -> None:
    """Run the stations and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="narrowgate-scale-"))
    try:
        run_all(work, asked.people, asked.records, asked.seed)
    finally:
        shutil.rmtree(work)


def run_all(work: Path, people: int, records: int, seed: int) -> None:
    """Generate, run, print."""
    chance = np.random.default_rng(seed)
    register = register_of(people, chance)
    pq.write_table(register, work / "register.parquet")
    request = request_of(register, records, chance)
    pq.write_table(request, work / "request.parquet")
    floor = bare_join(work)
    site = work / "site"
    took: dict[str, float] = {}

    def run(name: str, *words: object) -> dict[str, Any]:
        command = [ROOT / ".venv/bin/narrowgate", "--home", site, "--json", *map(str, words)]
        watch = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        took[name] = time.perf_counter() - watch
        if done.returncode:
            sys.exit(f"{name}: {done.stderr}")
        result: dict[str, Any] = json.loads(done.stdout)
        return result

    def key(*parties: str) -> list[str]:
        return [word for p in parties for word in ("--key", str(site / f"parties/{p}.jwk"))]

    run("init", "init", "--test-parties")
    run("register load", "register", "load", work / "register.parquet")
    run("adopt", "agreement", "adopt", AGREEMENT,
        *key("agreement-officer-1", "agreement-officer-2"))  # fmt: skip
    run("pack", "request", "pack", work / "request.parquet", "--agreement", AGREEMENT, "--purpose",
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
    sys.stdout.write(f"{'floor: bare hash join':24}{floor:8.2f} s\n")
    for name, seconds in took.items():
        sys.stdout.write(f"{name:24}{seconds:8.2f} s{seconds / floor:8.1f} x floor\n")
    for name, text in processed["seconds"].items():
        sys.stdout.write(f"{'  of it ' + name:24}{float(text):8.2f} s\n")
    whole = sum(took[name] for name in ("receive", "process", "release", "answers"))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    sys.stdout.write(f"{'receive to answers':24}{whole:8.2f} s{whole / floor:8.1f} x floor\n")
    sys.stdout.write(f"{'peak memory':24}{peak:8.0f} MiB\n")


def register_of(count: int, chance: np.random.Generator) -> pa.Table:
    """Contract section 4, one row a person; some share a house, a name, a building."""
    number = np.arange(count)
    home = np.where(chance.random(count) < 0.3, number // 2 * 2, number)
    place = home % len(PLACES)
    unit = np.where(home % 5 == 0, 1 + home % 40, 0)
    house = 100 + home // 40 % 9000
    street = home // 7 % (len(STREETS) * len(SUFFIXES))
    block = home // (9000 * 40) % 90
    day = np.datetime64("1940-01-01") + chance.integers(0, 24_000, count)
    text = np.char.add
    line = text(text(house.astype(str), " "), np.array(STREETS)[street % len(STREETS)])
    line = text(text(line, " "), np.array(SUFFIXES)[street // len(STREETS)])
    zips = np.array([p[2] for p in PLACES])[place] * 100 + block
    return pa.table(
        {
            "person_id": text("P", number.astype(str)),
            "tin": tins(number),
            "given_name": names(chance.integers(0, 900, count)),
            "family_name": names(900 + chance.zipf(1.3, count) % 40_000),
            "date_of_birth": day.astype(str),
            "address_line1": line,
            "address_line2": np.where(unit > 0, text("APT ", unit.astype(str)), ""),
            "city": np.array([p[0] for p in PLACES])[place],
            "state": np.array([p[1] for p in PLACES])[place],
            "postal_code": np.char.zfill(zips.astype(str), 5),
            "address_from": np.full(count, "2021-01-01"),
        }
    )


def request_of(register: pa.Table, count: int, chance: np.random.Generator) -> pa.Table:
    """Contract section 3, about people of the register; one in five differs in something."""
    about = register.take(np.sort(chance.choice(register.num_rows, count, replace=False)))
    rows = np.arange(count)
    today = dt.datetime.now(tz=dt.UTC).date()
    columns = {name: about[name] for name in about.column_names if name in KEPT}
    line = np.array(about["address_line1"].to_pylist())
    moved = chance.random(count) < 0.15
    columns["address_line1"] = pa.array(np.where(moved, np.char.add("7", line), line))
    family = np.array(about["family_name"].to_pylist())
    typo = chance.random(count) < 0.05
    columns["family_name"] = pa.array(np.where(typo, np.char.add(family, "N"), family))
    text = np.char.add
    return pa.table(
        {
            **columns,
            "record_id": text("R", rows.astype(str)),
            "order_date": np.full(count, str(today - dt.timedelta(days=300))),
            "order_ground": np.full(count, "8 U.S.C. 1227(a)(1)(B)"),
            "case_number": text("INV-", rows.astype(str)),
            "offense_statute": np.full(count, "8 U.S.C. 1253(a)(1)(A)"),
            "reason": np.full(count, "Subject of the investigation named in this record."),
            "engaged_officer": text("OFFICER ", (rows // 1000).astype(str)),
            "tax_periods": np.full(count, str(today.year - 2)),
        }
    )


KEPT = frozenset(
    (
        "tin",
        "given_name",
        "family_name",
        "date_of_birth",
        "address_line1",
        "address_line2",
        "city",
        "state",
        "postal_code",
    )
)


def tins(number: np.ndarray) -> np.ndarray:
    """Different numbers of the forms that are issued (facts 6.1)."""
    serial, rest = number % 9999 + 1, number // 9999
    group, area = rest % 98 + 1, rest // 98 + 100
    area += area >= 666
    text = np.char.add
    wide = text(np.char.zfill(area.astype(str), 3), np.char.zfill(group.astype(str), 2))
    return text(wide, np.char.zfill(serial.astype(str), 4))


def names(number: np.ndarray) -> np.ndarray:
    """Pronounceable names, one a number."""
    base = np.array(SYLLABLES)
    text = base[number % len(base)]
    for power in (len(base), len(base) ** 2, len(base) ** 3):
        text = np.char.add(text, base[number // power % len(base)])
    return text


def bare_join(work: Path) -> float:
    """Seconds of DuckDB's own hash join of the two files on the number."""
    con = duckdb.connect()
    watch = time.perf_counter()
    con.sql(
        f"SELECT count(*) FROM read_parquet('{work / 'request.parquet'}') AS r "
        f"JOIN read_parquet('{work / 'register.parquet'}') AS p USING (tin)"
    ).fetchall()
    return time.perf_counter() - watch


if __name__ == "__main__":
    main()
