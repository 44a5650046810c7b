"""Requests made at random, lawful and hostile, for the rules to be compared on."""

from __future__ import annotations

from collections import Counter

import numpy as np

from demand import lawful
from twin.cells import CELLS

Row = dict[str, str | None]
CHANGES = (0, 1, 1, 2, 2, 3, 4, 6, 10)
"""How many cells of a record are changed; one of these, evenly."""
SAME_PERSON = 0.2
"""Share of records about somebody whom the request names already."""
LINES = ("418 Alder St", "418 ALDER STREET", "12 Hospital Rd", "100 N 200 E", "16 Embassy Row")


def bulk(seed: int, size: int, *, columns: tuple[str, ...] = tuple(CELLS)) -> list[Row]:
    """`size` records of which most have cells drawn from the pools of `columns`."""
    chance = np.random.default_rng(seed)
    rows = []
    for number in range(size):
        about = int(chance.integers(number + 1)) if chance.random() < SAME_PERSON else number
        row = lawful(about, record_id=f"I{number}")
        some = min(int(chance.choice(CHANGES)), len(columns))
        for column in chance.choice(columns, size=some, replace=False):
            pool = CELLS[str(column)]
            row[str(column)] = pool[int(chance.integers(len(pool)))]
        rows.append(row)
    return settled(rows)


def settled(rows: list[Row]) -> list[Row]:
    """The rows with an address that can be read where they share their number with another.

    (What a number beside no address at all means is a test of its own.)
    """
    shared = Counter(digits(row) for row in rows)
    return [
        {**row, "address_line1": LINES[at % len(LINES)], "address_line2": None,
         "city": "Springfield", "state": "IL", "postal_code": "62704", "country": None}
        if shared[digits(row)] > 1 and at % 3 == 0 else
        {**row, "address_line1": "418 Alder St", "address_line2": "Apt 4",
         "city": "Springfield", "state": "IL", "postal_code": "62704", "country": None}
        if shared[digits(row)] > 1 else row
        for at, row in enumerate(rows)
    ]  # fmt: skip


def digits(row: Row) -> str | None:
    """The nine digits of a number, if there are nine; else something of the row's own."""
    found = "".join(sign for sign in row["tin"] or "" if sign.isdigit())
    return found if len(found) == 9 else row["record_id"]
