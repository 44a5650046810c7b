"""An account never disagrees with the decision, adds up, and shows levels and bits, no values."""

import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from narrowgate.agreement.bundled import bundled
from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import AnswerTerms
from narrowgate.docket import Docket, State
from narrowgate.matching.chart import Account, account
from narrowgate.matching.drawing import draw_account, draw_model
from narrowgate.matching.match import match
from narrowgate.matching.model import LEVELS, MISSING, RESIDENCE_LEVELS, bundled_model
from narrowgate.matching.words import COMPARISONS, LEVELS_IN_WORDS
from narrowgate.register.load import load
from narrowgate.register.snapshot import Snapshot
from narrowgate.screening.screen import RECORDS, Screened
from narrowgate.standard.columns import RAW_COLUMNS
from narrowgate.standard.form import standardise
from world import write_csv

TABLE = tomllib.loads((Path(__file__).parent / "adversarial.toml").read_text())
BASE: dict[str, str] = TABLE["base"]
KEY = bytes(32)
MODEL = bundled_model("strict")


@cache
def terms() -> Any:
    source = bundled("removal-order-address")
    assert source is not None
    return read_agreement(source, "removal-order-address")


def answer_terms() -> AnswerTerms:
    found: AnswerTerms = terms().answer
    return found


def told(case: dict[str, Any], folder: Path) -> tuple[State, Account | None]:
    """The decision on a case, and the account of its findings row, if there is a candidate."""
    write_csv(folder / "register.csv", [{**BASE, **row} for row in case["register"]])
    loaded = load(
        [folder / "register.csv"], mapping=None, partitions=1, target=folder / "s", key=KEY
    )
    record = {**BASE, **case["record"]}
    raw = {name: pa.array([record.get(name) or None], pa.string()) for name in RAW_COLUMNS}
    standard = standardise(duckdb.connect(), pa.table(raw)).cast(RECORDS)
    screened = Screened.restore(Docket.issue(1), standard)
    now = datetime(2026, 7, 1, 12, tzinfo=UTC)
    matched = match(screened, Snapshot.open(loaded.path, KEY), MODEL, terms(), now)
    rows = matched.findings.to_pylist()
    of = account(rows[0], MODEL, answer_terms()) if rows else None
    return State(matched.docket.states[0]), of


def follows(found: Account) -> State:
    """What the checks say must have been decided."""
    failed = [check for check in found.checks if not check.held]
    if any(check.for_good for check in failed):
        return State.NOT_CONFIRMED
    return State.REVIEW if failed else State.CONFIRMED


@pytest.mark.parametrize("case", TABLE["case"], ids=[case["name"] for case in TABLE["case"]])
def test_the_account_says_what_was_decided(case: dict[str, Any], tmp_path: Path) -> None:
    decision, found = told(case, tmp_path)
    if found is None:
        assert decision == State.NOT_CONFIRMED
        return
    assert found.decision == decision
    assert follows(found) == decision
    assert sum(part.bits for part in found.parts) == pytest.approx(found.weight, abs=1e-3)


def test_what_is_left_to_people_is_told_in_words(tmp_path: Path) -> None:
    slip = {"register": [{}], "record": {"tin": "", "date_of_birth": "1984-03-08"}}
    decision, found = told(slip, tmp_path)
    assert (decision, found is not None) == (State.REVIEW, True)
    assert found is not None
    assert found.verdict.startswith("Left to people")
    assert "neither the number with names that agree" in found.verdict
    born = next(part for part in found.parts if part.name == "birth date")
    assert born.words == "one digit off, or two neighbours exchanged"
    assert born.bits == MODEL.weights["birth_date"]["slip"]


def test_a_name_that_others_bear_is_named_as_what_failed(tmp_path: Path) -> None:
    others = [
        {"person_id": f"Q{n}", "given_name": "DANIELLE", "tin": f"746-53-10{n}",
         "family_name": f"FAR{n}AWAY", "date_of_birth": "1990-01-01", "address_line1": "9 ELM ST"}
        for n in range(11, 16)
    ]  # fmt: skip
    case = {
        "register": [{"given_name": "DANIEL"}, *others],
        "record": {"given_name": "DANIELLE", "date_of_birth": ""},
    }
    decision, found = told(case, tmp_path)
    assert decision == State.REVIEW
    assert found is not None
    failed = [check.words for check in found.checks if not check.held]
    assert any("may be another's" in words for words in failed)


def test_no_value_of_either_side_is_shown(tmp_path: Path) -> None:
    decision, found = told(
        {"register": [{}], "record": {"tin": "", "date_of_birth": "1984-03-08"}}, tmp_path
    )
    assert decision == State.REVIEW
    assert found is not None
    page = draw_account(found, "Case C1, row 0") + repr(found)
    for value in BASE.values():
        for word in re.findall(r"\w{4,}", value):
            assert word.lower() not in page.lower()


def test_the_waterfall_ends_at_the_weight_and_nothing_is_fetched(tmp_path: Path) -> None:
    _, found = told({"register": [{}], "record": {}}, tmp_path)
    assert found is not None
    page = draw_account(found, "a <b> & c")
    assert "a &lt;b&gt; &amp; c" in page
    assert page.count("<rect") == len(found.parts) + 1
    assert f"{found.weight:+.2f}" in page
    assert not re.search(r"(src|href)=|<script|url\(|@import", page)


def test_the_model_is_drawn_with_every_level() -> None:
    page = draw_model(replace(MODEL, name="<learned>"))
    levels = sum(map(len, LEVELS.values())) + sum(map(len, RESIDENCE_LEVELS.values())) + 1
    assert page.count("<rect") == levels
    assert "<learned>" not in page
    for share in MODEL.identity["tin"].values():
        assert f"{share.bits:+.2f}" in page


def test_every_level_has_words() -> None:
    for comparison, levels in {**LEVELS, **RESIDENCE_LEVELS}.items():
        assert comparison in COMPARISONS
        assert set(levels) <= set(LEVELS_IN_WORDS[comparison])
    assert all(MISSING in LEVELS_IN_WORDS[comparison] for comparison in LEVELS)
