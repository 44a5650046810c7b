"""A model as the JSON file that read_model reads (model.py)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from narrowgate.agreement.terms import IDENTIFIER
from narrowgate.errors import BadInput
from narrowgate.matching.model import LEVELS, Model, Share
from narrowgate.standard import nicknames

_DIGITS = 9
"""Significant: what is printed is what is weighed with."""


def check_name(name: str, place: str) -> None:
    """Raise BadInput for a name that no agreement could give."""
    if not re.fullmatch(IDENTIFIER, name):
        raise BadInput(
            "a model's name is small letters, digits and underscores, a letter first",
            place=place,
            mend="A new model is named after its file, without .json.",
        )


def model_file(
    name: str,
    about: str,
    base: Model,
    identity: Mapping[str, Mapping[str, Share]],
    origin: Mapping[str, object],
) -> bytes:
    """The file of a model with these shares in `identity`; what is not learned is the base's.
    `origin`: further members that say where the shares come from.
    """
    members = {
        "name": name,
        "version": 1,
        "about": about,
        **origin,
        "nicknames": nicknames.digest(),
        "comparisons": {
            comparison: {level: _share(identity[comparison][level]) for level in levels}
            for comparison, levels in LEVELS.items()
        },
        "former_name": _share(base.former_name),
        "frequency": {
            "prior_people": base.frequency.prior_people,
            "least": base.frequency.least,
        },
        "residence": {
            comparison: {level: _share(share) for level, share in levels.items()}
            for comparison, levels in base.residence.items()
        },
    }
    return (json.dumps(members, indent=2, ensure_ascii=False) + "\n").encode()


def _share(share: Share) -> dict[str, float]:
    return {"m": _rounded(share.m), "u": _rounded(share.u)}


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
