"""The table that walks the whole way: one row a record, in request order, and nothing personal.

Invariants, checked whenever a docket is made:
- rows in = rows out, order kept: row i of the docket is row i of the records, for ever;
- a row has exactly one state; it has reasons if and only if that state is `refused`;
- a decided row is never reopened: `open` may become anything, `review` may become a decision,
  a decision stays what it is;
- counts add up: asked = refused + confirmed + not confirmed + review + open.

Dense states, sparse reasons: states are one byte a row; reasons are pairs of a row number and an
index into a short palette of `Reason` values.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from narrowgate.errors import Internal
from narrowgate.reasons import Reason

Rows = npt.NDArray[np.int64]
States = npt.NDArray[np.uint8]


class State(IntEnum):
    """Where a row stands. The numbers are stored; never reuse one."""

    OPEN = 0
    REFUSED = 1
    CONFIRMED = 2
    NOT_CONFIRMED = 3
    REVIEW = 4

    @property
    def word(self) -> str:
        """As counts and answers write it: `not_confirmed`."""
        return self.name.lower()


# From -> to. What is not here is a fault of the gate, not of the request.
_MAY_BECOME = {
    State.OPEN: (State.REFUSED, State.CONFIRMED, State.NOT_CONFIRMED, State.REVIEW),
    State.REVIEW: (State.CONFIRMED, State.NOT_CONFIRMED),
}


@dataclass(frozen=True, eq=False)
class Docket:
    """`states`: uint8 (n,), values of `State`. `reason_rows`, `reason_index`: int64 (k,), sorted,
    no pair twice; index into `palette`. Raises Internal when an invariant does not hold.
    """

    states: States
    reason_rows: Rows
    reason_index: Rows
    palette: tuple[Reason, ...]

    def __post_init__(self) -> None:
        refused = np.zeros(len(self.states), dtype=bool)
        refused[self.reason_rows] = True
        if not np.array_equal(refused, self.states == State.REFUSED):
            raise Internal("a row is refused if and only if it has reasons; this docket differs")
        if len(self.states) and int(self.states.max()) > max(State):
            raise Internal("a row of the docket has no known state")
        for array in (self.states, self.reason_rows, self.reason_index):
            array.setflags(write=False)

    @classmethod
    def issue(cls, count: int) -> Docket:
        """A fresh docket of `count` open rows."""
        none = np.empty(0, dtype=np.int64)
        return cls(np.zeros(count, dtype=np.uint8), none, none.copy(), ())

    def __len__(self) -> int:
        return len(self.states)

    def rows(self, state: State) -> Rows:
        """Row numbers in `state`, ascending."""
        return np.flatnonzero(self.states == state)

    @cached_property
    def counts(self) -> dict[str, int]:
        """`records` and one count a state, by word; they add up to `records`."""
        tally = np.bincount(self.states, minlength=len(State))
        return {"records": len(self), **{state.word: int(tally[state]) for state in State}}

    def refuse(self, found: Sequence[tuple[Reason, Rows]]) -> Docket:
        """The docket with every open row named in `found` refused, with all its reasons.

        Raises Internal if a row named is already decided.
        """
        found = [(reason, rows) for reason, rows in found if len(rows)]
        if not found:
            return self
        palette = list(self.palette)
        new_rows, new_index = [self.reason_rows], [self.reason_index]
        for reason, rows in found:
            if reason not in palette:
                palette.append(reason)
            new_rows.append(np.asarray(rows, dtype=np.int64))
            new_index.append(np.full(len(rows), palette.index(reason), dtype=np.int64))
        pairs = np.unique(np.stack([np.concatenate(new_rows), np.concatenate(new_index)]), axis=1)
        states = self._moved(np.unique(np.concatenate(new_rows[1:])), State.REFUSED)
        return Docket(states, pairs[0].copy(), pairs[1].copy(), tuple(palette))

    def refuse_all(self, reasons: Sequence[Reason]) -> Docket:
        """The docket of a request refused as a whole: each row still open bears all `reasons`."""
        rows = self.rows(State.OPEN)
        return self.refuse([(reason, rows) for reason in reasons])

    def decide(self, rows: Rows, state: State) -> Docket:
        """The docket with `rows` in `state`. Raises Internal if that would reopen a decision."""
        if state in (State.OPEN, State.REFUSED):
            raise Internal("rows are opened by issue() and refused by refuse() alone")
        return Docket(
            self._moved(rows, state),
            self.reason_rows.copy(),
            self.reason_index.copy(),
            self.palette,
        )

    def _moved(self, rows: Rows, state: State) -> States:
        states = self.states.copy()
        allowed = [int(before) for before, after in _MAY_BECOME.items() if state in after]
        if not np.isin(states[rows], allowed).all():
            raise Internal("a decided row is never reopened")
        states[rows] = state
        return states

    def reasons_of(self, row: int) -> tuple[Reason, ...]:
        """All reasons of one row, in the palette's order."""
        start, stop = np.searchsorted(self.reason_rows, [row, row + 1])
        return tuple(self.palette[index] for index in self.reason_index[start:stop])

    def reason_counts(self) -> list[tuple[Reason, int]]:
        """Each reason with the number of rows that bear it, most frequent first."""
        tally = np.bincount(self.reason_index, minlength=len(self.palette))
        counted = [(reason, int(tally[i])) for i, reason in enumerate(self.palette)]
        return sorted(counted, key=lambda pair: (-pair[1], pair[0]))

    def to_bytes(self) -> bytes:
        """The docket as one file (NumPy's npz), to be sealed; `from_bytes` reads it again."""
        palette = json.dumps([reason.as_json() for reason in self.palette]).encode()
        stream = io.BytesIO()
        np.savez_compressed(
            stream,
            states=self.states,
            reason_rows=self.reason_rows.astype("<i8"),
            reason_index=self.reason_index.astype("<i8"),
            palette=np.frombuffer(palette, dtype=np.uint8),
        )
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Docket:
        """The inverse of `to_bytes`. Raises Internal if the content breaks an invariant."""
        with np.load(io.BytesIO(data), allow_pickle=False) as parts:
            palette = json.loads(parts["palette"].tobytes())
            return cls(
                parts["states"].copy(),
                parts["reason_rows"].astype(np.int64),
                parts["reason_index"].astype(np.int64),
                tuple(Reason.of(item) for item in palette),
            )

    def same_as(self, other: Docket) -> bool:
        """Whether both say the same of every row, to the bit; what `replay` compares."""
        return (
            np.array_equal(self.states, other.states)
            and np.array_equal(self.reason_rows, other.reason_rows)
            and np.array_equal(self.reason_index, other.reason_index)
            and self.palette == other.palette
        )
