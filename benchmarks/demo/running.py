"""The command line as an officer would run it, and how the demo speaks."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
SITE = ROOT / "demo-site"
WORK = SITE / "work"

console = Console(highlight=False, width=110)
seconds: dict[str, float] = {}
failures: list[str] = []


def clean_site() -> None:
    """Nothing is left of the last time."""
    shutil.rmtree(SITE, ignore_errors=True)
    WORK.mkdir(parents=True)


def run(*words: object, station: str = "", status: int = 0) -> dict[str, Any]:
    """One command of the gate; its JSON. Leaves with what it said if it ends otherwise."""
    command = [str(BIN / "narrowgate"), "--home", str(SITE), "--json", *map(str, words)]
    done = timed(command, station)
    if done.returncode != status:
        sys.exit(f"narrowgate {' '.join(map(str, words))}: {done.stderr}{done.stdout}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def timed(command: list[str], station: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command; its seconds are kept under `station`, with the start of its process."""
    watch = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if station:
        seconds[station] = time.perf_counter() - watch
    return done


def keys(*parties: str) -> list[str]:
    """--key options for test parties."""
    return [word for p in parties for word in ("--key", str(SITE / "parties" / f"{p}.jwk"))]


def say(line: str) -> None:
    """A line for people."""
    console.print(line, soft_wrap=True)


def expect(holds: bool, what: str) -> None:
    """Note what must hold; the demo fails at its end if something did not."""
    if not holds:
        failures.append(what)


def table(title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A plain table under its title, numbers to the right."""
    grid = Table(box=None, pad_edge=False)
    for column, heading in enumerate(headings):
        number = bool(rows) and not isinstance(rows[0][column], str)
        grid.add_column(heading, justify="right" if number else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row))
    with console.capture() as captured:
        console.print(grid)
    say(f"\n[bold]{title}[/]")
    for line in captured.get().splitlines():
        console.out(f"  {line}".rstrip())


def in_columns(title: str, words: Sequence[str], width: int = 36) -> None:
    """Short words side by side, read downwards."""
    across = console.width // width
    lines = -(-len(words) // across)
    say(f"\n[bold]{title}[/]")
    for line in range(lines):
        console.out("  " + "".join(f"{word:<{width}}" for word in words[line::lines]).rstrip())
