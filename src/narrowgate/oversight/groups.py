"""The groups of people between whom a model must not differ: by what a record itself says.

Nothing is inferred of anybody: a group is how a name is built or written, which kind of number
there is, an age (by the register's birth date where the record has none), a kind of address.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.oversight.on_file import OnFile

Names = npt.NDArray[np.str_]

RAW = ("given_name", "middle_name", "family_name")
STANDARD = (
    *("given", "family", "suffix", "birth_date", "tin_kind", "address_kind", "delivery_point"),
    *("building", "unit", "city", "state", "zip5"),
)
"""Columns that `groups` reads, and those that oversight/on_file.py does."""

_AGES = (
    (18, "under 18"),
    (30, "18 to 29"),
    (45, "30 to 44"),
    (65, "45 to 64"),
    (200, "65 and over"),
)
_DAYS_A_YEAR = 365.2425
_SHORT = 3
_CROWD = 20
_JOINED = "[-'\u2019]|^[^ ]{1,3} [^ ]"


def groups(raw: pa.Table, standard: pa.Table, filed: OnFile, today: date) -> dict[str, Names]:
    """Grouping -> the group of each record. `raw`: as the request gave it; `standard`: in standard
    form; `filed`: what the register says of its subject and address; rows beside each other.
    """
    return {
        "name structure": _structure(raw, standard),
        "script": _script(raw),
        "number": _filled(standard["tin_kind"], "none"),
        "age": _age(pc.coalesce(standard["birth_date"], filed.born), today),
        "address": _address(standard, filed),
    }


def _structure(raw: pa.Table, standard: pa.Table) -> Names:
    family = standard["family"]
    return _first_of(
        len(family),
        {
            "suffix": _true(pc.is_valid(standard["suffix"])),
            "several surnames": _true(pc.match_substring(family, " ")),
            "hyphen, apostrophe or particle": _true(
                pc.match_substring_regex(raw["family_name"], _JOINED)
            ),
            "short name": _true(pc.less_equal(pc.utf8_length(family), _SHORT))
            | _true(pc.less_equal(pc.utf8_length(standard["given"]), _SHORT)),
        },
        "plain",
    )


def _script(raw: pa.Table) -> Names:
    name = pc.binary_join_element_wise(*(pc.fill_null(raw[name], "") for name in RAW), " ")
    return np.where(_true(pc.string_is_ascii(name)), "ASCII letters", "other letters")


def _age(birth_date: pa.ChunkedArray, today: date) -> Names:
    born = birth_date.cast(pa.int32())
    there = _true(pc.is_valid(born))
    days = (today - date(1970, 1, 1)).days - pc.fill_null(born, 0).to_numpy()
    years = days / _DAYS_A_YEAR
    return _first_of(
        len(years),
        {"not known": ~there, **{name: years < below for below, name in _AGES}},
        _AGES[-1][1],
    )


def _address(standard: pa.Table, filed: OnFile) -> Names:
    kind = _filled(standard["address_kind"], "not read")
    street = kind == "street"
    return _first_of(
        len(kind),
        {
            "Puerto Rico": _true(pc.equal(standard["state"], "PR")),
            f"building of {_CROWD} people or more": street & (filed.residents.to_numpy() >= _CROWD),
            "street, with unit": street & _true(pc.is_valid(standard["unit"])),
            "street, house": street,
        },
        kind,
    )


def _first_of(count: int, conditions: dict[str, npt.NDArray[np.bool_]], rest: str | Names) -> Names:
    return np.select(list(conditions.values()), list(conditions), rest).astype(str)


def _true(column: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.fill_null(column, False).to_numpy(), dtype=bool)


def _filled(column: pa.ChunkedArray, missing: str) -> Names:
    return np.asarray(pc.fill_null(column, missing).to_pylist(), dtype=str)
