"""Bounds are the published ones; an evaluation that does not keep the ceilings bars the model."""

import json
from dataclasses import asdict
from math import comb

import numpy as np
import pytest

from narrowgate.agreement.bundled import bundled
from narrowgate.agreement.document import read_agreement
from narrowgate.docket import State
from narrowgate.errors import BadInput, WrongState
from narrowgate.matching.evaluation import (
    Evaluation,
    bundled_evaluation,
    over_ceiling,
    read_evaluation,
    require,
    shortfalls,
    shown,
)
from narrowgate.matching.model import bundled_model
from narrowgate.matching.quality import Figures, by_group, gap, upper_bound, wilson

MODEL = bundled_model("strict")


def _terms():  # type: ignore[no-untyped-def]
    source = bundled("removal-order-address")
    assert source is not None
    return read_agreement(source, "x").answer


BUNDLED = _terms()
TERMS = BUNDLED.model_copy(
    update={"most_false_confirmations": 5e-6, "most_review": 0.03, "most_group_gap": 10.0}
)


ONE = Figures(0, 1_500_000, 1000, 0, 1010, 1000, 0)
OTHER = Figures(20, 2_500_000, 1990, 10, 2000, 1990, 5)
BOTH = Figures(20, 4_000_000, 2990, 10, 3010, 2990, 5)
TRIED = Figures(20, 6_000_000, 2991, 10, 3010, 2990, 5)


def evaluation(**changes: object) -> Evaluation:
    """One that keeps every ceiling, but for `changes`."""
    kept: dict[str, object] = {
        "model": MODEL.digest,
        "software": "narrowgate 0",
        "made_at": "2026-01-01T00:00:00Z",
        "terms": TERMS,
        "data": {},
        "people": 1,
        "refused_by_code": {"address.po_box": 20},
        **shown(BOTH, {"script": {"one": ONE, "other": OTHER}}, TRIED),
    }
    return Evaluation.model_validate(kept | changes)


def test_the_bound_is_clopper_and_pearsons() -> None:
    # Rule of three: no fault in three million, one in a million.
    assert upper_bound(0, 3_000_000) == pytest.approx(3 / 3_000_000, rel=0.002)
    # Hahn and Meeker, Statistical Intervals: one-sided 95 % bounds for a proportion.
    assert upper_bound(0, 10) == pytest.approx(0.2589, abs=1e-4)
    assert upper_bound(1, 20) == pytest.approx(0.2161, abs=1e-4)
    assert upper_bound(5, 5) == 1.0
    assert upper_bound(0, 0) == 1.0


@pytest.mark.parametrize(("found", "of"), [(1, 30), (3, 50), (10, 40), (39, 40)])
def test_at_the_bound_so_few_have_a_chance_of_five_percent(found: int, of: int) -> None:
    share = upper_bound(found, of)
    chance = sum(comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(found + 1))
    assert chance == pytest.approx(0.05, abs=1e-6)


def test_wilsons_interval() -> None:
    low, high = wilson(5, 10)
    assert (low, high) == (pytest.approx(0.2366, abs=1e-4), pytest.approx(0.7634, abs=1e-4))
    assert wilson(0, 0) == (0.0, 1.0)


def test_figures_count_what_was_decided() -> None:
    states = np.array(
        [State.CONFIRMED] * 4 + [State.REVIEW] * 2 + [State.NOT_CONFIRMED] * 3 + [State.REFUSED],
        np.uint8,
    )
    true = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1], bool)
    found = Figures.of(states, true)
    assert (found.refused, found.decided, found.confirmed, found.review) == (1, 9, 4, 2)
    assert (found.lives_there, found.false_confirmations) == (5, 1)
    assert (found.precision, found.recall, found.recall_with_review) == (0.75, 0.6, 0.8)


def test_the_gap_is_between_groups_large_enough_to_tell() -> None:
    states = np.repeat([State.CONFIRMED, State.NOT_CONFIRMED] * 3, [980, 20, 940, 60, 1, 9])
    group = np.repeat(["a", "b", "tiny"], [1000, 1000, 10])
    points, low, high = gap(by_group(states.astype(np.uint8), np.ones(2010, bool), group)) or ()
    assert (points, low, high) == (pytest.approx(4.0), "b", "a")
    assert gap(by_group(states.astype(np.uint8)[:10], np.ones(10, bool), group[:10])) is None


def test_an_evaluation_within_the_ceilings_bars_nothing() -> None:
    assert shortfalls(evaluation(), MODEL, TERMS) == []
    require(evaluation(), MODEL, TERMS)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"bound": 7e-6}, "7e-06, at most 5e-06 is allowed (2e-06 too much)"),
        ({"review_share": 0.04}, "0.0400, at most 0.0300 is allowed (0.0100 too much)"),
        ({"group_gap": 10.5}, "10.50, at most 10.00 is allowed (0.50 too much)"),
        ({"group_gap": None}, "not measured, at most 10.00 is allowed"),
        ({"review_share": 0.030001}, "0.0300, at most 0.0300 is allowed (a trace too much)"),
        ({"model": "sha256:0"}, "another model"),
    ],
)
def test_what_is_missing_is_told_with_its_figure(changes: dict[str, object], told: str) -> None:
    found = evaluation(**changes)
    assert any(told in line for line in shortfalls(found, MODEL, TERMS))
    with pytest.raises(WrongState, match="may not be used"):
        require(found, MODEL, TERMS)


def test_an_evaluation_under_stricter_or_other_terms_proves_nothing() -> None:
    looser = TERMS.model_copy(update={"identity_threshold": TERMS.identity_threshold - 1})
    assert "identity_threshold" in shortfalls(evaluation(), MODEL, looser)[0]
    stricter = TERMS.model_copy(update={"identity_threshold": TERMS.identity_threshold + 1})
    assert shortfalls(evaluation(), MODEL, stricter) == []
    other = TERMS.model_copy(update={"addresses": "last_known"})
    assert "addresses" in shortfalls(evaluation(), MODEL, other)[0]
    assert "no evaluation" in shortfalls(None, MODEL, TERMS)[0]


def test_the_bundled_model_keeps_the_bundled_ceilings() -> None:
    found = bundled_evaluation("strict")
    assert found is not None
    assert shortfalls(found, MODEL, BUNDLED) == []
    assert over_ceiling(found, BUNDLED) == []


def test_an_evaluation_is_read_back() -> None:
    made = evaluation()
    assert read_evaluation(made.to_bytes(), "x") == made
    for broken in (b"", b"{}", json.dumps({"model": 1}).encode()):
        with pytest.raises(BadInput):
            read_evaluation(broken, "x")


@pytest.mark.parametrize(
    "changes",
    [
        {"bound": 7e-8},
        {"false_confirmations": 2},
        # More are false among the near misses than there are; fewer were tried than decided.
        {"tried_for_false": 4_000_000, "bound": upper_bound(1, 4_000_000)},
        {"tried_for_false": 3_000_000, "bound": upper_bound(1, 3_000_000)},
        {"recall": 0.999},
        {"review_share": 0.0},
        {"group_gap": 0.1},
        {"group_gap": None, "groups": []},
        {"decided": 40_000_000},
        {"by_group": {}},
        {"rightly": 4000},
        {"by_group": {"script": {"one": asdict(ONE), "other": asdict(ONE)}}},
    ],
)
def test_figures_that_do_not_follow_from_the_counts_are_no_evaluation(
    changes: dict[str, object],
) -> None:
    with pytest.raises(BadInput):
        read_evaluation(evaluation(**changes).to_bytes(), "x")


def test_a_false_confirmation_of_the_records_themselves_is_not_left_out() -> None:
    whole = Figures(0, 4_000_000, 2990, 10, 3010, 2989, 5)
    halves = (Figures(0, 2_000_000, 1495, 5, 1505, 1495, 2),
              Figures(0, 2_000_000, 1495, 5, 1505, 1494, 3))  # fmt: skip
    groups = {"script": dict(zip(("one", "other"), halves, strict=True))}
    told = evaluation(refused_by_code={}, **shown(whole, groups, whole))
    assert read_evaluation(told.to_bytes(), "x").false_confirmations == 1
    hidden = told.model_copy(
        update={"false_confirmations": 0, "bound": upper_bound(0, told.tried_for_false)}
    )
    with pytest.raises(BadInput):
        read_evaluation(hidden.to_bytes(), "x")


def test_a_confirmation_of_another_person_is_false() -> None:
    states = np.array([State.CONFIRMED, State.CONFIRMED, State.REVIEW, State.REVIEW], np.uint8)
    there, same = np.ones(4, bool), np.array([True, False, True, False])
    found = Figures.of(states, there, same)
    assert (found.false_confirmations, found.rightly, found.rightly_review) == (1, 1, 1)
    assert (found.recall, found.recall_with_review) == (0.25, 0.5)
