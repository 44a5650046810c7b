"""How well a model decides, from records whose truth is known: shares with exact bounds, by group.

A false confirmation is a record answered `confirmed` whose subject does not live there, or is
nobody of the register, or for whom the gate took another person. Its share is of all records
decided (not refused): what an inspector wants bounded is how often a question gets a false yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, inf, lgamma, log, log1p, sqrt

import numpy as np
import numpy.typing as npt

from narrowgate.docket import State

Bools = npt.NDArray[np.bool_]

CONFIDENCE = 0.95
_SIGMAS = 1.959963984540054  # the normal quantile of 0.975


def upper_bound(found: int, of: int, confidence: float = CONFIDENCE) -> float:
    """The exact one-sided upper bound on a share (Clopper and Pearson 1934): the largest share
    under which `found` or fewer of `of` still have probability 1 - `confidence`.
    """
    if of <= 0 or found >= of:
        return 1.0
    if found == 0:
        return -float(np.expm1(log(1 - confidence) / of))
    low, high = found / of, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        if _at_most(found, of, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def _at_most(found: int, of: int, share: float) -> float:
    """P(X <= found), X binomial."""
    logs = [
        lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1)
        + k * log(share) + (of - k) * (log1p(-share) if share < 1 else -inf)
        for k in range(found + 1)
    ]  # fmt: skip
    largest = max(logs)
    return 0.0 if largest == -inf else exp(largest) * sum(exp(value - largest) for value in logs)


def wilson(found: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    if of == 0:
        return 0.0, 1.0
    share, z = found / of, _SIGMAS
    centre = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of records by what was decided and what was true. `lives_there` and the rest count
    decided records only; `refused` stands beside them. `rightly`: confirmed, the very subject, who
    lives there.
    """

    refused: int
    decided: int
    confirmed: int
    review: int
    lives_there: int
    rightly: int
    rightly_review: int

    @classmethod
    def of(
        cls, states: npt.NDArray[np.uint8], lives_there: Bools, same: Bools | None = None
    ) -> Figures:
        """From each record's state (docket.State) and truth. `same`: the gate took the very
        subject; None where the truth does not say who that is.
        """
        decided = states != State.REFUSED
        confirmed, review = states == State.CONFIRMED, states == State.REVIEW
        true = lives_there & decided
        found = true if same is None else true & same
        return cls(
            refused=int((~decided).sum()),
            decided=int(decided.sum()),
            confirmed=int(confirmed.sum()),
            review=int(review.sum()),
            lives_there=int(true.sum()),
            rightly=int((confirmed & found).sum()),
            rightly_review=int((review & found).sum()),
        )

    @classmethod
    def counted(cls, **counts: int) -> Figures:
        """From counts as a file has them. Raises ValueError where they cannot be, TypeError where
        one is missing.
        """
        found = cls(**counts)
        if (
            min(counts.values()) < 0
            or found.confirmed + found.review > found.decided
            or found.lives_there > found.decided
            or found.rightly > found.confirmed
            or found.rightly_review > found.review
            or found.rightly + found.rightly_review > found.lives_there
        ):
            raise ValueError("these counts cannot be")
        return found

    @property
    def false_confirmations(self) -> int:
        """Confirmed, and not true."""
        return self.confirmed - self.rightly

    @property
    def bound(self) -> float:
        """Upper 95 % bound on the share of decided records that are falsely confirmed."""
        return upper_bound(self.false_confirmations, self.decided)

    @property
    def precision(self) -> float | None:
        """Share of confirmations that are true; None without one."""
        return self.rightly / self.confirmed if self.confirmed else None

    @property
    def recall(self) -> float | None:
        """Share of decided records that are true which were confirmed."""
        return self.rightly / self.lives_there if self.lives_there else None

    @property
    def recall_with_review(self) -> float | None:
        """The same, with those that a person will decide."""
        reached = self.rightly + self.rightly_review
        return reached / self.lives_there if self.lives_there else None

    @property
    def review_share(self) -> float:
        """Share of decided records that a person must decide."""
        return self.review / self.decided if self.decided else 0.0


FEWEST_COMPARED = 1000
"""Groups with fewer true records are shown, not compared: chance moves their recall by points."""


def by_group(
    states: npt.NDArray[np.uint8],
    lives_there: Bools,
    group: npt.NDArray[np.str_],
    same: Bools | None = None,
) -> dict[str, Figures]:
    """Figures of each group, by name."""
    return {
        str(name): Figures.of(
            states[group == name],
            lives_there[group == name],
            None if same is None else same[group == name],
        )
        for name in np.unique(group)
    }


def gap(groups: Mapping[str, Figures]) -> tuple[float, str, str] | None:
    """The largest difference between groups that are compared in the share of true records that are
    confirmed or go to people, in percentage points, with the groups of lower and of higher share;
    None where fewer than two are.
    """
    recalls = {
        name: figures.recall_with_review
        for name, figures in groups.items()
        if figures.lives_there >= FEWEST_COMPARED and figures.recall_with_review is not None
    }
    if len(recalls) < 2:
        return None
    low, high = min(recalls, key=lambda n: recalls[n]), max(recalls, key=lambda n: recalls[n])
    return 100 * (recalls[high] - recalls[low]), low, high
