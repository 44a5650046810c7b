"""A plain function over a column, called once for each distinct cell.

Names, cities, dates and words repeat: a million rows hold some ten thousand of each. So the rules
can be plain Python that a reader can check, and columns still go at the speed of a look-up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pyarrow as pa

Value = TypeVar("Value")


def by_distinct(column: pa.Array, function: Callable[[str], object], kind: pa.DataType) -> pa.Array:
    """`function` of each cell as a column of `kind`; null stays null."""
    encoded = column.dictionary_encode()
    values = [function(cell) for cell in encoded.dictionary.to_pylist()]
    return pa.array(values, kind).take(encoded.indices)


def pair_by_distinct(
    column: pa.Array, function: Callable[[str], tuple[str | None, str | None]]
) -> tuple[pa.Array, pa.Array]:
    """The two text columns of a function that gives two; null stays null."""
    encoded = column.dictionary_encode()
    values = [function(cell) for cell in encoded.dictionary.to_pylist()]
    first = pa.array([value[0] for value in values], pa.string()).take(encoded.indices)
    second = pa.array([value[1] for value in values], pa.string()).take(encoded.indices)
    return first, second
