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
    "mailbox",
    "extra",
]
Form = Literal[
    "name",
    "short",
    "ordinal",
    "number",
    "value",
    "label",
    "rural",
    "contract",
    "us",
    "sr",
    "cr",
    "ch",
    "interstate",
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
    "Z": Role("street", "ch"),
    "J": Role("street", "interstate"),
    "Q": Role("urb", "name"),
    "X": Role("suffix", "short"),
    "P": Role("postdir", "short", glued=True),
    "B": Role("box", "value", glued=True),
    "b": Role("bldg", "value", glued=True),
    "F": Role("floor", "number", glued=True),
    "f": Role("free", "short"),
    "U": Role("id", "value", glued=True),
    "H": Role("id", "value", glued=True),
    "T": Role("id", "label"),
    "V": Role("id2", "value", glued=True),
    "W": Role("id2", "label"),
    "M": Role("mailbox", "value", glued=True),
    "E": Role("extra", "name"),
}
