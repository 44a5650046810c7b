"""The table: a row for each way of deciding, on standard output and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from judge import Quality
from running import Ran

HEADINGS = (
    "",
    "wall s",
    "MiB",
    "x floor",
    "confirmed",
    "false",
    "precision",
    "recall",
    "of answered",
)


@dataclass(frozen=True)
class Row:
    """One way of deciding. `floor`: seconds of the floor in the same run. `quality` is None where
    nothing is decided or the peer failed.
    """

    name: str
    ran: Ran
    floor: float
    quality: Quality | None

    @property
    def ratio(self) -> float:
        """Wall seconds as a multiple of the floor."""
        return self.ran.seconds / self.floor


def printed(size: dict[str, int], rows: Sequence[Row]) -> str:
    """The table for people. What one process decided in several ways has its cost once."""
    cells = [HEADINGS, *_lines(rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADINGS))]
    table = [
        "  ".join(
            (cell.rjust if place else cell.ljust)(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]
    sizes = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in size.items())
    return "\n".join([sizes, "", *table, "", *_parts(rows)])


def as_json(size: dict[str, int], rows: Sequence[Row]) -> dict[str, Any]:
    """Everything measured, unrounded."""
    return {
        **size,
        "rows": [
            {
                "name": row.name,
                "seconds": row.ran.seconds,
                "peak_mib": row.ran.peak_mib,
                "x_floor": row.ratio,
                "status": row.ran.status,
                "once": row.ran.once,
                "request": row.ran.request,
                **_judged(row.quality),
            }
            for row in rows
        ],
    }


def _judged(quality: Quality | None) -> dict[str, Any]:
    if quality is None:
        return {}
    return {**asdict(quality), "precision": quality.precision, "recall": quality.recall}


def _lines(rows: Sequence[Row]) -> Iterator[tuple[str, ...]]:
    shown: set[int] = set()
    for row in rows:
        cost = (f"{row.ran.seconds:.2f}", f"{row.ran.peak_mib:,.0f}", f"{row.ratio:.1f}")
        if id(row.ran) in shown:
            cost = ("", "", "")
        shown.add(id(row.ran))
        yield (row.name, *cost, *_figures(row))


def _figures(row: Row) -> tuple[str, ...]:
    quality = row.quality
    if quality is None:
        return (f"failed ({row.ran.status})" if row.ran.status else "-", *"----")
    answered = quality.recall_of_answered
    return (
        f"{quality.confirmed:,}",
        f"{quality.false:,}",
        "-" if quality.precision is None else f"{quality.precision:.5f}",
        "-" if quality.recall is None else f"{quality.recall:.4f}",
        "-" if answered is None else f"{answered:.4f}",
    )


def _parts(rows: Sequence[Row]) -> Iterator[str]:
    """For peers that prepare something once: what that took, and what a request takes after it."""
    for ran, row in {id(row.ran): (row.ran, row) for row in reversed(rows)}.values():
        if ran.request:
            answered = sum(ran.request.values())
            yield f"{row.name}: once {_spent(ran.once)}"
            yield (
                f"{row.name}: a request {answered:.2f} s, {answered / row.floor:.1f} x floor"
                f" ({_spent(ran.request)})"
            )


def _spent(parts: dict[str, float]) -> str:
    return ", ".join(f"{name} {seconds:.2f} s" for name, seconds in parts.items())
