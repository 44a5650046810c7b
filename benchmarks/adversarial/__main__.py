"""`python benchmarks/adversarial`: near misses by the million against the gate, and what came out.

A register of made-up people is written and loaded; chunks of near misses, and of right records with
ordinary errors, go through the gate's own screening and matching under national-scale.md. Printed
by kind, with the upper bound on false confirmations. Exit status 1 if there is one. What counts as
one is said in kinds.py. `--keep FOLDER` writes the register, each chunk as a request, and their
truth, for `narrowgate evaluate`; `--write-only` does nothing else.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import tempfile
import time
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[2])

import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
from benchmarks.adversarial.chunk import chunk_of  # noqa: E402
from benchmarks.adversarial.gate import Gate, write_register  # noqa: E402
from benchmarks.adversarial.tally import Tally, upper_bound  # noqa: E402
from benchmarks.world.drafts import TEXTS, demanded  # noqa: E402
from benchmarks.world.generate import Paths  # noqa: E402


def main() -> int:
    """Run; 0 if nobody was confirmed falsely."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chunk", type=int, default=250_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first chunk")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--write-only", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="narrowgate-adversarial-") as work:
        folder = asked.keep or Path(work)
        folder.mkdir(parents=True, exist_ok=True)
        tally = run(asked, folder, Path(work))
    return 0 if asked.write_only else report(tally)


def run(asked: argparse.Namespace, folder: Path, work: Path) -> Tally:
    """All chunks through the gate."""
    watch = time.perf_counter()
    paths = Paths(*(folder / f"{name}.parquet" for name in ("register", "request", "truth")))
    write_register(asked.people, asked.seed, paths.register)
    _say(f"register of {asked.people:,} people written", watch)
    gate = None if asked.write_only else Gate(paths.register, work / "snapshot")
    _say("loaded", watch)
    today = dt.datetime.now(tz=dt.UTC).date()
    tally, done, number, truths = Tally(), 0, asked.first, list[pa.Table]()
    while done < asked.records:
        wanted = chunk_of(number, min(asked.chunk, asked.records - done), asked.people, asked.seed)
        texts = {name: wanted[name].combine_chunks() for name in TEXTS}
        request = pa.table(demanded(texts, done, today))
        truth = wanted.select(["person_id", "lives_there", "kind"])
        truth = truth.add_column(0, "record_id", request["record_id"])
        if gate is not None:
            tally.judge(truth, gate.decide(request))
        if asked.keep:
            pq.write_table(request, folder / f"request-{number:04}.parquet")
            truths.append(truth)
        done += wanted.num_rows
        number += 1
        _say(f"{done:,} records, {tally.whole().false} false confirmations", watch)
    if truths:
        pq.write_table(pa.concat_tables(truths), paths.truth)
    return tally


def report(tally: Tally) -> int:
    """Print the table and the bound; 1 if there is a false confirmation."""
    print("\n".join(tally.lines()))
    whole = tally.whole()
    bound = upper_bound(whole.false, whole.tried)
    print(
        f"\n{whole.false} false confirmations of {whole.tried:,} near misses past screening: "
        f"at most {bound:.2e}, one in {1 / bound:,.0f}, with 95 % confidence"
    )
    for kind, record in tally.found[:50]:
        print(f"FALSE CONFIRMATION: {record} ({kind})")
    return 1 if whole.false else 0


def _say(what: str, since: float) -> None:
    print(f"{time.perf_counter() - since:8.1f} s  {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
