"""How a snapshot lies on disk: arrays of fixed width, each sealed in a file of its own.

A request touches few rows of a large register, in no order. Rows of fixed width are found by
number and taken without decoding anything else; texts are numbers of words in one dictionary.

    header                      counts, the load's id and hash key, index sizes (JSON)
    word-starts, word-letters   the dictionary: every name, city, state and ZIP once
    word-bearers                by how many people each is borne as a given and as a family name
    word-index-*                hash of a word to its number
    part-NNNN-people            PERSON, ordered by key; part-NNNN-keys: MD5 of the custodian's id
    part-NNNN-names             NAME, of one person together, by letter
    part-NNNN-homes             HOME, of one person together, the latest begun first
    part-NNNN-{tin,born,home,building,name}-index-*    blocking keys to rows (blocking.py)

Word 0 is no word. A number of 0 is no number, NO_DATE no date.
"""

from __future__ import annotations

import numpy as np

FORMAT = "narrowgate-snapshot/3"
HEADER = "header"

PERSON = np.dtype(
    [
        ("tin", "<u4"),
        ("born", "<i4"),
        ("name_at", "<u4"),
        ("home_at", "<u4"),
        ("names", "<u2"),
        ("homes", "<u2"),
        ("sealed", "<u4"),
    ]
)
NAME = np.dtype(
    [("given", "<u4"), ("middle", "<u4"), ("family", "<u4"), ("suffix", "<u4"), ("kind", "<u4")]
)
HOME = np.dtype(
    [
        ("person", "<u4"),
        ("city", "<u4"),
        ("state", "<u4"),
        ("zip5", "<u4"),
        ("start", "<i4"),
        ("end", "<i4"),
        ("has_unit", "<u4"),
    ]
)
KEY = np.dtype("V16")
BEARERS = np.dtype([("given", "<u4"), ("family", "<u4")])

NAME_KINDS = ("legal", "former", "alias")
NO_DATE = np.iinfo(np.int32).min
NO_WORD = 0
UNKNOWN_WORD = np.iinfo(np.uint32).max
"""A text that is no word of the register."""

MOST_ROWS = np.iinfo(np.uint16).max
"""Names, and addresses, that one person can have on file."""


def part(number: int, name: str) -> str:
    """File of a partition's array."""
    return f"part-{number:04}-{name}"
