"""Near misses are what their truth says: no register row is the record's, or only the subject's."""

import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from benchmarks.adversarial.chunk import RIGHT, chunk_of
from benchmarks.adversarial.gate import write_register
from benchmarks.adversarial.kinds import ELSEWHERE, HERE, KINDS, NOBODY
from benchmarks.adversarial.tally import Tally, person_key, upper_bound
from on_file import homes, standard

PEOPLE, RECORDS, SEED = 50_000, 4_000, 5
TRUTH = {kind.name: kind.truth for kind in KINDS}


@pytest.fixture(scope="module")
def chunk() -> pa.Table:
    return chunk_of(1, RECORDS, PEOPLE, SEED)


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    path: Path = tmp_path_factory.mktemp("adversarial") / "register.parquet"
    write_register(PEOPLE, SEED, path)
    return pq.read_table(path)


def test_a_chunk_is_the_same_whoever_makes_it(chunk: pa.Table) -> None:
    assert chunk_of(1, RECORDS, PEOPLE, SEED).equals(chunk)
    assert not chunk_of(2, RECORDS, PEOPLE, SEED).equals(chunk)
    assert not chunk_of(1, RECORDS, PEOPLE, SEED + 1).equals(chunk)


def test_every_kind_is_there(chunk: pa.Table) -> None:
    kinds = set(chunk["kind"].to_pylist())
    assert kinds == set(TRUTH) | {f"right: {name}" for name in RIGHT}


def test_no_household_is_asked_about_twice(chunk: pa.Table) -> None:
    people = [person for person in chunk["person_id"].to_pylist() if person is not None]
    assert len(people) == len(set(people))


def test_the_register_bears_the_truth_out(chunk: pa.Table, register: pa.Table) -> None:
    """Numbers, dates, addresses: never names, which may bear a further slip."""
    where = homes(register)
    forms = standard(register)
    holders: dict[str, str] = {}
    born: dict[str, Any] = {}
    for row, form in zip(register.to_pylist(), forms, strict=True):
        holders[form["tin"] or ""] = row["person_id"]
        born[row["person_id"]] = form["birth_date"]
    sealed = {row["person_id"] for row in register.to_pylist() if row["sealed"] == "true"}
    for form, true in zip(standard(chunk), chunk.to_pylist(), strict=True):
        kind, person = TRUTH.get(true["kind"], HERE), true["person_id"]
        assert (person is None) == (kind == NOBODY)
        if person is None:
            assert not true["lives_there"]
            continue
        there = (form["delivery_point"], form["zip5"]) in where[person]
        assert true["lives_there"] == (there and person not in sealed)
        if kind == ELSEWHERE:
            assert not true["lives_there"]
        if true["kind"] in TRUTH:
            assert form["tin"] is None or holders[form["tin"]] == person
            dates = (form["birth_date"], born[person])
            assert None in dates or dates[0] == dates[1]


def test_what_nobody_bears_is_of_no_one_person(chunk: pa.Table, register: pa.Table) -> None:
    """No person of the register has the name, the number or date, and the address of the record."""
    where = homes(register)
    there: dict[tuple[Any, ...], list[tuple[str, dict[str, Any]]]] = {}
    holders: dict[str, str] = {}
    for row, form in zip(register.to_pylist(), standard(register), strict=True):
        name = tuple(form[part] for part in ("given", "family", "suffix"))
        there.setdefault(name, []).append((row["person_id"], form))
        holders[form["tin"] or ""] = row["person_id"]
    for form, true in zip(standard(chunk), chunk.to_pylist(), strict=True):
        if TRUTH.get(true["kind"]) != NOBODY:
            continue
        name = tuple(form[part] for part in ("given", "family", "suffix"))
        for person, other in there.get(name, []):
            middles = (form["middle"], other["middle"])
            same = None in middles or middles[0][0] == middles[1][0]
            for part in ("tin", "birth_date"):
                same &= None in (form[part], other[part]) or form[part] == other[part]
            same &= form["tin"] is None or holders.get(form["tin"], person) == person
            here = (form["delivery_point"], form["zip5"]) in where[person]
            assert not (same and here), true["kind"]


def test_bounds_are_clopper_pearsons() -> None:
    assert upper_bound(0, 1000) == pytest.approx(1 - 0.05 ** (1 / 1000), rel=1e-9)
    assert upper_bound(0, 3_000_000) == pytest.approx(-math.log(0.05) / 3_000_000, rel=1e-5)
    assert upper_bound(1, 10) == pytest.approx(0.394163, abs=1e-6)
    assert upper_bound(0, 0) == 1


def test_another_person_confirmed_is_false_even_where_the_subject_lives() -> None:
    truth = pa.table(
        {
            "record_id": ["R0", "R1", "R2", "R3"],
            "person_id": ["P1", "P2", "P3", None],
            "lives_there": [True, True, False, False],
            "kind": ["twin: no number", "twin: no number", "former tenant", "two people swapped"],
        }
    )
    keys = [person_key(name) for name in ("P1", "P9", "P3", "P4")]
    states = ["confirmed", "confirmed", "confirmed", "not_confirmed"]
    tally = Tally()
    tally.judge(truth, pa.table({"state": states, "person_key": keys}))
    assert tally.found == [("twin: no number", "R1"), ("former tenant", "R2")]
    assert tally.whole().false == 2
    assert tally.whole().tried == 2
    assert tally.kinds["twin: no number"].due == 2
