"""What of an agreement is kept, and by what: one row a clause, gaps shown as coverage tools do.

Every clause has exactly one row; a row of kind `gap` is a sentence that two parties signed and
nothing and nobody keeps.
"""

from __future__ import annotations

from dataclasses import dataclass

from narrowgate.agreement.terms import Clause, Kind, Terms


@dataclass(frozen=True, slots=True)
class Row:
    """A clause and what keeps it: codes of rules, an attestation, a person, or nothing.

    `cites`: what its rules rest on; `contents`: letters of the Privacy Act's contents that it
    states; `cases`: how many worked cases stand under it.
    """

    number: str
    title: str
    line: int
    kind: Kind
    by: tuple[str, ...]
    cites: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    cases: int = 0


def sources(cites: tuple[str, ...]) -> tuple[str, ...]:
    """Of what a rule cites, what a reader can look up: statutes, regulations and standards."""
    return tuple(cite for cite in cites if not cite.startswith(("facts", "contract")))


KEPT: dict[Kind, str] = {
    "enforced": "enforced by the gate",
    "attested": "attested by the signatory",
    "performed": "done by a person",
    "informative": "informative",
    "gap": "GAP: kept by nothing and nobody",
}
"""How a clause is kept, as people read it."""


def coverage(terms: Terms) -> tuple[Row, ...]:
    """One row a clause, in the document's order."""
    return tuple(_row(terms, clause) for clause in terms.clauses)


def _row(terms: Terms, clause: Clause) -> Row:
    rules = [bound.rule for bound in terms.rules if bound.clause == clause.number]
    return Row(
        clause.number,
        clause.title,
        clause.line,
        clause.kind,
        clause.by,
        tuple(dict.fromkeys(cite for rule in rules for cite in sources(rule.cites))),
        clause.contents,
        sum(placed.clause == clause.number for placed in terms.cases),
    )


def gaps(terms: Terms) -> tuple[Clause, ...]:
    """The clauses that nothing and nobody keeps."""
    return tuple(clause for clause in terms.clauses if clause.kind == "gap")
