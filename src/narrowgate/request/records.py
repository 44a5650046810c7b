"""The records of a request as one table: every column of the contract, as text, in order."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from narrowgate.engine.read import read_table
from narrowgate.engine.unpack import Limits, ReadFault, Source
from narrowgate.reasons import Code
from narrowgate.standard.columns import REQUEST_COLUMNS

# A column of Arrow's 32-bit text cannot hold 2 GiB, so that neither may the whole. It is five
# times what a million records with long reasons take.
LIMITS = Limits(plain_bytes=(2 << 30) - 1)
# A number there may have lost a leading zero on its way (contract section 3: all is text).
DIGITS = ("tin", "postal_code")


@dataclass(frozen=True, slots=True)
class Fault:
    """What reading found: the refusal's code, where, what, and what to do. No value of a record."""

    code: Code
    place: str
    fault: str
    mend: str

    @classmethod
    def of(cls, fault: ReadFault) -> Fault:
        """The fault of a file that could not be read."""
        return cls(Code(f"request.{fault.fault_kind}"), fault.place, fault.fault, fault.mend)


def read_records(path: Source) -> tuple[pa.Table | None, tuple[str, ...], list[Fault]]:
    """The records, the names of the columns sent, and the faults that reading found.

    The table has REQUEST_COLUMNS, all `string`, null where blank; None where nothing could be read.
    """
    try:
        table, header = read_table(path, REQUEST_COLUMNS, digits=DIGITS, limits=LIMITS)
    except ReadFault as fault:
        return None, (), [Fault.of(fault)]
    return table, header, []
