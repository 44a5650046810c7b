"""What it takes to commit, seal and log the answers of a large request, and to append one by one.

    python benchmarks/committing.py [--records 700000] [--callers 64] [--seconds 5]
                                    [--database postgresql://...]

By step, for that many answers: commitments and the tree over them, over what was asked, sealing of
docket and records, one entry. The floor is SHA-256 of the same rows by hashlib, once each, in one
thread. Then single entries by as many callers as threads, which meet in group commits: how many
become durable a second, how many share one, and how long one caller waits.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa

from narrowgate import clock
from narrowgate.case.commitments import Committed
from narrowgate.docket import Docket, State
from narrowgate.events import Event, Kind
from narrowgate.gateway.commit import commit
from narrowgate.gateway.enrol import create_site
from narrowgate.gateway.places import Places
from narrowgate.gateway.site import Site
from narrowgate.gateway.trees import answered_rows, tree_of
from narrowgate.instants import stamp
from narrowgate.release.answers import answers
from narrowgate.store import database

COLUMNS = 16


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--records", type=int, default=700_000)
    parser.add_argument("--callers", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--database", default="sqlite:///narrowgate.sqlite3")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = create_site(
            Path(folder) / "site", custodian="custodian", origin="custodian.example/log",
            test_parties=False, clock=clock.now, places=Places(database=asked.database),
        )  # fmt: skip
        steps(site, asked.records)
        for callers in (1, asked.callers):
            singly(site, callers, asked.seconds)


def steps(site: Site, count: int) -> None:
    """Time each step over `count` rows."""
    case = "C20260101-AAAAAA"
    site.evidence.open_case(case)
    ids = pa.array([f"R{number:07}" for number in range(count)])
    docket = Docket.issue(count)
    docket = docket.decide(np.arange(0, count, 2), State.CONFIRMED)
    docket = docket.decide(np.arange(1, count, 2), State.NOT_CONFIRMED)
    records = pa.table(
        {f"column_{n}": [f"VALUE {n} OF {row}" for row in range(count)] for n in range(COLUMNS)}
    )
    texts = [f"{row}".encode() for row in range(count)]
    with timed("floor: SHA-256 of as many rows, hashlib"):
        for text in texts:
            hashlib.sha256(text).digest()
    with timed("answers made"):
        table = answers(docket, ids)
    with timed("answers: commitments of 3 fields, and the tree"):
        tree_of(site.evidence, case, answered_rows(table), Committed.ANSWERED)
    with timed("docket sealed, durable"):
        site.evidence.put_docket(case, "docket", docket)
    with timed(f"asked: commitments of {COLUMNS} fields, and the tree (at receipt)"):
        tree_of(site.evidence, case, records, Committed.ASKED)
    with timed("records sealed, durable (at receipt)"):
        site.evidence.put_table(case, "records", records)
    with timed("one entry logged, durable"):
        commit(site, _event(site))


def singly(site: Site, callers: int, seconds: float) -> None:
    """Entries one by one from `callers` threads, for `seconds`."""
    waits: list[float] = []
    appends = [0]
    plain = site.log.append

    def counted(entries: list[bytes]) -> range:
        appends[0] += 1
        return plain(entries)

    site.log.append = counted  # type: ignore[method-assign,assignment]
    stop = time.perf_counter() + seconds

    def call() -> None:
        while time.perf_counter() < stop:
            began = time.perf_counter()
            commit(site, _event(site))
            waits.append(time.perf_counter() - began)
        database.close(site.db)

    threads = [threading.Thread(target=call) for _ in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    del site.log.append  # type: ignore[method-assign]
    say(
        f"{callers} callers: {len(waits) / seconds:,.0f} entries a second, "
        f"{len(waits) / appends[0]:.1f} to an append; a caller waits "
        f"{1000 * statistics.median(waits):.1f} ms (median), "
        f"{1000 * statistics.quantiles(waits, n=100)[98]:.1f} ms (99th percentile)"
    )


def _event(site: Site) -> Event:
    fields = {"model": "m", "digest": "sha256:0", "evaluation": "sha256:0"}
    return Event(Kind.MODEL_INSTALLED, stamp(site.clock()), fields)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long the block took."""
    began = time.perf_counter()
    yield
    say(f"{time.perf_counter() - began:8.2f} s  {what}")


say: Callable[[str], int] = lambda text: sys.stdout.write(text + "\n")  # noqa: E731

if __name__ == "__main__":
    main()
