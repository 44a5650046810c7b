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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import inf
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, dataset, json

from narrowgate.agreement.terms import Terms
from narrowgate.case.history import AgreementStanding, History
from narrowgate.docket import Docket
from narrowgate.errors import BadInput
from narrowgate.matching.match import match
from narrowgate.matching.model import Model
from narrowgate.matching.quality import Bools, Figures, by_group
from narrowgate.oversight.groups import groups
from narrowgate.oversight.on_file import on_file
from narrowgate.reasons import Code
from narrowgate.register.load import load
from narrowgate.register.snapshot import Snapshot
from narrowgate.request.records import read_records
from narrowgate.screening.screen import screen_records

_BOUNDS = (Code.REQUEST_OFFICER_OVERLOAD, Code.REQUEST_QUALITY_TOO_LOW)
_TRUTH = ("record_id", "person_id", "confirm", "lives_there")
_YES, _NO = ("true", "t", "yes", "y", "1", "confirmed"), ("false", "f", "no", "n", "0", "")


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """`docket`: what was decided. `lives_there`: the truth, by row. `same`: the gate took the very
    subject for the best candidate; None where the truth names nobody. `groups`: grouping -> group
    -> figures. `findings`: as matching made them; `at_any_weight`: as it would have made them if
    every identity weight were enough, None unless asked for. `data`: SHA-256 of the files.
    """

    docket: Docket
    lives_there: Bools
    same: Bools | None
    figures: Figures
    groups: Mapping[str, Mapping[str, Figures]]
    findings: pa.Table
    at_any_weight: pa.Table | None
    people: int
    data: Mapping[str, str]
    at: datetime


def run_trial(
    register: Sequence[Path],
    requests: Path,
    truth: Path,
    terms: Terms,
    model: Model,
    at: datetime,
    *,
    curve: bool = False,
) -> Trial:
    """Run it, without the rules that bound how much one request may ask. Raises BadInput for a file
    that cannot be read, and for a truth that does not know every record. `curve`: match once more,
    to tell what other identity thresholds would give.
    """
    records, _, faults = read_records(requests)
    if records is None:
        first = faults[0]
        raise BadInput(first.fault, place=first.place, mend=first.mend)
    known = read_truth(truth, records["record_id"])
    with tempfile.TemporaryDirectory(prefix="narrowgate-trial-") as folder:
        key = secrets.token_bytes(32)
        loaded = load(register, mapping=None, partitions=None, target=Path(folder), key=key)
        snapshot = Snapshot.open(loaded.path, key)
        history = History(version=1, key=key, agreement=AgreementStanding(at))
        screened = screen_records(records, _unbounded(terms), history, at)
        matched = match(screened, snapshot, model, terms, at)
        loose = match(screened, snapshot, model, _any_weight(terms), at) if curve else None
    today = at.astimezone(UTC).date()
    filed = on_file(register, screened.records, known.person, terms.answer, today)
    lives_there = known.confirm
    if lives_there is None:
        lives_there = np.asarray(filed.lives_there.to_numpy(), dtype=bool)
    named = known.person.null_count < len(records)
    same = _same(matched.findings, known.person) if named else None
    states = np.asarray(matched.docket.states)
    return Trial(
        matched.docket,
        lives_there,
        same,
        Figures.of(states, lives_there, same),
        {
            name: by_group(states, lives_there, of, same)
            for name, of in groups(records, screened.records, filed, today).items()
        },
        matched.findings,
        None if loose is None else loose.findings,
        loaded.people,
        {
            "register": _digest(register),
            "requests": _digest([requests]),
            "truth": _digest([truth]),
        },
        at,
    )


def _unbounded(terms: Terms) -> Terms:
    """The terms without what bounds a request as a whole: a trial asks for more than one may."""
    return replace(terms, rules=tuple(b for b in terms.rules if b.rule.code not in _BOUNDS))


def _any_weight(terms: Terms) -> Terms:
    enough = {"identity_threshold": -inf, "review_from": -inf}
    return replace(terms, answer=terms.answer.model_copy(update=enough))


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """In the order of the records. `person`: the subject's person_id, null for nobody of the
    register; `confirm`: whether it is right to confirm, None where the file leaves it to the
    register.
    """

    person: pa.Array
    confirm: Bools | None


def read_truth(path: Path, record_id: pa.ChunkedArray) -> Truth:
    """The truth in a Parquet, CSV or JSON Lines file with `record_id`, and `person_id` (empty:
    nobody), `confirm` (true or false; also called `lives_there`), or both.
    """
    table = _read_table(path)
    names = set(table.column_names)
    if "record_id" not in names or not names & {"person_id", "confirm", "lives_there"}:
        raise BadInput(
            "a truth has record_id, and person_id or confirm",
            place=path.name,
            mend=f"It has {', '.join(sorted(names))}.",
        )
    columns = {name: table[name].cast(pa.string()) for name in _TRUTH if name in names}
    at = pc.index_in(record_id, value_set=columns["record_id"].combine_chunks())
    if at.null_count:
        raise BadInput(f"{at.null_count:,} records have no truth", place=path.name)
    nobody = pa.nulls(len(record_id), pa.string())
    person = columns["person_id"].take(at) if "person_id" in columns else nobody
    person = pa.chunked_array([person]) if isinstance(person, pa.Array) else person
    person = pc.if_else(pc.equal(person, ""), pa.scalar(None, pa.string()), person)
    told = columns.get("confirm", columns.get("lives_there"))
    return Truth(
        person.combine_chunks(), None if told is None else _truths(told.take(at), path.name)
    )


def _truths(column: pa.ChunkedArray, place: str) -> Bools:
    words = pc.utf8_lower(pc.fill_null(column, ""))
    yes, no = (pc.is_in(words, value_set=pa.array(of)) for of in (_YES, _NO))
    unknown = pc.sum(pc.invert(pc.or_(yes, no))).as_py()
    if unknown:
        raise BadInput(f"{unknown:,} values of confirm are neither true nor false", place=place)
    return np.asarray(yes.to_numpy(), dtype=bool)


def _read_table(path: Path) -> pa.Table:
    try:
        if path.suffix == ".parquet":
            return dataset.dataset(path, format="parquet").to_table()
        if ".jsonl" in path.suffixes:
            return json.read_json(path)
        return csv.read_csv(path)
    except (OSError, pa.ArrowInvalid):
        raise BadInput("the truth cannot be read", place=path.name) from None


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
