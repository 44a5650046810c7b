"""Comparisons as SQL: the level of each field between a record `r` and a person `p` under name `n`.

Texts are standard forms in ASCII capitals, on which DuckDB's Jaro-Winkler equals rapidfuzz's (a
test holds that). Numbers, dates and addresses are never compared by likeness: a slip is one digit,
or two neighbours exchanged, and is told apart from equality everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping

from narrowgate.matching.model import LEVELS, MISSING, Model

ALIKE = 0.92
"""Jaro-Winkler from which two names are alike (Winkler 1990; the usual first threshold)."""

NOT_UNLIKE = 0.7
"""No two texts of four letters or more that are one slip apart are less alike than this."""

AGREE = "('exact', 'swapped', 'nickname', 'alike', 'slip', 'part')"
"""SQL: levels at which a name agrees at least fairly."""

_DIGITS = "strftime({0}, '%Y%m%d')"


def _slip(one: str, other: str) -> str:
    """One digit differs, or two neighbouring digits are exchanged. Same length on both sides."""
    return (
        f"(hamming({one}, {other}) = 1 OR "
        f"(hamming({one}, {other}) = 2 AND damerau_levenshtein({one}, {other}) = 1))"
    )


def _alike(one: str, other: str) -> str:
    return f"jaro_winkler_similarity({one}, {other}) >= {ALIKE}"


def _misspelt(one: str, other: str) -> str:
    """One letter wrong, missing, too many or exchanged with its neighbour, in four or more.

    Damerau-Levenshtein is a tenth as fast as Jaro-Winkler, and is asked only where that is not low.
    """
    return (
        f"CASE WHEN length({one}) > 3 AND length({other}) > 3 "
        f"AND jaro_winkler_similarity({one}, {other}) >= {NOT_UNLIKE} "
        f"THEN damerau_levenshtein({one}, {other}) = 1 ELSE false END"
    )


_SWAPPED = "r.given = n.family AND r.family = n.given"
_ONE_BORN, _OTHER_BORN = _DIGITS.format("r.birth_date"), _DIGITS.format("p.birth_date")

# Level -> condition, asked in this order; both sides are there. The last level is the rest.
_CONDITIONS: dict[str, dict[str, str]] = {
    "tin": {"exact": "r.tin = p.tin", "slip": _slip("r.tin", "p.tin")},
    "birth_date": {
        "exact": "r.birth_date = p.birth_date",
        "swapped": (
            "year(r.birth_date) = year(p.birth_date) AND month(r.birth_date) = day(p.birth_date) "
            "AND day(r.birth_date) = month(p.birth_date)"
        ),
        "slip": _slip(_ONE_BORN, _OTHER_BORN),
    },
    "given": {
        "exact": "r.given = n.given",
        "swapped": _SWAPPED,
        "nickname": "nick.one IS NOT NULL",
        "alike": _alike("r.given", "n.given"),
        "slip": _misspelt("r.given", "n.given"),
        "initial": (
            "(length(r.given) = 1 OR length(n.given) = 1) AND left(r.given, 1) = left(n.given, 1)"
        ),
    },
    "family": {
        "exact": "r.family = n.family",
        "swapped": _SWAPPED,
        # One of two surnames left out, or the two exchanged; a single letter is no surname.
        "part": (
            "(contains(r.family, ' ') OR contains(n.family, ' ')) AND ("
            "list_has_all(string_split(r.family, ' '), string_split(n.family, ' ')) "
            "OR list_has_all(string_split(n.family, ' '), string_split(r.family, ' '))) "
            "AND length(r.family) > 2 AND length(n.family) > 2"
        ),
        "alike": _alike("r.family", "n.family"),
        "slip": _misspelt("r.family", "n.family"),
    },
    "middle": {
        "exact": "r.middle = n.middle AND length(r.middle) > 1",
        "initial": (
            "left(r.middle, 1) = left(n.middle, 1) "
            "AND (length(r.middle) = 1 OR length(n.middle) = 1)"
        ),
    },
    "suffix": {"exact": "r.suffix = n.suffix"},
}
_SIDES = {
    "tin": ("r.tin", "p.tin"),
    "birth_date": ("r.birth_date", "p.birth_date"),
    "given": ("r.given", "n.given"),
    "family": ("r.family", "n.family"),
    "middle": ("r.middle", "n.middle"),
    "suffix": ("r.suffix", "n.suffix"),
}


def level_type() -> str:
    """SQL: the names of all levels as a type of one byte, so that comparing them is cheap."""
    names = sorted({level for levels in LEVELS.values() for level in levels} | {MISSING})
    return f"CREATE TYPE level AS ENUM ({', '.join(_text(name) for name in names)})"


def levels() -> str:
    """SQL select list: `level_<comparison>` for every comparison."""
    return ", ".join(f"{_level(name)} AS level_{name}" for name in LEVELS)


def weight(model: Model, without: str = "") -> str:
    """SQL: the sum of the weights of the levels, in bits, with the former name's; one comparison
    can be left out.
    """
    terms = [_weighed(name, model.weights[name]) for name in LEVELS if name != without]
    former = f"(CASE WHEN name_kind = 'legal' THEN 0 ELSE {model.former_name} END)"
    return f"round({' + '.join([*terms, former])}, 4)"


def _level(name: str) -> str:
    one, other = _SIDES[name]
    conditions = _CONDITIONS[name]
    *asked, rest = LEVELS[name]
    cases = " ".join(f"WHEN {conditions[level]} THEN '{level}'::level" for level in asked)
    return (
        f"CASE WHEN {one} IS NULL OR {other} IS NULL THEN '{MISSING}'::level {cases} "
        f"ELSE '{rest}'::level END"
    )


def _weighed(name: str, weights: Mapping[str, float]) -> str:
    cases = " ".join(f"WHEN '{level}'::level THEN {bits}" for level, bits in weights.items())
    return f"(CASE level_{name} {cases} ELSE 0 END)::DOUBLE"


def _text(name: str) -> str:
    return f"'{name}'"
