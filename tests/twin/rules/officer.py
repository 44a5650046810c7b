"""Clauses 3.9 and 4.16: the one officer personally and directly engaged (6103(i)(2)(A))."""

from __future__ import annotations

from twin.forms.folding import words
from twin.rules.agreement import Figures
from twin.rules.subject_matter import Record


def missing(record: Record) -> bool:
    """Nobody is named."""
    return record.cell("engaged_officer") is None


def not_a_person(record: Record, figures: Figures) -> bool:
    """A mailbox, a team, an office or a stand-in; or nothing that could name anybody."""
    cell = record.cell("engaged_officer")
    if cell is None or not record.sound("engaged_officer"):
        return False
    named = words(cell.replace("_", " ")).split()
    listed = set(figures["words"])
    mailbox = words(cell.partition("@")[0].replace("_", " ")).split()
    return not mailbox or "".join(mailbox) in listed or any(word in listed for word in named)


def key(record: Record) -> str | None:
    """The officer however it is spaced and capitalised."""
    cell = record.cell("engaged_officer")
    return "".join(cell.upper().split()) if cell is not None else None
