"""EM finds the m and u that made the data, and is careful where the data say little."""

from functools import cache
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from narrowgate.errors import BadInput
from narrowgate.matching.learn import FEWEST_TRUE, from_labels, learn
from narrowgate.matching.mixture import Patterns
from narrowgate.matching.model import LEVELS, MISSING, Model, Share, bundled_model
from narrowgate.matching.order import CHAINS, in_order

BASE = bundled_model("strict")

# What made the data: unlike strict.json, so that finding it again is no accident.
TRUE = {
    "tin": ((0.80, 0.08, 0.12), (0.0002, 0.001, 0.9988)),
    "birth_date": ((0.88, 0.02, 0.06, 0.04), (0.001, 0.001, 0.006, 0.992)),
    "given": ((0.70, 0.01, 0.07, 0.09, 0.06, 0.03, 0.04),
              (0.011, 0.001, 0.005, 0.005, 0.005, 0.03, 0.943)),
    "family": ((0.80, 0.0, 0.07, 0.06, 0.03, 0.04), (0.006, 0.0, 0.002, 0.003, 0.002, 0.987)),
    "middle": ((0.62, 0.30, 0.08), (0.03, 0.10, 0.87)),
    "suffix": ((0.97, 0.03), (0.50, 0.50)),
}  # fmt: skip
SEEN = {"tin": 0.9, "birth_date": 0.95, "given": 1.0, "family": 1.0, "middle": 0.6, "suffix": 0.1}
PEOPLE = 5_000  # so that one random pair in 5,000 is true
PASSES = {"tin": (0.95, ("tin",)), "home": (0.4, ()), "born": (0.3, ("birth_date", "given"))}


def drawn(rng: np.random.Generator, pairs: int, share: float, hidden: tuple[str, ...] = ()) -> dict:
    """Levels and truth of so many pairs, each comparison drawn by itself."""
    true = rng.random(pairs) < share
    columns: dict[str, object] = {"true": true}
    for comparison, (m, u) in TRUE.items():
        levels = np.array([*LEVELS[comparison], MISSING])
        one, other = (
            np.searchsorted(np.cumsum(p)[:-1], rng.random(pairs), "right") for p in (m, u)
        )
        level = np.where(true, one, other)
        missing = rng.random(pairs) >= (0.0 if comparison in hidden else SEEN[comparison])
        places = np.where(missing, len(levels) - 1, level).astype(np.int8)
        columns[f"level_{comparison}"] = pa.DictionaryArray.from_arrays(places, levels).cast(
            "string"
        )
    return columns


def counted(columns: dict) -> pa.Table:
    table = pa.table(columns)
    grouped = table.group_by(table.column_names).aggregate([([], "count_all")])
    return grouped.rename_columns([*table.column_names, "pairs"])


@cache
def blocked(seed: int = 1, pairs: int = 60_000) -> pa.Table:
    rng = np.random.default_rng(seed)
    return pa.concat_tables(
        counted({**drawn(rng, pairs, share, hidden), "blocking": pa.array([name] * pairs)})
        for name, (share, hidden) in PASSES.items()
    )


@cache
def random(seed: int = 2, pairs: int = 1_000_000) -> pa.Table:
    return counted(drawn(np.random.default_rng(seed), pairs, 2e-4))


def sampled(p: float, seen: float, pairs: float) -> float:
    """Five standard errors of a share, and a bit for what EM cannot tell."""
    return 5 * (p * (1 - p) / (pairs * seen)) ** 0.5 + 0.004


def test_em_finds_what_made_the_data() -> None:
    learned = learn(blocked().drop_columns("true"), random().drop_columns("true"), PEOPLE, BASE)
    true_pairs = 60_000 * sum(share for share, _ in PASSES.values())
    assert learned.true_pairs == pytest.approx(true_pairs, rel=0.01)
    for name, (share, _) in PASSES.items():
        assert learned.true_share[name] == pytest.approx(share, abs=0.01)
    for comparison, (m, u) in TRUE.items():
        for level, m_true, u_true in zip(LEVELS[comparison], m, u, strict=True):
            found = learned.identity[comparison][level]
            if (comparison, level) == ("family", "swapped"):
                assert found == Share(1.0, 1.0)
                continue
            assert abs(found.m - m_true) < sampled(m_true, SEEN[comparison], true_pairs / 2)
            bound = 5 * (u_true / (1_000_000 * SEEN[comparison])) ** 0.5 + 1e-5
            assert abs(found.u - u_true) < bound, (comparison, level)


def test_true_pairs_among_the_random_ones_are_weighed_out() -> None:
    """200 of a million random pairs are true: counted in, they would double u of equal numbers."""
    learned = learn(blocked().drop_columns("true"), random().drop_columns("true"), PEOPLE, BASE)
    table = random()
    raw = Patterns.of(table)
    share = raw.counts(np.ones(table.num_rows))[0] / (1_000_000 * SEEN["tin"])
    truth = TRUE["tin"][1][0]
    assert share > 1.5 * truth
    assert learned.identity["tin"]["exact"].u == pytest.approx(truth, rel=0.25)


def test_the_log_posterior_rises_and_em_comes_to_rest() -> None:
    learned = learn(blocked(), random(), PEOPLE, BASE)
    assert len(learned.heights) > 3
    assert all(then >= now - 1e-6 for now, then in pairwise(learned.heights))
    assert learned.heights[-1] - learned.heights[-2] < 0.01


def test_the_same_data_give_the_same_model() -> None:
    one, other = (learn(blocked(), random(), PEOPLE, BASE) for _ in range(2))
    assert one.identity == other.identity
    assert one.heights == other.heights
    shuffled = blocked().take(np.random.default_rng(3).permutation(blocked().num_rows))
    again = learn(shuffled, random(), PEOPLE, BASE)
    for comparison, levels in one.identity.items():
        for level, share in levels.items():
            assert again.identity[comparison][level].m == pytest.approx(share.m, rel=1e-6)


def test_labels_are_counted() -> None:
    rng = np.random.default_rng(4)
    patterns = pa.concat_tables(
        [counted(drawn(rng, 20_000, 1.0)), counted(drawn(rng, 400_000, 0.0))]
    )
    learned = from_labels(patterns, BASE)
    assert (learned.method, learned.pairs, learned.random_pairs) == ("labels", 20_000, 400_000)
    for comparison, (m, _) in TRUE.items():
        for level, m_true in zip(LEVELS[comparison], m, strict=True):
            if (comparison, level) != ("family", "swapped"):
                found = learned.identity[comparison][level].m
                assert abs(found - m_true) < sampled(m_true, SEEN[comparison], 20_000)


def test_what_was_seen_too_seldom_keeps_the_base_and_is_named() -> None:
    """No two equal numbers in a sample do not make them rarer than the base says."""
    pairs = random(pairs=50_000)
    level = pairs["level_tin"].combine_chunks().to_numpy(zero_copy_only=False)
    pairs = pairs.filter(pa.array(~np.isin(level, ("exact", "slip"))))
    learned = learn(blocked(), pairs, PEOPLE, BASE)
    assert {"tin.exact", "tin.slip"} <= set(learned.kept)
    assert learned.identity["tin"]["exact"].u == pytest.approx(1e-8)
    assert learned.identity["tin"]["slip"].u == pytest.approx(1e-7)
    assert "given.exact" not in learned.kept


def test_no_share_is_zero_and_a_comparison_without_pairs_is_the_base() -> None:
    table = blocked()
    none = pa.array([MISSING] * table.num_rows)
    at = table.column_names.index("level_suffix")
    learned = learn(table.set_column(at, "level_suffix", none), random(), PEOPLE, BASE)
    assert all(
        0 < share.m <= 1 and 0 < share.u <= 1
        for levels in learned.identity.values()
        for share in levels.values()
    )
    base = {level: share.m for level, share in BASE.identity["suffix"].items()}
    total = sum(base.values())
    for level, m in base.items():
        assert learned.identity["suffix"][level].m == pytest.approx(m / total)


def test_a_handful_of_pairs_teaches_nothing() -> None:
    few = counted(drawn(np.random.default_rng(5), FEWEST_TRUE - 50, 1.0))
    with pytest.raises(BadInput, match="true pairs"):
        from_labels(few, BASE)
    with pytest.raises(BadInput, match="true pairs"):
        learn(few, random(pairs=10_000), PEOPLE, BASE)


def test_an_unknown_level_is_refused() -> None:
    table = random(pairs=100)
    at = table.column_names.index("level_tin")
    with pytest.raises(BadInput, match="tin"):
        Patterns.of(table.set_column(at, "level_tin", pa.array(["near"] * table.num_rows)))


def test_what_is_the_wrong_way_round_gets_one_weight() -> None:
    shares = {
        "exact": Share(0.5, 0.1), "swapped": Share(0.1, 0.001), "slip": Share(0.3, 0.01),
        "else": Share(0.1, 0.889),
    }  # fmt: skip
    mended, pooled = in_order("birth_date", shares)
    weighs = {level: share.m / share.u for level, share in mended.items()}
    for chain in CHAINS["birth_date"]:
        assert all(weighs[one] >= weighs[other] * (1 - 1e-12) for one, other in pairwise(chain))
    assert {level for block in pooled for level in block} == {"exact", "swapped", "slip"}
    assert sum(share.m for share in mended.values()) == pytest.approx(1.0)
    assert {level: share.u for level, share in mended.items()} == {
        level: share.u for level, share in shares.items()
    }


def test_the_bundled_model_is_in_order() -> None:
    def ordered(model: Model) -> bool:
        return not any(in_order(name, of)[1] for name, of in model.identity.items())

    assert ordered(BASE)
