"""`--mapping`: which column of the source is which of ours, as a TOML file.

person_id = "CUST_NO"
family_name = "LAST_NM"
ignore = ["BRANCH", "UPDATED_BY"]
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from narrowgate.errors import BadInput
from narrowgate.standard.columns import REGISTER_COLUMNS


@dataclass(frozen=True, slots=True)
class Mapping:
    """`columns`: our column to the source's, for every one of ours; `ignored`: source columns
    that are there and not wanted; `named`: source columns that the file names, and so must exist.
    """

    columns: dict[str, str]
    ignored: tuple[str, ...] = ()
    named: frozenset[str] = frozenset()

    @property
    def sources(self) -> tuple[str, ...]:
        """The source's columns, in the order of ours."""
        return tuple(self.columns[name] for name in REGISTER_COLUMNS)

    def ours(self, batch: pa.RecordBatch) -> pa.Table:
        """A batch of `sources` under our names."""
        return pa.Table.from_batches([batch]).rename_columns(list(REGISTER_COLUMNS))


SAME = Mapping({name: name for name in REGISTER_COLUMNS})


def read_mapping(path: Path | None) -> Mapping:
    """The mapping in a file; without one, every column has our name. Raises BadInput."""
    if path is None:
        return SAME
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise BadInput("not a TOML file", place=str(path)) from None
    ignored = raw.pop("ignore", [])
    unknown = sorted(set(raw) - set(REGISTER_COLUMNS))
    texts = all(isinstance(value, str) for value in (*raw.values(), *ignored))
    if unknown or not texts or not isinstance(ignored, list):
        raise BadInput(
            f"not columns of ours: {', '.join(unknown)}" if unknown else "names are text",
            place=str(path),
            mend="On the left stand columns of section 4 of the contract, and `ignore`.",
        )
    columns = {name: raw.get(name, name) for name in REGISTER_COLUMNS}
    twice = sorted({name for name in columns.values() if [*columns.values()].count(name) > 1})
    if twice:
        raise BadInput(f"mapped twice: {', '.join(twice)}", place=str(path))
    return Mapping(columns, tuple(ignored), frozenset(raw.values()))
