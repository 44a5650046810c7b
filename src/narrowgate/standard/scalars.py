"""Arrow scalars with their type said, made once.

Where pyarrow has to infer a type it looks for an optional package, on disk and anew each time; for
a single record that was two thirds of the whole standard form. So nothing here is left to infer.
"""

from __future__ import annotations

import pyarrow as pa


def text_scalar(value: str | None) -> pa.Scalar:
    """A text scalar; None is null."""
    return pa.scalar(value, pa.string())


def text_array(*values: str) -> pa.Array:
    """A text array."""
    return pa.array(values, pa.string())


EMPTY = text_scalar("")
BLANK = text_scalar(" ")
BAR = text_scalar("|")
NOTHING = text_scalar(None)
FALSE = pa.scalar(False, pa.bool_())
TRUE = pa.scalar(True, pa.bool_())
NONE = pa.scalar(0, pa.int32())
NINE = pa.scalar(9, pa.int32())
