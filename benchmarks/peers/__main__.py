"""Peers and floors in one run: what each costs, whom each confirms, how often wrongly.

    python benchmarks/peers --register R.parquet --requests Q.parquet --truth T.parquet
    python benchmarks/peers --pseudopeople --form census --noise heavy
    ... [--narrowgate [way] [evaluate]] [--only [NAME...]] [--out FILE.json]

Each peer is a process of its own, one after the other; seconds are wall clock from its start to
its end, with the start of its interpreter; the peak is that of its largest process. "x floor" is
against the floor of the same run (the middle one of three). `--narrowgate` adds the gate itself on
the same files: the whole way by its command line, and `narrowgate evaluate`. Where the whole way
ran, "of answered" is the recall of every peer over the records that the gate did not refuse;
`narrowgate evaluate` says its own.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import evaluated
from judge import Truth
from rows import Row, as_json, printed
from running import Ran, run, script
from sources import ROOT, Source, simulated

FLOOR_RUNS = 3
PEERS = {
    "exact": ("likeness.py", "exact"),
    "jaro-winkler": ("likeness.py", "jaro-winkler"),
    "prefixes": ("practice.py", "prefixes"),
    "edit": ("practice.py", "edit"),
    "splink": ("linker.py",),
}
GATE = ("way", "evaluate")


def main() -> int:
    """Run what was asked for; 0 if every peer ended well."""
    asked = arguments()
    work = Path(tempfile.mkdtemp(prefix="narrowgate-peers-"))
    try:
        source = simulated(asked.form, asked.noise, work) if asked.pseudopeople else asked.source
        rows = all_rows(asked, source, work)
        size = source.size()
    finally:
        shutil.rmtree(work)
    print(printed(size, rows))
    if asked.out:
        asked.out.write_text(json.dumps(as_json(size, rows), indent=1) + "\n")
    return int(any(row.ran.status and row.quality is None for row in rows))


def arguments() -> argparse.Namespace:
    """The command line; `source` is set where three files are given."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in Source._fields:
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--pseudopeople", action="store_true", help="the simulated sample instead")
    parser.add_argument("--form", choices=("w2", "census"), default="w2")
    parser.add_argument("--noise", choices=("default", "heavy"), default="default")
    both = "the gate as well: its whole way, `narrowgate evaluate`, or (none named) both"
    parser.add_argument("--narrowgate", nargs="*", choices=GATE, metavar="way|evaluate", help=both)
    parser.add_argument("--command", type=Path, default=ROOT / ".venv/bin/narrowgate")
    parser.add_argument("--only", nargs="*", choices=PEERS, default=tuple(PEERS), metavar="NAME")
    parser.add_argument("--out", type=Path, help="all figures as JSON")
    asked = parser.parse_args()
    asked.gate = () if asked.narrowgate is None else asked.narrowgate or GATE
    asked.source = Source(asked.register, asked.requests, asked.truth)
    if asked.pseudopeople == any(asked.source):
        parser.error("give either --register, --requests and --truth, or --pseudopeople")
    if not asked.pseudopeople and not all(asked.source):
        parser.error("--register, --requests and --truth go together")
    return asked


def all_rows(asked: argparse.Namespace, source: Source, work: Path) -> list[Row]:
    """The floor, then each peer, then the gate where it was asked for."""

    def ran(name: str, file: str, *words: object) -> Ran:
        folder = work / name
        said(name)
        return run(script(file, source.register, source.requests, folder, *words), folder)

    floors = [ran("floor", "floor.py") for _ in range(FLOOR_RUNS)]
    floor = sorted(floors, key=lambda each: each.seconds)[FLOOR_RUNS // 2]
    rows = [Row("floor", floor, floor.seconds, None)]
    runs = [ran(name, *PEERS[name]) for name in asked.only]
    if "way" in asked.gate:
        runs.append(ran("narrowgate", "gate.py", asked.command))
    refused = work / "narrowgate/screened/refused.parquet"
    truth = Truth(source.truth, refused if refused.exists() else None)
    for each in runs:
        rows += judged(each, floor.seconds, truth)
    if "evaluate" in asked.gate:
        said("narrowgate evaluate")
        folder = work / "narrowgate evaluate"
        last = run(evaluated.command(asked.command, source), folder)
        quality = evaluated.quality(last, truth.should)
        rows.append(Row(folder.name, last, floor.seconds, quality))
    return rows


def judged(ran: Ran, floor: float, truth: Truth) -> list[Row]:
    """A row for each way of deciding that a peer wrote, the plainest first."""
    if ran.status:
        return [Row(ran.folder.name, ran, floor, None)]
    files = sorted(
        ran.folder.glob("*.parquet"), key=lambda file: (file.stem.split(",")[0], len(file.stem))
    )
    return [Row(file.stem, ran, floor, truth.of(file)) for file in files]


def said(name: str) -> None:
    """Progress."""
    print(f"{name} ...", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
