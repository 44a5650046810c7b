"""`model learn`: match weights from a register and requests, or from labelled pairs.

It needs no site. The register is loaded into a sealed snapshot of its own, under a key that
nobody keeps, in a temporary folder that is gone afterwards; what comes out are shares and counts.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import Terms
from narrowgate.canonical import file_digest
from narrowgate.catalogue.rule import Rule
from narrowgate.engine.duck import connect
from narrowgate.engine.read import read_table
from narrowgate.errors import BadInput
from narrowgate.gateway.agreements import source
from narrowgate.matching.learn import FEWEST, PRIOR_PAIRS, Learned, from_labels, learn
from narrowgate.matching.model import Model, bundled_model, is_bundled, read_model
from narrowgate.matching.model_file import check_name, model_file
from narrowgate.matching.sample import (
    asked_of,
    blocked,
    pairs_of,
    patterns,
    random_pairs,
    true_pairs,
)
from narrowgate.register.load import load
from narrowgate.register.snapshot import Snapshot
from narrowgate.request.records import read_records
from narrowgate.screening.record_rules import broken_rules, judgement, spread
from narrowgate.screening.screen import RECORDS
from narrowgate.standard.form import standardise

MOST_RECORDS = 100_000
_BASE = "strict"
_ABOUT_WHOM = ("record", "name", "birth_date", "tin", "identifier", "address")
"""Families of rules on who is meant: records that break one are not learned from."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What to learn from. `truth`: a table of record_id and person_id, or None for EM."""

    register: Sequence[Path]
    requests: Path
    truth: Path | None = None
    mapping: Path | None = None


@dataclass(frozen=True, slots=True)
class NewModel:
    """A model as a file, and read; and how it was learned."""

    data: bytes
    model: Model
    learned: Learned


def learn_model(
    sources: Sources, agreement: str, home: Path, *, name: str, seed: int, now: datetime, pairs: int
) -> NewModel:
    """Learn the weights; the base is the model that the agreement names if it is bundled, else
    `strict`. `pairs`: random ones to be drawn. The same sources, seed and pairs give the same bytes
    on the same day, by which records are judged. Raises BadInput for sources that cannot be read,
    or teach too little, and for a name that no agreement could give.
    """
    check_name(name, name)
    terms = read_agreement(source(agreement, home), agreement)
    base = bundled_model(terms.answer.model if is_bundled(terms.answer.model) else _BASE)
    ids, records = _records(sources.requests, terms, seed, now)
    with tempfile.TemporaryDirectory(prefix="narrowgate-") as folder:
        key = secrets.token_bytes(32)
        loaded = load(
            sources.register, mapping=sources.mapping, partitions=None, target=Path(folder), key=key
        )
        learned = _learned(
            sources.truth, ids, records, Snapshot.open(loaded.path, key), base, (pairs, seed)
        )
    data: dict[str, object] = {
        "register": [file_digest(path) for path in sources.register],
        "requests": file_digest(sources.requests),
        "snapshot": loaded.digest,
        "agreement": terms.digest,
        "base": base.digest,
    }
    if sources.truth is not None:
        data["truth"] = file_digest(sources.truth)
    told = {
        "data": data,
        "day": now.date().isoformat(),
        "records": records.num_rows,
        "seed": seed,
        **_told(learned),
    }
    written = model_file(name, _ABOUT[learned.method], base, learned.identity, {"learned": told})
    return NewModel(written, read_model(written, name), learned)


def _learned(
    truth: Path | None,
    ids: pa.Array,
    records: pa.Table,
    snapshot: Snapshot,
    base: Model,
    drawn: tuple[int, int],
) -> Learned:
    asked = asked_of(records, snapshot)
    chance = random_pairs(asked, snapshot, *drawn)
    if truth is None:
        random = patterns(pairs_of(asked, snapshot, base, chance))
        return learn(blocked(asked, snapshot, base), random, snapshot.people, base)
    true = true_pairs(_person_keys(truth, ids), snapshot)
    tables = [
        patterns(pairs_of(asked, snapshot, base, pairs)) for pairs in (true, chance.without(true))
    ]
    labels = [
        table.append_column("true", pa.array([value] * table.num_rows, pa.bool_()))
        for table, value in zip(tables, (True, False), strict=True)
    ]
    return from_labels(pa.concat_tables(labels), base)


def _records(path: Path, terms: Terms, seed: int, now: datetime) -> tuple[pa.Array, pa.Table]:
    """Ids and standard form of the records that say who is meant, or a sample of them."""
    raw, _, faults = read_records(path)
    if raw is None:
        raise BadInput(faults[0].fault, place=faults[0].place, mend=faults[0].mend)
    raw = raw.combine_chunks()
    rules = [rule for rule, _ in terms.record_rules if _family(rule) in _ABOUT_WHOM]
    con = connect()
    try:
        standard = standardise(con, raw).cast(RECORDS)
        judged_by = judgement(con, rules, now)
        broken = broken_rules(spread(con, raw, standard, judged_by), judged_by)
    finally:
        con.close()
    fit = np.flatnonzero(~np.logical_or.reduce([*broken.values(), np.zeros(len(standard), bool)]))
    if len(fit) > MOST_RECORDS:
        fit = np.sort(np.random.default_rng(seed).choice(fit, MOST_RECORDS, replace=False))
    if not len(fit):
        raise BadInput("no record says who is meant", place=path.name)
    return raw["record_id"].take(pa.array(fit)).combine_chunks(), standard.take(pa.array(fit))


def _family(rule: Rule) -> str:
    return rule.code.value.partition(".")[0]


_LABELS = ("record_id", "person_id")
_OF_OTHERS = ("lives_there", "kind")
"""What else a truth may tell; learning has no use for it."""


def _person_keys(truth: Path, ids: pa.Array) -> pa.Array:
    """By record, MD5 of the person's id, or null: binary(16)."""
    table, _ = read_table(truth, _LABELS, required=_LABELS, ignored=_OF_OTHERS, loose=True)
    at = pc.index_in(ids, value_set=table["record_id"].combine_chunks())
    people = table["person_id"].take(at).combine_chunks()
    con = connect()
    try:
        con.register("people", pa.table({"person_id": people}))
        keys = con.sql("SELECT unhex(md5(person_id)) AS key FROM people").to_arrow_table()
    finally:
        con.close()
    return keys["key"].combine_chunks().cast(pa.binary(16))


_ABOUT = {
    "em": (
        "Match weights in bits are log2(m / u) (Fellegi and Sunter 1969). u: counted over random "
        "pairs of record and person; m: by EM over pairs that share a blocking key, u held fixed. "
        "What is not learned is the base model's: the former name, frequencies, residence, and u "
        "of the levels listed as kept."
    ),
    "labels": (
        "Match weights in bits are log2(m / u) (Fellegi and Sunter 1969). m: counted over pairs "
        "known to be true; u: over random pairs. What is not learned is the base model's: the "
        "former name, frequencies, residence, and u of the levels listed as kept."
    ),
}


def _told(learned: Learned) -> dict[str, object]:
    """What a model's file says of how it was learned."""
    told: dict[str, object] = {
        "method": learned.method,
        "pairs": learned.pairs,
        "random_pairs": learned.random_pairs,
        "true_pairs": round(learned.true_pairs),
        "prior_pairs": PRIOR_PAIRS,
        "fewest": FEWEST,
        "kept": list(learned.kept),
        "pooled": [list(block) for block in learned.pooled],
    }
    if learned.method == "em":
        told["true_share"] = {name: round(of, 6) for name, of in learned.true_share.items()}
        told["steps"] = len(learned.heights) - 1
        told["log_posterior"] = [round(learned.heights[at], 3) for at in (0, -1)]
    return told
