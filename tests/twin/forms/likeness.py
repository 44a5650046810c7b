"""Likeness of names: Jaro-Winkler and edits, as published, on plain capitals.

Jaro (1989), Winkler (1990): prefix scale 0.1, at most four letters. Edits: optimal string
alignment (Damerau-Levenshtein where no stretch is edited twice).
"""

from __future__ import annotations

PREFIX_SCALE = 0.1
PREFIX_LETTERS = 4
BOOST_ABOVE = 0.7


def jaro(one: str, other: str) -> float:
    """Common letters within half the longer length, and how many of them are out of order."""
    if not one or not other:
        return 0.0
    reach = max(max(len(one), len(other)) // 2 - 1, 0)
    taken = [False] * len(other)
    common = []
    for at, letter in enumerate(one):
        for there in range(max(0, at - reach), min(len(other), at + reach + 1)):
            if not taken[there] and other[there] == letter:
                taken[there] = True
                common.append(letter)
                break
    if not common:
        return 0.0
    there_in_order = [letter for letter, was_taken in zip(other, taken, strict=True) if was_taken]
    moved = sum(a != b for a, b in zip(common, there_in_order, strict=True)) // 2
    shared = len(common)
    return (shared / len(one) + shared / len(other) + (shared - moved) / shared) / 3


def jaro_winkler(one: str, other: str) -> float:
    """Jaro's likeness, raised by a common beginning where it is high already."""
    likeness = jaro(one, other)
    if likeness <= BOOST_ABOVE:
        return likeness
    prefix = 0
    for a, b in zip(one[:PREFIX_LETTERS], other[:PREFIX_LETTERS], strict=False):
        if a != b:
            break
        prefix += 1
    return likeness + prefix * PREFIX_SCALE * (1 - likeness)


def edits(one: str, other: str) -> int:
    """Letters to change, add, drop, or exchange with their neighbour."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            cost = min(rows[-1][j] + 1, row[j - 1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
