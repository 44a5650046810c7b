"""A peer as a process of its own, and what it cost."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Ran:
    """Wall seconds, peak resident set in MiB, exit status, what it printed and wrote.

    `once` and `request` are seconds by part of peers that prepare a model or an index once and then
    answer requests; empty for the others.
    """

    seconds: float
    peak_mib: float
    status: int
    folder: Path
    once: dict[str, float]
    request: dict[str, float]

    @property
    def log(self) -> Path:
        """Its standard output; standard error is beside it, with `.err` after."""
        return self.folder / "log"


def script(name: str, *words: object) -> list[str]:
    """The command line of a peer in this folder."""
    return [sys.executable, str(HERE / name), *map(str, words)]


def run(command: list[str], folder: Path) -> Ran:
    """Run it with measure.py between; `folder` is where it writes. What it said on standard error
    is passed on if it failed.
    """
    folder.mkdir(exist_ok=True)
    measured, log = folder / "measured.json", folder / "log"
    between = [sys.executable, "-I", "-S", HERE / "measure.py", measured, log]
    subprocess.run([*map(str, between), *command], check=True)
    cost = json.loads(measured.read_text())
    if cost["status"]:
        sys.stderr.write(Path(f"{log}.err").read_text())
    parts = folder / "seconds.json"
    spent = json.loads(parts.read_text()) if parts.exists() else {"once": {}, "request": {}}
    return Ran(**cost, folder=folder, **spent)
