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

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from narrowgate.canonical import Json, digest, sha256
from narrowgate.errors import Internal
from narrowgate.reasons import Code, Reason

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
            self._moved(rows, state), self.reason_rows.copy(), self.reason_index.copy(), self.palette
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

    def as_bytes(self) -> dict[str, bytes]:
        """The docket as named byte strings, to be sealed; `from_bytes` reads them again."""
        return {
            "states": self.states.tobytes(),
            "reason_rows": self.reason_rows.astype("<i8").tobytes(),
            "reason_index": self.reason_index.astype("<i8").tobytes(),
        }

    @property
    def digest(self) -> str:
        """What the log names this docket by: one digest over states, reasons and palette."""
        parts: dict[str, Json] = {name: sha256(data) for name, data in self.as_bytes().items()}
        palette: list[Json] = [dict(reason.as_json()) for reason in self.palette]
        return digest({**parts, "palette": palette, "records": len(self)})

    @classmethod
    def from_bytes(cls, parts: dict[str, bytes], palette: Sequence[dict[str, str]]) -> Docket:
        """The inverse of `as_bytes` together with the palette as JSON."""
        return cls(
            np.frombuffer(parts["states"], dtype=np.uint8).copy(),
            np.frombuffer(parts["reason_rows"], dtype="<i8").astype(np.int64),
            np.frombuffer(parts["reason_index"], dtype="<i8").astype(np.int64),
            tuple(
                Reason(Code(item["code"]), item["clause"], item["fault"], item["mend"])
                for item in palette
            ),
        )
