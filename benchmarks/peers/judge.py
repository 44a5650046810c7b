"""What was confirmed, against the truth: one definition for every peer.

A false confirmation is a confirmed record whose person does not live there (`lives_there` false,
which it is too where nobody is meant). Precision is over the confirmed; recall over all records
that should be confirmed, whether or not the peer could read, block or accept them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

KINDS = ("kind", "source")


@dataclass(frozen=True)
class Quality:
    """Counts of records. `another`: right answer, but about another person than the one meant
    (0 where a peer does not name whom it found). `false_by`: false confirmations by the truth's
    own kind of record, where it has one. `recall_of_answered`: the recall over records that the
    gate did not refuse; None where the gate did not run.
    """

    confirmed: int
    false: int
    should: int
    another: int = 0
    false_by: dict[str, int] = field(default_factory=dict)
    recall_of_answered: float | None = None

    @property
    def precision(self) -> float | None:
        """Share of the confirmed that is right; None where nothing was confirmed."""
        return 1 - self.false / self.confirmed if self.confirmed else None

    @property
    def recall(self) -> float | None:
        """Share of what should be confirmed that was; None where nothing should."""
        return (self.confirmed - self.false) / self.should if self.should else None


class Truth:
    """record_id, person_id or null, lives_there; a column `kind` or `source` may stand beside."""

    def __init__(self, path: Path, refused: Path | None = None) -> None:
        """`refused`: a file with the record_id of what the gate did not answer."""
        self._con = duckdb.connect()
        self._con.execute(f"CREATE TABLE truth AS FROM read_parquet('{path}')")
        held = {row[0] for row in self._con.execute("DESCRIBE truth").fetchall()}
        self._kind = next((name for name in KINDS if name in held), None)
        self._refused = refused
        if refused:
            self._con.execute(f"CREATE TABLE refused AS FROM read_parquet('{refused}')")

    @property
    def should(self) -> int:
        """Records that should be confirmed."""
        return self._count("SELECT count(*) FROM truth WHERE lives_there")

    def of(self, confirmed: Path) -> Quality:
        """Judge a file of record_id and person_id. Raises ValueError where a record is not one of
        the truth's or stands there twice: then what follows would be no count of records.
        """
        self._con.execute(
            "CREATE OR REPLACE TEMP TABLE said AS "
            "SELECT c.record_id, c.person_id AS found, t.* EXCLUDE record_id "
            f"FROM read_parquet('{confirmed}') AS c LEFT JOIN truth AS t USING (record_id)"
        )
        total = self._count("SELECT count(*) FROM said")
        known = self._count("SELECT count(DISTINCT record_id) FROM said WHERE lives_there NOTNULL")
        if total != known:
            raise ValueError(f"{total} rows about {known} records of the truth")
        return Quality(
            confirmed=total,
            false=self._count("SELECT count(*) FROM said WHERE NOT lives_there"),
            should=self.should,
            another=self._count(
                "SELECT count(*) FROM said WHERE lives_there AND found <> person_id"
            ),
            false_by=self._false_by(),
            recall_of_answered=self._recall_of_answered() if self._refused else None,
        )

    def _recall_of_answered(self) -> float | None:
        answered = "lives_there AND record_id NOT IN (FROM refused)"
        should = self._count(f"SELECT count(*) FROM truth WHERE {answered}")
        found = self._count(f"SELECT count(*) FROM said WHERE {answered}")
        return found / should if should else None

    def _false_by(self) -> dict[str, int]:
        if self._kind is None:
            return {}
        return dict(
            self._con.execute(
                f"SELECT {self._kind}, count(*) FROM said WHERE NOT lives_there GROUP BY ALL "
                "ORDER BY ALL"
            ).fetchall()
        )

    def _count(self, query: str) -> int:
        return int(self._con.execute(query).fetchall()[0][0])
