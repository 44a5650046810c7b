"""Findings: how each record was decided, by levels and weights. They are sealed with the case.

What is on file is kept only where an officer must see it.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.docket import State
from narrowgate.matching.candidates import Candidates
from narrowgate.matching.decide import Decided
from narrowgate.matching.model import LEVELS, MISSING
from narrowgate.register.arrays import Array
from narrowgate.register.layout import NAME_KINDS, NO_DATE
from narrowgate.register.snapshot import Snapshot

_TEXT = pa.string()
_WORD = pa.dictionary(pa.int8(), pa.string())

FINDINGS = pa.schema(
    [
        ("row", pa.int64()),
        ("decision", pa.uint8()),
        ("person_key", pa.binary(16)),
        ("identity_weight", pa.float64()),
        ("other_weight", pa.float64()),
        ("margin", pa.float64()),
        ("residence_agrees", pa.bool_()),
        ("residence_weight", pa.float64()),
        ("unit_on_one_side", pa.bool_()),
        ("number_elsewhere", pa.bool_()),
        ("namesake_here", pa.bool_()),
        ("fits_another", pa.bool_()),
        ("alone", pa.bool_()),
        ("enough", pa.bool_()),
        ("clear", pa.bool_()),
        ("sealed", pa.bool_()),
        ("name_kind", _WORD),
        *((f"level_{comparison}", _WORD) for comparison in LEVELS),
        ("candidate_given", _TEXT),
        ("candidate_middle", _TEXT),
        ("candidate_family", _TEXT),
        ("candidate_suffix", _TEXT),
        ("candidate_birth_date", pa.date32()),
        ("candidate_tin", _TEXT),
    ]
)
"""One row for each record that had a candidate, by row of the docket. Weights in bits; `margin` is
null without a second candidate; `candidate_*`, as on file, only for rows under review. `alone`,
`enough`, `clear`: tests 3, 4 and the last of 5 of decide.py.
"""


def findings(rows: Array, found: Candidates, decided: Decided, snapshot: Snapshot) -> pa.Table:
    """FINDINGS of the best candidates. `rows`: of the docket, one for each."""
    best = decided.best
    columns = {
        "row": pa.array(rows, pa.int64()),
        "decision": pa.array(decided.decision),
        "person_key": _keys(found, best, snapshot),
        "identity_weight": pa.array(found.identity[best]),
        "other_weight": pa.array(found.other[best]),
        "margin": pa.array(decided.margin, from_pandas=True),
        "residence_agrees": pa.array(found.lives_there[best]),
        "residence_weight": pa.array(found.residence[best], from_pandas=True),
        "unit_on_one_side": pa.array(found.unit_on_one_side[best]),
        "number_elsewhere": pa.array(decided.number_elsewhere),
        "namesake_here": pa.array(decided.namesake_here),
        "fits_another": pa.array(decided.fits_another),
        "alone": pa.array(decided.alone),
        "enough": pa.array(decided.enough),
        "clear": pa.array(decided.clear),
        "sealed": pa.array(found.sealed[best]),
        "name_kind": _word(found.kind[best], NAME_KINDS),
    }
    for comparison, levels in LEVELS.items():
        columns[f"level_{comparison}"] = _word(found.levels[comparison][best], (*levels, MISSING))
    columns |= _on_file(found, decided, snapshot)
    return pa.table(columns, schema=FINDINGS)


def no_findings() -> pa.Table:
    """Of no record."""
    return FINDINGS.empty_table()


def _word(numbers: Array, words: tuple[str, ...]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(numbers.astype(np.int8)), _texts(words))


@cache
def _texts(words: tuple[str, ...]) -> pa.Array:
    return pa.array(words, _TEXT)


def _keys(found: Candidates, best: Array, snapshot: Snapshot) -> pa.Array:
    keys = np.zeros(len(best), "V16")
    for part in snapshot.partitions:
        here = np.flatnonzero(found.part[best] == part.number)
        keys[here] = part.keys.take(found.person[best][here])
    return pa.Array.from_buffers(pa.binary(16), len(keys), [None, pa.py_buffer(keys)])


def _on_file(found: Candidates, decided: Decided, snapshot: Snapshot) -> dict[str, pa.Array]:
    """candidate_*: as on file for rows under review, else null."""
    open_rows = np.flatnonzero(decided.decision == State.REVIEW)
    if not len(open_rows):
        shown = (name for name in FINDINGS.names if name.startswith("candidate_"))
        return {name: pa.nulls(len(decided.best), FINDINGS.field(name).type) for name in shown}
    best = decided.best[open_rows]
    names = {name: np.zeros(len(decided.best), np.uint32) for name in _NAMES}
    tin = np.zeros(len(decided.best), np.uint32)
    born = np.full(len(decided.best), NO_DATE, np.int32)
    for part in snapshot.partitions:
        here = np.flatnonzero(found.part[best] == part.number)
        held = part.names.take(found.name[best[here]])
        people = part.people.take(found.person[best[here]])
        tin[open_rows[here]], born[open_rows[here]] = people["tin"], people["born"]
        for name, words in names.items():
            words[open_rows[here]] = held[name]
    digits = pc.utf8_lpad(pa.array(tin).cast(_TEXT), 9, "0")
    return {
        **{
            f"candidate_{name}": snapshot.words.texts(words).cast(_TEXT)
            for name, words in names.items()
        },
        "candidate_birth_date": pa.array(born, mask=born == NO_DATE).cast(pa.date32()),
        "candidate_tin": pc.if_else(pa.array(tin > 0), digits, pa.scalar(None, _TEXT)),
    }


_NAMES = ("given", "middle", "family", "suffix")
