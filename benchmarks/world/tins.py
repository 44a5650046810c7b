"""Taxpayer numbers: each person's own, of a form that is issued (SSA, IRS Pub. 1915; facts 6.1).

The number of person i is a place in a shuffled list, without a table: multiplication modulo a size
that the factor shares no divisor with. Places come in pairs, the second of which is a twin's.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from .tables import Codes

NONE = -1

_AREAS = np.array([area for area in range(100, 900) if area != 666])
_PAIRS = len(_AREAS) * 99 * 9998 // 2
_GROUPS = np.array((*range(50, 66), *range(70, 89), *range(90, 93), *range(94, 100)))
_ITINS = 100 * len(_GROUPS) * 10_000
_FACTOR = 179_424_673  # a prime
_PUBLISHED = (219_09_9999, 457_55_5462, 123_45_6789, *(d * 111_11_1111 for d in range(1, 10)))

assert math.gcd(_FACTOR, _PAIRS) == 1
assert math.gcd(_FACTOR, _ITINS) == 1


def ssns(person: Codes, seed: int, second: npt.NDArray[np.bool_]) -> Codes:
    """Nine digits as an integer; `second`: the neighbour of the number of the person before."""
    place = (person - second + seed * 7919) % _PAIRS * _FACTOR % _PAIRS * 2 + second
    area, rest = np.divmod(place, 99 * 9998)
    group, serial = np.divmod(rest, 9998)
    number = _AREAS[area] * 1_000_000 + (group + 1) * 10_000 + serial + 1
    return np.where(np.isin(number, _PUBLISHED), NONE, number)


def itins(person: Codes, seed: int) -> Codes:
    """Nine digits as an integer."""
    place = (person + seed * 7919) % _ITINS * _FACTOR % _ITINS
    area, rest = np.divmod(place, len(_GROUPS) * 10_000)
    group, serial = np.divmod(rest, 10_000)
    number = (900 + area) * 1_000_000 + _GROUPS[group] * 10_000 + serial
    return np.where((number >= 987_65_4320) & (number < 987_65_4330), NONE, number)
