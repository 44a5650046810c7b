"""A Splink model's m and u taken over: settings as Splink 4 and 5 save them (JSON).

Splink's levels are SQL conditions, asked in order; ours are those of model.py. A level is taken
over where its condition says what one of ours says. Nothing is left out in silence: what has no
counterpart is counted, with its m and u, as `else`, and a note says so; what Splink does not know,
or was not trained on, is the base model's.

    ours        Splink's condition on one column
    exact       X_l = X_r
    alike       jaro_winkler_similarity(X_l, X_r) >= 0.92 or more
    slip        levenshtein or damerau_levenshtein(X_l, X_r) <= 1
    swapped     of given and family name: each equals the other side's other
    else        ELSE
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from narrowgate.errors import BadInput
from narrowgate.matching.model import LEVELS, Model, Share
from narrowgate.matching.order import in_order

_ALIKE = 0.92  # likeness.ALIKE
_NOT_ZERO = 1e-9
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "tin": ("tin", "ssn", "itin", "social_security_number"),
    "birth_date": ("birth_date", "date_of_birth", "dob", "birthdate"),
    "given": ("given", "given_name", "first_name", "forename", "firstname"),
    "family": ("family", "family_name", "last_name", "surname", "lastname"),
    "middle": ("middle", "middle_name", "middle_names"),
    "suffix": ("suffix", "name_suffix"),
}
_SIDE = re.compile(r"\b(\w+)_[lr]\b")
_PAIR = r"(\w+)_l, \1_r"
_SAYS: Mapping[str, re.Pattern[str]] = {
    "exact": re.compile(r"(\w+)_l = \1_r|(\w+)_r = \2_l"),
    "alike": re.compile(rf"jaro_winkler(?:_similarity)?\({_PAIR}\) >= (?P<least>[0-9.]+)"),
    "slip": re.compile(rf"(?:damerau_)?levenshtein\({_PAIR}\) <= 1(?:\.0)?"),
    "swapped": re.compile(r"(\w+)_l = (\w+)_r and (?:\1_r = \2_l|\2_l = \1_r)"),
    "else": re.compile(r"else"),
}


@dataclass(frozen=True, slots=True)
class Imported:
    """`identity`: as in Model. `taken`: levels (`comparison.level`) with Splink's m and u. `notes`:
    a sentence for everything that is not as it was in Splink.
    """

    identity: Mapping[str, Mapping[str, Share]]
    taken: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Level:
    """Of Splink's: which of ours, and its shares, None where it was not trained."""

    ours: str
    m: float | None
    u: float | None


def import_splink(data: bytes, base: Model, columns: Mapping[str, str], place: str) -> Imported:
    """Take the settings over. `columns`: our comparison -> Splink's column, beside the usual names.

    Raises BadInput for a file that is no settings, where nothing at all corresponds, or where a
    comparison is there twice, or without a level for equality or for the rest.
    """
    try:
        comparisons = json.loads(data)["comparisons"]
        found = [
            (str(c["output_column_name"]), [_read(level) for level in c["comparison_levels"]])
            for c in comparisons
        ]
    except (ValueError, KeyError, TypeError):
        raise BadInput(
            "not Splink's settings", place=place, mend="Give what save_model_to_json wrote."
        ) from None
    names = {name: ours for ours, usual in _COLUMNS.items() for name in usual}
    names |= {theirs.lower(): ours for ours, theirs in columns.items()}
    notes: list[str] = []
    levels: dict[str, list[_Level]] = {}
    for theirs, of in found:
        ours = _comparison(of, names)
        if ours is None:
            notes.append(f"{theirs}: no comparison here corresponds; left out")
        elif ours in levels:
            raise BadInput(f"two comparisons are on {ours}", place=f"{place}, {theirs}")
        else:
            levels[ours] = _levels(ours, theirs, of, names, notes)
            _complete(levels[ours], f"{place}, {theirs}")
    if not levels:
        raise BadInput(
            "none of its comparisons corresponds to one here",
            place=place,
            mend="Name the columns: --column given=NAME.",
        )
    return _imported(levels, base, notes)


def _imported(levels: Mapping[str, list[_Level]], base: Model, notes: list[str]) -> Imported:
    identity, taken = {}, []
    for ours, of_base in base.identity.items():
        if ours not in levels:
            notes.append(f"{ours}: not in Splink's settings; the base model's")
            identity[ours] = dict(of_base)
            continue
        m, u = (_side(levels[ours], side, of_base) for side in ("m", "u"))
        known = {level.ours for level in levels[ours]}
        trained = {level.ours for level in levels[ours] if None not in (level.m, level.u)}
        taken += [f"{ours}.{level}" for level in LEVELS[ours] if level in trained]
        notes += [
            f"{ours}.{level}: "
            + ("not trained in Splink" if level in known else "no level of Splink's corresponds")
            + "; the base model's"
            for level in LEVELS[ours]
            if level not in trained
        ]
        shares = {
            level: share if level not in m else Share(m[level], u[level])
            for level, share in of_base.items()
        }
        identity[ours], pooled = in_order(ours, shares)
        notes += [f"{ours}: {', '.join(block)} have one weight" for block in pooled]
    return Imported(identity, tuple(taken), tuple(notes))


def _levels(
    ours: str, theirs: str, of: list[Any], names: Mapping[str, str], notes: list[str]
) -> list[_Level]:
    found = []
    for level in of:
        if level.get("is_null_level"):
            continue
        label = str(level.get("label_for_charts", level["sql_condition"]))
        said, match = _says(level["sql_condition"])
        if said == "swapped" and not _swaps(match, names):
            said = None
        if said == "alike" and match and float(match["least"]) < _ALIKE:
            said = None
        elif said == "alike" and match and float(match["least"]) > _ALIKE:
            notes.append(f"{theirs}, {label}: here names are alike from {_ALIKE} on")
        if said is None or said not in LEVELS[ours]:
            notes.append(f"{theirs}, {label}: no level here corresponds; counted as else")
            said = "else"
        found.append(_Level(said, _trained(level, "m"), _trained(level, "u")))
    return found


def _side(levels: list[_Level], side: str, base: Mapping[str, Share]) -> dict[str, float]:
    """m, or u, of each level that is not weighed elsewhere; they add up to 1."""
    known: dict[str, float] = {}
    for level in levels:
        share = getattr(level, side)
        if share is not None:
            known[level.ours] = known.get(level.ours, 0.0) + share
    wanted = [level for level, share in base.items() if share != Share(1.0, 1.0)]
    lent = {level: getattr(base[level], side) for level in wanted if level not in known}
    if "else" in known:
        # Pairs of a level that Splink has not are in its ELSE, of which half at most goes to them.
        part = min(1.0, known["else"] / 2 / max(sum(lent.values()), _NOT_ZERO))
        lent = {level: share * part for level, share in lent.items()}
        known["else"] -= sum(lent.values())
    shares = {level: max({**known, **lent}[level], _NOT_ZERO) for level in wanted}
    total = sum(shares.values())
    return {level: share / total for level, share in shares.items()}


def _comparison(of: list[Any], names: Mapping[str, str]) -> str | None:
    """Ours on the column of the first level that compares one."""
    for level in of:
        columns = {name.lower() for name in _SIDE.findall(_plain(level["sql_condition"]))}
        if len(columns) == 1 and not level.get("is_null_level"):
            return names.get(columns.pop())
    return None


def _says(condition: str) -> tuple[str | None, re.Match[str] | None]:
    plain = _plain(condition)
    for level, pattern in _SAYS.items():
        if match := pattern.fullmatch(plain):
            return level, match
    return None, None


def _plain(condition: str) -> str:
    return re.sub(r"\s+", " ", condition.replace('"', "").replace("`", "")).strip().lower()


def _swaps(match: re.Match[str] | None, names: Mapping[str, str]) -> bool:
    return match is not None and {names.get(name) for name in match.groups()} == {"given", "family"}


def _read(level: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**level, "sql_condition": str(level["sql_condition"])}


def _trained(level: Mapping[str, Any], side: str) -> float | None:
    share = level.get(f"{side}_probability")
    return float(share) if isinstance(share, int | float) and 0 < share <= 1 else None


def _complete(levels: list[_Level], place: str) -> None:
    missing = {"exact", "else"} - {level.ours for level in levels}
    if missing:
        raise BadInput(f"no level says {' or '.join(sorted(missing))}", place=place)
