"""Rows a second of `standardise`, beside a bare `upper()` over the same columns in the same run.

    python benchmarks/standard_forms.py [ROWS]

The rows are made up: US names and addresses in the proportions of ordinary mail (nine in ten a
street, the rest boxes, routes, highways, faults), each written in one of several ways, in places
drawn from the ZIP table.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence

import duckdb
import numpy as np
import pyarrow as pa

from narrowgate.standard.columns import RAW_COLUMNS
from narrowgate.standard.form import standardise
from narrowgate.standard.zips import STATE_CODES, TABLE

_STREETS = (
    "MAIN OAK Maple CEDAR Elm WASHINGTON LAKE Hill WALNUT SPRING NORTH RIDGE CHURCH PARK Second "
    "5TH 21st HIGHLAND SUNSET Railroad MARTIN-LUTHER-KING RIVERSIDE St.Johns VALLEY COUNTY"
)
_SYLLABLES = "MAR TIN SAN CHEZ GON ZA LEZ BER KO WIL SON DE LA CRUZ O'N EAL"
_SUFFIXES = "ST Street AVE Avenue RD Dr LN Blvd. CT PL Way CIR"
_UNITS = ("", "", "", "", "APT %d", "Apt. #%dB", "UNIT %d", "# %d", "STE %d", "BLDG 2 APT %d")


def zip_places() -> list[tuple[str, str, str]]:
    """ZIP, city and state of every listed ZIP."""
    with pa.memory_map(str(TABLE)) as file:
        table = pa.ipc.open_file(file).read_all()
    return [
        (f"{row['zip']:05}", row["city"].title(), STATE_CODES[row["state"]])
        for row in table.select(["zip", "city", "state"]).to_pylist()
    ]


def made_up(rows: int, seed: int = 7) -> pa.Table:
    """A raw table of `rows` rows; families are drawn from 60,000 names, half of them common."""
    draw = np.random.default_rng(seed)

    def pick(words: list[str]) -> list[str]:
        return [words[i] for i in draw.integers(0, len(words), rows)]

    syllables = _SYLLABLES.split()
    families = ["".join(draw.choice(syllables, 3)).capitalize() for _ in range(60_000)]
    names = [f"{a} {b}" for a in _STREETS.split() for b in _SUFFIXES.split()]
    numbers = draw.integers(1, 30_000, rows).tolist()
    streets = pick([*names, *(f"N {name}" for name in names)])
    forms = pick(["%d %s"] * 27 + ["PO BOX %d", "RR 2 BOX %d", "%d COUNTY ROAD 12", "UNKNOWN"])
    line1 = [
        form % ((number, street) if form.count("%") == 2 else (number,)) if "%" in form else form
        for form, number, street in zip(forms, numbers, streets, strict=True)
    ]
    units = pick(list(_UNITS))
    line2 = [u % (n % 400) if "%" in u else None for u, n in zip(units, numbers, strict=True)]
    born = (np.datetime64("1930-01-01") + draw.integers(0, 30_000, rows)).astype(str)
    places = zip_places()
    drawn = draw.integers(0, len(places), rows)
    # Two in a hundred name another city than their ZIP's.
    cities = np.where(draw.random(rows) < 0.02, draw.permutation(drawn), drawn).tolist()
    columns: dict[str, Sequence[str | None]] = {
        "given_name": pick(["José", "MARIA", "John", "Anne-Marie", "LI", "Dr. Ahmed", "EMMA"]),
        "middle_name": pick(["A", "B.", "Lee", "M"]),
        "family_name": pick(families),
        "name_suffix": pick(["", "", "", "Jr."]),
        "date_of_birth": born.tolist(),
        "tin": [f"{n:09}" for n in draw.integers(10_000_000, 899_999_999, rows).tolist()],
        "tin_kind": ["ssn"] * rows,
        "address_line1": line1,
        "address_line2": line2,
        "city": [places[i][1] for i in cities],
        "state": [places[i][2] for i in cities],
        "postal_code": [places[i][0] for i in drawn.tolist()],
        "country": [None] * rows,
    }
    return pa.table({name: pa.array(columns[name], pa.string()) for name in RAW_COLUMNS})


def seconds(act: Callable[[], object], times: int = 3) -> float:
    """The median processor time of some runs, so that a busy machine tells the same."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        act()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def main() -> None:
    """Print rows a second, the ratio to the bare pass, and the time of a single row."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    raw = made_up(rows)
    con = duckdb.connect(config={"threads": 1})
    con.register("raw", raw)
    capitals = ", ".join(f"upper({name}) AS {name}" for name in RAW_COLUMNS)
    bare = seconds(lambda: con.sql(f"SELECT {capitals} FROM raw").to_arrow_table())
    full = seconds(lambda: standardise(con, raw))
    one = raw.slice(0, 1)
    single = seconds(lambda: standardise(con, one), 101)
    print(f"rows                     {rows:>12,}")
    print(f"bare upper(), one thread {rows / bare:>12,.0f} rows/s a core")
    print(f"standardise              {rows / full:>12,.0f} rows/s a core")
    print(f"ratio                    {full / bare:>12.1f}")
    print(f"a single row             {single * 1000:>12.2f} ms")


if __name__ == "__main__":
    main()
