"""Table contracts: what a room takes and gives, checked where it takes and gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from narrowgate.errors import Internal


@dataclass(frozen=True, slots=True)
class Contract:
    """Columns by name and type; others may be there too."""

    name: str
    columns: Mapping[str, pa.DataType]

    def check(self, table: pa.Table) -> pa.Table:
        """`table`, if it keeps the contract. Raises Internal naming a column that does not."""
        for column, kind in self.columns.items():
            if column not in table.column_names:
                raise Internal(f"the table {self.name} lacks the column {column}")
            if table.schema.field(column).type != kind:
                raise Internal(f"the column {column} of the table {self.name} is not {kind}")
        return table
