"""The records of a request as one table: every column of the contract, as text, in order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from narrowgate.engine.read import read_table
from narrowgate.engine.unpack import Limits, ReadFault
from narrowgate.reasons import Code
from narrowgate.standard.columns import REQUEST_COLUMNS

LIMITS = Limits(plain_bytes=4 << 30)


@dataclass(frozen=True, slots=True)
class Fault:
    """What reading found: the refusal's code, where, what, and what to do. No value of a record."""

    code: Code
    place: str
    fault: str
    mend: str


def read_records(path: Path) -> tuple[pa.Table | None, tuple[str, ...], list[Fault]]:
    """The records, the names of the columns sent, and the faults that reading found.

    The table has REQUEST_COLUMNS, all `string`, null where blank; None where nothing could be read.
    """
    try:
        table, header = read_table(path, REQUEST_COLUMNS, limits=LIMITS)
    except ReadFault as fault:
        code = Code(f"request.{fault.fault_kind}")
        return None, (), [Fault(code, fault.place, fault.fault, fault.mend)]
    return table, header, []
