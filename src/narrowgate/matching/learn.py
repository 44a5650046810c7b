"""Weights learned from data: u from random pairs, m by EM from blocked pairs, or both from labels.

As Splink trains: a record and a person drawn at random are almost never the same, so that they show
u; with u held fixed EM finds m, and the share of true pairs, among pairs that share a blocking key.
What a blocking forces to agree is `missing` in its pass. Where a model is wrong it is to be wrong
on the cautious side, and to say what it does not know:

 - m starts from, and is drawn towards, the m of a base model, as if PRIOR_PAIRS true pairs of it
   had been seen (Dirichlet); u is that of the base, or more, for a level that fewer than FEWEST of
   the random pairs have: a sample without two equal numbers tells nothing of how rare they are;
 - a random pair can be of one person: such pairs, of which there is one a record at most, are
   weighed out by EM before u is counted;
 - fewer than FEWEST_TRUE true pairs teach nothing: that is an error;
 - a level of which the base says m = u = 1 is weighed by another comparison, and counts as missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from narrowgate.errors import BadInput
from narrowgate.matching.mixture import STARTS, Climbed, Mixture, Patterns, Shares, climb, normal
from narrowgate.matching.model import LEVELS, Model, Share
from narrowgate.matching.order import in_order

PRIOR_PAIRS = 100.0
FEWEST = 30
FEWEST_TRUE = 200
_ROUNDS = 3
_START_TRUE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """`identity`: as in Model. `method`: `em` or `labels`. `pairs`, `random_pairs`, `true_pairs`:
    what it was learned from, the last as expected by EM. `true_share`: by pass. `heights`: the log
    posterior of EM, step by step. `kept`: levels (`comparison.level`) with the base's u or more;
    `pooled`: levels with one weight, because it was the wrong way round.
    """

    method: str
    identity: Mapping[str, Mapping[str, Share]]
    pairs: int
    random_pairs: int
    true_pairs: float
    true_share: Mapping[str, float]
    heights: tuple[float, ...]
    kept: tuple[str, ...]
    pooled: tuple[tuple[str, ...], ...]


def learn(blocked: pa.Table, random: pa.Table, people: int, base: Model) -> Learned:
    """From patterns of blocked and of random pairs: level_<comparison> text (`missing` allowed),
    pairs int64; of blocked ones also blocking text. `people`: in the register. Deterministic.
    Raises BadInput for too few.
    """
    carried = _carried(base)
    pairs = Patterns.of(blocked).without(carried)
    chance = Patterns.of(random).without(carried)
    m, base_u = _base(base)
    prior = PRIOR_PAIRS * m
    most_true = 1 / people
    others = _mixture(m, base_u, chance, most_true)
    for _ in range(_ROUNDS):
        others = climb(chance, replace(others, m=m), u_prior=base_u, most_true=most_true).mixture
        u, kept = _careful(chance.counts(1 - others.posterior(chance)[0]), base_u)
        climbed = climb(pairs, _mixture(m, u, pairs, _START_TRUE), m_prior=prior)
        m = climbed.mixture.m
    true, _ = climbed.mixture.posterior(pairs)
    _enough(float(pairs.pairs @ true))
    return _learned("em", base, m, u, kept, pairs, chance, true, climbed)


def from_labels(patterns: pa.Table, base: Model) -> Learned:
    """From patterns with a bool `true`: m of the true pairs, u of the others, with the same care.
    The pairs that are not true are random ones, or u is not what its name says.
    """
    labelled = Patterns.of(patterns).without(_carried(base))
    true = patterns["true"].to_numpy().astype(np.float64)
    _enough(float(labelled.pairs @ true))
    m, u = _base(base)
    m = normal(labelled.counts(true) + PRIOR_PAIRS * m)
    u, kept = _careful(labelled.counts(1 - true), u)
    return _learned("labels", base, m, u, kept, labelled, None, true, None)


def _learned(
    method: str,
    base: Model,
    m: Shares,
    u: Shares,
    kept: npt.NDArray[np.bool_],
    pairs: Patterns,
    chance: Patterns | None,
    true: npt.NDArray[np.float64],
    climbed: Climbed | None,
) -> Learned:
    carried, identity, pooled = _carried(base), {}, []
    places = iter(range(len(m)))
    for comparison, levels in base.identity.items():
        at = {level: next(places) for level in LEVELS[comparison]}
        found = {
            level: levels[level] if carried[place] else Share(float(m[place]), float(u[place]))
            for level, place in at.items()
        }
        identity[comparison], together = in_order(comparison, found)
        pooled += [tuple(f"{comparison}.{level}" for level in block) for block in together]
    names = [f"{comparison}.{level}" for comparison, levels in LEVELS.items() for level in levels]
    return Learned(
        method,
        identity,
        int(pairs.pairs.sum()) if chance else int(pairs.pairs @ true),
        int(chance.pairs.sum()) if chance else int(pairs.pairs @ (1 - true)),
        float(pairs.pairs @ true),
        dict(zip(pairs.passes, climbed.mixture.true.tolist(), strict=True)) if climbed else {},
        climbed.heights if climbed else (),
        tuple(name for name, keep, other in zip(names, kept, carried, strict=True)
              if keep and not other),
        tuple(pooled),
    )  # fmt: skip


def _careful(counts: Shares, base: Shares) -> tuple[Shares, npt.NDArray[np.bool_]]:
    """u from counts of random pairs, and which levels were seen too seldom to say.

    A level seen fewer than FEWEST times has the base's u, or its share of the pairs if that is
    more, at the cost of the last level. A comparison that leaves that one too little has the
    base's.
    """
    u, few = base.copy(), counts < FEWEST
    for start, stop in pairwise(STARTS):
        of, last = slice(start, stop), stop - 1
        share = counts[of] / max(counts[of].sum(), 1.0)
        share[few[of]] = np.maximum(share, base[of])[few[of]]
        rest = 1 - share[:-1].sum()
        if few[last] or rest < share[-1] / 2:
            few[of] = True
            continue
        u[of], u[last] = share, rest
    return u, few


def _base(base: Model) -> tuple[Shares, Shares]:
    """m and u of the base model, so that those of a comparison add up to 1; what another comparison
    weighs has next to nothing.
    """
    carried = _carried(base)
    both = (
        [getattr(base.identity[name][level], side) for name, of in LEVELS.items() for level in of]
        for side in ("m", "u")
    )
    m, u = (normal(np.where(carried, 1e-12, np.array(shares))) for shares in both)
    return m, u


def _carried(base: Model) -> npt.NDArray[np.bool_]:
    return np.array(
        [
            base.identity[name][level] == Share(1.0, 1.0)
            for name, levels in LEVELS.items()
            for level in levels
        ]
    )


def _mixture(m: Shares, u: Shares, patterns: Patterns, true: float) -> Mixture:
    return Mixture(m, u, np.full(len(patterns.passes), true))


def _enough(true_pairs: float) -> None:
    if true_pairs < FEWEST_TRUE:
        raise BadInput(
            f"{true_pairs:,.0f} true pairs were found, and weights need {FEWEST_TRUE} or more",
            mend="Give more records, or a register that knows them.",
        )
