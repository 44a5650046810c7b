"""The engine's likeness is the published one on standard forms; weights are log2(m / u)."""

import json

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, JaroWinkler

from narrowgate.errors import BadInput
from narrowgate.matching.comparisons import ALIKE, NOT_UNLIKE
from narrowgate.matching.model import LEVELS, bundled_model, read_model

CON = duckdb.connect()
NAMES = st.text("ABCDEGILMNORSTUZ ", min_size=1, max_size=14)


@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=50))
def test_jaro_winkler_is_rapidfuzzs_on_standard_forms(pairs: list[tuple[str, str]]) -> None:
    """Facts, ecosystem finding 1: engines disagree, but not these two on ASCII."""
    found = CON.execute(
        "SELECT jaro_winkler_similarity(a, b) FROM "
        "(SELECT unnest($1) AS a, unnest($2) AS b, generate_subscripts($1, 1) AS n) ORDER BY n",
        [[one for one, _ in pairs], [other for _, other in pairs]],
    ).fetchall()
    for (one, other), (likeness,) in zip(pairs, found, strict=True):
        expected = JaroWinkler.similarity(one, other)
        assert likeness == pytest.approx(expected, abs=1e-9)
        assert (likeness >= ALIKE) == (expected >= ALIKE)


@st.composite
def slips(draw: st.DrawFn) -> tuple[str, str]:
    """A name of at least four letters, and the same with one slip."""
    name = draw(st.text("ABCDEGILMNORSTUZ", min_size=4, max_size=14))
    at = draw(st.integers(0, len(name) - 1))
    letter = draw(st.sampled_from("AEIORSTQ"))
    slipped = {
        "wrong": name[:at] + letter + name[at + 1 :],
        "more": name[:at] + letter + name[at:],
        "fewer": name[:at] + name[at + 1 :],
        "exchanged": name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
    }
    return name, slipped[draw(st.sampled_from(sorted(slipped)))]


@given(slips())
def test_no_slip_hides_behind_low_likeness(pair: tuple[str, str]) -> None:
    """Only pairs above NOT_UNLIKE are asked whether they are one slip apart."""
    one, other = pair
    found = CON.execute("SELECT damerau_levenshtein($1, $2)", [one, other]).fetchall()
    assert found == [(OSA.distance(one, other),)]
    if len(other) > 3:
        assert JaroWinkler.similarity(one, other) >= NOT_UNLIKE


def test_the_bundled_model_weighs_agreement_above_disagreement() -> None:
    model = bundled_model("strict")
    for comparison, levels in LEVELS.items():
        weights = model.weights[comparison]
        assert list(weights) == list(levels)
        assert weights["exact"] > 0 > weights["else"]
    assert model.digest.startswith("sha256:")


@pytest.mark.parametrize("broken", [b"", b"{}", b'{"name": "x", "comparisons": {}}'])
def test_a_file_that_is_no_model_is_bad_input(broken: bytes) -> None:
    with pytest.raises(BadInput):
        read_model(broken, "model.json")


def test_m_and_u_are_shares() -> None:
    raw = {
        "name": "x",
        "former_name": {"m": 0.5, "u": 0.5},
        "comparisons": {c: {level: {"m": 0.5, "u": 0.25} for level in LEVELS[c]} for c in LEVELS},
    }
    assert read_model(json.dumps(raw).encode(), "x").weights["tin"]["exact"] == 1.0
    raw["former_name"] = {"m": 0, "u": 0.5}
    with pytest.raises(BadInput):
        read_model(json.dumps(raw).encode(), "x")
