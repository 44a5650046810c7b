"""The product and the twin decide the same of every record, and for the same bits."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import narrowgate
from narrowgate.agreement.bundled import bundled
from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import AnswerTerms
from narrowgate.docket import Docket, State
from narrowgate.engine.duck import connect
from narrowgate.matching.match import Matched, match
from narrowgate.matching.model import bundled_model
from narrowgate.register.load import load
from narrowgate.register.snapshot import Snapshot
from narrowgate.screening.screen import RECORDS, Screened
from narrowgate.standard.columns import RAW_COLUMNS
from narrowgate.standard.form import standardise
from twin.decision.decide import Candidate, decide
from twin.decision.people import asked, people
from twin.decision.questions import request
from twin.decision.town import Row, town
from twin.decision.weights import Register
from twin.forms.addresses import Chance
from world import write_csv

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
HERE = Path(__file__).parent
MODEL = json.loads((Path(narrowgate.__file__).parent / "matching" / "strict.json").read_text())
KEY = bytes(32)
SOURCE = bundled("removal-order-address")
assert SOURCE is not None
TERMS = read_agreement(SOURCE, "removal-order-address")
ANSWER = TERMS.answer.model_dump()
POLICIES = (
    {},
    {"addresses": "last_known"},
    {"addresses": "period", "period_months": 14},
    {"unit": "missing_on_one_side"},
    {"addresses": "period", "period_months": 60, "unit": "missing_on_one_side"},
)
"""Which addresses count, and whether a unit may be missing: changes of the agreement's [answer]."""


def by_product(
    folder: Path,
    rows: list[Row],
    records: list[Row],
    partitions: int,
    answer: dict[str, Any] = ANSWER,
) -> Matched:
    source = folder / "register.csv"
    write_csv(source, rows)
    loaded = load([source], mapping=None, partitions=partitions, target=folder / "s", key=KEY)
    assert loaded.rejected == 0
    columns = {
        name: pa.array([record.get(name) or None for record in records], pa.string())
        for name in RAW_COLUMNS
    }
    standard = standardise(connect(), pa.table(columns)).cast(RECORDS)
    screened = Screened.restore(Docket.issue(len(records)), standard)
    where = Snapshot.open(loaded.path, KEY)
    terms = replace(TERMS, answer=AnswerTerms(**answer))
    return match(screened, where, bundled_model("strict"), terms, NOW)


def by_twin(
    rows: list[Row], records: list[Row], answer: dict[str, Any] = ANSWER
) -> list[tuple[str, Candidate | None]]:
    register = Register(people(rows))
    return [decide(asked(row), register, MODEL, answer, NOW.date()) for row in records]


def same_bits(finding: dict[str, Any], best: Candidate) -> bool:
    """Levels and weights of the best candidate, to the rounding of the model's bits."""
    levels = {name: finding[f"level_{name}"] for name in best.levels}
    weights = (finding["identity_weight"], finding["other_weight"], finding["residence_weight"])
    mine = (best.identity, best.without_number, best.residence)
    return levels == best.levels and weights == pytest.approx(mine, abs=1e-3)


@pytest.mark.parametrize(("seed", "houses"), [(0, 40), (1, 40), (2, 1), (3, 1), (4, 4)])
@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_a_town_and_its_near_misses(
    seed: int, houses: int, policy: dict[str, Any], tmp_path: Path
) -> None:
    chance, answer = Chance(seed), {**ANSWER, **policy}
    rows = town(chance, 60, houses)
    records = request(rows, chance, 200)
    found = by_product(tmp_path, rows, records, 1 + seed, answer)
    findings = {finding["row"]: finding for finding in found.findings.to_pylist()}
    seen: Counter[str] = Counter()
    for row, (mine, best) in enumerate(by_twin(rows, records, answer)):
        assert mine == State(found.docket.states[row]).word, records[row]
        seen[mine] += 1
        if mine != "not_confirmed":
            assert best is not None
            assert same_bits(findings[row], best), records[row]
    assert seen["confirmed"] > 40
    assert seen["not_confirmed"] > 40
    assert seen["review"] > 0


TABLE = tomllib.loads((HERE.parent / "matching" / "adversarial.toml").read_text())


@pytest.mark.parametrize("case", TABLE["case"], ids=[case["name"] for case in TABLE["case"]])
def test_the_table_of_cases(case: dict[str, Any]) -> None:
    """What tests/matching holds the product to, the twin says as well."""
    rows = [{**TABLE["base"], **row} for row in case["register"]]
    [(decision, _)] = by_twin(rows, [{**TABLE["base"], **case["record"]}])
    assert decision == case["decision"]


def test_an_address_weighs_by_the_homes_on_file_there(tmp_path: Path) -> None:
    """A person's every span there counts (docs/matching.md): more of them weigh less."""
    person = {**TABLE["base"], "address_from": "2020-01-01"}
    spans = [
        {**person, "address_from": f"{year}-01-01", "address_to": f"{year}-06-01"}
        for year in range(1950, 2015)
    ]
    rows = [person, *spans]
    [(_, best)] = by_twin(rows, [person])
    [finding] = by_product(tmp_path, rows, [person], 1).findings.to_pylist()
    assert best is not None
    assert same_bits(finding, best)
