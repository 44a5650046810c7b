"""The benchmarks are no part of the distribution: they are found from the repository's root."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]
