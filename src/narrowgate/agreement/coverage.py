"""What of an agreement is kept, and by what: one row a clause, gaps shown as coverage tools do.

Every clause has exactly one row; a row of kind `gap` is a sentence that two parties signed and
nothing and nobody keeps.
"""

from __future__ import annotations

from dataclasses import dataclass

from narrowgate.agreement.terms import Clause, Kind, Terms


@dataclass(frozen=True, slots=True)
class Row:
    """A clause and what keeps it: codes of rules, an attestation, a person, or nothing."""

    number: str
    title: str
    line: int
    kind: Kind
    by: tuple[str, ...]


def coverage(terms: Terms) -> tuple[Row, ...]:
    """One row a clause, in the document's order."""
    return tuple(
        Row(clause.number, clause.title, clause.line, clause.kind, clause.by)
        for clause in terms.clauses
    )


def gaps(terms: Terms) -> tuple[Clause, ...]:
    """The clauses that nothing and nobody keeps."""
    return tuple(clause for clause in terms.clauses if clause.kind == "gap")
