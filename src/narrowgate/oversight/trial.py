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
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, dataset, json

from narrowgate.agreement.terms import Terms
from narrowgate.case.history import AgreementStanding, History
from narrowgate.docket import Docket
from narrowgate.errors import BadInput
from narrowgate.matching.asked import ASKED, ask
from narrowgate.matching.candidates import indexes, search
from narrowgate.matching.match import match
from narrowgate.matching.model import Model
from narrowgate.matching.quality import Bools, Figures, by_group
from narrowgate.matching.residence import AddressPolicy, homes_of
from narrowgate.oversight.groups import Names, groups
from narrowgate.register.load import load
from narrowgate.register.snapshot import Snapshot
from narrowgate.request.records import read_records
from narrowgate.screening.screen import screen_records

_TRUTH = ("record_id", "person_id", "confirm", "lives_there")
_YES, _NO = ("true", "t", "yes", "y", "1", "confirmed"), ("false", "f", "no", "n", "0", "")


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """`states`: what was decided (docket.State), and `lives_there`: the truth, by record. `groups`:
    grouping -> group -> figures. `with_near_misses`: figures of all, on which false confirmations
    are bounded. `codes`: refusals by code. `weights`: identity_weight, decision
    and lives_there of each record's best candidate. `data`: SHA-256 of the files.
    """

    states: npt.NDArray[np.uint8]
    lives_there: Bools
    figures: Figures
    with_near_misses: Figures
    groups: Mapping[str, Mapping[str, Figures]]
    codes: Mapping[str, int]
    weights: pa.Table
    people: int
    data: Mapping[str, str]
    at: datetime


def run_trial(
    register: Sequence[Path],
    requests: Sequence[Path],
    near_misses: Sequence[Path],
    truth: Path,
    terms: Terms,
    model: Model,
    at: datetime,
) -> Trial:
    """Run it; each file is a request of its own, by a requester without a past. `near_misses` were
    made to mislead: they count for false confirmations, and not for recall, review and groups.

    Raises BadInput for a file that cannot be read, for records that the agreement would refuse as a
    whole, and for a truth that does not know every record.
    """
    known = _read_table(truth)
    with tempfile.TemporaryDirectory(prefix="narrowgate-trial-") as folder:
        key = secrets.token_bytes(32)
        loaded = load(register, mapping=None, partitions=None, target=Path(folder), key=key)
        snapshot = Snapshot.open(loaded.path, key)
        tried = [_tried(path, known, truth.name, snapshot, terms, model, at) for path in requests]
        misled = [
            _tried(path, known, truth.name, snapshot, terms, model, at) for path in near_misses
        ]
    states, lives_there = _joined(tried)
    grouped = {
        name: np.concatenate([one.groups[name] for one in tried]) for name in tried[0].groups
    }
    codes: Counter[str] = Counter()
    for one in tried:
        for reason, count in one.docket.reason_counts():
            codes[reason.code.value] += count
    return Trial(
        states,
        lives_there,
        Figures.of(states, lives_there),
        Figures.of(*_joined([*tried, *misled])),
        {name: by_group(states, lives_there, of) for name, of in grouped.items()},
        codes,
        pa.concat_tables([one.weights for one in tried]),
        loaded.people,
        {
            "register": _digest(register),
            "requests": _digest(requests),
            **({"near_misses": _digest(near_misses)} if near_misses else {}),
            "truth": _digest([truth]),
        },
        at,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Tried:
    """One request tried. `weights`: identity weight, decision and truth of the best candidates."""

    docket: Docket
    lives_there: Bools
    groups: Mapping[str, Names]
    weights: pa.Table


def _joined(tried: Sequence[_Tried]) -> tuple[npt.NDArray[np.uint8], Bools]:
    states = np.concatenate([one.docket.states for one in tried])
    return states, np.concatenate([one.lives_there for one in tried])


def _tried(
    path: Path,
    truth: pa.Table,
    place: str,
    snapshot: Snapshot,
    terms: Terms,
    model: Model,
    at: datetime,
) -> _Tried:
    records, _, faults = read_records(path)
    if records is None:
        first = faults[0]
        raise BadInput(first.fault, place=first.place, mend=first.mend)
    known = _truth_of(truth, records["record_id"], place)
    history = History(version=1, key=bytes(32), agreement=AgreementStanding(at))
    screened = screen_records(records, terms, history, at)
    if screened.reasons:
        codes = ", ".join(reason.code.value for reason in screened.reasons)
        raise BadInput(f"the agreement refuses these records as a whole: {codes}", place=str(path))
    matched = match(screened, snapshot, model, terms, at)
    lives_there = known.confirm
    if lives_there is None:
        lives_there = _on_file(screened.records, known.person, snapshot, terms, at)
    found = matched.findings
    true = pa.array(lives_there[found["row"].to_numpy()])
    return _Tried(
        matched.docket,
        lives_there,
        groups(records, screened.records, at.astimezone(UTC).date()),
        found.select(["identity_weight", "decision"]).append_column("lives_there", true),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """In the order of the records. `person`: the subject's person_id, null for nobody of the
    register; `confirm`: whether it is right to confirm, None where the file leaves it to the
    register.
    """

    person: pa.Array
    confirm: Bools | None


def _truth_of(table: pa.Table, record_id: pa.ChunkedArray, place: str) -> Truth:
    """Of a table with `record_id`, and `person_id` (empty: nobody), `confirm` (true or false; also
    called `lives_there`), or both.
    """
    names = set(table.column_names)
    if "record_id" not in names or not names & {"person_id", "confirm", "lives_there"}:
        raise BadInput(
            "a truth has record_id, and person_id or confirm",
            place=place,
            mend=f"It has {', '.join(sorted(names))}.",
        )
    columns = {name: table[name].cast(pa.string()) for name in _TRUTH if name in names}
    at = pc.index_in(record_id, value_set=columns["record_id"].combine_chunks())
    if at.null_count:
        raise BadInput(f"{at.null_count:,} records have no truth", place=place)
    nobody = pa.nulls(len(record_id), pa.string())
    person = columns["person_id"].take(at) if "person_id" in columns else nobody
    person = pa.chunked_array([person]) if isinstance(person, pa.Array) else person
    person = pc.if_else(pc.equal(person, ""), pa.scalar(None, pa.string()), person)
    told = columns.get("confirm", columns.get("lives_there"))
    return Truth(person.combine_chunks(), None if told is None else _truths(told.take(at), place))


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


def _on_file(
    records: pa.Table, person: pa.Array, snapshot: Snapshot, terms: Terms, at: datetime
) -> npt.NDArray[np.bool_]:
    """By the register itself: the address is on file for the subject, and counts; nobody who is
    sealed lives anywhere.
    """
    policy = AddressPolicy.of(terms.answer, at.astimezone(UTC).date())
    asked = ask(records.select(ASKED), snapshot, indexes(policy))
    found = search(asked, snapshot)
    keys = np.array(
        [
            hashlib.md5(i.encode(), usedforsecurity=False).digest() if i else b""
            for i in person.to_pylist()
        ],
        "V16",
    )
    lives_there = np.zeros(asked.count, dtype=bool)
    for part, hits in zip(snapshot.partitions, found.hits, strict=True):
        homes = homes_of(asked, part, policy, hits)
        of = part.people.take(homes.person)
        same = part.keys.take(homes.person) == keys[homes.record]
        lives_there[homes.record[homes.agrees & same & (of["sealed"] == 0)]] = True
    return lives_there


def _digest(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return f"sha256:{digest.hexdigest()}"
