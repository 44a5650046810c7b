"""Counts by kind, false confirmations, and the bound that they allow."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from .kinds import KINDS

_STATES = ("refused", "confirmed", "review", "not_confirmed")
COLUMNS = ("records", "refused", "confirmed", "review", "not confirmed", "false", "recall")


@dataclass
class Counts:
    """Of one kind. `due`: records that were not refused and whose subject lives there."""

    records: int = 0
    refused: int = 0
    confirmed: int = 0
    review: int = 0
    not_confirmed: int = 0
    false: int = 0
    due: int = 0

    def add(self, other: Counts) -> None:
        """Adds another's counts."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def tried(self) -> int:
        """Records that passed screening and must not be confirmed."""
        return self.records - self.refused - self.due


@dataclass
class Tally:
    """Counts of all chunks so far, by kind in order of appearance; and the false confirmations."""

    kinds: dict[str, Counts] = field(default_factory=dict)
    found: list[tuple[str, str]] = field(default_factory=list)

    def judge(self, truth: pa.Table, decided: pa.Table) -> None:
        """Adds a chunk. A confirmation is false where the subject does not live there, or the
        gate matched somebody else (kinds.py). `truth`: record_id, person_id, lives_there, kind.
        """
        state = np.array(decided["state"].to_pylist())
        there = truth["lives_there"].to_numpy(zero_copy_only=False)
        kind = np.array(truth["kind"].to_pylist())
        confirmed = state == "confirmed"
        wrong = confirmed & ~there
        rows = np.flatnonzero(confirmed & there)
        ids = truth["person_id"].take(pa.array(rows)).to_pylist()
        keys = decided["person_key"].take(pa.array(rows)).to_pylist()
        other = [key != person_key(person) for key, person in zip(keys, ids, strict=True)]
        wrong[rows] = other
        for name in np.unique(kind):
            some = kind == name
            self.kinds.setdefault(str(name), Counts()).add(
                Counts(
                    records=int(some.sum()),
                    **{word: int((some & (state == word)).sum()) for word in _STATES},
                    false=int((some & wrong).sum()),
                    due=int((some & there & (state != "refused")).sum()),
                )
            )
        ids = truth["record_id"].take(pa.array(np.flatnonzero(wrong))).to_pylist()
        self.found += list(zip(kind[wrong].tolist(), ids, strict=True))

    def whole(self, kinds: Iterable[str] | None = None) -> Counts:
        """The sum of these kinds, or of all."""
        total = Counts()
        for name in self.kinds if kinds is None else kinds:
            total.add(self.kinds[name])
        return total

    def lines(self) -> list[str]:
        """A table as text: near misses, then right records, then all."""
        width = max(len(name) for name in self.kinds) + 2
        order = [kind.name for kind in KINDS]
        near = sorted(self.kinds.keys() & set(order), key=order.index)
        right = sorted(self.kinds.keys() - set(order))
        shown = [
            *((name, self.kinds[name]) for name in near),
            ("all near misses", self.whole(near)),
            *((name, self.kinds[name]) for name in right),
            ("all right records", self.whole(right)),
            ("all", self.whole()),
        ]
        head = "kind".ljust(width) + "".join(f"{name:>15}" for name in COLUMNS)
        return [head, *(name.ljust(width) + _line(counts) for name, counts in shown)]


def person_key(person_id: str) -> bytes:
    """As register/partition.py makes it."""
    return hashlib.md5(person_id.encode(), usedforsecurity=False).digest()


def upper_bound(events: int, trials: int, error: float = 0.05) -> float:
    """The one-sided upper Clopper-Pearson bound of a rate: the rate at which so few events have
    the probability `error` (Clopper and Pearson 1934). Without events about 3 / trials, the rule of
    three (Hanley and Lippman-Hand 1983). 1 without trials.
    """
    if trials <= events:
        return 1.0
    low, high = events / trials, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        if _at_most(events, trials, middle) > error:
            low = middle
        else:
            high = middle
    return high


def _at_most(events: int, trials: int, rate: float) -> float:
    """The probability of at most so many events."""
    if rate in (0.0, 1.0):
        return float(rate == 0.0)
    logs = [
        math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1)
        + k * math.log(rate) + (trials - k) * math.log1p(-rate)
        for k in range(events + 1)
    ]  # fmt: skip
    return math.fsum(math.exp(log) for log in logs)


def _line(counts: Counts) -> str:
    numbers = (counts.records, counts.refused, counts.confirmed, counts.review,
               counts.not_confirmed, counts.false)  # fmt: skip
    recall = f"{(counts.confirmed - counts.false) / counts.due:.4f}" if counts.due else "-"
    return "".join(f"{number:>15,}" for number in numbers) + f"{recall:>15}"
