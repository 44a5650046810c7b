"""A trial of a model: records whose truth is known go through screening and matching, and what is
decided is held against the truth.

It is the custodian's instrument, on the custodian's own or on synthetic data: the same rules, the
same register, the same decision as in the way of a request, without a site, a log or an answer.
The register is loaded into a snapshot of its own, sealed under a key that is forgotten.
"""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from math import inf
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from narrowgate.agreement.terms import Terms
from narrowgate.case.history import AgreementStanding, History
from narrowgate.docket import Docket
from narrowgate.errors import BadInput
from narrowgate.matching.match import match
from narrowgate.matching.model import Model
from narrowgate.matching.quality import Bools, Figures, by_group
from narrowgate.oversight.groups import RAW, STANDARD, groups
from narrowgate.oversight.on_file import OnFile, on_file
from narrowgate.oversight.truth import Truth, read_truth, truth_of
from narrowgate.reasons import Code
from narrowgate.register.load import load
from narrowgate.register.snapshot import Snapshot
from narrowgate.request.records import read_records
from narrowgate.screening.screen import screen_records

_FOUND = ("row", "person_key", "identity_weight", "decision")
_BOUNDS = (Code.REQUEST_OFFICER_OVERLOAD, Code.REQUEST_QUALITY_TOO_LOW)


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """`states`: what was decided (docket.State), and `lives_there`: the truth, by record. `groups`:
    grouping -> group -> figures. `with_near_misses`: figures of near misses and records together,
    on which false confirmations are bounded. `codes`: refusals by code. `weights`: WEIGHTS of each
    best candidate; `at_any_weight`: the same if every identity weight were enough, None unless
    asked for. `data`: SHA-256 of the files.
    """

    states: npt.NDArray[np.uint8]
    lives_there: Bools
    figures: Figures
    with_near_misses: Figures
    groups: Mapping[str, Mapping[str, Figures]]
    codes: Mapping[str, int]
    weights: pa.Table
    at_any_weight: pa.Table | None
    people: int
    data: Mapping[str, str]
    at: datetime


WEIGHTS = ("identity_weight", "decision", "same", "right", "near_miss")
"""Bits; docket.State; the candidate is the subject (where the truth names nobody: lives there); to
confirm it is right; the record was made to mislead.
"""


@dataclass(frozen=True, slots=True, eq=False)
class _Tried:
    """One request tried: what the truth and the groups need of it, and of what was decided."""

    raw: pa.Table
    standard: pa.Table
    truth: Truth
    docket: Docket
    found: pa.Table
    found_at_any_weight: pa.Table | None


def run_trial(
    register: Sequence[Path],
    requests: Sequence[Path],
    near_misses: Sequence[Path],
    truth: Path,
    terms: Terms,
    model: Model,
    at: datetime,
    *,
    curve: bool = False,
) -> Trial:
    """Run it; each file is a request of its own, by a requester without a past, and without the
    rules that bound how much one may ask. `near_misses` were made to mislead: they count for false
    confirmations, and not for recall, review and groups. `curve`: match once more, to tell what
    other identity thresholds would give.

    Raises BadInput for a file that cannot be read, and for a truth that does not know every record.
    """
    known = read_truth(truth)
    terms = _unbounded(terms)
    with tempfile.TemporaryDirectory(prefix="narrowgate-trial-") as folder:
        key = secrets.token_bytes(32)
        loaded = load(register, mapping=None, partitions=None, target=Path(folder), key=key)
        snapshot = Snapshot.open(loaded.path, key)
        tried = [
            _tried(path, known, truth.name, snapshot, terms, model, at, curve)
            for path in (*requests, *near_misses)
        ]
    files = {
        "register": register,
        "requests": requests,
        "near_misses": near_misses,
        "truth": [truth],
    }
    data = {name: _digest(paths) for name, paths in files.items() if paths}
    filed = _filed(tried, register, terms, at)
    return _judged(tried, len(requests), filed, loaded.people, data, at)


def _tried(
    path: Path,
    known: pa.Table,
    place: str,
    snapshot: Snapshot,
    terms: Terms,
    model: Model,
    at: datetime,
    curve: bool,
) -> _Tried:
    records = _records(path)
    truth = truth_of(known, records["record_id"], place)
    history = History(version=1, key=secrets.token_bytes(32), agreement=AgreementStanding(at))
    screened = screen_records(records, terms, history, at)
    matched = match(screened, snapshot, model, terms, at)
    loose = match(screened, snapshot, model, _any_weight(terms), at) if curve else None
    return _Tried(
        records.select(RAW),
        screened.records.select(STANDARD),
        truth,
        matched.docket,
        matched.findings.select(_FOUND),
        None if loose is None else loose.findings.select(_FOUND),
    )


def _records(path: Path) -> pa.Table:
    records, _, faults = read_records(path)
    if records is None:
        raise BadInput(faults[0].fault, place=faults[0].place, mend=faults[0].mend)
    return records


def _filed(tried: Sequence[_Tried], register: Sequence[Path], terms: Terms, at: datetime) -> OnFile:
    standard = pa.concat_tables([one.standard for one in tried])
    person = pa.concat_arrays([one.truth.person for one in tried])
    return on_file(register, standard, person, terms.answer, _day(at))


def _judged(
    tried: Sequence[_Tried],
    requests: int,
    filed: OnFile,
    people: int,
    data: Mapping[str, str],
    at: datetime,
) -> Trial:
    """What was decided of all, held against the truth; near misses are behind the `requests`."""
    there = np.asarray(filed.lives_there.to_numpy(), dtype=bool)
    if tried[0].truth.confirm is not None:
        there = np.concatenate([one.truth.confirm for one in tried])
    starts = np.cumsum([0, *(len(one.docket) for one in tried)])
    own = slice(0, starts[requests])
    person = pa.concat_arrays([one.truth.person for one in tried])
    found = _stacked([one.found for one in tried], starts)
    loose = [one.found_at_any_weight for one in tried if one.found_at_any_weight is not None]
    states = np.concatenate([one.docket.states for one in tried])
    same = _same(found, person, there)
    named = groups(
        pa.concat_tables([one.raw for one in tried]),
        pa.concat_tables([one.standard for one in tried]),
        filed,
        _day(at),
    )
    codes: Counter[str] = Counter()
    for one in tried[:requests]:
        for reason, count in one.docket.reason_counts():
            codes[reason.code.value] += count

    def weights(of: pa.Table) -> pa.Table:
        rows, mine = of["row"].to_numpy(), _same(of, person, there)
        columns = (mine[rows], (mine & there)[rows], rows >= starts[requests])
        return pa.table([of["identity_weight"], of["decision"], *columns], names=WEIGHTS)

    return Trial(
        states[own],
        there[own],
        Figures.of(states[own], there[own], same[own]),
        Figures.of(states, there, same),
        {name: by_group(states[own], there[own], of[own], same[own]) for name, of in named.items()},
        dict(sorted(codes.items())),
        weights(found),
        weights(_stacked(loose, starts)) if loose else None,
        people,
        data,
        at,
    )


def _stacked(found: Sequence[pa.Table], starts: npt.NDArray[np.int64]) -> pa.Table:
    """The findings of all requests, `row` counted through."""
    through = [
        of.set_column(0, "row", pa.array(of["row"].to_numpy() + start))
        for of, start in zip(found, starts, strict=False)
    ]
    return pa.concat_tables(through)


def _unbounded(terms: Terms) -> Terms:
    """The terms without what bounds a request as a whole: a trial asks for more than one may."""
    return replace(terms, rules=tuple(b for b in terms.rules if b.rule.code not in _BOUNDS))


def _any_weight(terms: Terms) -> Terms:
    enough = {"identity_threshold": -inf, "review_from": -inf}
    return replace(terms, answer=terms.answer.model_copy(update=enough))


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _same(found: pa.Table, person: pa.Array, there: Bools) -> Bools:
    """By record, whether its best candidate is the subject, as partition.py makes person_key; where
    the truth names nobody at all, whether the subject lives there.
    """
    if person.null_count == len(person):
        return there
    keys = np.zeros(len(person), "V16")
    mine = found["person_key"].combine_chunks().buffers()[1] or b""
    keys[found["row"].to_numpy()] = np.frombuffer(mine, "V16", found.num_rows)
    ids, which = np.unique(np.asarray(person.fill_null("").to_pylist(), str), return_inverse=True)
    true = np.array([hashlib.md5(i.encode(), usedforsecurity=False).digest() for i in ids], "V16")
    return np.asarray((keys == true[which]) & person.is_valid().to_numpy(zero_copy_only=False))


def _digest(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return f"sha256:{digest.hexdigest()}"
