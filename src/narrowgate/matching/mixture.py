"""A mixture of true and other pairs, climbed by EM: m, u and the share of true pairs.

Pairs are independent of each other, and so are the levels of one pair given what it is (Fellegi and
Sunter 1969; Winkler 1988; Dempster, Laird and Rubin 1977). Every blocking pass has a share of true
pairs of its own; m and u are the same in all of them. Each comparison has a Dirichlet prior, so
that no level comes to 0, and with it what rises from step to step is the log posterior.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.errors import BadInput
from narrowgate.matching.model import LEVELS, MISSING

Shares: TypeAlias = npt.NDArray[np.float64]
"""float64 (L): one number a level, the comparisons of LEVELS one after the other."""

BLOCKING = "blocking"
STARTS = np.cumsum([0, *(len(levels) for levels in LEVELS.values())])
_MOST_STEPS = 2_000
_STILL = 1e-7
_NEVER = 1e-15


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """`held`: float64 (n, L), 1 where a pattern has the level, no 1 in a comparison that is
    missing; `pairs`: float64 (n); `of_pass`: int64 (n), place in `passes`.
    """

    held: npt.NDArray[np.float64]
    pairs: npt.NDArray[np.float64]
    of_pass: npt.NDArray[np.int64]
    passes: tuple[str, ...]

    @classmethod
    def of(cls, table: pa.Table) -> Patterns:
        """From level_<comparison> (text) and pairs (whole numbers), and blocking (text) if there.
        Raises BadInput for a level that the comparison has not, or a count below 0.
        """
        held = np.zeros((table.num_rows, STARTS[-1]))
        for start, (comparison, levels) in zip(STARTS[:-1], LEVELS.items(), strict=True):
            column = table[f"level_{comparison}"].cast(pa.string()).combine_chunks()
            at = pc.index_in(column, value_set=pa.array([*levels, MISSING]))
            if at.null_count:
                raise BadInput("a level that is none of the comparison's", place=comparison)
            place = at.to_numpy().astype(np.int64)
            known = np.flatnonzero(place < len(levels))
            held[known, start + place[known]] = 1.0
        pairs = table["pairs"].to_numpy().astype(np.float64)
        if (pairs < 0).any():
            raise BadInput("a count of pairs lies below 0", place="pairs")
        if BLOCKING not in table.column_names:
            return cls(held, pairs, np.zeros(len(pairs), np.int64), ("",))
        named = table[BLOCKING].cast(pa.string()).combine_chunks().dictionary_encode()
        places = named.indices.to_numpy().astype(np.int64)
        return cls(held, pairs, places, tuple(named.dictionary.to_pylist()))

    def without(self, levels: npt.NDArray[np.bool_]) -> Patterns:
        """The same, with those levels (bool, L) missing."""
        return replace(self, held=np.where(levels, 0.0, self.held))

    def counts(self, weights: npt.NDArray[np.float64]) -> Shares:
        """Weighted pairs a level; `weights` float64 (n)."""
        return np.asarray((self.pairs * weights) @ self.held)


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """m, u by level; `true`: share of true pairs by pass."""

    m: Shares
    u: Shares
    true: npt.NDArray[np.float64]

    def posterior(self, patterns: Patterns) -> tuple[npt.NDArray[np.float64], float]:
        """The probability that each pattern's pairs are true (n), and the log-likelihood of all."""
        one = np.log(self.true)[patterns.of_pass] + patterns.held @ np.log(self.m)
        other = np.log1p(-self.true)[patterns.of_pass] + patterns.held @ np.log(self.u)
        both = np.logaddexp(one, other)
        return np.exp(one - both), float(patterns.pairs @ both)


@dataclass(frozen=True, slots=True, eq=False)
class Climbed:
    """Where EM came to. `heights`: the log posterior before each step, and at the end."""

    mixture: Mixture
    heights: tuple[float, ...]

    @property
    def steps(self) -> int:
        """How many were taken."""
        return len(self.heights) - 1


def climb(
    patterns: Patterns,
    start: Mixture,
    *,
    m_prior: Shares | None = None,
    u_prior: Shares | None = None,
    most_true: float = 1.0,
) -> Climbed:
    """EM from `start` until nothing moves by more than 1e-7. Priors are pairs a level, as if they
    had been seen; of m and u, that without one stays as it is. `most_true`: no pass has a larger
    share of true pairs. Raises BadInput if it does not end.
    """
    now, heights = start, []
    per_pass = np.bincount(patterns.of_pass, patterns.pairs, len(patterns.passes))
    for _ in range(_MOST_STEPS):
        true, likelihood = now.posterior(patterns)
        heights.append(likelihood + _prior(m_prior, now.m) + _prior(u_prior, now.u))
        found = np.bincount(patterns.of_pass, patterns.pairs * true, len(patterns.passes))
        then = Mixture(
            now.m if m_prior is None else normal(patterns.counts(true) + m_prior),
            now.u if u_prior is None else normal(patterns.counts(1 - true) + u_prior),
            np.clip(found / np.maximum(per_pass, 1.0), _NEVER, min(most_true, 1 - _NEVER)),
        )
        moved = max(np.abs(then.m - now.m).max(), np.abs(then.u - now.u).max())
        still = max(moved, np.abs(then.true - now.true).max()) < _STILL
        now = then
        if still:
            _, likelihood = now.posterior(patterns)
            height = likelihood + _prior(m_prior, now.m) + _prior(u_prior, now.u)
            return Climbed(now, (*heights, height))
    raise BadInput(
        f"EM has not come to rest after {_MOST_STEPS:,} steps",
        mend="Sample more records, or learn from labelled pairs (--truth).",
    )


def normal(counts: Shares) -> Shares:
    """Each comparison's levels as shares that add up to 1."""
    totals = np.add.reduceat(counts, STARTS[:-1])
    return np.asarray(counts / np.repeat(totals, np.diff(STARTS)))


def _prior(prior: Shares | None, shares: Shares) -> float:
    return 0.0 if prior is None else float(prior @ np.log(shares))
