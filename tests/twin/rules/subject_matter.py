"""One record as the rules see it: what was written, its standard form, and what both may hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from twin.rules.text import faulty_fields


@dataclass(frozen=True)
class Record:
    """A record. `raw`: its cells by column, None where blank; `standard`: its standard form."""

    row: int
    raw: Mapping[str, str | None]
    standard: Mapping[str, Any]
    today: date

    @cached_property
    def faulty(self) -> frozenset[str]:
        """The columns that hold what no field may hold."""
        return faulty_fields(self.raw, self.today)

    def cell(self, column: str) -> str | None:
        """What stands in a column."""
        return self.raw.get(column)

    def sound(self, *columns: str) -> bool:
        """None of the columns holds what no field may hold; only then rules speak of them."""
        return not any(column in self.faulty for column in columns)


Check = Callable[[Record], bool]
"""True where the record is to be refused."""
