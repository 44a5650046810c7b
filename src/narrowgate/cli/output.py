"""How a command speaks: one JSON object, or lines and tables; progress on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.table import Table

from narrowgate.errors import NarrowgateError


@dataclass(frozen=True, slots=True)
class Output:
    """The common options of a command, and the two ways to print its result."""

    home: Path
    json: bool

    def result(self, value: Mapping[str, object], lines: Iterable[str] = ()) -> None:
        """Print `value` as one JSON object, or `lines` for people (by default name: value)."""
        if self.json:
            sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
            return
        for line in lines or (f"{name}: {item}" for name, item in value.items()):
            sys.stdout.write(line + "\n")

    def note(self, message: str) -> None:
        """One line for people, on standard error, so that --json stays one object."""
        sys.stderr.write(message + "\n")

    def progress(self, message: str) -> None:
        """One line of progress on standard error."""
        sys.stderr.write(f"{message} ...\n")
        sys.stderr.flush()


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> str:
    """A plain table as text, numbers to the right."""
    grid = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    body = [[str(cell) for cell in row] for row in rows]
    for column, heading in enumerate(headings):
        numeric = bool(body) and all(_is_number(row[column]) for row in body)
        grid.add_column(heading, justify="right" if numeric else "left", overflow="fold")
    for row in body:
        grid.add_row(*row)
    console = Console(width=160, color_system=None, highlight=False)
    with console.capture() as captured:
        console.print(grid)
    return "\n".join(line.rstrip() for line in captured.get().rstrip().splitlines())


def fail(error: NarrowgateError, *, as_json: bool) -> NoReturn:
    """Print an error and leave with its exit status."""
    if as_json:
        sys.stdout.write(json.dumps(error.as_json()) + "\n")
    sys.stderr.write(f"narrowgate: {error}\n")
    sys.exit(error.exit_status)


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace(".", "").replace("%", "").replace(" ", "").isdigit()
