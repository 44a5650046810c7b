"""The two trees of a case over its rows: what was asked, and what was answered."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.case.commitments import Committed, leaf_hashes, opened
from narrowgate.case.evidence import Evidence
from narrowgate.engine.duck import connect
from narrowgate.ledger.proof import RowField, RowOpening
from narrowgate.ledger.tree import Tree


def asked_rows(records: pa.Table, columns: tuple[str, ...]) -> pa.Table:
    """What is committed of a request: the columns that were sent, as text, as they were sent."""
    return records.select([name for name in records.column_names if name in columns])


def answered_rows(answers: pa.Table) -> pa.Table:
    """What is committed of answers: record id, answer, and the codes joined by commas."""
    return answers.set_column(2, "reasons", pc.binary_join(answers["reasons"], ","))


def tree_of(evidence: Evidence, case: str, rows: pa.Table, tree: Committed) -> Tree:
    """The RFC 6962 tree over the rows' commitments."""
    key = evidence.commitment_key(case, tree)
    return Tree.of_hashes(leaf_hashes(connect(), rows, key, tree))


def open_row(
    evidence: Evidence,
    case: str,
    rows: pa.Table,
    row: int,
    tree: Committed,
    shown: tuple[str, ...] | None,
) -> RowOpening:
    """One row with its path, and of its fields those of `shown` (all, by default) opened."""
    made = tree_of(evidence, case, rows, tree)
    fields = opened(rows, row, evidence.commitment_key(case, tree), tree, shown)
    return RowOpening(
        row=row,
        size=made.size,
        path=made.inclusion(row),
        fields=[RowField(f.name, f.commitment, f.salt, f.value) for f in fields],
    )
