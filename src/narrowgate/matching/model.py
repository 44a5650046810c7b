"""The model: levels of each comparison with their m and u, in readable JSON, named by digest.

Weights are log2(m / u), in bits (Fellegi and Sunter 1969). A comparison with a side missing has the
level `missing` and weighs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from math import log2

from narrowgate.canonical import sha256
from narrowgate.errors import BadInput

# Comparison -> its levels, from the most alike. comparisons.py says when each holds.
LEVELS: Mapping[str, tuple[str, ...]] = {
    "tin": ("exact", "slip", "else"),
    "birth_date": ("exact", "swapped", "slip", "else"),
    "given": ("exact", "swapped", "nickname", "alike", "slip", "initial", "else"),
    "family": ("exact", "swapped", "part", "alike", "slip", "else"),
    "middle": ("exact", "initial", "else"),
    "suffix": ("exact", "else"),
}
MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Model:
    """`weights`: comparison -> level -> bits, for exactly LEVELS. `former_name`: bits added where
    the name compared is a former one or an alias. `digest`: over the file's bytes.
    """

    name: str
    digest: str
    weights: Mapping[str, Mapping[str, float]]
    former_name: float


def read_model(data: bytes, place: str) -> Model:
    """The model in a JSON file. Raises BadInput naming the comparison or level at fault."""
    try:
        raw = json.loads(data)
        weights = {
            comparison: {level: _bits(raw["comparisons"][comparison][level]) for level in levels}
            for comparison, levels in LEVELS.items()
        }
        return Model(str(raw["name"]), sha256(data), weights, _bits(raw["former_name"]))
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"not a model: {error}", place=place, mend="Each level has m and u, above 0."
        ) from None


def bundled_model(name: str) -> Model:
    """The bundled model of that name. Raises BadInput for a name that is none."""
    found = files("narrowgate") / "matching" / f"{name}.json"
    if not name.isidentifier() or not found.is_file():
        raise BadInput("no such model is bundled", place=name)
    return read_model(found.read_bytes(), found.name)


def _bits(level: Mapping[str, float]) -> float:
    m, u = float(level["m"]), float(level["u"])
    if not (0 < m <= 1 and 0 < u <= 1):
        raise ValueError("m and u lie above 0 and up to 1")
    return round(log2(m / u), 4)
