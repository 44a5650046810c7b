"""One record against a large register: `one_record.py [--people N] [--asks M] [--folder DIR]`.

A register of benchmarks/world is loaded; then records of its request are matched one at a time by
the gate's own matching, as a caller who waits for one answer would have it. Printed: milliseconds
of the first asks, while the snapshot is still closed, and of later ones. `--folder` keeps register,
request and snapshot, and takes them from there the next time.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import tempfile
import time
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[1])

import numpy as np  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
from benchmarks.adversarial.gate import AGREEMENT, KEY, history, received  # noqa: E402
from benchmarks.world.generate import generate  # noqa: E402

from narrowgate.agreement.document import read_agreement  # noqa: E402
from narrowgate.docket import Docket, State  # noqa: E402
from narrowgate.matching.match import match  # noqa: E402
from narrowgate.matching.model import bundled_model  # noqa: E402
from narrowgate.register.load import load  # noqa: E402
from narrowgate.register.snapshot import Snapshot  # noqa: E402
from narrowgate.screening.screen import Screened, screen  # noqa: E402

_SEED = 1


def main() -> None:
    """Load, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--asks", type=int, default=4_000)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="narrowgate-one-record-") as work:
        folder = asked.folder or Path(work)
        took = ask(snapshot_of(folder, asked.people), folder, asked.asks)
    half = len(took) // 2
    for name, some in (("first", took[:half]), ("later", took[half:])):
        low, middle, high = np.percentile(some, [10, 50, 99])
        print(f"{name} {len(some):,} asks: {middle:.2f} ms (median), {low:.2f} to {high:.2f}")


def snapshot_of(folder: Path, people: int) -> Snapshot:
    """The register's snapshot, made if it is not there."""
    if not (folder / "request.parquet").exists():
        generate(people, 100_000, _SEED, folder)
    target = folder / "snap"
    if not list(target.glob("sha256-*")):
        source = [folder / "register.parquet"]
        load(source, mapping=None, partitions=None, target=target, key=KEY)
    (snapshot,) = target.glob("sha256-*")
    return Snapshot.open(snapshot, KEY)


def ask(snapshot: Snapshot, folder: Path, count: int) -> list[float]:
    """Milliseconds of each of `count` asks."""
    terms, now = read_agreement(AGREEMENT.read_bytes(), AGREEMENT.name), dt.datetime.now(tz=dt.UTC)
    records = pq.read_table(folder / "request.parquet").slice(0, 2 * count)
    screened = screen(received(records, terms, now), terms, history(terms, now), now)
    model = bundled_model(terms.answer.model)
    took = []
    for row in screened.docket.rows(State.OPEN)[:count]:
        one = Screened.restore(Docket.issue(1), screened.records.slice(row, 1))
        watch = time.perf_counter()
        match(one, snapshot, model, terms, now)
        took.append(1000 * (time.perf_counter() - watch))
    return took


if __name__ == "__main__":
    main()
