"""The model: levels of each comparison with their m and u, in readable JSON, named by digest.

Weights are log2(m / u), in bits (Fellegi and Sunter 1969). A comparison with a side missing has the
level `missing` and weighs nothing. Where given or family name are exactly the same, u is how often
that very name is borne in the register (Winkler 2000; term frequency adjustment), and where the
address is, how many people have it: a common name says less than a rare one, a large building less
than a house.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from math import log2
from typing import Any

import numpy as np
import numpy.typing as npt

from narrowgate.canonical import sha256
from narrowgate.errors import BadInput
from narrowgate.standard import nicknames

# Comparison -> its levels, from the most alike. comparisons.py says when each holds.
LEVELS: Mapping[str, tuple[str, ...]] = {
    "tin": ("exact", "slip", "else"),
    "birth_date": ("exact", "swapped", "slip", "else"),
    "given": ("exact", "swapped", "nickname", "alike", "slip", "initial", "else"),
    "family": ("exact", "swapped", "part", "alike", "slip", "else"),
    "middle": ("exact", "initial", "else"),
    "suffix": ("exact", "else"),
}
RESIDENCE_LEVELS: Mapping[str, tuple[str, ...]] = {
    "address": ("exact", "unit_on_one_side"),
    "place": ("zip", "city"),
}
MISSING = "missing"
BY_FREQUENCY = ("given", "family")
NEARLY = ("nickname", "part", "alike", "slip", "initial")


@dataclass(frozen=True, slots=True)
class Share:
    """m and u of a level."""

    m: float
    u: float

    @property
    def bits(self) -> float:
        """The weight."""
        return round(log2(self.m / self.u), 4)


@dataclass(frozen=True, slots=True)
class Frequency:
    """How a value's own frequency stands in for u: its share among the register's people, as if
    `prior_people` more of them bore it as often as u says, and never less than `least`.
    """

    prior_people: float
    least: float


@dataclass(frozen=True, slots=True)
class Model:
    """`identity` and `residence`: comparison -> level -> m and u, for exactly LEVELS and
    RESIDENCE_LEVELS. `former_name`: where the name compared is a former one or an alias. `digest`:
    over the file's bytes.
    """

    name: str
    digest: str
    identity: Mapping[str, Mapping[str, Share]]
    residence: Mapping[str, Mapping[str, Share]]
    former_name: Share
    frequency: Frequency

    @property
    def weights(self) -> Mapping[str, Mapping[str, float]]:
        """Identity comparison -> level -> bits."""
        return {
            comparison: {level: share.bits for level, share in levels.items()}
            for comparison, levels in self.identity.items()
        }

    def bits_of(self, comparison: str) -> npt.NDArray[np.float64]:
        """Bits by number of the level, as LEVELS counts them, with `missing` last."""
        levels = self.identity[comparison]
        return np.array([levels[level].bits for level in LEVELS[comparison]] + [0.0])

    def next_to_exact(self, comparison: str) -> float:
        """Bits of the heaviest level of one name that is nearly another: the very same name never
        weighs less, however common it is.
        """
        levels = self.identity[comparison]
        return max(levels[level].bits for level in NEARLY if level in levels)

    def rarity(
        self, share: Share, bearers: npt.NDArray[np.integer[Any]], people: int
    ) -> npt.NDArray[np.float64]:
        """Bits of an exact agreement on values that so many `bearers` of `people` have."""
        prior = self.frequency.prior_people
        u = (bearers + share.u * prior) / (people + prior)
        return np.asarray(np.round(np.log2(share.m / np.maximum(u, self.frequency.least)), 4))


def read_model(data: bytes, place: str) -> Model:
    """The model in a JSON file. Raises BadInput naming the comparison or level at fault."""
    try:
        raw = json.loads(data)
        if raw["nicknames"] != nicknames.digest():
            raise ValueError("it was made with another table of nicknames")
        return Model(
            str(raw["name"]),
            sha256(data),
            _shares(raw["comparisons"], LEVELS),
            _shares(raw["residence"], RESIDENCE_LEVELS),
            _share(raw["former_name"]),
            Frequency(
                _positive(raw["frequency"]["prior_people"]), _positive(raw["frequency"]["least"])
            ),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"not a model: {error}",
            place=place,
            mend="Each level has m and u, above 0; `nicknames` is the digest of the table in use.",
        ) from None


def is_bundled(name: str) -> bool:
    """Whether a model of that name is bundled."""
    return name.isidentifier() and (files("narrowgate") / "matching" / f"{name}.json").is_file()


def bundled_model(name: str) -> Model:
    """The bundled model of that name. Raises BadInput for a name that is none."""
    if not is_bundled(name):
        raise BadInput("no such model is bundled", place=name)
    found = files("narrowgate") / "matching" / f"{name}.json"
    return read_model(found.read_bytes(), found.name)


def _shares(
    raw: Mapping[str, Any], wanted: Mapping[str, tuple[str, ...]]
) -> Mapping[str, Mapping[str, Share]]:
    return {
        comparison: {level: _share(raw[comparison][level]) for level in levels}
        for comparison, levels in wanted.items()
    }


def _share(level: Mapping[str, float]) -> Share:
    m, u = float(level["m"]), float(level["u"])
    if not (0 < m <= 1 and 0 < u <= 1):
        raise ValueError("m and u lie above 0 and up to 1")
    return Share(m, u)


def _positive(value: float) -> float:
    if not float(value) > 0:
        raise ValueError("prior_people and least lie above 0")
    return float(value)
