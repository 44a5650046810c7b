"""The roles that pieces play in an address: what each goes into, in which form, joined how.

A parse gives every piece of a line one role. This table alone says what a role means, so that
grammar and assembly share nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Component = Literal[
    "number",
    "predir",
    "street",
    "urb",
    "suffix",
    "postdir",
    "box",
    "bldg",
    "floor",
    "free",
    "id",
    "id2",
    "extra",
]
Form = Literal[
    "name", "short", "ordinal", "number", "rural", "contract", "us", "sr", "cr", "interstate"
]


@dataclass(frozen=True, slots=True)
class Role:
    """`glued`: no blank before this piece."""

    component: Component
    form: Form
    glued: bool = False


DROPPED = "."
ROLES: dict[str, Role] = {
    "N": Role("number", "number"),
    "n": Role("number", "number", glued=True),
    "D": Role("predir", "short", glued=True),
    "S": Role("street", "name"),
    "O": Role("street", "ordinal"),
    "L": Role("street", "number"),
    "R": Role("street", "rural"),
    "C": Role("street", "contract"),
    "G": Role("street", "us"),
    "K": Role("street", "sr"),
    "Y": Role("street", "cr"),
    "J": Role("street", "interstate"),
    "Q": Role("urb", "name"),
    "X": Role("suffix", "short"),
    "P": Role("postdir", "short", glued=True),
    "B": Role("box", "number", glued=True),
    "b": Role("bldg", "number", glued=True),
    "F": Role("floor", "number", glued=True),
    "f": Role("free", "short"),
    "U": Role("id", "number", glued=True),
    "V": Role("id2", "number", glued=True),
    "E": Role("extra", "name"),
}
