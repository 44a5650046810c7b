"""`python benchmarks/world --people N --records M --seed S --folder DIR`: see generate.py."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[2])

from benchmarks.world.generate import generate  # noqa: E402


def main() -> None:
    """Write the files and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, required=True)
    asked = parser.parse_args()
    watch = time.perf_counter()
    paths = generate(asked.people, asked.records, asked.seed, asked.folder)
    for path in (paths.register, paths.request, paths.truth):
        print(f"{path}  {path.stat().st_size / 1e6:,.1f} MB")
    print(f"{time.perf_counter() - watch:.1f} s")


if __name__ == "__main__":
    main()
