"""C2SP tlog-checkpoint: origin, size and root, each on its line; signed as a note."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from narrowgate.ledger.note import unbase64
from narrowgate.ledger.tree import EMPTY_ROOT


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: `origin`, `size` in leaves, `root` of 32 bytes."""

    origin: str
    size: int = 0
    root: bytes = EMPTY_ROOT

    @property
    def text(self) -> str:
        """The note's text, ends in a newline."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def read(cls, text: str) -> Checkpoint:
        """Parse a note's text; extension lines are passed over. Raises ValueError."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
            raise ValueError("a checkpoint has at least three lines")
        origin, size, root = lines[:3]
        if not size.isascii() or not size.isdecimal() or (size != "0" and size.startswith("0")):
            raise ValueError("a checkpoint's size is decimal")
        decoded = unbase64(root)
        if len(decoded) != 32:
            raise ValueError("a checkpoint's root is 32 bytes")
        return cls(origin, int(size), decoded)
