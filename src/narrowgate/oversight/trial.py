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
from datetime import UTC, datetime
from math import inf
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from narrowgate.agreement.terms import Terms
from narrowgate.case.history import AgreementStanding, History
from narrowgate.docket import Docket
from narrowgate.errors import BadInput
from narrowgate.matching.match import Matched, match
from narrowgate.matching.model import Model
from narrowgate.matching.quality import Bools, Figures, by_group
from narrowgate.oversight.groups import Names, groups
from narrowgate.oversight.on_file import OnFile, on_file
from narrowgate.oversight.truth import Truth, read_truth, truth_of
from narrowgate.reasons import Code
from narrowgate.register.load import load
from narrowgate.register.snapshot import Snapshot
from narrowgate.request.records import read_records
from narrowgate.screening.screen import screen_records

_BOUNDS = (Code.REQUEST_OFFICER_OVERLOAD, Code.REQUEST_QUALITY_TOO_LOW)


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """`states`: what was decided (docket.State), and `lives_there`: the truth, by record. `groups`:
    grouping -> group -> figures. `codes`: refusals by code. `weights`: WEIGHTS of each record's
    best candidate; `at_any_weight`: the same if every identity weight were enough, None unless
    asked for. `data`: SHA-256 of the files.
    """

    states: npt.NDArray[np.uint8]
    lives_there: Bools
    figures: Figures
    groups: Mapping[str, Mapping[str, Figures]]
    codes: Mapping[str, int]
    weights: pa.Table
    at_any_weight: pa.Table | None
    people: int
    data: Mapping[str, str]
    at: datetime


WEIGHTS = ("identity_weight", "decision", "same", "right")
"""Bits; docket.State; the candidate is the subject (where the truth names nobody: lives there); and
to confirm it is right.
"""


@dataclass(frozen=True, slots=True, eq=False)
class _Tried:
    """One request tried."""

    docket: Docket
    lives_there: Bools
    same: Bools
    groups: Mapping[str, Names]
    weights: pa.Table
    at_any_weight: pa.Table | None


def run_trial(
    register: Sequence[Path],
    requests: Sequence[Path],
    truth: Path,
    terms: Terms,
    model: Model,
    at: datetime,
    *,
    curve: bool = False,
) -> Trial:
    """Run it; each file of `requests` is a request of its own, by a requester without a past, and
    without the rules that bound how much one may ask. `curve`: match once more, to tell what other
    identity thresholds would give.

    Raises BadInput for a file that cannot be read, and for a truth that does not know every record.
    """
    known = read_truth(truth)
    terms = _unbounded(terms)
    with tempfile.TemporaryDirectory(prefix="narrowgate-trial-") as folder:
        key = secrets.token_bytes(32)
        loaded = load(register, mapping=None, partitions=None, target=Path(folder), key=key)
        snapshot = Snapshot.open(loaded.path, key)
        tried = []
        for path in requests:
            records = _records(path)
            subjects = truth_of(known, records["record_id"], truth.name)
            history = History(version=1, key=key, agreement=AgreementStanding(at))
            screened = screen_records(records, terms, history, at)
            matched = match(screened, snapshot, model, terms, at)
            loose = match(screened, snapshot, model, _any_weight(terms), at) if curve else None
            today = at.astimezone(UTC).date()
            filed = on_file(register, screened.records, subjects.person, terms.answer, today)
            named = groups(records, screened.records, filed, today)
            tried.append(_judged(subjects, filed, matched, loose, named))
    return _joined(
        tried,
        loaded.people,
        {
            "register": _digest(register),
            "requests": _digest(requests),
            "truth": _digest([truth]),
        },
        at,
    )


def _records(path: Path) -> pa.Table:
    records, _, faults = read_records(path)
    if records is None:
        raise BadInput(faults[0].fault, place=faults[0].place, mend=faults[0].mend)
    return records


def _judged(
    subjects: Truth,
    filed: OnFile,
    matched: Matched,
    loose: Matched | None,
    named: Mapping[str, Names],
) -> _Tried:
    """What was decided of one request, held against its truth."""
    there = subjects.confirm
    if there is None:
        there = np.asarray(filed.lives_there.to_numpy(), dtype=bool)
    nobody_named = subjects.person.null_count == len(subjects.person)

    def same(found: pa.Table) -> Bools:
        return there if nobody_named else _same(found, subjects.person)

    def weights(found: pa.Table) -> pa.Table:
        rows, subject = found["row"].to_numpy(), same(found)
        right = pa.array((subject & there)[rows])
        columns = [found["identity_weight"], found["decision"], pa.array(subject[rows]), right]
        return pa.table(columns, names=WEIGHTS)

    return _Tried(
        matched.docket,
        there,
        same(matched.findings),
        named,
        weights(matched.findings),
        None if loose is None else weights(loose.findings),
    )


def _joined(tried: Sequence[_Tried], people: int, data: Mapping[str, str], at: datetime) -> Trial:
    states = np.concatenate([one.docket.states for one in tried])
    there = np.concatenate([one.lives_there for one in tried])
    same = np.concatenate([one.same for one in tried])
    codes: Counter[str] = Counter()
    for one in tried:
        for reason, count in one.docket.reason_counts():
            codes[reason.code.value] += count
    loose = [one.at_any_weight for one in tried if one.at_any_weight is not None]
    return Trial(
        states,
        there,
        Figures.of(states, there, same),
        {
            grouping: by_group(
                states, there, np.concatenate([one.groups[grouping] for one in tried]), same
            )
            for grouping in tried[0].groups
        },
        dict(sorted(codes.items())),
        pa.concat_tables([one.weights for one in tried]),
        pa.concat_tables(loose) if loose else None,
        people,
        data,
        at,
    )


def _unbounded(terms: Terms) -> Terms:
    """The terms without what bounds a request as a whole: a trial asks for more than one may."""
    return replace(terms, rules=tuple(b for b in terms.rules if b.rule.code not in _BOUNDS))


def _any_weight(terms: Terms) -> Terms:
    enough = {"identity_threshold": -inf, "review_from": -inf}
    return replace(terms, answer=terms.answer.model_copy(update=enough))


def _same(findings: pa.Table, person: pa.Array) -> Bools:
    """By record, whether its best candidate is the subject, as partition.py makes person_key."""
    keys = np.zeros(len(person), "V16")
    keys[findings["row"].to_numpy()] = np.frombuffer(
        findings["person_key"].combine_chunks().buffers()[1] or b"", "V16", findings.num_rows
    )
    ids, which = np.unique(np.asarray(person.fill_null("").to_pylist(), str), return_inverse=True)
    mine = np.array([hashlib.md5(i.encode(), usedforsecurity=False).digest() for i in ids], "V16")
    return np.asarray((keys == mine[which]) & person.is_valid().to_numpy(zero_copy_only=False))


def _digest(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return f"sha256:{digest.hexdigest()}"
