"""Comparisons and levels in words, for officers; nothing here is ever weighed with."""

from __future__ import annotations

from collections.abc import Mapping

COMPARISONS: Mapping[str, str] = {
    "tin": "number",
    "birth_date": "birth date",
    "given": "given name",
    "family": "family name",
    "middle": "middle name",
    "suffix": "name suffix",
    "former_name": "kind of name",
    "address": "address",
    "place": "place",
}
_NAME = {
    "exact": "the very same",
    "swapped": "given and family name exchanged",
    "nickname": "one is a usual short form of the other",
    "part": "one of several surnames left out, or their order changed",
    "alike": "spelt alike",
    "slip": "one letter off",
    "initial": "an initial that fits",
    "else": "another",
    "missing": "not given on both sides: weighs nothing",
}
LEVELS_IN_WORDS: Mapping[str, Mapping[str, str]] = {
    **dict.fromkeys(("given", "family", "middle", "suffix"), _NAME),
    "tin": {
        "exact": "the very same",
        "slip": "one digit off, or two neighbours exchanged",
        "else": "another",
        "missing": "not given on both sides: weighs nothing",
    },
    "birth_date": {
        "exact": "the very same",
        "swapped": "day and month exchanged",
        "slip": "one digit off, or two neighbours exchanged",
        "else": "another",
        "missing": "not given on both sides: weighs nothing",
    },
    "former_name": {"former": "a former name", "alias": "an alias"},
    "address": {"exact": "the very same", "unit_on_one_side": "a unit on one side only"},
    "place": {"zip": "the same ZIP", "city": "the same city and state, no ZIP on one side"},
}
